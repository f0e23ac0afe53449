import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { kplay } from '../kplay.ts';

describe('kplay vault', function () {
  this.timeout(60_000);
  let folder: string;
  const at = (name: string) => join(folder, name);
  const write = (name: string, text: string, mode = 0o600) => writeFileSync(at(name), text, { mode });
  const vault = (...words: readonly string[]) => kplay(['vault', ...words, '--vault-password-file', at('password')]);
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'kplay-vault-spec-'));
    write('password', 'a password\n');
    write('other', 'another one\n');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('encrypts, shows, rekeys and decrypts a file, and keeps its mode', async () => {
    write('secret.yml', 'token: s3cret-token\n', 0o640);
    expect((await vault('encrypt', at('secret.yml'))).code).to.equal(0);
    expect(readFileSync(at('secret.yml'), 'utf8')).to.match(/^\$ANSIBLE_VAULT;1\.1;AES256\n[0-9a-f]{80}\n/);
    expect(statSync(at('secret.yml')).mode & 0o777).to.equal(0o640);
    expect((await vault('view', at('secret.yml'))).stdout).to.equal('token: s3cret-token\n');
    expect((await vault('rekey', at('secret.yml'), '--new-vault-password-file', at('other'))).code).to.equal(0);
    const wrong = await vault('view', at('secret.yml'));
    expect(wrong.code).to.equal(1);
    expect(wrong.stderr).to.include('no vault password opens this');
    const decrypted = await kplay(['vault', 'decrypt', at('secret.yml'), '--vault-id', `prod@${at('other')}`]);
    expect(decrypted.code, decrypted.stderr).to.equal(0);
    expect(readFileSync(at('secret.yml'), 'utf8')).to.equal('token: s3cret-token\n');
  });

  it('takes - for stdin, and answers on stdout', async () => {
    const by = ['--vault-password-file', at('password')];
    const sealed = await kplay(['vault', 'encrypt', '-', ...by], { input: 'foo\n' });
    expect([sealed.code, sealed.stderr]).to.deep.equal([0, '']);
    expect(sealed.stdout).to.match(/^\$ANSIBLE_VAULT;1\.1;AES256\n/);
    for (const action of ['decrypt', 'view'])
      expect((await kplay(['vault', action, '-', ...by], { input: sealed.stdout })).stdout).to.equal('foo\n');
    const rekeyed = await kplay(['vault', 'rekey', '-', ...by], { input: sealed.stdout });
    expect([rekeyed.code, rekeyed.stderr]).to.deep.equal([1, rekeyed.stderr]);
    expect(rekeyed.stderr).to.include('rekey needs files');
    const missing = await kplay(['vault', 'encrypt', at('no-such-file'), ...by]);
    expect(missing.stderr).to.match(/cannot read .*no-such-file/);
  });

  it('a playbook reads encrypted variables, files and tasks, and never shows what an encrypted scalar holds', async () => {
    const scalar = await vault('encrypt-string', 'hush-hush-value', '--name', 'inline');
    write('script.sh', '#!/bin/sh\necho a password\n', 0o700);
    write('vars.yml', 'whole: from the vault file\ndeep: { list: [hidden too] }\n');
    mkdirSync(at('group_vars'), { recursive: true });
    write('group_vars/all.yml', 'beside: beside the playbook\n');
    write('tasks.yml', '- debug: { msg: "task from the vault" }\n');
    write('blob', 'blob content\n');
    for (const name of ['vars.yml', 'group_vars/all.yml', 'tasks.yml', 'blob']) await vault('encrypt', at(name));
    write(
      'site.yml',
      `- hosts: localhost
  connection: local
  gather_facts: false
  vars_files: [vars.yml]
  vars:
    nested: { list: [1, "{{ inline }}"] }
    ${scalar.stdout.replaceAll('\n', '\n    ')}
  tasks:
    - debug: { msg: "{{ whole }} {{ inline | length }} {{ nested.list[1] }}" }
    - debug: { msg: "{{ beside }}; {{ deep.list[0] }}; {{ whole | length }}" }
    - copy: { src: blob, dest: "{{ playbook_dir }}/out", mode: "0600" }
    - import_tasks: tasks.yml
    - copy: { content: "{{ inline }}", dest: "{{ playbook_dir }}/inline", mode: "0600" }
`,
    );
    const said = await kplay([at('site.yml'), '--diff', '--vault-password-file', at('script.sh')]);
    expect(said.code, said.stdout + said.stderr).to.equal(0);
    expect(said.stdout).to.include('******** 15 ********').and.to.include('task from the vault');
    expect(said.stdout)
      .to.include('********; ********; 19')
      .and.to.not.match(/from the vault file|beside the|hidden too/);
    expect(said.stdout + said.stderr).to.not.include('hush-hush');
    expect(readFileSync(at('out'), 'utf8')).to.equal('blob content\n');
    expect(readFileSync(at('inline'), 'utf8')).to.equal('hush-hush-value');
    rmSync(at('group_vars'), { recursive: true });
  });

  it('numbers, and what a vaulted file of -e holds, are hidden too', async () => {
    write('pins.yml', 'pin: 12345678\nport: 6443\n');
    write('extra.yml', 'given: sup3rsecret\nnumber: 87654321\n');
    for (const name of ['pins.yml', 'extra.yml']) await vault('encrypt', at(name));
    const list = '["{{ pin }}", "{{ given }}", "{{ number }}"]';
    write(
      'pins-play.yml',
      `- hosts: localhost
  connection: local
  gather_facts: false
  vars_files: [pins.yml]
  tasks:
    - debug: { msg: ${list} }
    - debug: { msg: "{{ pin }}, {{ given }}, {{ number }} at {{ port }}" }
    - assert: { that: [pin == 12345678, given == 'sup3r' ~ 'secret'] }
`,
    );
    const words = [at('pins-play.yml'), '-e', `@${at('extra.yml')}`, '--vault-password-file', at('password')];
    for (const more of [['-v'], ['--json']]) {
      const said = await kplay([...words, ...more]);
      expect(said.code, said.stdout + said.stderr).to.equal(0);
      expect(said.stdout).to.include('********, ********, ******** at 6443');
      expect(said.stdout + said.stderr).to.not.match(/12345678|sup3rsecret|87654321/);
    }
  });

  it('what vaulted files share with all others is shown', async () => {
    write('words.yml', 'state: changed\nuser: root\nmode: "0644"\nflag: "true"\nurl: https\nshort: ab12\n');
    mkdirSync(at('templates'), { recursive: true });
    write('templates/app.conf', 'listen: everywhere-else\n');
    for (const name of ['words.yml', 'templates/app.conf']) await vault('encrypt', at(name));
    write(
      'words-play.yml',
      `- hosts: localhost
  connection: local
  gather_facts: false
  vars_files: [words.yml]
  tasks:
    - template: { src: app.conf, dest: "{{ playbook_dir }}/app.conf", mode: "{{ mode }}" }
    - debug: { msg: "{{ [state, user, flag, url] | join(' ') }} everywhere-else {{ short }}" }
`,
    );
    const said = await kplay([at('words-play.yml'), '--json', '--vault-password-file', at('password')]);
    expect(said.code, said.stdout + said.stderr).to.equal(0);
    const tasks: readonly { readonly hosts: Readonly<Record<string, Readonly<Record<string, unknown>>>> }[] =
      JSON.parse(said.stdout).plays[0].tasks;
    expect(tasks[0]!.hosts['localhost']).to.include({ changed: true, mode: '0644' });
    expect(tasks[1]!.hosts['localhost']).to.include({ msg: 'changed root true https everywhere-else ********' });
  });

  const slips: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'an undefined name in vars_files': {
      'closed.yml': 'above: sup3rsecret\nbroken: "{{ undefinedthing }}"\nbelow: sup3rsecret\n',
      'slip.yml': '- hosts: localhost\n  vars_files: [closed.yml]\n  tasks:\n    - debug: { msg: "{{ broken }}" }\n',
    },
    'an undefined name in include_vars': {
      'closed.yml': 'above: sup3rsecret\nbroken: "{{ undefinedthing }}"\nbelow: sup3rsecret\n',
      'slip.yml':
        '- hosts: localhost\n  tasks:\n    - include_vars: closed.yml\n    - debug: { msg: "{{ broken }}" }\n',
    },
    'a missing space in vars_files': {
      'closed.yml': 'above: sup3rsecret\nbroken:sup3rsecret\nbelow: sup3rsecret\n',
      'slip.yml': '- hosts: localhost\n  vars_files: [closed.yml]\n  tasks:\n    - debug: { msg: "{{ broken }}" }\n',
    },
    'a missing space in include_vars': {
      'closed.yml': 'above: sup3rsecret\nbroken:sup3rsecret\nbelow: sup3rsecret\n',
      'slip.yml':
        '- hosts: localhost\n  tasks:\n    - include_vars: "{{ \'closed\' }}.yml"\n    - debug: { msg: "{{ broken }}" }\n',
    },
    'a lone word in group_vars': {
      'group_vars/all.yml': 'above: sup3rsecret\nsup3rsecret\nbelow: sup3rsecret\n',
      'slip.yml': '- hosts: localhost\n  tasks:\n    - debug: { msg: "{{ broken }}" }\n',
    },
    'an unknown module in tasks': {
      'closed.yml': '- debug: { msg: sup3rsecret }\n- systmd: { name: x }\n',
      'slip.yml': '- hosts: localhost\n  tasks:\n    - import_tasks: closed.yml\n',
    },
  };
  for (const [title, files] of Object.entries(slips))
    it(`of a vaulted file no line is shown: ${title}`, async () => {
      mkdirSync(at('slips/group_vars'), { recursive: true });
      for (const [name, text] of Object.entries(files)) write(`slips/${name}`, text);
      for (const name of Object.keys(files)) if (name !== 'slip.yml') await vault('encrypt', at(`slips/${name}`));
      const said = await kplay([
        at('slips/slip.yml'),
        '-i',
        'localhost,',
        '-c',
        'local',
        '--vault-password-file',
        at('password'),
      ]);
      rmSync(at('slips'), { recursive: true });
      expect(said.code, said.stdout).to.not.equal(0);
      expect(said.stdout + said.stderr).to.match(/(closed|all)\.yml:[12]:\d+/);
      expect(said.stdout + said.stderr).to.not.match(/sup3r|ANSIBLE_VAULT|\| [0-9a-f]{60}/);
      if (said.code === 1) expect(said.stderr).to.include('\n  (encrypted)\n');
    });

  it('encrypted files that nobody uses stop no run whose file names are templates', async () => {
    const dir = 'beside';
    mkdirSync(at(dir));
    for (const name of ['secret.yml', 'hidden.vars.yml']) {
      write(`${dir}/${name}`, 'token: s3cret-token\n');
      await vault('encrypt', at(`${dir}/${name}`));
    }
    write(`${dir}/plain.vars.yml`, 'colour: green\n');
    write(`${dir}/paint.yml`, '- debug: { msg: "painted {{ colour }}" }\n');
    write(
      `${dir}/site.yml`,
      `- hosts: localhost
  connection: local
  gather_facts: false
  vars: { what: paint, which: plain }
  vars_files: ["{{ which }}.vars.yml"]
  tasks:
    - include_tasks: "{{ what }}.yml"
`,
    );
    const said = await kplay([at(`${dir}/site.yml`)]);
    expect(said.code, said.stdout + said.stderr).to.equal(0);
    expect(said.stdout).to.include('painted green');
    const meant = await kplay([at(`${dir}/site.yml`), '-e', 'which=hidden']);
    expect(meant.code).to.not.equal(0);
    expect(meant.stdout + meant.stderr).to.include('no vault password was given');
  });

  it('without the password the run stops before the first host, and says which file needs it', async () => {
    const said = await kplay([at('site.yml')]);
    expect(said.code).to.equal(1);
    expect(said.stderr).to.match(/tasks\.yml:1:1 .*no vault password was given/);
  });
});
