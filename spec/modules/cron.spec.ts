import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import cron from '../../engine/modules/cron.ts';
import { crontabKind } from '../../engine/target/queries/crontabs.ts';
import { testModule } from '../../engine/testing.ts';
import { stage } from '../run/harness.ts';
import { askHere } from '../target/queries/run-query.ts';

const tab = (text: string | undefined, user = '') => ({ answers: { [`crontab ${user}`]: text } });
const old = 'MAILTO="root"\n#Ansible: a\n0 1 * * * one\n5 5 * * * mine\n';
const becomes = (before: string, after: string) => ({ changed: true, diffs: [[before, after]] as const });

testModule(cron, 'cron: a job', {
  'is added at the end, with its name above it': {
    args: { name: 'b', job: 'two', hour: '2', minute: '*/5', day: '1', month: '6', weekday: '0' },
    world: tab(old),
    want: {
      ...becomes(old, `${old}#Ansible: b\n*/5 2 1 6 0 two\n`),
      log: ['crontab of the user'],
      scripts: ['set -- crontab\n"$@" -'],
      result: { jobs: ['a', 'b'], envs: ['MAILTO'], state: 'present' },
    },
  },
  'begins a crontab of another user': {
    args: { name: 'b', job: 'two', user: 'etcd', special_time: 'reboot' },
    world: tab(undefined, 'etcd'),
    want: { ...becomes('', '#Ansible: b\n@reboot two\n'), scripts: ["crontab -u 'etcd'"] },
  },
  'is replaced where it is': {
    args: { name: 'a', job: 'new' },
    world: tab(old),
    want: becomes(old, 'MAILTO="root"\n#Ansible: a\n* * * * * new\n5 5 * * * mine\n'),
  },
  'is left alone': {
    args: { name: 'a', job: 'one', minute: '0', hour: '1' },
    world: tab(old),
    want: { changed: false },
  },
  'is left alone without a line end behind it': {
    args: { name: 'a', job: 'one', minute: '0', hour: '1' },
    world: tab('#Ansible: a\n0 1 * * * one'),
    want: { changed: false },
  },
  'gets a name where it was there without one': {
    args: { name: 'm', job: 'mine', minute: '5', hour: '5' },
    world: tab(old),
    want: becomes(old, 'MAILTO="root"\n#Ansible: a\n0 1 * * * one\n#Ansible: m\n5 5 * * * mine\n'),
  },
  'comes back where only its name is left': {
    args: { name: 'a', job: 'one' },
    world: tab('#Ansible: a\n#Ansible: b\n* * * * * two\n'),
    want: becomes(
      '#Ansible: a\n#Ansible: b\n* * * * * two\n',
      '#Ansible: a\n* * * * * one\n#Ansible: b\n* * * * * two\n',
    ),
  },
  'is there as a comment': {
    args: { name: 'a', job: 'one', minute: '0', hour: '1', disabled: true },
    world: tab(old),
    want: becomes(old, old.replace('0 1 ', '#0 1 ')),
  },
  'is removed with its name': {
    args: { name: 'a', state: 'absent' },
    world: tab(old),
    want: { ...becomes(old, 'MAILTO="root"\n5 5 * * * mine\n'), result: { jobs: [] } },
  },
  'is removed with the crontab when it was all there was': {
    args: { name: 'a', state: 'absent' },
    world: tab('#Ansible: a\n* * * * * one\n'),
    want: { scripts: ['"$@" -r'] },
  },
  'need not be removed': { args: { name: 'z', state: 'absent' }, world: tab(undefined), want: { changed: false } },
  'needs a command': { args: { name: 'a' }, world: tab(''), fails: 'needs job' },
  'is one line': { args: { name: 'a', job: 'a\nb' }, world: tab(''), fails: 'one line each' },
  'has fields of time or a special time': {
    args: { name: 'a', job: 'x', hour: '1', special_time: 'daily' },
    world: tab(''),
    fails: 'time and date fields or special time',
  },
  'is backed up when told so': {
    args: { name: 'a', state: 'absent', backup: true },
    world: { ...tab(old), commands: {} },
    want: { changed: true },
  },
});

testModule(cron, 'cron: a variable', {
  'goes in front': {
    args: { name: 'PATH', value: '/bin', env: true },
    world: tab(old),
    want: { ...becomes(old, `PATH="/bin"\n${old}`), result: { envs: ['PATH', 'MAILTO'] } },
  },
  'goes behind another one': {
    args: { name: 'PATH', job: '/bin', env: true, insertafter: 'MAILTO' },
    world: tab(old),
    want: becomes(old, old.replace('"root"\n', '"root"\nPATH="/bin"\n')),
  },
  'goes before another one': {
    args: { name: 'PATH', job: '/bin', env: true, insertbefore: 'MAILTO' },
    world: tab(old),
    want: becomes(old, `PATH="/bin"\n${old}`),
  },
  'is replaced where it is': {
    args: { name: 'MAILTO', job: 'me', env: true },
    world: tab(old),
    want: becomes(old, old.replace('root', 'me')),
  },
  'is removed': {
    args: { name: 'MAILTO', env: true, state: 'absent' },
    world: tab(old),
    want: { result: { envs: [] } },
  },
  'needs the one it goes beside': {
    args: { name: 'PATH', job: 'x', env: true, insertafter: 'NONE' },
    world: tab(old),
    fails: "Variable named 'NONE' not found",
  },
  'alone can go beside one': {
    args: { name: 'a', job: 'x', insertafter: 'MAILTO' },
    world: tab(old),
    fails: 'valid only with env',
  },
});

const folder = { '/etc/cron.d': { type: 'directory' } } as const;

testModule(cron, 'cron: a file of its own', {
  'says who runs the job': {
    args: { name: 'b', job: 'two', user: 'root', cron_file: 'backup' },
    world: { files: folder },
    want: {
      log: ['write /etc/cron.d/backup'],
      files: { '/etc/cron.d/backup': { content: '#Ansible: b\n* * * * * root two\n', mode: '0644' } },
      result: { cron_file: 'backup', jobs: ['b'] },
    },
  },
  'is removed when nothing is left in it': {
    args: { name: 'b', state: 'absent', cron_file: '/etc/cron.d/backup' },
    world: { files: { '/etc/cron.d/backup': '#Ansible: b\n* * * * * root two\n' } },
    want: { log: ['remove /etc/cron.d/backup'], files: { '/etc/cron.d/backup': null } },
  },
  'needs a user': { args: { name: 'b', job: 'x', cron_file: 'backup' }, fails: 'must specify user' },
});

describe('crontabKind', () => {
  const mark = '\u001dkplay';
  it('tells a crontab from none, and from one that cannot be read', () => {
    const header =
      '# DO NOT EDIT THIS FILE - edit the master and reinstall.\n# (- installed on Mon)\n# (Cron version V5)\n';
    const stdout = `${header}a\n\n${mark}0:\n${mark}\n\n${mark}1:no crontab for x\n${mark}\n\n${mark}1:user y unknown\n${mark}\n\n${mark}127:\n${mark}\n`;
    const [one, none, denied, missing] = crontabKind.parse(Buffer.from(stdout), ['', 'x', 'y', 'z']);
    expect([one, none]).to.deep.equal(['a\n', undefined]);
    expect((denied as unknown as Error).message).to.contain('user y unknown');
    expect((missing as unknown as Error).message).to.contain('has no crontab');
  });
});

describe('cron on a host with a crontab command', () => {
  let bin: string;
  // A crontab command that keeps its one table in a file, and knows the options that are used.
  before(() => {
    bin = mkdtempSync(join(tmpdir(), 'kplay-cron-'));
    const program = `#!/bin/sh
f=${bin}/tab
case $1 in
-l) [ -e $f ] || { echo "no crontab for $(id -un)" >&2; exit 1; }; cat $f;;
-r) rm $f;;
-) cat > $f;;
*) exit 9;;
esac
`;
    writeFileSync(join(bin, 'crontab'), program);
    chmodSync(join(bin, 'crontab'), 0o755);
  });
  after(() => rmSync(bin, { recursive: true }));

  it('is asked for none without failing', () => {
    const shell = ['env', `PATH=${bin}:/usr/bin:/bin`, '/bin/sh'];
    expect(askHere(crontabKind, ['', ''], shell)).to.deep.equal([undefined, undefined]);
  });

  it('adds, changes and removes, and is done the second time', async () => {
    const here = stage({
      hosts: `h1 ansible_connection=exec ansible_exec_command="env PATH=${bin}:/usr/bin:/bin /bin/sh"\n`,
    });
    const play = async (tasks: string, options = {}) =>
      (await here.play(`- hosts: h1\n  gather_facts: false\n  tasks:\n${tasks}`, options)).story.map((line) =>
        line.split(' ').at(-1),
      );
    const tasks = `    - { name: job, cron: { name: "it's", job: 'echo "$HOME" \\\\%', hour: "3" } }
    - { name: variable, cron: { name: MAILTO, value: "", env: true } }
    - { name: file, cron: { name: b, job: two, user: root, cron_file: "{{ playbook_dir }}/tab" } }
`;
    try {
      expect(await play(tasks, { check: true })).to.deep.equal(['changed', 'changed', 'changed']);
      expect(() => readFileSync(join(bin, 'tab'))).to.throw('ENOENT');
      expect(await play(tasks)).to.deep.equal(['changed', 'changed', 'changed']);
      const text = readFileSync(join(bin, 'tab'), 'utf8');
      expect(text).to.equal('MAILTO=""\n#Ansible: it\'s\n* 3 * * * echo "$HOME" \\\\%\n');
      expect(readFileSync(join(here.folder, 'tab'), 'utf8')).to.equal('#Ansible: b\n* * * * * root two\n');
      expect(await play(tasks)).to.deep.equal(['ok', 'ok', 'ok']);
      const gone = `    - { name: job, cron: { name: "it's", state: absent } }
    - { name: variable, cron: { name: MAILTO, env: true, state: absent } }
`;
      expect(await play(gone)).to.deep.equal(['changed', 'changed']);
      expect(() => readFileSync(join(bin, 'tab'))).to.throw('ENOENT');
    } finally {
      here.close();
    }
  });
});
