import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect } from 'chai';
import script from '../../engine/modules/script.ts';
import { fakeController, fakeTarget, runModule, testModule } from '../../engine/testing.ts';
import { type Stage, stage } from '../run/harness.ts';

const files = { 'files/do.sh': '#!/bin/sh\n' };

testModule(script, 'script', {
  'runs a file of the controller with what it is given': {
    args: { cmd: 'do.sh -a "b c"' },
    files,
    world: { commands: { '"$t" -a "b c" </dev/null': { stdout: 'done\n' } } },
    want: { changed: true, result: { rc: 0, cmd: 'do.sh -a "b c"', stdout: 'done\n', stdout_lines: ['done'] } },
  },
  'is run by another program': {
    args: { cmd: 'do.sh', executable: 'python3 -u' },
    files,
    want: { scripts: ['python3 -u "$t" </dev/null'] },
  },
  'is not run when what it creates is there': {
    args: { cmd: 'do.sh', creates: '/etc' },
    files,
    want: { changed: false, log: [], result: { msg: "Did not run command since '/etc' exists" } },
  },
  'fails with a code': {
    args: { cmd: 'do.sh' },
    files,
    world: { commands: { base64: { code: 3 } } },
    fails: 'non-zero return code',
  },
  'is unknown under check': { args: { cmd: 'do.sh' }, files, unknown: 'not run in check mode' },
  'needs the file': { args: { cmd: 'none.sh' }, fails: 'none.sh was not found' },
  'needs a name': { args: { cmd: ' ' }, fails: 'no command given' },
});

describe('a script of the controller', () => {
  it('is decrypted unless told', async () => {
    const base = fakeController(files);
    const asked: unknown[] = [];
    const file: typeof base.file = (path, options) => {
      asked.push(options?.decrypt);
      return base.file(path);
    };
    for (const args of [{ cmd: 'do.sh' }, { cmd: 'do.sh', decrypt: false }])
      await runModule(script, args, fakeTarget(), { ...base, file });
    expect(asked).to.deep.equal([true, false]);
  });
});

describe('script on a real host', () => {
  let here: Stage;
  before(() => {
    here = stage({ 'files/say it.sh': '#!/bin/sh\nprintf "%s|" "$@" "$PWD" "$WORD"; cat; echo err >&2; exit 4\n' }, [
      'h1',
    ]);
  });
  after(() => here.close());

  it('runs it there and leaves nothing behind', async () => {
    const left = () => readdirSync(tmpdir()).filter((name) => /^kplay\.\w{8}$/.test(name));
    const before = left();
    const played = await here.play(`
- hosts: h1
  gather_facts: false
  environment: { WORD: w }
  tasks:
    - { name: free, script: "'say it.sh' 'a b' $WORD", ignore_errors: true }
    - { name: told, script: { cmd: "say\\\\ it.sh", chdir: /etc, executable: /bin/sh -e }, ignore_errors: true }
`);
    expect(played.result('free')).to.include({ rc: 4, stderr: 'err\n', changed: true });
    expect(played.result('free')['stdout']).to.match(/^a b\|w\|.*\|w\|$/);
    expect(played.result('told')).to.include({ rc: 4, stdout: '/etc|w|' });
    expect(left()).to.deep.equal(before);
  });
});
