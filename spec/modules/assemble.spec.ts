import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { unescaped } from '../../engine/module/fragments.ts';
import assemble from '../../engine/modules/assemble.ts';
import { predictedWorld } from '../../engine/target/prediction.ts';
import { simulatedTarget } from '../../engine/target/simulated.ts';
import { Unknown } from '../../engine/template/values.ts';
import { fakeController, fakeTarget, runModule, testModule } from '../../engine/testing.ts';
import { type Stage, stage } from '../run/harness.ts';

const args = { src: '/etc/app.d', dest: '/etc/app.conf' };
const fragments = {
  '/etc/app.d/20-b': 'b',
  '/etc/app.d/10-a': 'a\n',
  '/etc/app.d/.hidden': 'h\n',
  '/etc/app.d/sub/30-c': 'c',
};

testModule(assemble, 'assemble', {
  'puts the files of a directory one behind the other': {
    args: { ...args, mode: '0640', owner: 'app', group: 'app' },
    world: { files: fragments },
    want: {
      changed: true,
      fields: ['type', 'checksum', 'mode', 'owner', 'group'],
      log: ['write /etc/app.conf'],
      files: { '/etc/app.conf': { content: 'h\na\nb', mode: '0640', owner: 'app', group: 'app' } },
      result: { msg: 'OK', dest: '/etc/app.conf', src: '/etc/app.d', size: 5, mode: '0640', state: 'file' },
      diffs: [['', 'h\na\nb']],
    },
  },
  'leaves a file alone that is so': {
    args: { ...args, ignore_hidden: true },
    world: { files: { ...fragments, '/etc/app.conf': 'a\nb' } },
    want: {
      changed: false,
      log: [],
      result: { msg: 'OK', checksum: 'fcd127ffa1016069006ad91f3f361248f9bdf272', size: 3, owner: 'root', uid: 0 },
    },
  },
  'puts delimiters between them, on lines of their own': {
    args: { ...args, ignore_hidden: true, delimiter: '# next' },
    world: { files: { ...fragments, '/etc/app.d/30-d': 'd\n' } },
    want: { files: { '/etc/app.conf': 'a\n# next\nb\n# next\nd\n' } },
  },
  'reads escapes in delimiters': {
    args: { ...args, ignore_hidden: true, delimiter: '\\n#\\x21\\n' },
    world: { files: fragments },
    want: { files: { '/etc/app.conf': 'a\n\n#!\nb' } },
  },
  'takes the names that an expression matches': {
    args: { ...args, regexp: '-[bc]$' },
    world: { files: fragments },
    want: { files: { '/etc/app.conf': 'b' } },
  },
  'follows links to files, and no others': {
    args: { ...args, src: '/srv/d' },
    world: {
      files: {
        ...{ '/srv/real': 'real', '/srv/d/a': { linkTarget: '/srv/real' } },
        ...{ '/srv/d/b': { linkTarget: '/srv' }, '/srv/d/c': { linkTarget: '/none' } },
      },
    },
    want: { files: { '/etc/app.conf': 'real' } },
  },
  'looks for them at home': {
    args: { ...args, src: '~/parts' },
    world: { files: { '/root/parts/1': 'one' } },
    want: { files: { '/etc/app.conf': 'one' } },
  },
  'makes an empty file of no fragments': {
    args,
    world: { files: { '/etc/app.d': { type: 'directory' } } },
    want: { files: { '/etc/app.conf': '' } },
  },
  'takes fragments of the controller': {
    args: { ...args, src: 'parts', remote_src: false },
    files: { 'files/parts/2': 'two\n', 'files/parts/1': 'one\n', 'files/parts/sub/3': 'three\n' },
    want: { files: { '/etc/app.conf': 'one\ntwo\n' }, result: { src: 'parts' } },
  },
  'keeps the old file where that is asked for': {
    args: { ...args, backup: true, validate: 'app --check %s' },
    world: { files: { ...fragments, '/etc/app.conf': 'old' } },
    want: { changed: true, diffs: [['old', 'h\na\nb']], scripts: ['app --check /etc/'] },
  },
  'changes the mode alone where only that differs': {
    args: { ...args, ignore_hidden: true, mode: '0600' },
    world: { files: { ...fragments, '/etc/app.conf': 'a\nb' } },
    want: { fields: ['mode'], log: ['set attributes of /etc/app.conf'], diffs: [['mode: 0644\n', 'mode: 0600\n']] },
  },
  'does not know what unknown fragments come to': {
    args,
    world: { files: { '/etc/app.d/a': { content: new Unknown('made by a command') } } },
    unknown: 'made by a command',
  },
  'keeps the old file where the new one is refused': {
    args: { ...args, validate: 'app --check %s' },
    world: { files: fragments, commands: { 'app --check': { code: 1, stderr: 'line 1' } } },
    fails: 'validation failed: line 1',
  },
  'needs a place for the file in validate': {
    args: { ...args, validate: 'true' },
    world: { files: fragments },
    fails: '%s',
  },
  'needs the directory': { args, fails: 'Source (/etc/app.d) does not exist' },
  'needs a directory': {
    args,
    world: { files: { '/etc/app.d': '' } },
    fails: 'Source (/etc/app.d) is not a directory',
  },
  'needs to read all of it': {
    args,
    world: { files: fragments, answers: { 'whole-tree /etc/app.d': { entries: [], whole: false } } },
    fails: 'cannot be read, or not all',
  },
  'makes no file of a directory': {
    args: { ...args, dest: '/etc' },
    world: { files: fragments },
    fails: '/etc is a directory, not a file',
  },
  'needs the directory above': {
    args: { ...args, dest: '/none/app.conf' },
    world: { files: fragments },
    fails: 'the directory /none does not exist',
  },
  'takes no expression that is none': { args: { ...args, regexp: '(' }, world: { files: fragments }, fails: '(' },
});

describe('assemble on a real host', () => {
  let here: Stage;
  const tasks = (...all: readonly string[]) =>
    `- hosts: h1\n  gather_facts: false\n  tasks:\n${all.map((task) => `    - ${task}\n`).join('')}`;
  const made = (src: string, isRemote: boolean) =>
    `{ name: made, assemble: { src: "${src}", dest: "${join(here.folder, 'made')}", remote_src: ${isRemote} } }`;
  before(() => {
    here = stage({ 'parts/1': 'one\n', other: 'two\n', 'folder/x': '' });
    symlinkSync('../other', join(here.folder, 'parts/2'));
    symlinkSync('../folder', join(here.folder, 'parts/3'));
    symlinkSync('nowhere', join(here.folder, 'parts/4'));
    execFileSync('mkfifo', [join(here.folder, 'parts/5')]);
  });
  after(() => here.close());

  for (const [where, isRemote] of Object.entries({ host: true, controller: false }))
    it(`follows links of the ${where} to files, and takes nothing else`, async () => {
      await here.play(tasks(made(join(here.folder, 'parts'), isRemote)));
      expect(readFileSync(join(here.folder, 'made'), 'utf8')).to.equal('one\ntwo\n');
      rmSync(join(here.folder, 'made'));
    });

  it('does not know before the run what is fetched by it', async () => {
    const fetched = `{ name: fetched, fetch: { src: "${join(here.folder, 'other')}", dest: parts/, flat: true } }`;
    const { result } = await here.play(tasks(fetched, made('parts', false)), { check: true });
    expect(result('made')['msg']).to.include('parts is changed by the run before');
  });
});

describe('assemble before the run', () => {
  it('does not know what comes of fragments that the run makes', async () => {
    const target = simulatedTarget(fakeTarget({ files: fragments }), predictedWorld());
    await target.writeFile('/etc/app.d/40', Buffer.from('x'), {});
    const told = await runModule(assemble, args, target, fakeController()).catch((error: unknown) => error);
    expect(told).to.have.property('reason', '/etc/app.d is changed by the run before');
  });

  it('knows that a folder which the run makes is empty', async () => {
    const answers = { 'whole-tree /etc/new.d': { entries: [], whole: false } };
    const target = simulatedTarget(fakeTarget({ answers }), predictedWorld());
    await target.makeDirectory('/etc/new.d', {});
    const { changed, result } = await runModule(assemble, { ...args, src: '/etc/new.d' }, target, fakeController());
    expect([changed, result['size']]).to.deep.equal([true, 0]);
  });

  it('reads escapes as Python does', () => {
    expect(unescaped(String.raw`a\tb\\n\101\q`).toString()).to.equal(`a\tb\\nA\\q`);
  });
});
