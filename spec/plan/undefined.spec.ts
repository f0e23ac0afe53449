import { expect } from 'chai';
import { planOf, problemsOf, warningsOf } from './kit.ts';

const hosts = '[web]\nh1 from_host=1\n[web:vars]\nfrom_group=1\n';

/** One task with a message. */
function site(task: string, play = ''): string {
  return `- hosts: web\n${play}  tasks:\n    - ${task}\n`;
}

type Files = Readonly<Record<string, string>>;

describe('undefined variables', () => {
  const caught: readonly (readonly [title: string, files: Files, expected: string])[] = [
    [
      'in an argument',
      { 'site.yml': site('debug: {msg: "a {{ nowhere }}"}') },
      'site.yml:3:26: "nowhere" is undefined.',
    ],
    [
      'deep in an argument',
      { 'site.yml': site('debug: {msg: [a, {b: "{{ nowhere }}"}]}') },
      'site.yml:3:32: "nowhere" is undefined.',
    ],
    [
      'in a condition',
      { 'site.yml': site('debug:\n      when: nowhere == 1') },
      'site.yml:4:13: "nowhere" is undefined.',
    ],
    [
      'in a loop',
      { 'site.yml': site('debug:\n      loop: "{{ nowhere }}"') },
      'site.yml:4:17: "nowhere" is undefined.',
    ],
    [
      'in the name of a file to include',
      { 'site.yml': site('include_tasks: "{{ nowhere }}.yml"') },
      'site.yml:3:26: "nowhere" is undefined.',
    ],
    [
      'in a keyword',
      { 'site.yml': site('debug:\n      become_user: "{{ nowhere }}"') },
      'site.yml:4:24: "nowhere" is undefined.',
    ],
    ['in free text', { 'site.yml': site('command: ls {{ nowhere }}') }, 'site.yml:3:22: "nowhere" is undefined.'],
    [
      'with a suggestion',
      { 'site.yml': site('debug: {msg: "{{ from_hots }}"}') },
      '"from_hots" is undefined. Did you mean "from_host"?',
    ],
    ['item outside of a loop', { 'site.yml': site('debug: {msg: "{{ item }}"}') }, '"item" is undefined.'],
    [
      'a variable of another block',
      { 'site.yml': site('debug: {msg: "{{ x }}"}\n    - block: []\n      vars: {x: 1}') },
      '"x" is undefined.',
    ],
    [
      'a default of a role that shows nothing',
      {
        'site.yml': site('include_role: {name: a}\n    - debug: {msg: "{{ d }}"}'),
        'roles/a/defaults/main.yml': 'd: 1',
      },
      'site.yml:4:24: "d" is undefined.',
    ],
    [
      'in the file of a template, with its own position',
      {
        'site.yml': '- hosts: web\n  roles: [a]\n',
        'roles/a/tasks/main.yml': '- template: {src: x.j2, dest: /x}\n',
        'roles/a/templates/x.j2': 'one\ntwo {{ nowhere }}\n',
      },
      'roles/a/templates/x.j2:2:8: "nowhere" is undefined.',
    ],
    [
      'in the files of templates in a loop',
      {
        'site.yml': site('template: {src: "{{ item.src }}", dest: /x}\n      loop: [{src: x.j2}, {src: y.j2}]'),
        'templates/x.j2': '',
        'y.j2': '{{ nowhere }}',
      },
      'y.j2:1:4: "nowhere" is undefined.',
    ],
    [
      'in a variable that is used, at its definition',
      { 'site.yml': site('debug: {msg: "{{ a }}"}'), 'group_vars/web.yml': 'a: "{{ b }}"\nb: "{{ nowhere }}"\n' },
      'group_vars/web.yml:2',
    ],
    [
      'in a default that is used',
      {
        'site.yml': '- hosts: web\n  roles: [a]\n',
        'roles/a/defaults/main.yml': 'x: {y: ["{{ nowhere }}"]}\n',
        'roles/a/tasks/main.yml': '- debug: {msg: "{{ x.y }}"}\n',
      },
      'roles/a/defaults/main.yml:1:13: "nowhere" is undefined.',
    ],
    [
      'in a file that is included by its name',
      { 'site.yml': site('include_tasks: a.yml'), 'a.yml': '- debug: {msg: "{{ nowhere }}"}\n' },
      'a.yml:1:20: "nowhere" is undefined.',
    ],
    [
      'in a role that is included by its name',
      { 'site.yml': site('include_role: {name: a}'), 'roles/a/tasks/main.yml': '- debug: {msg: "{{ nowhere }}"}\n' },
      'roles/a/tasks/main.yml:1:20: "nowhere" is undefined.',
    ],
    [
      'in hosts',
      { 'site.yml': '- hosts: "{{ target }}"\n' },
      'site.yml:1:14: "target" is undefined. (give it with -e target=…)',
    ],
    [
      'a missing file of variables',
      { 'site.yml': '- hosts: web\n  vars_files: [none.yml]\n' },
      'site.yml:2:16: There is no file "none.yml".',
    ],
  ];
  for (const [title, files, expected] of caught) {
    it(`are found ${title}`, async () => {
      const found = await problemsOf(files, { hosts });
      expect(found, found.join('\n')).to.have.length(1);
      expect(found[0]).to.include(expected);
    });
  }

  const fine: readonly (readonly [title: string, files: Files])[] = [
    ['variables of the inventory', { 'site.yml': site('debug: {msg: "{{ from_host }}{{ from_group }}"}') }],
    ['variables of any other host', { 'site.yml': site('debug: {msg: "{{ x }}"}'), 'host_vars/localhost.yml': 'x: 1' }],
    [
      'variables of the play',
      {
        'site.yml': site(
          'debug: {msg: "{{ x }}{{ y }}{{ z }}"}',
          '  vars: {x: 1}\n  vars_files: [v.yml]\n  vars_prompt: [{name: z}]\n',
        ),
        'v.yml': 'y: 1',
      },
    ],
    [
      'a file of variables known only to the host',
      {
        'site.yml': site('debug: {msg: "{{ y }}"}', '  vars_files: ["vars/{{ ansible_os_family }}.yml"]\n'),
        'vars/Debian.yml': 'y: 1',
      },
    ],
    [
      'facts and variables of the engine',
      {
        'site.yml': site(
          'debug: {msg: "{{ ansible_anything }} {{ ansible_facts.os }} {{ hostvars }} {{ inventory_hostname }} {{ omit }} {{ playbook_dir }}"}',
        ),
      },
    ],
    ['functions', { 'site.yml': site(`debug: {msg: "{{ lookup('env', 'x') }} {{ range(3) }} {{ now() }}"}`) }],
    ['defaults', { 'site.yml': site(`debug: {msg: "{{ nowhere | default('x') }}"}`) }],
    [
      'what is asked about first',
      { 'site.yml': site('debug: {msg: "{{ nowhere }}"}\n      when: nowhere is defined') },
    ],
    [
      'what is asked about in another clause',
      { 'site.yml': site('debug:\n      when: [nowhere is defined, nowhere == 1]') },
    ],
    [
      'what a block asks about',
      { 'site.yml': site('block:\n        - debug: {msg: "{{ nowhere.x }}"}\n      when: nowhere.x is defined') },
    ],
    [
      'what an include asks about',
      {
        'site.yml': site('include_tasks: a.yml\n      when: nowhere is defined'),
        'a.yml': '- debug: {msg: "{{ nowhere }}"}\n',
      },
    ],
    [
      'registered results, also in until',
      { 'site.yml': site('command: ls\n      register: r\n      until: r.rc == 0\n    - debug: {msg: "{{ r }}"}') },
    ],
    ['facts that are set', { 'site.yml': site('set_fact: {x: 1}\n    - debug: {msg: "{{ x }}"}') }],
    [
      'facts that are set somewhere in an unknown file',
      {
        'site.yml': site('include_tasks: "{{ ansible_os_family }}.yml"\n    - debug: {msg: "{{ x }}"}'),
        'Debian.yml': '- set_fact: {x: 1}\n',
      },
    ],
    [
      'anything, when facts are set by a template',
      { 'site.yml': site('set_fact: "{{ ansible_x }}"\n    - debug: {msg: "{{ x }}"}') },
    ],
    [
      'anything, when a role is known only to the host',
      { 'site.yml': site('include_role: {name: "{{ ansible_x }}"}\n    - debug: {msg: "{{ x }}"}') },
    ],
    [
      'variables that are included',
      {
        'site.yml': site(
          'include_vars: v.yml\n    - include_vars: {file: "{{ item }}"}\n      loop: [w.yml]\n    - debug: {msg: "{{ x }}{{ y }}"}',
        ),
        'v.yml': 'x: 1',
        'w.yml': 'y: 1',
      },
    ],
    [
      'variables that a role includes by the system',
      {
        'site.yml': '- hosts: web\n  roles: [a]\n',
        'roles/a/tasks/main.yml': '- include_vars: "{{ ansible_os_family }}.yml"\n- debug: {msg: "{{ x }}"}\n',
        'roles/a/vars/Debian.yml': 'x: 1',
      },
    ],
    [
      'results of modules that find facts',
      { 'site.yml': site('service_facts:\n    - debug: {msg: "{{ services }}"}') },
    ],
    [
      'items, whatever they are called',
      {
        'site.yml': site(
          'debug: {msg: "{{ each }}{{ n }}"}\n      loop: [1]\n      loop_control: {loop_var: each, index_var: n}',
        ),
      },
    ],
    [
      'in files that a lookup chooses or searches',
      {
        'site.yml': site(
          'include_tasks: "{{ item }}"\n      with_first_found: [none.yml, a.yml]\n    - include_tasks: "{{ item }}"\n      with_ansible.builtin.fileglob: ["*.yml"]',
        ),
        'a.yml': '- debug:\n',
      },
    ],
    [
      'items of the loop over an include',
      { 'site.yml': site('include_tasks: a.yml\n      loop: [1]'), 'a.yml': '- debug: {msg: "{{ item }}"}\n' },
    ],
    [
      'variables handed to an include',
      { 'site.yml': site('include_tasks: a.yml\n      vars: {x: 1}'), 'a.yml': '- debug: {msg: "{{ x }}"}\n' },
    ],
    [
      'parameters, defaults and vars of a role',
      {
        'site.yml': '- hosts: web\n  roles: [{role: a, p: 1, vars: {v: 1}}]\n  tasks: [{debug: {msg: "{{ d }}"}}]\n',
        'roles/a/tasks/main.yml': '- debug: {msg: "{{ p }}{{ v }}{{ d }}{{ w }}"}\n',
        'roles/a/defaults/main.yml': 'd: 1',
        'roles/a/vars/main.yml': 'w: 1',
      },
    ],
    [
      'defaults of a role included for all to see',
      {
        'site.yml': site('include_role: {name: a, public: true}\n    - debug: {msg: "{{ d }}"}'),
        'roles/a/defaults/main.yml': 'd: 1',
      },
    ],
    [
      'variables that use what only some task sees',
      { 'site.yml': site('debug: {msg: "{{ a }}"}\n      loop: [1]'), 'group_vars/all.yml': 'a: "{{ item }}"\n' },
    ],
    ['variables nobody uses', { 'site.yml': site('debug:'), 'group_vars/all.yml': 'a: "{{ nowhere }}"\n' }],
    [
      'a part of a variable that is fine',
      { 'site.yml': site('debug: {msg: "{{ a.x }}"}'), 'group_vars/all.yml': 'a: {x: 1, y: "{{ nowhere }}"}\n' },
    ],
    ['what debug is asked to show', { 'site.yml': site('debug: {var: nowhere}') }],
    ['what assert is there to find out', { 'site.yml': site('assert: {that: [nowhere is defined, nowhere == 1]}') }],
    [
      'variables of groups that hosts join during the run',
      {
        'site.yml': site('add_host: {name: x, groups: new}\n    - debug: {msg: "{{ x }}"}'),
        'group_vars/new.yml': 'x: 1',
      },
    ],
    [
      'variables of an imported playbook',
      { 'site.yml': '- import_playbook: a.yml\n  vars: {x: 1}\n', 'a.yml': site('debug: {msg: "{{ x }}"}') },
    ],
  ];
  for (const [title, files] of fine) {
    it(`never include ${title}`, async () => {
      expect(await problemsOf(files, { hosts })).to.deep.equal([]);
      expect(await warningsOf(files, { hosts })).to.deep.equal([]);
    });
  }

  const doubtful: readonly (readonly [title: string, files: Files])[] = [
    ['of a task with a condition', { 'site.yml': site('debug: {msg: "{{ nowhere }}"}\n      when: from_host') }],
    ['behind another condition', { 'site.yml': site('debug:\n      when: [from_host, nowhere]') }],
    ['behind "and"', { 'site.yml': site('debug:\n      when: from_host and nowhere') }],
    [
      'in one branch of a template',
      { 'site.yml': site('template: {src: x.j2, dest: /x}'), 'x.j2': '{% if from_host %}{{ nowhere }}{% endif %}' },
    ],
    [
      'in a loop over what may be empty',
      { 'site.yml': site('debug: {msg: "{{ nowhere }}"}\n      loop: "{{ from_host }}"') },
    ],
    [
      'of a task that never runs unless asked for',
      { 'site.yml': site('debug: {msg: "{{ nowhere }}"}\n      tags: never') },
    ],
    [
      'in a block that can be rescued',
      {
        'site.yml': site(
          'block: [{debug: {msg: "{{ nowhere }}"}}]\n      rescue: []\n    - block: []\n      rescue: [{debug: }]',
        ).replace('rescue: []', 'rescue: [{debug: }]'),
      },
    ],
    ['in a handler', { 'site.yml': '- hosts: web\n  handlers: [{name: h, debug: {msg: "{{ nowhere }}"}}]\n' }],
    [
      'in a play for hosts that are not there',
      { 'site.yml': '- hosts: nobody\n  tasks: [{debug: {msg: "{{ nowhere }}"}}]\n' },
    ],
    [
      'after the play may have ended',
      { 'site.yml': site('meta: end_host\n      when: from_host\n    - debug: {msg: "{{ nowhere }}"}') },
    ],
  ];
  for (const [title, files] of doubtful) {
    it(`are only warned of ${title}`, async () => {
      expect(await problemsOf(files, { hosts })).to.deep.equal([]);
      const warnings = await warningsOf(files, { hosts });
      expect(warnings, warnings.join('\n')).to.have.length(1);
      expect(warnings[0]).to.include('"nowhere" is defined nowhere, and an error if this is reached.');
    });
  }

  it('are not looked for without an inventory', async () => {
    expect(await problemsOf({ 'site.yml': site('debug: {msg: "{{ nowhere }}"}') })).to.deep.equal([]);
  });

  it('may be given on the command line', async () => {
    const files = { 'site.yml': '- hosts: "{{ target }}"\n  tasks: [{debug: {msg: "{{ x }}"}}]\n' };
    expect((await planOf(files, { hosts, extraVars: { target: 'web', x: 1 } })).problems).to.deep.equal([]);
  });

  it('are told together with all else that is wrong', async () => {
    const files = { 'site.yml': site('debug: {msg: "{{ nowhere }}"}\n    - cpy: {}\n    - debug: {masg: 1}') };
    expect((await problemsOf(files, { hosts })).map((problem) => problem.split(' ')[0])).to.deep.equal([
      'site.yml:3:24:',
      'site.yml:4:7:',
      'site.yml:5:15:',
    ]);
  });
});
