/** `kplay lint`: a case per rule, its forms of output, and nothing to say about what kplay ships. */
import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { rules } from '../../engine/lint/rules.ts';
import { kplay, tail } from '../kplay.ts';
import { makeProject, type Project } from './project.ts';

const play = (tasks: string, more = '') => `- hosts: all\n  gather_facts: false\n${more}  tasks:\n${tasks}`;

interface Case {
  readonly files: Readonly<Record<string, string>>;
  /** `rule file:line:column` of every finding. */
  readonly found: readonly string[];
}

const cases: Readonly<Record<string, Case>> = {
  'undefined variables on branches that may never be taken, each use': {
    files: {
      'a.yml': play(
        '    - debug: { msg: "{{ tyop }}" }\n      when: rare | bool\n    - debug: { msg: "{{ tyop }}" }\n      when: rare is defined\n',
      ),
    },
    found: ['undefined-variable a.yml:4:25', 'undefined-variable a.yml:5:13', 'undefined-variable a.yml:6:25'],
  },
  'variables of group_vars, of defaults and of argument_specs are defined': {
    files: {
      'a.yml': play('    - debug: { msg: "{{ ours }}" }\n', '  roles: [r]\n'),
      'group_vars/db.yml': 'ours: 1\n',
      'roles/r/defaults/main.yml': 'given: 1\n',
      'roles/r/meta/argument_specs.yml':
        'argument_specs:\n  main:\n    options:\n      needed: { type: str, required: true }\n',
      'roles/r/tasks/main.yml': '- debug: { msg: "{{ given }} {{ needed }} {{ neeeded }}" }\n',
    },
    found: ['undefined-variable roles/r/tasks/main.yml:1:46'],
  },
  'arguments that are misspelt, also in a file that is included under a condition': {
    files: {
      'a.yml': play('    - include_tasks: more.yml\n      when: inventory_hostname == "x"\n'),
      'more.yml': '- file: { path: /a, stat: directory }\n',
    },
    found: ['argument more.yml:1:21'],
  },
  'handlers and notifications that have no other side': {
    files: {
      'a.yml': play(
        '    - command: uptime\n      notify: Restrat\n',
        '  handlers:\n    - name: Restart\n      debug: { msg: x }\n    - name: Reload\n      listen: all of them\n      debug: { msg: x }\n',
      ),
    },
    found: [
      'handler-never-notified a.yml:4:7',
      'handler-never-notified a.yml:6:7',
      'notify-without-handler a.yml:11:15',
    ],
  },
  'a handler of a role counts as notified by any of its files': {
    files: {
      'a.yml': '- hosts: all\n  tasks:\n    - import_role: { name: r, tasks_from: other }\n',
      'roles/r/handlers/main.yml': '- name: One\n  debug: { msg: x }\n- name: Two\n  debug: { msg: x }\n',
      'roles/r/tasks/main.yml': '- block:\n    - command: uptime\n      notify: [One]\n',
      'roles/r/tasks/other.yml': '- debug: { msg: x }\n',
    },
    found: ['handler-never-notified roles/r/handlers/main.yml:3:3'],
  },
  'conditions that are no boolean': {
    files: {
      'a.yml': play(
        [
          '{ when: packages }',
          '{ when: packages | length > 0 and answer }',
          '{ when: answer | default("") }',
          '{ when: inventory_hostname in packages, failed_when: packages | length }',
          '{ when: answer | default(false) }',
        ]
          .map((keywords) => `    - ${keywords.replace('{', '{ debug: { msg: x },')}\n`)
          .join(''),
        '  vars: { packages: [a], answer: true }\n',
      ),
    },
    found: ['non-boolean-condition a.yml:5:34', 'non-boolean-condition a.yml:7:34', 'non-boolean-condition a.yml:8:79'],
  },
  'numbers that were meant as versions': {
    files: {
      'a.yml': play(
        '    - debug: { msg: "{{ v }}" }\n',
        '  vars: { v: 1.10, app_version: 2.5, ratio: 2.5, good: "1.10" }\n',
      ),
      'group_vars/all.yml': 'php_version: 8.0\nfactor: 8.0\nl: [2.00]\n',
    },
    found: [
      'version-float a.yml:3:14',
      'version-float a.yml:3:33',
      'version-float group_vars/all.yml:1:14',
      'version-float group_vars/all.yml:3:5',
    ],
  },
  'commands that a module does': {
    files: {
      'a.yml': play(
        '    - command: /usr/bin/systemctl restart x\n    - shell: systemctl restart x && echo done\n    - command: { argv: [mkdir, -p, /x] }\n    - command: systemctl is-active x\n    - shell: apt-get install -y x # noqa: command-instead-of-module\n',
      ),
    },
    found: ['command-instead-of-module a.yml:4:7', 'command-instead-of-module a.yml:6:7'],
  },
  'commands of the tools that modules drive': {
    files: {
      'a.yml': play(
        '    - command: tar -czf /b.tgz /a\n    - command: setfacl -m u:a:r /x\n    - command: setsebool -P a on\n    - command: firewall-cmd --permanent --add-port=1/tcp\n    - command: apt-key add /k\n    - command: firewall-cmd --reload\n',
      ),
    },
    found: [4, 5, 6, 7, 8].map((line) => `command-instead-of-module a.yml:${line}:7`),
  },
  'files with secrets and without a mode': {
    files: {
      'a.yml': play(
        '    - copy: { content: "{{ db_password }}", dest: /etc/a }\n    - template: { src: a.j2, dest: /etc/b }\n    - copy: { src: x, dest: /etc/ssl/a.key }\n    - copy: { src: x, dest: /etc/c }\n    - copy: { content: "{{ db_password }}", dest: /etc/a, mode: "0600" }\n',
        '  vars: { db_password: x }\n',
      ),
      'templates/a.j2': 'password={{ db_password }}\n',
      x: '',
    },
    found: ['secret-file-mode a.yml:5:7', 'secret-file-mode a.yml:6:7', 'secret-file-mode a.yml:7:7'],
  },
  'lookups that do not exist, and only here': {
    files: {
      'a.yml': play(
        "    - debug: { msg: \"{{ lookup('fil', 'x') }} {{ q('ansible.builtin.env', 'HOME') }}\" }\n    - debug: { msg: \"{{ item }}\" }\n      with_fileglobs: [x]\n      when: false\n",
      ),
    },
    found: ['template-syntax a.yml:4:32', 'template-syntax a.yml:6:23'],
  },
  'files of the controller that are nowhere': {
    files: {
      'a.yml': play(
        [
          'template: { src: none.j2, dest: /a }',
          'template: { src: a.j2, dest: /a }',
          'copy: { src: "{{ item }}.txt", dest: /a }\n      loop: [none, a]',
          'copy: { src: tree/, dest: /a }',
          'copy: { src: none, dest: /a, remote_src: true }',
          'copy: { src: fetched/ca.crt, dest: /a }',
          'fetch: { src: /ca.crt, dest: fetched/, flat: true }',
          'copy: { src: nobody-minds, dest: /a }\n      ignore_errors: true',
          'script: none.sh --all',
          'include_vars: none.yml',
          'unarchive: { src: "https://x/none.tgz", dest: /a, remote_src: true }',
          'unarchive: { src: none.tgz, dest: /a }',
          'command: make-key --out files/made.pem\n      delegate_to: localhost',
          'copy: { src: made.pem, dest: /a }',
          'copy: { src: /srv/elsewhere, dest: /a }',
          'include_vars: "{{ item }}"\n      with_first_found: [none.yml, { files: [none.yml], skip: true }]',
          'template: { src: "{{ item }}", dest: /a }\n      with_fileglob: ["templates/*.j2"]',
          'copy: { src: "{{ item }}", dest: /a }\n      loop: [none, a.txt]\n      when: item != "none"',
        ]
          .map((task) => `    - ${task}\n`)
          .join(''),
      ),
      'templates/a.j2': 'x',
      'files/a.txt': 'x',
      'files/tree/b': 'x',
    },
    found: [
      'missing-file a.yml:4:24',
      'missing-file a.yml:6:20',
      'missing-file a.yml:14:15',
      'missing-file a.yml:15:21',
      'missing-file a.yml:17:25',
    ],
  },
  'what cannot be read, duplicate keys, templates, and what is not carried out': {
    files: {
      'a.yml': play(
        '    - debug: { msg: "{{ 1 + }}" }\n      whenn: true\n    - debug: { msg: x }\n      tags: a\n      tags: b\n    - command: uptime\n      debugger: never\n',
      ),
    },
    found: ['template-syntax a.yml:4:29', 'playbook a.yml:5:7', 'duplicate-key a.yml:8:7', 'unsupported a.yml:10:17'],
  },
};

describe('kplay lint', function () {
  this.timeout(120_000);
  let project: Project;
  const lint = (files: Readonly<Record<string, string>>, ...args: readonly string[]) => {
    project?.remove();
    project = makeProject(files);
    return project.run(['lint', 'a.yml', ...args]);
  };
  after(() => project.remove());

  for (const [title, { files, found }] of Object.entries(cases)) {
    it(`finds ${title}`, async () => {
      const said = await lint(files, '--format', 'json');
      const { findings } = JSON.parse(said.stdout);
      const places = findings.map(
        (one: Readonly<Record<string, unknown>>) => `${one['rule']} ${one['file']}:${one['line']}:${one['column']}`,
      );
      expect(places, said.stdout).to.deep.equal(found);
      expect(said.code).to.equal(1);
    });
  }

  const wrong = { 'a.yml': play('    - debug: { msg: x, mgs: "50%" }\n') };

  it('says it in text, with the line and what to do', async () => {
    const said = await lint(wrong);
    expect(said.code).to.equal(1);
    expect(said.stdout)
      .to.match(/^error\[argument\]: a\.yml:4:24 debug has no argument "mgs"\n[\s\S]*> 4 \|[\s\S]*\^/)
      .and.to.match(/1 error; kplay lint --explain RULE says more\n$/);
  });

  it('says it as SARIF 2.1.0, with every rule', async () => {
    const { runs, version } = JSON.parse((await lint(wrong, '--format', 'sarif')).stdout);
    expect(version).to.equal('2.1.0');
    expect(runs[0].tool.driver.rules.map(({ id }: { id: string }) => id)).to.deep.equal(rules.map(({ id }) => id));
    expect(runs[0].results[0]).to.deep.include({ ruleId: 'argument', ruleIndex: 3, level: 'error' });
    expect(runs[0].results[0].locations[0].physicalLocation).to.deep.equal({
      artifactLocation: { uri: 'a.yml' },
      region: { startLine: 4, startColumn: 24 },
    });
  });

  it('says it as annotations of GitHub', async () => {
    const said = await lint({ 'a.yml': play('    - debug: { msg: x, "50%": y }\n') }, '--format', 'github');
    expect(said.stdout).to.equal(
      '::error file=a.yml,line=4,col=24,title=argument::debug has no argument "50%25" (it takes msg, var, verbosity)\n',
    );
  });

  it('has nothing to say about a sound playbook, in any form', async () => {
    const sound = { 'a.yml': play('    - debug: { msg: x }\n') };
    expect(await lint(sound)).to.include({ code: 0, stdout: '', stderr: '' });
    expect(JSON.parse((await lint(sound, '--json')).stdout)).to.deep.equal({ findings: [] });
  });

  it('tells wrong usage from findings', async () => {
    for (const args of [['lint'], ['lint', '--format', 'xml', 'a.yml'], ['lint', '--explain', 'argumnet']]) {
      const said = await kplay(args);
      expect(said.code, tail(said)).to.equal(5);
    }
  });

  it('explains each rule, and lists them', async () => {
    const list = await kplay(['lint', '--explain']);
    for (const { id, summary, explanation } of rules) {
      expect(list.stdout).to.contain(id).and.to.contain(summary);
      expect(explanation.length, id).to.be.greaterThan(60);
    }
    const said = await kplay(['lint', '--explain', 'version-float']);
    expect([said.code, said.stdout]).to.deep.equal([0, said.stdout.replace(/^(?!version-float \(warning\)\n)/, '!')]);
  });

  it('has nothing to say about our own playbooks and roles', async () => {
    const own = readdirSync('playbooks')
      .filter((name) => name.endsWith('.yml'))
      .map((name) => `playbooks/${name}`);
    const said = await kplay(['lint', ...own]);
    expect([said.code, said.stdout], tail(said)).to.deep.equal([0, '']);
  });
});
