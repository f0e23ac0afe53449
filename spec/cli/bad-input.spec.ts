/** What is wrong in the user's files or words is said before anything runs: where, what, and what to do. */

import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { tail } from '../kplay.ts';
import { makeProject, type Project } from './project.ts';

interface Case {
  readonly title: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  /** All of it must be on stderr. */
  readonly says: readonly (string | RegExp)[];
  readonly code?: number;
}

/** A play on h1 whose first task, were it run, would leave a file. */
const play = (tasks: string) =>
  `- hosts: h1\n  gather_facts: false\n  tasks:\n    - file: { path: FOLDER/out/ran, state: touch }\n${tasks}`;
const bad = (tasks: string) => ({ 'bad.yml': play(tasks) });
const onHosts = ['bad.yml', '-i', 'hosts'];

const cases: readonly Case[] = [
  {
    title: 'an inventory that does not exist',
    args: ['site.yml', '-i', 'none'],
    says: ['error: there is no inventory', 'none'],
  },
  {
    title: 'a host where an inventory is expected',
    args: ['site.yml', '-i', 'web1'],
    says: ['hint: for a list of hosts write a comma: "web1,"'],
  },
  {
    title: 'a file to decrypt that is not there, before a password is asked for',
    args: ['vault', 'view', 'none.yml', '--no-input'],
    says: ['cannot read none.yml: there is no such file'],
  },
  { title: 'no inventory', args: ['site.yml'], says: ['matches no host', 'hint: add -i'] },
  {
    title: 'an INI inventory with two mistakes, both',
    files: { broken: '[web]\nh1 port="22\n[db:kids]\nh2\n' },
    args: ['site.yml', '-i', 'broken'],
    says: [
      /broken:2:9 the quote opened here is never closed/,
      /broken:3:5 a section ends in :children or :vars, not :kids/,
      '> 2 | h1 port="22',
      '2 errors',
    ],
  },
  {
    title: 'a YAML inventory with an unknown key',
    files: { 'broken.yml': 'all:\n  hosts:\n    h1:\n  chidren:\n    web: {}\n' },
    args: ['site.yml', '-i', 'broken.yml'],
    says: [/broken\.yml:4:3 .*"chidren"/, 'Did you mean "children"?'],
  },
  {
    title: 'YAML in host_vars that is none',
    files: { 'site/hosts': 'h1\n', 'site/host_vars/h1.yml': 'a: 1\n b: 2\n' },
    args: ['site.yml', '-i', 'site/hosts'],
    says: [/site\/host_vars\/h1\.yml:2:2 /, '> 2 |  b: 2'],
  },
  {
    title: 'a pattern that names no group',
    files: { 'bad.yml': '- hosts: wbe\n  tasks: []\n' },
    args: onHosts,
    says: ['error: bad.yml:1:10 no host or group named "wbe". Did you mean "web"?', '> 1 | - hosts: wbe'],
  },
  {
    title: 'a --limit that names no host',
    args: ['site.yml', '-i', 'hosts', '--limit', 'h11'],
    says: ['no host or group named "h11". Did you mean "h1"?'],
  },
  {
    title: 'a --limit that leaves no host',
    args: ['site.yml', '-i', 'hosts', '-l', 'web:!web'],
    says: ['--limit web:!web matches no host'],
  },
  { title: 'a --limit file that does not exist', args: ['site.yml', '-i', 'hosts', '-l', '@none'], says: ['"none"'] },
  {
    title: 'a group without hosts',
    files: { empty: '[web]\n' },
    args: ['site.yml', '-i', 'empty'],
    says: ['error: site.yml:2:10 the play "Web" matches no host', '--allow-empty'],
  },
  {
    title: 'a playbook that does not exist',
    args: ['site.yml', 'none.yml', '-i', 'hosts'],
    says: ['no playbook none.yml'],
  },
  {
    title: 'a quote that is never closed',
    files: bad('    - debug: { msg: "x }\n'),
    args: onHosts,
    says: ['error: bad.yml:5:21 the " opened here is never closed', '> 5 |     - debug: { msg: "x }'],
  },
  {
    title: 'an unquoted colon',
    files: bad('    - debug:\n        msg: a: b\n'),
    args: onHosts,
    says: [/bad\.yml:6:\d+ an unquoted value holds ": "/, 'hint: quote the value'],
  },
  {
    title: 'a playbook that is no list',
    files: { 'bad.yml': 'hosts: h1\n' },
    args: onHosts,
    says: ['bad.yml:1:1 A playbook must be a list of plays, not a mapping'],
  },
  {
    title: 'an unknown module',
    files: bad('    - tempalte: { src: a, dest: /b }\n'),
    args: onHosts,
    says: ['bad.yml:5:7 no module is named "tempalte". Did you mean "template"?'],
  },
  {
    title: 'a misspelt argument',
    files: bad('    - copy: { contents: a, dest: /b }\n'),
    args: onHosts,
    says: ['bad.yml:5:15 copy has no argument "contents"', 'Did you mean "content"?'],
  },
  {
    title: 'an argument of the wrong type',
    files: bad('    - wait_for: { port: many }\n'),
    args: onHosts,
    says: ['bad.yml:5:25 port must be an integer, not "many"'],
  },
  {
    title: 'a value that is no choice',
    files: bad('    - file: { path: /a, state: direcory }\n'),
    args: onHosts,
    says: [/bad\.yml:5:32 state must be one of .*; not "direcory"/, 'Did you mean "directory"?'],
  },
  {
    title: 'a missing argument',
    files: bad('    - copy: { dest: /b }\n'),
    args: onHosts,
    says: ['bad.yml:5:7 copy needs one of src, content'],
  },
  {
    title: 'an unknown keyword of a task',
    files: bad('    - debug: { msg: a }\n      wen: true\n'),
    args: onHosts,
    says: ['bad.yml:6:7 "wen" is not a keyword of a task. Did you mean "when"?'],
  },
  {
    title: 'an unknown keyword of a play',
    files: { 'bad.yml': '- hosts: h1\n  task: []\n' },
    args: onHosts,
    says: [/bad\.yml:2:3 .*"task".*"tasks"/],
  },
  {
    title: 'a handler that nobody wrote',
    files: bad('    - debug: { msg: a }\n      notify: restart\n'),
    args: onHosts,
    says: [/bad\.yml:6:15 There is no handler "restart"/],
  },
  {
    title: 'a role that does not exist',
    files: { 'bad.yml': '- hosts: h1\n  roles: [nonesuch]\n' },
    args: onHosts,
    says: [/bad\.yml:2:11 There is no role "nonesuch"/, 'searched in'],
  },
  {
    title: 'an undefined variable in a task',
    files: bad('    - debug: { msg: "{{ inventory_hostnam }}" }\n'),
    args: onHosts,
    says: [/bad\.yml:5:\d+ "inventory_hostnam" is undefined/],
  },
  {
    title: "an undefined variable in a template file, at the template's line",
    files: {
      ...bad('    - template: { src: bad.j2, dest: FOLDER/out/made }\n'),
      'bad.j2': 'name {{ inventory_hostname }}\nport {{ prot }}\n',
    },
    args: onHosts,
    says: ['error: bad.j2:2:9 "prot" is undefined', '> 2 | port {{ prot }}'],
  },
  {
    title: "a mistake in a template file's syntax",
    files: {
      ...bad('    - template: { src: bad.j2, dest: FOLDER/out/made }\n'),
      'bad.j2': 'a\n{% if inventory_hostname %}\n',
    },
    args: onHosts,
    says: ['error: bad.j2:2:4 "if" is never closed'],
  },
  {
    title: 'an unknown filter',
    files: bad('    - debug: { msg: "{{ inventory_hostname | uper }}" }\n'),
    args: onHosts,
    says: [/bad\.yml:5:\d+ there is no filter "uper"/],
  },
  {
    title: 'mistakes of every kind at once, each with its place',
    files: bad(
      '    - comand: echo\n    - copy: { contents: a, dest: /b }\n    - debug: { msg: "{{ nowhere }}" }\n      wen: true\n',
    ),
    args: onHosts,
    says: ['bad.yml:5:7 ', 'bad.yml:6:15 ', /bad\.yml:7:\d+ "nowhere"/, 'bad.yml:8:7 ', /^\d errors$/m],
  },
  {
    title: 'extra vars that are no mapping',
    args: ['site.yml', '-i', 'hosts', '-e', '[1]'],
    says: ['extra vars must be a mapping'],
  },
  {
    title: 'a file of extra vars that does not exist',
    args: ['site.yml', '-i', 'hosts', '-e', '@none.yml'],
    says: ['-e @none.yml'],
  },
  {
    title: 'an option that does not exist',
    args: ['site.yml', '--chek'],
    says: ["unknown option '--chek'", 'Did you mean --check?'],
    code: 5,
  },
  { title: 'an option without its value', args: ['site.yml', '-i'], says: ['argument missing'], code: 5 },
  {
    title: 'a value that an option does not take',
    args: ['site.yml', '-i', 'hosts', '--become-method', 'doas'],
    says: ['doas', 'sudo, su'],
    code: 5,
  },
  {
    title: 'a number that is none',
    args: ['site.yml', '-i', 'hosts', '--forks', 'many'],
    says: ['"many" is not a positive number'],
    code: 5,
  },
  { title: 'no playbook', args: [], says: ['no playbook was named', '--help'], code: 5 },
  {
    title: 'extra vars that are no assignment',
    args: ['site.yml', '-i', 'hosts', '-e', 'port'],
    says: ['-e "port" is neither name=value'],
    code: 5,
  },
  {
    title: 'a kind of connection that does not exist',
    args: ['site.yml', '-i', 'h9,', '-l', 'h9', '-c', 'telnet'],
    files: { 'site.yml': '- hosts: all\n  tasks: []\n' },
    says: ['telnet', 'ssh, openssh, local'],
    code: 5,
  },
  {
    title: 'a password that cannot be asked for',
    args: ['site.yml', '-i', 'hosts', '-K'],
    says: ['cannot ask for "BECOME password"'],
    code: 5,
  },
  {
    title: 'a password file that does not exist',
    args: ['site.yml', '-i', 'hosts', '--become-password-file', 'none'],
    says: ['cannot read the password file none'],
    code: 5,
  },
  {
    title: 'an unknown module, asked about',
    args: ['doc', 'copi'],
    says: ['no module is named "copi". Did you mean "copy"?'],
  },
];

describe('wrong input', () => {
  let project: Project;
  beforeEach(() => {
    project = makeProject();
  });
  afterEach(() => project.remove());

  for (const { title, files = {}, args, says, code = 1 } of cases) {
    it(`${title}: exit ${code}, and nothing was run`, async () => {
      project.write(files);
      const said = await project.run(args);
      expect(said.code, tail(said)).to.equal(code);
      for (const words of says) {
        if (typeof words === 'string') expect(said.stderr).to.include(words);
        else expect(said.stderr).to.match(words);
      }
      expect(said.stderr)
        .to.match(/^error: /)
        .and.not.match(/^\s+at .*:\d+:\d+\)?$/m);
      expect(said.stdout).to.equal('');
      expect(readdirSync(project.path('out'))).to.deep.equal([]);
    });
  }

  it('no host at all is fine with --allow-empty', async () => {
    project.write({ empty: '[web]\n' });
    const said = await project.run(['site.yml', '-i', 'empty', '--allow-empty']);
    expect(said.code, tail(said)).to.equal(0);
    expect(said.stdout).to.include('skipping: no hosts matched');
  });

  it('what may never be reached is a warning with its place, and the run goes on', async () => {
    project.write({
      'app.conf.j2':
        '{% if missing is defined %}{{ missing.port }}{% endif %}\n{% if inventory_hostname == "h9" %}{{ prot }}{% endif %}\n',
    });
    const said = await project.run(['site.yml', '-i', 'hosts']);
    expect(said.code, tail(said)).to.equal(0);
    expect(said.stderr)
      .to.match(/^warning: app\.conf\.j2:2:\d+: "prot"/m)
      .and.not.include('missing');
  });
});
