import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Stage, stage } from '../run/harness.ts';

const tasks = `
- hosts: h1
  gather_facts: false
  vars: { out: "{{ playbook_dir }}/out", port: 80 }
  tasks:
    - { name: directory, file: { path: "{{ out }}/kept/b", state: directory, mode: "0750" } }
    - { name: text, copy: { content: "größe 'x' $HOME \`id\`\\n", dest: "{{ out }}/text", mode: "0600" } }
    - { name: no newline, copy: { content: "a\\\\b", dest: "{{ out }}/bare" } }
    - { name: tree, copy: { src: tree/, dest: "{{ out }}/tree", directory_mode: "0700" } }
    - { name: large, copy: { src: large, dest: "{{ out }}/large", mode: preserve } }
    - { name: template, template: { src: conf.j2, dest: "{{ out }}/conf", mode: 'u=rw,g=r,o=' } }
    - { name: line, lineinfile: { path: "{{ out }}/lines", line: "last", create: true } }
    - { name: remote, copy: { src: "{{ out }}/tree", dest: "{{ out }}/copied", remote_src: true } }
    - { name: link, file: { path: "{{ out }}/link", src: text, state: link } }
    - { name: hard, file: { path: "{{ out }}/hard", src: "{{ out }}/text", state: hard } }
    - { name: recurse, file: { path: "{{ out }}/tree", mode: 'u=rwX,go=', recurse: true } }
    - { name: time, file: { path: "{{ out }}/bare", state: touch, modification_time: "202001021530.45", access_time: preserve } }
    - { name: made, command: { cmd: touch "made by sh", chdir: "{{ out }}", creates: "made*" } }
    - { name: gone, file: { path: "{{ out }}/a", state: absent } }
`;

const looks = `
- hosts: h1
  gather_facts: false
  vars: { out: "{{ playbook_dir }}/out" }
  tasks:
    - { name: stat, stat: { path: "{{ out }}/text" } }
    - { name: stat link, stat: { path: "{{ out }}/link" } }
    - { name: stat none, stat: { path: "{{ out }}/none" } }
    - { name: slurp, slurp: { src: "{{ out }}/bare" } }
    - { name: fetch, fetch: { src: "{{ out }}/text", dest: fetched/, flat: true } }
    - { name: words, command: "printf %s|%s 'a  b' $KPLAY_NONE", changed_when: false }
    - { name: shell, shell: "cat; echo err >&2; exit 3", args: { stdin: in }, ignore_errors: true }
    - { name: killed, shell: "kill -9 $$", ignore_errors: true }
    - { name: glob, command: { cmd: "false", creates: "{{ out }}/te?[t]" } }
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
  describe(`files by ${name}`, function () {
    this.timeout(60_000);
    let here: Stage;
    const out = (path: string) => join(here.folder, 'out', path);
    const mode = (path: string) => (statSync(out(path)).mode & 0o7777).toString(8);

    before(function () {
      if (name.startsWith('busybox') && spawnSync('busybox', ['true']).status !== 0) this.skip();
      here = stage(
        {
          'templates/conf.j2': 'port={{ port }}\n',
          'files/tree/x/y': 'y',
          'files/tree/z': 'z',
        },
        ['h1'],
      );
      here.write({ hosts: `h1 ansible_connection=exec ansible_exec_command="${command(here.folder)}"\n` });
      writeFileSync(join(here.folder, 'files/large'), Buffer.alloc(700_000, 'x'), { mode: 0o640 });
      mkdirSync(join(here.folder, 'out/a'), { recursive: true });
    });
    after(() => here?.close());

    const statuses = async (playbook: string, options = {}) => {
      const { outcomes } = await here.play(playbook, options);
      const failed = outcomes.filter(({ status, ignored }) => status === 'failed' && !ignored);
      expect(failed.map(({ task, result }) => `${task.name}: ${result['msg']}`)).to.deep.equal([]);
      return outcomes.filter(({ status }) => status === 'changed').map(({ task }) => task.name);
    };
    const all = [
      'directory',
      'text',
      'no newline',
      'tree',
      'large',
      'template',
      'line',
      'remote',
      'link',
      'hard',
      'recurse',
      'time',
      'made',
      'gone',
    ];

    it('are predicted without a trace', async () => {
      const foreseen = await statuses(tasks, { check: true, diff: true });
      // What the command would do, and what is below a directory that is only predicted, is not known.
      expect(all.filter((task) => !foreseen.includes(task))).to.deep.equal(
        ['remote', 'recurse', 'made'].filter((task) => !foreseen.includes(task)),
      );
      expect(execFileSync('ls', ['-A', out('')]).toString()).to.equal('a\n');
    });

    it('become what was asked for', async () => {
      expect(await statuses(tasks)).to.deep.equal(all);
      expect(readFileSync(out('text'), 'utf8')).to.equal("größe 'x' $HOME `id`\n");
      expect(readFileSync(out('lines'), 'utf8')).to.equal('last\n');
      expect(readFileSync(out('bare'), 'utf8')).to.equal('a\\b');
      expect(readFileSync(out('conf'), 'utf8')).to.equal('port=80\n');
      expect(readFileSync(out('copied/tree/x/y'), 'utf8')).to.equal('y');
      expect(statSync(out('large')).size).to.equal(700_000);
      expect([mode('text'), mode('large'), mode('conf'), mode('tree'), mode('tree/x/y')]).to.deep.equal([
        '600',
        '640',
        '640',
        '700',
        '600',
      ]);
      expect(readlinkSync(out('link'))).to.equal('text');
      expect(statSync(out('hard')).ino).to.equal(statSync(out('text')).ino);
      expect(statSync(out('bare')).mtimeMs).to.equal(new Date(2020, 0, 2, 15, 30, 45).getTime());
      expect(existsSync(out('made by sh'))).to.equal(true);
      expect(existsSync(out('a'))).to.equal(false);
      expect(execFileSync('find', [here.folder, '-name', '.kplay*']).toString()).to.equal('');
    });

    it('stay as they are the second time', async () => {
      expect(await statuses(tasks)).to.deep.equal([]);
    });

    it('are told about as they are', async () => {
      const played = await here.play(looks);
      const result = (task: string) => played.result(task);
      expect(result('stat')['stat']).to.include({
        exists: true,
        isreg: true,
        mode: '0600',
        size: statSync(out('text')).size,
        pw_name: 'root',
        readable: true,
        nlink: statSync(out('text')).nlink,
      });
      expect((result('stat')['stat'] as Record<string, unknown>)['checksum']).to.equal(
        execFileSync('sha1sum', [out('text')])
          .toString()
          .slice(0, 40),
      );
      expect(result('stat link')['stat']).to.include({ islnk: true, lnk_target: 'text', lnk_source: out('text') });
      expect(result('stat none')['stat']).to.deep.equal({ exists: false });
      expect(result('slurp')['content']).to.equal(Buffer.from('a\\b').toString('base64'));
      expect(readFileSync(join(here.folder, 'fetched/text'), 'utf8')).to.equal(readFileSync(out('text'), 'utf8'));
      expect(result('words')).to.include({ stdout: 'a  b|$KPLAY_NONE', rc: 0 });
      expect(result('shell')).to.include({ stdout: 'in', stderr: 'err', rc: 3, msg: 'non-zero return code' });
      expect(result('killed')['msg']).to.contain('killed by SIGKILL');
      expect(result('glob')).to.include({ changed: false, msg: `Did not run command since '${out('te?[t]')}' exists` });
      rmSync(join(here.folder, 'fetched'), { recursive: true });
    });
  });
}
