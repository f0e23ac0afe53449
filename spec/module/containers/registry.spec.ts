import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { atRegistry } from '../../../engine/module/containers/registry.ts';

describe('a command that talks to a registry', () => {
  let folder: string;
  const program = (name: string, text: string) => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  /** docker fails so often with these words. */
  const run = (times: number, words: string, isKnown: boolean) => {
    program(
      'docker',
      `echo x >> ${folder}/asked; [ $(wc -l < ${folder}/asked) -gt ${times} ] || { echo '${words}' >&2; exit 3; }; echo done`,
    );
    program('getent', isKnown ? 'exit 0' : 'exit 2');
    program('sleep', ':');
    const script = atRegistry('docker push registry.example:5005/a:1', 'registry.example:5005/a:1');
    const said = spawnSync('/bin/sh', ['-c', script], { env: { PATH: `${folder}:/usr/bin:/bin` }, encoding: 'utf8' });
    return [said.status, said.stdout, said.stderr, readFileSync(join(folder, 'asked'), 'utf8').length / 2];
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kplay-registry-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is run once when it succeeds', () => expect(run(0, '', true)).to.deep.equal([0, 'done\n', '', 1]));

  it('is run again while docker does not know yet what the host knows', () =>
    expect(run(3, 'lookup registry.example: no such host', true)).to.deep.equal([0, 'done\n', '', 4]));

  it('is given up in the end', () => {
    const said = run(99, 'no such host', true);
    expect(said).to.deep.equal([3, '', 'no such host\n', 7]);
  });

  it('fails at once where the host does not know the name either', () =>
    expect(run(1, 'no such host', false)).to.deep.equal([3, '', 'no such host\n', 1]));

  it('fails at once for another reason', () => expect(run(1, 'denied', true)).to.deep.equal([3, '', 'denied\n', 1]));

  it('stays as it is for an image of no named registry', () =>
    expect(atRegistry('docker pull a/b:1', 'a/b:1')).to.equal('docker pull a/b:1 </dev/null'));
});
