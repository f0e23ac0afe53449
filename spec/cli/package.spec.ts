/** The package as others have it: packed, installed into an empty folder elsewhere, and used there. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect } from 'chai';
import { noSshd, type Sshd, startSshd } from '../connection/sshd.ts';
import { kplay } from '../kplay.ts';

describe('the package', function () {
  // about ten seconds of a processor; more where others have it
  this.timeout(240_000);
  let folder: string;
  let host: Sshd | undefined;

  const write = (files: Readonly<Record<string, string>>) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  };
  const npm = (...words: readonly string[]) =>
    execFileSync('npm', [...words, '--offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], {
      encoding: 'utf8',
      cwd: words[0] === 'pack' ? process.cwd() : folder,
    });

  before(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'kplay-package-')));
    execFileSync(process.execPath, ['spec/build.mjs', 'types']);
    const packed = npm('pack', '--pack-destination', folder).trim().split('\n').at(-1)!;
    write({ 'package.json': '{ "name": "mine", "private": true, "type": "module" }' });
    npm('install', join(folder, packed));
    host = noSshd === undefined ? await startSshd() : undefined;
    // without an sshd it is a shell of this machine
    const reached = host
      ? `ansible_host=127.0.0.1 ansible_port=${host.port} ansible_user=${host.settings.user} ansible_ssh_private_key_file=${host.keys.plain} ansible_ssh_known_hosts_file=${host.knownHosts}`
      : 'ansible_connection=exec ansible_exec_command=/bin/sh';
    write({
      hosts: `there ${reached}\n`,
      'src/setting.ts': `import { defineModule } from 'kplay';

export default defineModule({
  summary: 'Makes a file hold one line.',
  args: { path: { type: 'path', required: true }, line: { required: true } },
  async probe({ args, target }) {
    return { content: (await target.readFile(args.path))?.toString() };
  },
  desired: ({ args }) => ({ content: args.line.concat('\\n') }),
  async apply({ args, target }) {
    await target.writeFile(args.path, Buffer.from(args.line.concat('\\n')), { mode: '0644' });
  },
});
`,
      'src/setting.check.ts': `import { checkCase } from 'kplay/testing';
import setting from './setting.js';

await checkCase(setting, { args: { path: '/etc/x', line: 'a' }, want: { changed: true, files: { '/etc/x': 'a\\n' } } });
console.log('proven');
`,
      'roles/greeting/tasks/main.yml': `- name: The setting is made
  setting: { path: "{{ out }}/setting", line: "{{ greeting_word }}" }
- name: The file is written
  template: { src: greeting.j2, dest: "{{ out }}/greeting", mode: "0644" }
- name: A package's module has a say
  tools.shout: { text: "{{ greeting_word }}" }
  register: shout
- name: It is heard
  assert: { that: shout.said == 'HELLO' }
`,
      'roles/greeting/defaults/main.yml': 'greeting_word: hello\n',
      'roles/greeting/templates/greeting.j2': '{{ greeting_word }} from {{ inventory_hostname }}\n',
      'node_modules/tools/package.json': '{ "name": "tools", "type": "module", "peerDependencies": { "kplay": "*" } }',
      'node_modules/tools/modules/shout.js': `import { defineAction } from 'kplay';
export default defineAction({
  summary: 'Says a word loudly.',
  action: 'reads',
  args: { text: { required: true } },
  run: async ({ args, target }) => {
    const { stdout } = await target.observe({ script: "tr '[:lower:]' '[:upper:]'", stdin: args.text });
    return { changed: false, said: stdout.toString().trim() };
  },
});
`,
      'site.yml':
        '- hosts: there\n  gather_facts: false\n  vars: { out: "{{ playbook_dir }}/out" }\n  tasks:\n    - file: { path: "{{ out }}", state: directory, mode: "0755" }\n    - include_role: { name: greeting }\n',
    });
  });
  after(() => {
    host?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has types that a module in TypeScript is checked by, and a kit that proves it', () => {
    const words = ['--ignoreConfig', '--module', 'nodenext', '--target', 'es2023', '--strict', '--skipLibCheck'];
    const node = ['--types', 'node', '--typeRoots', resolve('node_modules/@types')];
    const files = ['--rootDir', 'src', '--outDir', 'modules', 'src/setting.ts', 'src/setting.check.ts'];
    const compiler = resolve('node_modules/typescript/bin/tsc');
    execFileSync(process.execPath, [compiler, ...words, ...node, ...files], { cwd: folder, encoding: 'utf8' });
    const proof = execFileSync(process.execPath, ['modules/setting.check.js'], { cwd: folder, encoding: 'utf8' });
    expect(proof).to.equal('proven\n');
    rmSync(join(folder, 'modules/setting.check.js'));
  });

  it('runs a playbook with a role and modules of its own, once', async () => {
    const bundle = join(folder, 'node_modules/kplay/dist/kplay.js');
    const play = () =>
      kplay(['site.yml', '-i', 'hosts'], { cwd: folder, bundle, env: { HOME: folder, SSH_AUTH_SOCK: '' } });
    const first = await play();
    expect(first.code, first.stdout + first.stderr).to.equal(0);
    expect(first.recap['there']).to.include({ changed: 3, failed: 0 });
    expect(readFileSync(join(folder, 'out/setting'), 'utf8')).to.equal('hello\n');
    expect(readFileSync(join(folder, 'out/greeting'), 'utf8')).to.equal('hello from there\n');
    expect((await play()).recap['there']).to.include({ changed: 0, failed: 0 });
  });

  it('brings its roles and playbooks', async () => {
    const bin = join(folder, 'node_modules/.bin/kplay');
    const said = execFileSync(bin, ['doc', 'etcd'], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, HOME: folder },
    });
    expect(said).to.contain('etcd_version');
    const tasks = execFileSync(bin, ['node_modules/kplay/playbooks/preflight.yml', '--list-tasks'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(tasks).to.contain('preflight');
  });
});
