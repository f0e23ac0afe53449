import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Stage, stage } from '../run/harness.ts';

const tasks = `
- hosts: h1
  gather_facts: false
  vars: { out: "{{ playbook_dir }}/out" }
  tasks:
    - { name: block, blockinfile: { path: "{{ out }}/hosts", block: "10.0.0.1 größe\\n10.0.0.2 'b' $HOME", insertbefore: BOF, backup: true } }
    - { name: new block, blockinfile: { path: "{{ out }}/new/hosts", block: x, create: true, mode: "0600" } }
    - { name: replace, replace: { path: "{{ out }}/fstab", regexp: '^([^#].*\\sswap\\s.*)$', replace: '# \\1', validate: grep -q swap %s } }
    - { name: ini, ini_file: { path: "{{ out }}/link.ini", section: s, option: o, value: "it's" } }
    - { name: refused, replace: { path: "{{ out }}/fstab", regexp: swap, validate: "false %s" }, ignore_errors: true }
    - { name: no block, blockinfile: { path: "{{ out }}/gone", state: absent } }
`;

/** How a shell is started with nothing but these tools in its path. */
const shells: Record<string, (folder: string) => string> = {
  'the tools of this machine': () => '/bin/sh',
  'busybox alone': (folder) => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    execFileSync('busybox', ['--install', '-s', bin]);
    return `env PATH=${bin} ${bin}/sh`;
  },
};

for (const [name, command] of Object.entries(shells)) {
  describe(`files edited by ${name}`, () => {
    let here: Stage;
    const read = (path: string) => readFileSync(join(here.folder, 'out', path), 'utf8');
    const statuses = async (options = {}) =>
      (await here.play(tasks, options)).outcomes.map(({ task, status }) => `${task.name}: ${status}`);
    const all = (status: string) => [
      ...['block', 'new block', 'replace', 'ini'].map((task) => `${task}: ${status}`),
      'refused: failed',
      `no block: ${status}`,
    ];

    before(function () {
      if (name.startsWith('busybox') && spawnSync('busybox', ['true']).status !== 0) this.skip();
      here = stage(
        {
          'out/hosts': '127.0.0.1 localhost\n',
          'out/fstab': '/dev/a / ext4\n/dev/b none swap sw\n',
          'out/real.ini': '[s]\no = 1\n',
          'out/gone': 'a\n# BEGIN ANSIBLE MANAGED BLOCK\nb\n# END ANSIBLE MANAGED BLOCK\n',
        },
        ['h1'],
      );
      execFileSync('ln', ['-s', 'real.ini', join(here.folder, 'out/link.ini')]);
      here.write({ hosts: `h1 ansible_connection=exec ansible_exec_command="${command(here.folder)}"\n` });
    });
    after(() => here?.close());

    it('are predicted without a trace', async () => {
      // Whether a validation fails is only known where it runs.
      expect(await statuses({ check: true })).to.deep.equal(
        all('changed').map((line) => line.replace('refused: failed', 'refused: changed')),
      );
      expect(readdirSync(join(here.folder, 'out'))).to.have.members(['hosts', 'fstab', 'real.ini', 'link.ini', 'gone']);
      expect(read('gone')).to.contain('BEGIN');
    });

    it('become what was asked for', async () => {
      expect(await statuses()).to.deep.equal(all('changed'));
      expect(read('hosts')).to.equal(
        "# BEGIN ANSIBLE MANAGED BLOCK\n10.0.0.1 größe\n10.0.0.2 'b' $HOME\n# END ANSIBLE MANAGED BLOCK\n127.0.0.1 localhost\n",
      );
      expect(readdirSync(join(here.folder, 'out')).filter((file) => file.startsWith('hosts.'))).to.have.length(1);
      expect(read('fstab')).to.equal('/dev/a / ext4\n# /dev/b none swap sw\n');
      expect(read('real.ini')).to.equal("[s]\no = it's\n");
      expect(read('gone')).to.equal('a\n');
      expect(statSync(join(here.folder, 'out/new/hosts')).mode & 0o777).to.equal(0o600);
    });

    it('stay as they are the second time', async () => {
      expect(await statuses()).to.deep.equal(all('ok'));
    });
  });
}
