import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { Float } from '../../engine/source/float.ts';
import { type Stage, stage } from './harness.ts';

/** Every source at its rank, weakest first. Each defines the name of its own rank, and those of all stronger ones. */
const ranks = [
  'public default',
  'role default',
  'all in the inventory',
  'group in the inventory',
  'group_vars/all',
  'group_vars',
  'inventory host',
  'host_vars',
  'fact',
  'play',
  'answer',
  'vars_files',
  'public role vars',
  'role vars',
  'block',
  'task',
  'include_vars',
  'set_fact',
  'role param',
  'include param',
  'extra',
] as const;
type Rank = (typeof ranks)[number];
const names = ranks.map((_, index) => `ansible_v${index}`);
const given = (rank: Rank) => Object.fromEntries(names.slice(ranks.indexOf(rank)).map((name) => [name, rank] as const));
const lines = (rank: Rank, separator = ': ') =>
  Object.entries(given(rank))
    .map(([name, value]) => `${name}${separator}${value}\n`)
    .join('');
const flow = (rank: Rank) => JSON.stringify(given(rank));

describe('variables', () => {
  let on: Stage;
  afterEach(() => on.close());

  it('are overruled in the order of precedence', async () => {
    on = stage({
      'group_vars/all.yml': lines('group_vars/all'),
      'group_vars/g.yml': lines('group_vars'),
      'host_vars/h1.yml': lines('host_vars'),
      'files.yml': lines('vars_files'),
      'included.yml': lines('include_vars'),
      'roles/open/defaults/main.yml': lines('public default'),
      'roles/open/vars/main.yml': lines('public role vars'),
      'roles/r/defaults/main.yml': lines('role default'),
      'roles/r/vars/main.yml': lines('role vars'),
      'roles/r/tasks/main.yml': `
- facts_of_ours:
- include_vars: "{{ playbook_dir }}/included.yml"
- set_fact: ${flow('set_fact')}
- include_tasks: show.yml
  vars: ${flow('include param')}
`,
      'roles/r/tasks/show.yml': `
- block: [{ name: show, debug: { msg: "{{ [${names}] }}" }, vars: ${flow('task')} }]
  vars: ${flow('block')}
`,
      'modules/facts_of_ours.mjs': `export default {
  [Symbol.for('kplay.module')]: true,
  summary: 'Facts of ours.',
  args: {},
  action: 'controller',
  run: async () => ({ ansible_facts: ${flow('fact')} }),
};`,
    });
    const host = Object.entries(given('inventory host')).map(([name, value]) => `${name}="${value}"`);
    const inventory = `
[g]
h1 ansible_connection=exec ansible_exec_command=/bin/sh ${host.join(' ')}
[all:vars]
${lines('all in the inventory', '=')}
[g:vars]
${lines('group in the inventory', '=')}`;
    const { result } = await on.play(
      `
- hosts: h1
  gather_facts: false
  vars: ${flow('play')}
  vars_prompt: [{ name: ansible_v0 }]
  vars_files: [files.yml]
  roles:
    - ${flow('role param').replace('{', '{ "role": "r",')}
    - open`,
      { inventory, extraVars: given('extra'), prompts: () => given('answer') },
    );
    expect(result('r : show')['msg']).to.deep.equal(ranks);
  });

  const show = '- { name: t, debug: { msg: "{{ v }}" } }\n';
  const beside: Readonly<Record<string, readonly [play: string, seen: string]>> = {
    'the first of several vars_files that is there': [
      `
  vars_files: [[none.yml, low.yml, high.yml]]
  tasks: [{ import_tasks: t.yml }]`,
      'low',
    ],
    'vars_files named by a template': [
      `
  vars: { v: low, which: high }
  vars_files: ["{{ which }}.yml"]
  tasks: [{ import_tasks: t.yml }]`,
      'high',
    ],
    'registered over include_vars': [
      `
  tasks:
    - { command: echo high, register: v }
    - include_vars: low.yml
    - { name: t, debug: { msg: "{{ v.stdout }}" } }`,
      'high',
    ],
    'set_fact over variables of import_tasks': [
      `
  tasks: [{ set_fact: { v: high } }, { import_tasks: t.yml, vars: { v: low } }]`,
      'high',
    ],
    'set_fact over variables of import_role': [
      `
  tasks: [{ set_fact: { v: high } }, { import_role: { name: r }, vars: { v: low } }]`,
      'high',
    ],
    'variables of import_role over those of the role': [
      `
  tasks: [{ import_role: { name: r }, vars: { v: high } }]`,
      'high',
    ],
    'loop item over include parameter': [
      `
  tasks: [{ include_tasks: items.yml, vars: { v: low } }]`,
      'high',
    ],
  };
  for (const [title, [play, seen]] of Object.entries(beside)) {
    it(title, async () => {
      on = stage(
        {
          'high.yml': 'v: high',
          'low.yml': 'v: low',
          't.yml': show,
          'items.yml': show.replace(' }\n', ', loop: [high], loop_control: { loop_var: v } }\n'),
          'roles/r/tasks/main.yml': show,
          'roles/r/vars/main.yml': 'v: low',
        },
        ['h1'],
      );
      const { events } = await on.play(`- hosts: h1\n  gather_facts: false${play}\n`);
      const said = events.flatMap((event) =>
        event.type === 'outcome' || event.type === 'item' ? (event.outcome.result['msg'] ?? []) : [],
      );
      expect(said).to.include(seen);
    });
  }

  it('of facts stand above those of the inventory, and below those of the play', async () => {
    on = stage({ 'host_vars/h1.yml': 'ansible_system: low\nansible_kernel: low\n' }, ['h1']);
    const { result } = await on.play(`
- hosts: h1
  gather_subset: [platform]
  vars: { ansible_kernel: play }
  tasks: [{ name: t, debug: { msg: "{{ [ansible_system, ansible_kernel, ansible_facts.kernel == 'play'] }}" } }]`);
    expect(result('t')['msg']).to.deep.equal(['Linux', 'play', false]);
  });

  it('set as facts to be kept are facts as well, and outlast meta: clear_facts as set_fact', async () => {
    on = stage({}, ['h1']);
    const { result } = await on.play(`
- hosts: h1
  gather_facts: false
  tasks:
    - set_fact: { kept: 1, cacheable: true }
    - set_fact: { own: 1 }
    - { name: set, debug: { msg: "{{ [kept, ansible_facts.kept, own, ansible_facts.own | default('-')] }}" } }
    - meta: clear_facts
    - { name: cleared, debug: { msg: "{{ [kept, ansible_facts.kept | default('-'), own] }}" } }`);
    expect(result('set')['msg']).to.deep.equal([1, 1, 1, '-']);
    expect(result('cleared')['msg']).to.deep.equal([1, '-', 1]);
  });

  it('of magic nobody overrules', async () => {
    on = stage({ 'host_vars/h1.yml': 'groups: mine\n' }, ['h1']);
    const { result } = await on.play(
      '- hosts: h1\n  gather_facts: false\n  tasks:\n    - { set_fact: { inventory_hostname: mine } }\n    - { name: t, debug: { msg: "{{ inventory_hostname }} {{ groups.all }} {{ playbook_dir }}" }, vars: { playbook_dir: mine } }',
      { extraVars: { inventory_hostname: 'mine' } },
    );
    expect(result('t')['msg']).to.equal(`h1 ['h1'] ${on.folder}`);
  });

  const magic: Readonly<Record<string, unknown>> = {
    inventory_hostname_short: 'h1',
    group_names: ['g'],
    'groups.g': ['h1.x'],
    ansible_play_hosts: ['h1.x', 'h2'],
    ansible_play_hosts_all: ['h1.x', 'h2'],
    ansible_play_batch: ['h1.x', 'h2'],
    ansible_check_mode: false,
    ansible_run_tags: ['all'],
    ansible_skip_tags: [],
    ansible_play_name: 'named',
    'hostvars.h2.only': 'here',
    "hostvars['h2'].inventory_hostname": 'h2',
    'vars.only is defined': false,
    'ansible_version.major': 2,
    'inventory_dir == playbook_dir': true,
  };
  it('are values as a whole, too, without those that lead back to all of them', async () => {
    on = stage();
    const { result } = await on.play(
      `- hosts: h1
  gather_facts: false
  vars: { deep: "{{ only }}" }
  tasks:
    - { name: host, debug: { var: hostvars.h2 } }
    - { name: all, debug: { msg: "{{ hostvars | dict2items | map(attribute='key') | list }}" } }
    - { name: text, debug: { msg: "{{ (hostvars.h2 | to_json | from_json).only }}" } }
    - { name: own, debug: { var: vars } }`,
      { inventory: 'h1 only=one\nh2 only=here\n' },
    );
    expect(result('host')['hostvars.h2']).to.include({ inventory_hostname: 'h2', only: 'here' });
    expect(result('host')['hostvars.h2']).to.not.have.any.keys('hostvars', 'vars', 'omit');
    expect(result('all')['msg']).to.deep.equal(['h1', 'h2']);
    expect(result('text')['msg']).to.equal('here');
    expect(result('own')['vars']).to.include({ deep: 'one', inventory_hostname: 'h1' });
  });

  it('of magic are as Ansible has them', async () => {
    on = stage();
    const inventory = '[g]\nh1.x\n[rest]\nh2 only=here\n';
    const { result } = await on.play(
      `- hosts: all\n  name: named\n  gather_facts: false\n  tasks:\n    - { name: t, debug: { msg: ["${Object.keys(
        magic,
      )
        .map((name) => `{{ ${name} }}`)
        .join('", "')}"] } }`,
      { inventory },
    );
    expect(result('t', 'h1.x')['msg']).to.deep.equal(Object.values(magic));
  });

  it('of magic about the environment of a task: what is written around it, from the outside inwards', async () => {
    on = stage({}, ['h1']);
    const { result } = await on.play(`
- hosts: h1
  gather_facts: false
  environment: { A: "{{ a }}" }
  vars: { a: one }
  tasks:
    - { name: own, debug: { msg: "{{ environment }}" }, environment: { B: two } }
    - { name: outer, debug: { msg: "{{ environment }}" } }`);
    expect(result('own')['msg']).to.deep.equal([{ A: 'one' }, { B: 'two' }]);
    expect(result('outer')['msg']).to.deep.equal([{ A: 'one' }]);
  });

  it('of magic about the play: who of all its hosts and of the batch is left, a failure and end_host taken into account', async () => {
    on = stage({}, ['h1', 'h2', 'h3', 'h4', 'h5']);
    const { result } = await on.play(`
- hosts: all
  gather_facts: false
  serial: 4
  tasks:
    - block:
        - { fail: , when: inventory_hostname == 'h2' }
      rescue:
        - { name: rescued, debug: { msg: "{{ ansible_play_hosts | length }}" } }
    - { meta: end_host, when: inventory_hostname == 'h1' }
    - { fail: , when: inventory_hostname == 'h3' }
    - { name: left, debug: { msg: "{{ [ansible_play_hosts, ansible_play_hosts_all, ansible_play_batch, play_hosts] }}" } }`);
    const all = ['h1', 'h2', 'h3', 'h4', 'h5'];
    expect(result('rescued')['msg']).to.equal(5);
    expect(result('left', 'h2')['msg']).to.deep.equal([['h2', 'h4', 'h5'], all, ['h2', 'h4'], ['h2', 'h4']]);
    expect(result('left', 'h5')['msg']).to.deep.equal([['h2', 'h4', 'h5'], all, ['h5'], ['h5']]);
  });

  it('of magic about what a rescue is for stay when it has ended', async () => {
    on = stage({}, ['h1']);
    const { result } = await on.play(`
- hosts: h1
  gather_facts: false
  tasks:
    - block: [{ name: falls, fail: { msg: nay } }]
      rescue: [{ debug: }]
    - { name: seen, debug: { msg: "{{ [ansible_failed_task.name, ansible_failed_result.msg] }}" } }`);
    expect(result('seen')['msg']).to.deep.equal(['falls', 'nay']);
  });

  it('of magic about a role: its name and folder; its dependencies; who included it, which is nobody for a role of the play', async () => {
    const seen =
      '[role_name, ansible_role_name, role_path, ansible_parent_role_names | default([]), ansible_dependent_role_names, ansible_play_role_names, role_names]';
    const say = `- { name: seen, debug: { msg: "{{ ${seen} }}" } }\n`;
    on = stage(
      {
        'roles/r/meta/main.yml': 'dependencies: [low]',
        'roles/r/tasks/main.yml': `${say}- include_role: { name: in }\n`,
        'roles/low/tasks/main.yml': say,
        'roles/in/tasks/main.yml': say,
      },
      ['h1'],
    );
    const { result } = await on.play('- hosts: h1\n  gather_facts: false\n  roles: [r]\n');
    const expected = (name: string, parents: readonly string[]) => [
      name,
      name,
      `${on.folder}/roles/${name}`,
      parents,
      ['low'],
      ['r'],
      ['r'],
    ];
    for (const [name, parents] of Object.entries({ low: [], r: [], in: ['r'] }))
      expect(result(`${name} : seen`)['msg']).to.deep.equal(expected(name, parents));
  });

  it('of magic about the language: the version that roles ask for', async () => {
    on = stage({}, ['h1']);
    const { result } = await on.play(
      `- { hosts: h1, gather_facts: false, tasks: [{ name: t, debug: { msg: "{{ [ansible_version, ansible_version.full is version('2.18', '>=')] }}" } }] }`,
    );
    expect(result('t')['msg']).to.deep.equal([
      { full: '2.18.0', major: 2, minor: 18, revision: 0, string: '2.18.0' },
      true,
    ]);
  });

  it('of magic in templates: ansible_managed, unless somebody defines it, or a setting says it', async () => {
    on = stage({ 't.j2': '{{ ansible_managed }}' }, ['h1']);
    const write = (name: string, more = '') =>
      `    - { name: ${name}, template: { src: t.j2, dest: "{{ playbook_dir }}/${name}" }${more} }\n`;
    const book = `- hosts: h1\n  gather_facts: false\n  tasks:\n${write('plain')}${write('own', ', vars: { ansible_managed: ours }')}`;
    const written = () => ['plain', 'own'].map((name) => readFileSync(join(on.folder, name), 'utf8'));
    await on.play(book);
    expect(written()).to.deep.equal(['Ansible managed', 'ours']);
    await on.play(book, { managed: 'by us' });
    expect(written()).to.deep.equal(['by us', 'ours']);
  });

  it('of magic about the command line', async () => {
    on = stage({}, ['h1']);
    const names = ['check_mode', 'diff_mode', 'forks', 'verbosity', 'run_tags', 'skip_tags', 'limit', 'config_file'];
    const { result } = await on.play(
      `- hosts: h1\n  gather_facts: false\n  tasks:\n    - { name: t, debug: { msg: ["${names
        .map((name) => `{{ ansible_${name} }}`)
        .join('", "')}"] } }`,
      {
        check: true,
        diff: true,
        forks: 7,
        verbosity: 2,
        tags: ['all', 'x'],
        skipTags: ['y'],
        limitText: 'h1,',
        configFile: '/etc/ansible/ansible.cfg',
      },
    );
    expect(result('t')['msg']).to.deep.equal([
      true,
      true,
      7,
      2,
      ['all', 'x'],
      ['y'],
      'h1,',
      '/etc/ansible/ansible.cfg',
    ]);
  });

  it('of magic about the inventory: where it is, and what was read', async () => {
    on = stage({}, ['h1']);
    const { result } = await on.play(
      '- hosts: h1\n  gather_facts: false\n  tasks:\n    - { name: t, debug: { msg: ["{{ inventory_file }}", "{{ inventory_dir }}", "{{ ansible_inventory_sources }}"] } }',
    );
    const file = `${on.folder}/hosts`;
    expect(result('t')['msg']).to.deep.equal([file, on.folder, [file]]);
  });

  it('of magic about the inventory: of several files, that which names the host first', async () => {
    on = stage({}, ['h1']);
    rmSync(join(on.folder, 'hosts'));
    on.write({ 'hosts/one': 'h1\nh2\n', 'hosts/two': 'h2\nh3\n' });
    const { result } = await on.play(`
- hosts: h1
  gather_facts: false
  tasks: [{ add_host: { name: h4 } }]
- hosts: all
  gather_facts: false
  tasks: [{ name: t, debug: { msg: "{{ [inventory_file, inventory_dir] }}" } }]`);
    const folder = join(on.folder, 'hosts');
    for (const [host, file] of Object.entries({ h1: 'one', h2: 'one', h3: 'two' }))
      expect(result('t', host)['msg']).to.deep.equal([join(folder, file), folder]);
    expect(result('t', 'h4')['msg']).to.deep.equal([null, null]);
  });

  it('of magic about delegation: what the delegate says, item by item', async () => {
    on = stage();
    const { events } = await on.play(
      `- hosts: h1
  gather_facts: false
  tasks:
    - { debug: { msg: "{{ ansible_delegated_vars[item].v }} {{ v }} of {{ ansible_delegated_vars[item].inventory_hostname }}" }, delegate_to: "{{ item }}", loop: [h2, h1] }`,
      { inventory: 'h1 v=one\nh2 v=two\n' },
    );
    const said = events.flatMap((event) => (event.type === 'item' ? [event.outcome.result['msg']] : []));
    expect(said).to.deep.equal(['two one of h1', 'one one of h1']);
  });

  it('of magic about loops: the names of its variables', async () => {
    on = stage({}, ['h1']);
    const { events } = await on.play(`
- hosts: h1
  gather_facts: false
  tasks:
    - debug: { msg: "{{ ansible_loop_var }} {{ ansible_index_var }} {{ it }} {{ at }}" }
      loop: [a]
      loop_control: { loop_var: it, index_var: at }`);
    const said = events.flatMap((event) => (event.type === 'item' ? [event.outcome.result['msg']] : []));
    expect(said).to.deep.equal(['it at a 0']);
  });

  it('of magic about roles: those of the play, and those that they depend on', async () => {
    on = stage({ 'roles/outer/meta/main.yml': 'dependencies: [inner]\n', 'roles/inner/tasks/main.yml': '' }, ['h1']);
    const names = ['role_names', 'ansible_play_role_names', 'ansible_dependent_role_names', 'ansible_role_names'];
    const { result } = await on.play(
      `- hosts: h1\n  gather_facts: false\n  roles: [outer]\n  tasks: [{ name: t, debug: { msg: ["${names
        .map((name) => `{{ ${name} | sort }}`)
        .join('", "')}"] } }]`,
    );
    expect(result('t')['msg']).to.deep.equal([['outer'], ['outer'], ['inner'], ['inner', 'outer']]);
  });

  it('of magic about roles: who led here, each once, and where files are searched', async () => {
    const say = (name: string, seen: string) => `- { name: ${name}, debug: { msg: ${JSON.stringify(seen)} } }\n`;
    on = stage(
      {
        'roles/outer/tasks/main.yml': `- import_role: { name: inner }\n`,
        'roles/inner/tasks/main.yml': say(
          'in',
          '{{ [ansible_parent_role_names, ansible_parent_role_paths, ansible_search_path] }}',
        ),
      },
      ['h1'],
    );
    const { result } = await on.play(
      `- hosts: h1\n  gather_facts: false\n  roles: [outer, { role: outer, x: 1 }]\n  tasks:\n    ${say('out', '{{ [role_names, ansible_search_path] }}')}`,
    );
    const roles = (...names: readonly string[]) => names.map((name) => `${on.folder}/roles/${name}`);
    expect(result('inner : in')['msg']).to.deep.equal([
      ['outer'],
      roles('outer'),
      [...roles('inner', 'outer'), `${on.folder}/roles/inner/tasks`, on.folder],
    ]);
    const [names, searched] = result('out')['msg'] as readonly (readonly string[])[];
    expect(names?.toSorted()).to.deep.equal(['inner', 'outer']);
    expect(searched).to.deep.equal([on.folder]);
  });

  it('keep their floats, whichever way they come', async () => {
    on = stage({
      'group_vars/all.yml': 'in_group: 1.0\nlist: [1.0, { a: 2.0 }]\n',
      'host_vars/h1.json': '{"in_host": 2.0}',
      'files.yml': 'in_files: 3.0\n',
      'included.yml': 'included: 4.0\n',
      'facts/site.fact': '{"v": 5.0}',
      'roles/r/defaults/main.yml': 'in_defaults: 6.0\n',
      'roles/r/vars/main.yml': 'in_role: 7.0\n',
      'roles/r/meta/argument_specs.yml': `
argument_specs:
  main:
    options: { in_defaults: { type: int, default: 6.0, choices: [6.0] }, in_role: { type: str }, param: { type: float } }
`,
      'roles/r/tasks/main.yml':
        '- { name: role, debug: { msg: "{{ [in_defaults, in_role, param] | join(\' \') }}" } }\n',
      'written.j2': '{{ list | to_json }} {{ php }} {{ set }}\n',
    });
    const played = await on.play(
      `
- hosts: h1
  gather_facts: false
  vars: { in_play: 8.0, php: "php{{ in_play }}", same: "{{ in_play }}", zero: -0.0, nan: .nan, all: -.inf, long: 9007199254740993 }
  vars_files: [files.yml]
  roles: [{ role: r, param: 9.0 }]
  tasks:
    - setup: { gather_subset: ['!all', local], fact_path: "{{ playbook_dir }}/facts" }
    - include_vars: included.yml
    - set_fact: { set: "{{ same }}", map: { a: "{{ list[1].a }}" } }
    - { command: "echo {{ set }} {{ map.a }}", register: said }
    - { name: argv, command: { argv: [echo, 8.0, 1.5] } }
    - { copy: { content: 8.0, dest: "{{ playbook_dir }}/copied" } }
    - { template: { src: written.j2, dest: "{{ playbook_dir }}/written" } }
    - name: seen
      debug:
        msg:
          - "{{ in_group }} {{ in_host }} {{ in_files }} {{ included }} {{ ansible_local.site.v }} {{ extra }} {{ extra | int }}"
          - "{{ php }} {{ same }} {{ set }} {{ map }} {{ list }} {{ zero }} {{ nan }} {{ all }} {{ long }} {{ said.stdout }}"
          - "{{ hostvars.h1.set }} {{ vars.in_play }} {{ lookup('vars', 'same') }} {{ set == 8 }} {{ set is float }}"
    - { name: whole, debug: { msg: "{{ same }}" } }
    - { name: mode, file: { path: "{{ playbook_dir }}/copied", mode: "{{ 644.0 }}" }, ignore_errors: true }`,
      { extraVars: { extra: new Float(10) } },
    );
    expect(played.result('seen')['msg']).to.deep.equal([
      '1.0 2.0 3.0 4.0 5.0 10.0 10',
      "php8.0 8.0 8.0 {'a': 2.0} [1.0, {'a': 2.0}] -0.0 nan -inf 9007199254740993 8.0 2.0",
      '8.0 8.0 8.0 True True',
    ]);
    expect(played.result('r : role')['msg']).to.equal('6.0 7.0 9.0');
    expect(played.result('argv')['stdout']).to.equal('8.0 1.5');
    expect(played.result('whole')['msg']).to.deep.equal(new Float(8));
    expect(played.result('mode')['msg']).to.contain('not 644.0');
    const text = (name: string) => readFileSync(join(on.folder, name), 'utf8');
    expect([text('copied'), text('written')]).to.deep.equal(['8.0', '[1.0, {"a": 2.0}] php8.0 8.0\n']);
  });

  it('are no float, in any file of them', async () => {
    on = stage({ 'float.yml': '1.0\n' });
    const included = await on.play(`
- hosts: h1
  gather_facts: false
  tasks: [{ name: included, include_vars: "{{ playbook_dir }}/float.yml" }]`);
    expect(included.result('included')['msg']).to.contain('float.yml must hold a mapping of variables');
  });
});
