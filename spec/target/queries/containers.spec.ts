import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { containerdImageKind } from '../../../engine/target/queries/containerd.ts';
import { dockerKinds } from '../../../engine/target/queries/docker.ts';
import type { QueryKind } from '../../../engine/target/query.ts';

describe('what container runtimes have', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'kplay-runtimes-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** Asks a shell whose `tool` is this text; without a text it has none. */
  function ask<K, V>(kind: QueryKind<K, V>, keys: readonly K[], tool: string, text?: string): readonly V[] {
    rmSync(join(folder, tool), { force: true });
    if (text !== undefined) {
      writeFileSync(join(folder, tool), `#!/bin/sh\n${text}\n`);
      chmodSync(join(folder, tool), 0o755);
    }
    return kind.parse(execFileSync('/bin/sh', ['-c', kind.script(keys)], { env: { PATH: folder } }), keys);
  }
  const some = `printf '%s\\n' '[{"Name":"/lb","Id":"1"},{"Name":"/lb2","Id":"2"}]'`;

  it('docker tells several containers at once, by their whole names', () => {
    expect(ask(dockerKinds.container, ['lb2', 'lb', 'b'], 'docker', `${some}; [ "$1" = version ]`)).to.deep.equal([
      { state: 'present', value: { Name: '/lb2', Id: '2' } },
      { state: 'present', value: { Name: '/lb', Id: '1' } },
      { state: 'absent' },
    ]);
  });

  it('docker knows an image by tag, digest, id, and with its own registry left out', () => {
    const image = { Id: 'sha256:abcdef', RepoTags: ['nginx:1.22'], RepoDigests: ['nginx@sha256:12'] };
    const found = { state: 'present', value: image };
    const names = ['nginx:1.22', 'docker.io/library/nginx:1.22', 'nginx@sha256:12', 'sha256:abcdef', 'abcd', 'nginx:1'];
    const answers = ask(
      dockerKinds.image,
      names,
      'docker',
      `printf '%s\\n' '${JSON.stringify([image])}'; [ "$1" = version ]`,
    );
    expect(answers.slice(0, 5)).to.deep.equal([found, found, found, found, found]);
    expect(answers[5]).to.deep.equal({ state: 'absent' });
  });

  it('docker that is missing or does not answer says so', () => {
    const why = 'Cannot connect to the Docker daemon';
    expect(ask(dockerKinds.network, ['lb'], 'docker')).to.deep.equal([
      { state: 'unreachable', why: 'the host has no docker: install it first' },
    ]);
    expect(ask(dockerKinds.network, ['lb'], 'docker', `echo '[]'; echo '${why}' >&2; exit 1`)).to.deep.equal([
      { state: 'unreachable', why },
    ]);
  });

  it('containerd tells images by namespace', () => {
    const ctr = `echo 'REF TYPE DIGEST SIZE PLATFORMS LABELS'; [ $2 != k8s.io ] || echo 'k/pause:3.2 application/x sha256:aa 1 MiB linux -'`;
    const name = 'k/pause:3.2';
    expect(
      ask(
        containerdImageKind,
        [
          { namespace: 'k8s.io', name },
          { namespace: 'x', name },
        ],
        'ctr',
        ctr,
      ),
    ).to.deep.equal([{ state: 'present', value: 'sha256:aa' }, { state: 'absent' }]);
  });

  it('containerd that is missing or does not answer says so', () => {
    const key = { namespace: 'k8s.io', name: 'k/pause:3.2' };
    expect(ask(containerdImageKind, [key], 'ctr')).to.deep.equal([
      { state: 'unreachable', why: 'the host has no ctr: install containerd first' },
    ]);
    expect(ask(containerdImageKind, [key], 'ctr', 'echo refused >&2; exit 1')).to.deep.equal([
      { state: 'unreachable', why: 'refused' },
    ]);
  });
});
