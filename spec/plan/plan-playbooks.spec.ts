import { expect } from 'chai';
import type { PlannedBlock, PlannedInclude, PlannedRole } from '../../engine/plan/plan.ts';
import { walkPlay } from '../../engine/plan/walk.ts';
import { namesOf, planOf, playOf, problemsOf, tasksOf } from './kit.ts';

describe('planPlaybooks', () => {
  describe('keywords', () => {
    it('lets the nearest single value win and lists grow inward', async () => {
      const play = await playOf({
        'site.yml': `
- hosts: all
  become: true
  tags: p
  environment: {A: 1}
  module_defaults: {copy: {mode: "0600"}}
  tasks:
    - name: outer
      when: o
      tags: b
      become: false
      vars: {x: 1}
      environment: {B: 2}
      block:
        - name: inner
          debug:
          when: [i]
          tags: [t, p]
          vars: {y: 2}
          become_user: me
`,
      });
      const [task] = tasksOf(play);
      expect(task!.when.map(({ expression }) => expression)).to.deep.equal(['o', 'i']);
      expect(task!.tags).to.deep.equal(['p', 'b', 't']);
      expect(task!.environment.map(({ value }) => value)).to.deep.equal([{ A: 1 }, { B: 2 }]);
      expect([task!.inherited.become?.value, task!.inherited.become_user?.value]).to.deep.equal([false, 'me']);
      expect(task!.lexical.vars.map(({ values }) => values)).to.deep.equal([{ x: 1 }, { y: 2 }]);
      expect(task!.name).to.equal('inner');
    });

    it('does not name children after their parents', async () => {
      const play = await playOf({
        'site.yml': '- name: play\n  hosts: all\n  tasks:\n    - name: block\n      block: [{debug: }]\n',
      });
      const block = play.tasks[0] as PlannedBlock;
      expect([block.name, block.block[0]!.name]).to.deep.equal(['block', undefined]);
    });
  });

  describe('imports', () => {
    it('puts imported tasks in place of the import, conditions, tags and variables with them', async () => {
      const play = await playOf({
        'site.yml':
          '- hosts: all\n  tasks:\n    - debug:\n    - import_tasks: tasks/a.yml\n      when: w\n      tags: t\n      vars: {v: 1}\n',
        'tasks/a.yml': '- name: a\n  debug:\n- import_tasks: b.yml\n',
        'tasks/b.yml': '- name: b\n  debug:\n',
      });
      const tasks = tasksOf(play);
      expect(namesOf(tasks)).to.deep.equal(['debug', 'a', 'b']);
      for (const task of tasks.slice(1)) {
        expect([task.when.length, task.tags, task.lexical.vars[0]?.values]).to.deep.equal([1, ['t'], { v: 1 }]);
      }
    });

    it('leaves includes to the run, and resolves them by the same rules', async () => {
      const { plan, planner, problems } = await planOf({
        'site.yml':
          '- hosts: all\n  tasks:\n    - include_tasks: {file: "{{ f }}.yml", apply: {tags: x, become: true}}\n      when: w\n      tags: i\n      vars: {v: 1}\n',
        'a.yml': '- name: a\n  debug:\n',
        'wrong.yml': '- name: a\n  debugg:\n',
      });
      expect(problems).to.deep.equal([]);
      const play = plan.plays[0]!;
      const include = play.tasks[0] as PlannedInclude;
      expect([include.kind, include.tags, include.when.length]).to.deep.equal(['include', ['i'], 1]);
      const { statements } = planner.include(include, 'a.yml', play);
      expect(namesOf(statements)).to.deep.equal(['a']);
      expect([statements[0]!.tags, statements[0]!.when, statements[0]!.inherited.become?.value]).to.deep.equal([
        ['x'],
        [],
        true,
      ]);
      expect(statements[0]!.lexical.includeParams.map(({ values }) => values)).to.deep.equal([{ v: 1 }]);
      expect(planner.include(include, 'a.yml', play).statements).to.equal(statements);
      expect(() => planner.include(include, 'none.yml', play)).to.throw('site.yml:3:29: There is no file "none.yml".');
      expect(() => planner.include(include, 'wrong.yml', play)).to.throw(
        'wrong.yml:2:3: No module is named "debugg". Did you mean "debug"?',
      );
    });

    it('resolves an import during the run when its name is a template, and hands down everything', async () => {
      const { plan, planner } = await planOf({
        'site.yml': '- hosts: all\n  tasks:\n    - import_tasks: "{{ f }}.yml"\n      when: w\n      tags: i\n',
        'a.yml': '- debug:\n',
      });
      const play = plan.plays[0]!;
      const [task] = planner.include(play.tasks[0] as PlannedInclude, 'a.yml', play).statements;
      expect([task!.tags, task!.when.length]).to.deep.equal([['i'], 1]);
    });

    it('hands variables, tags and conditions of an imported playbook to its plays', async () => {
      const { plan, problems } = await planOf({
        'site.yml': '- import_playbook: sub/one.yml\n  vars: {a: 1}\n  tags: t\n  when: w\n- hosts: two\n',
        'sub/one.yml': '- hosts: one\n  vars: {a: 0, b: 0}\n  tasks: [{debug: }]\n',
      });
      expect(problems).to.deep.equal([]);
      const [one, two] = plan.plays;
      expect([one!.name, two!.name]).to.deep.equal(['one', 'two']);
      expect(one!.play.vars!.values).to.deep.equal({ a: 1, b: 0 });
      expect([one!.playbookDir, one!.playbook]).to.deep.equal(['/p/sub', 'site.yml']);
      expect([one!.tasks[0]!.tags, one!.tasks[0]!.when.length]).to.deep.equal([['t'], 1]);
    });

    const wrong: readonly (readonly [
      title: string,
      files: Readonly<Record<string, string>>,
      expected: readonly string[],
    ])[] = [
      ['a missing playbook', {}, ['There is no playbook site.yml.']],
      [
        'a missing imported playbook',
        { 'site.yml': '- import_playbook: a.yml\n' },
        ['site.yml:1:20: There is no playbook a.yml.'],
      ],
      [
        'playbooks that import each other',
        { 'site.yml': '- import_playbook: a.yml\n', 'a.yml': '- import_playbook: site.yml\n' },
        ['a.yml:1:20: This import goes round in a circle: site.yml → a.yml → site.yml'],
      ],
      [
        'a missing file of tasks',
        { 'site.yml': '- hosts: all\n  tasks:\n    - import_tasks: tsk.yml\n', 'task.yml': '' },
        ['site.yml:3:21: There is no file "tsk.yml". Did you mean "task.yml"? (searched for tsk.yml, tasks/tsk.yml)'],
      ],
      [
        'files of tasks that import each other',
        {
          'site.yml': '- hosts: all\n  tasks:\n    - import_tasks: a.yml\n',
          'a.yml': '- import_tasks: b.yml\n',
          'b.yml': '- import_tasks: a.yml\n',
        },
        ['b.yml:1:17: This import goes round in a circle: a.yml → b.yml → a.yml'],
      ],
      [
        'a missing file of a dynamic include',
        { 'site.yml': '- hosts: all\n  tasks:\n    - include_tasks: a.yml\n' },
        ['site.yml:3:22: There is no file "a.yml".'],
      ],
      [
        'mistakes in a file included by its name',
        { 'site.yml': '- hosts: all\n  tasks:\n    - include_tasks: a.yml\n', 'a.yml': '- debug:\n  whn: a\n' },
        ['a.yml:2:3: "whn" is not a keyword of a task. Did you mean "when"?'],
      ],
      [
        'mistakes in all files at once',
        {
          'site.yml': '- hosts: all\n  tsks: []\n  tasks:\n    - import_tasks: a.yml\n',
          'a.yml': '- nomodule: 1\n- copy: {dst: x}\n',
        },
        [
          'a.yml:1:3: No module is named "nomodule".',
          'a.yml:2:3: copy needs dest',
          'a.yml:2:10: copy has no argument "dst"',
          'site.yml:2:3: "tsks" is not a keyword',
        ],
      ],
    ];
    for (const [title, files, expected] of wrong) {
      it(`complains about ${title}`, async () => {
        const found = await problemsOf(files);
        expect(found, found.join('\n')).to.have.length(expected.length);
        for (const [index, words] of expected.entries()) expect(found[index]).to.include(words);
      });
    }

    it('only warns of a missing file that a condition keeps from being asked for', async () => {
      const { problems, warnings } = await planOf({
        'site.yml': '- hosts: all\n  tasks:\n    - include_tasks: a.yml\n      when: some\n',
      });
      expect([problems.length, warnings.map(({ message }) => message)]).to.deep.equal([
        0,
        ['There is no file "a.yml".'],
      ]);
    });
  });

  describe('roles', () => {
    const site = (roles: string) => `- hosts: all\n  roles: ${roles}\n`;

    it('are looked for beside the playbook, in the working folder, along the path, and by path', async () => {
      const task = (name: string) => `- name: ${name}\n  debug:\n`;
      const play = await playOf(
        {
          'sub/site.yml': site('[a, b, c, d, ../elsewhere/e, nested/f]'),
          'sub/roles/a/tasks/main.yml': task('a beside'),
          'roles/a/tasks/main.yml': task('a below'),
          'roles/b/tasks/main.yml': task('b below'),
          '/first/b/tasks/main.yml': task('b first'),
          '/first/c/tasks/main.yaml': task('c first'),
          '/second/c/tasks/main.yml': task('c second'),
          '/second/d/tasks/main.json': '[{"name": "d second", "debug": {}}]',
          'elsewhere/e/tasks/main.yml': task('e by path'),
          'roles/nested/f/tasks/main.yml': task('f nested'),
        },
        { playbook: 'sub/site.yml', rolesPath: ['/first', '/second'] },
      );
      expect(namesOf(walkPlay(play))).to.deep.equal([
        'a beside',
        'b below',
        'c first',
        'd second',
        'e by path',
        'f nested',
      ]);
      expect(play.publicRoles.map(({ name }) => name)).to.deep.equal(['a', 'b', 'c', 'd', 'e', 'nested/f']);
    });

    it('run before tasks, their dependencies before them', async () => {
      const play = await playOf({
        'site.yml':
          '- hosts: all\n  roles: [{role: a, tags: ta, when: wa}]\n  tasks: [{name: t, debug: }]\n  pre_tasks: [{name: p, debug: }]\n',
        'roles/a/meta/main.yml': 'dependencies: [{role: b, x: 1}, c]\n',
        'roles/a/tasks/main.yml': '- {name: a, debug: }\n',
        'roles/b/meta/main.yml': 'dependencies: [c]\n',
        'roles/b/tasks/main.yml': '- {name: b, debug: }\n',
        'roles/c/tasks/main.yml': '- {name: c, debug: }\n',
      });
      expect(namesOf(walkPlay(play))).to.deep.equal(['p', 'c', 'b', 'c', 'a', 't']);
      const b = play.tasks[1] as PlannedRole;
      expect([
        b.role.name,
        b.role.dependency,
        b.role.parents,
        b.tags,
        b.when.length,
        b.role.params[0]!.values,
      ]).to.deep.equal(['b', true, [], ['ta'], 1, { x: 1 }]);
      expect(b.role.searchPath).to.deep.equal(['/p/roles/b', '/p/roles/a']);
    });

    it('see the variables of their dependencies and of the roles that led to them, their own last', async () => {
      const play = await playOf({
        'site.yml': site('[a]'),
        'roles/a/meta/main.yml': 'dependencies: [b]\n',
        'roles/a/defaults/main.yml': 'd: a\n',
        'roles/a/vars/main.yml': 'v: a\n',
        'roles/b/defaults/main.yml': 'd: b\n',
        'roles/b/vars/main.yml': 'v: b\n',
      });
      const [b, a] = play.tasks as [PlannedRole, PlannedRole];
      expect(a.role.defaults.map(({ values }) => values['d'])).to.deep.equal(['b', 'a']);
      expect(b.role.defaults.map(({ values }) => values['d'])).to.deep.equal(['a', 'b']);
      expect(b.role.vars.map(({ values }) => values['v'])).to.deep.equal(['a', 'b']);
    });

    it('may keep defaults and vars in a folder of files', async () => {
      const play = await playOf({
        'site.yml': site('[a]'),
        'roles/a/defaults/main/10.yml': 'x: 1\n',
        'roles/a/defaults/main/20.yaml': 'x: 2\n',
        'roles/a/defaults/main/readme.md': 'no',
      });
      expect(play.publicRoles[0]!.defaults.map(({ values }) => values['x'])).to.deep.equal([1, 2]);
    });

    it('run once a host for the same name, parameters, conditions and tags', async () => {
      const play = await playOf({
        'site.yml': site('[a, a, {role: a, x: 1}, {role: a, tags: t}, b, b]'),
        'roles/a/tasks/main.yml': '- debug:\n',
        'roles/b/meta/main.yml': 'allow_duplicates: true\n',
      });
      const roles = play.tasks as readonly PlannedRole[];
      expect(roles[1]!.key).to.equal(roles[0]!.key);
      expect(new Set(roles.slice(0, 4).map(({ key }) => key)).size).to.equal(3);
      expect(roles.map(({ once }) => once)).to.deep.equal([true, true, true, true, false, false]);
    });

    it('are used from tasks with other entry points', async () => {
      const play = await playOf({
        'site.yml':
          '- hosts: all\n  tasks:\n    - import_role: {name: a, tasks_from: other, vars_from: more.yml}\n      vars: {p: 1}\n',
        'roles/a/tasks/other.yml': '- {name: other, debug: }\n- import_tasks: sub/deep.yml\n',
        'roles/a/tasks/sub/deep.yml': '- {name: deep, debug: }\n- import_tasks: beside.yml\n- import_tasks: top.yml\n',
        'roles/a/tasks/sub/beside.yml': '- {name: beside, debug: }\n',
        'roles/a/tasks/top.yml': '- {name: top, debug: }\n',
        'roles/a/vars/more.yml': 'v: 1\n',
      });
      expect(namesOf(walkPlay(play))).to.deep.equal(['other', 'deep', 'beside', 'top']);
      const [task] = tasksOf(play);
      expect([task!.lexical.role!.vars[0]!.values, task!.lexical.vars[0]!.values]).to.deep.equal([{ v: 1 }, { p: 1 }]);
      expect((play.tasks[0] as PlannedRole).once).to.equal(false);
    });

    it('declare their arguments, which are validated first, under any tags', async () => {
      const play = await playOf({
        'site.yml': site('[{role: a, http_port: 80, tags: t}]'),
        'roles/a/meta/argument_specs.yml':
          'argument_specs:\n  main:\n    short_description: Webs\n    options: {http_port: {type: int}}\n',
        'roles/a/tasks/main.yml': '- debug:\n',
      });
      const [task] = tasksOf(play);
      expect([task!.module, task!.name, task!.tags]).to.deep.equal([
        'validate_argument_spec',
        "Validating arguments against arg spec 'main' - Webs",
        ['t', 'always'],
      ]);
      expect(task!.args.values).to.deep.include({
        argument_spec: { http_port: { type: 'int' } },
        provided_arguments: { http_port: 80 },
      });
      expect(task!.at).to.include({ file: 'roles/a/meta/argument_specs.yml', line: 2 });
    });

    it('that are included are resolved with their defaults', async () => {
      const { plan, planner } = await planOf({
        'site.yml': '- hosts: all\n  tasks:\n    - include_role: {name: "{{ r }}", public: true}\n      vars: {v: 1}\n',
        'roles/a/tasks/main.yml': '- {name: a, debug: }\n',
        'roles/a/defaults/main.yml': 'd: 1\n',
        'roles/a/handlers/main.yml': '- {name: h, debug: }\n',
      });
      const play = plan.plays[0]!;
      const { statements, handlers, role } = planner.include(play.tasks[0] as PlannedInclude, 'a', play);
      expect([statements[0]!.kind, role!.name, role!.defaults[0]!.values]).to.deep.equal(['role', 'a', { d: 1 }]);
      expect(handlers.map(({ names }) => names)).to.deep.equal([['h', 'a : h']]);
      expect(statements[0]!.lexical.includeParams[0]!.values).to.deep.equal({ v: 1 });
    });

    const wrong: readonly (readonly [title: string, files: Readonly<Record<string, string>>, expected: string])[] = [
      [
        'an unknown role',
        { 'site.yml': site('[webb]'), 'roles/web/tasks/main.yml': '' },
        'site.yml:2:11: There is no role "webb". Did you mean "web"? (searched in roles, /shipped)',
      ],
      [
        'roles that depend on each other',
        {
          'site.yml': site('[a]'),
          'roles/a/meta/main.yml': 'dependencies: [b]',
          'roles/b/meta/main.yml': 'dependencies: [a]',
        },
        'roles/b/meta/main.yml:1:16: These roles depend on each other: a → b → a',
      ],
      [
        'a role that imports itself',
        { 'site.yml': site('[a]'), 'roles/a/tasks/main.yml': '- import_role: {name: a}\n' },
        'roles/a/tasks/main.yml:1:23: This import goes round in a circle: roles/a/tasks/main.yml → roles/a/tasks/main.yml',
      ],
      [
        'a missing entry point',
        {
          'site.yml': '- hosts: all\n  tasks:\n    - import_role: {name: a, tasks_from: instal}\n',
          'roles/a/tasks/install.yml': '',
        },
        'site.yml:3:7: The role "a" has no tasks/instal. Did you mean "install"? (searched in roles/a/tasks)',
      ],
      [
        'defaults that are no mapping',
        { 'site.yml': site('[a]'), 'roles/a/defaults/main.yml': '- x\n' },
        'roles/a/defaults/main.yml:1:1: Variables must be a mapping, "name: value".',
      ],
    ];
    for (const [title, files, expected] of wrong) {
      it(`complains about ${title}`, async () => {
        expect(await problemsOf(files)).to.deep.equal([expected]);
      });
    }
  });

  describe('handlers', () => {
    it('of roles come first, and are known with and without the role', async () => {
      const play = await playOf({
        'site.yml':
          '- hosts: all\n  roles: [a, a]\n  handlers:\n    - {name: own, debug: , listen: [t]}\n    - import_tasks: more.yml\n',
        'more.yml': '- {name: more, debug: , listen: u}\n',
        'roles/a/handlers/main.yml': '- {name: restart, debug: , listen: t}\n- include_tasks: x.yml\n  name: inc\n',
        'roles/a/handlers/x.yml': '- debug:\n',
      });
      expect(play.handlers.map(({ names, listen, task }) => [names, listen, task.kind])).to.deep.equal([
        [['restart', 'a : restart'], ['t', 'a : t'], 'task'],
        [['inc', 'a : inc'], [], 'include'],
        [['own'], ['t'], 'task'],
        [['more'], ['u'], 'task'],
      ]);
    });

    const notifies: readonly (readonly [
      title: string,
      handlers: string,
      notify: string,
      expected: readonly string[],
    ])[] = [
      ['a name', '[{name: restart, debug: }]', 'restart', []],
      ['a topic', '[{name: x, debug: , listen: web}]', 'web', []],
      ['a template', '[{name: x, debug: }]', '"{{ y }}"', []],
      ['anything, when a handler has a template for a name', '[{name: "restart {{ x }}", debug: }]', 'restart y', []],
      ['anything, when an unknown file may bring it', '[{include_tasks: "{{ x }}.yml"}]', 'restart y', []],
      [
        'nobody',
        '[{name: restart, debug: }]',
        'restrt',
        ['site.yml:6:15: There is no handler "restrt". Did you mean "restart"?'],
      ],
    ];
    for (const [title, handlers, notify, expected] of notifies) {
      it(`notified: ${title}`, async () => {
        const files = {
          'site.yml': `- hosts: all\n  handlers: ${handlers}\n  tasks:\n    - name: n\n      debug:\n      notify: ${notify}\n`,
        };
        expect(await problemsOf(files)).to.deep.equal(expected);
      });
    }
  });

  describe('modules', () => {
    const wrong: readonly (readonly [title: string, task: string, expected: readonly string[]])[] = [
      ['an unknown module', 'cpy: {}', ['site.yml:3:7: No module is named "cpy". Did you mean "copy"?']],
      [
        'a keyword taken for a module',
        'blokc: []',
        ['site.yml:3:14: The arguments of blokc must be a mapping or text, not a list.', 'site.yml:3:7: No module'],
      ],
      [
        'a wrong argument',
        'copy: {dest: a, moed: b}',
        ['site.yml:3:23: copy has no argument "moed" (Did you mean "mode"?)'],
      ],
      ['a missing argument', 'copy: {src: a}', ['site.yml:3:7: copy needs dest']],
      [
        'a wrong type',
        'copy: {dest: a, backup: perhaps}',
        ['site.yml:3:31: backup must be a boolean, not "perhaps" (write true or false)'],
      ],
      [
        'a wrong choice',
        'service: {name: a, state: start}',
        ['site.yml:3:33: state must be one of started, stopped; not "start"'],
      ],
      [
        'free text nobody asked for',
        'copy: {dest: a}\n      args: b',
        ['site.yml:3:13: copy does not understand "b".'],
      ],
      ['templates, which are judged later', 'copy: {dest: "{{ a }}", backup: "{{ b }}"}', []],
      ['all arguments as one template', 'copy: "{{ all }}"', []],
      ['arguments a default provides', 'copy: {src: a}\n      module_defaults: {copy: {dest: x}}', []],
      ['free text', 'command: ls -l', []],
      ['a module named by a template', 'action: "{{ m }} a=b"', []],
    ];
    for (const [title, task, expected] of wrong) {
      it(`judges ${title}`, async () => {
        const found = await problemsOf({ 'site.yml': `- hosts: all\n  tasks:\n    - ${task}\n` });
        expect(found, found.join('\n')).to.have.length(expected.length);
        for (const words of expected)
          expect(
            found.some((problem) => problem.startsWith(words)),
            found.join('\n'),
          ).to.equal(true);
      });
    }
  });

  it('finds the facts a play mentions in all its files', async () => {
    const play = await playOf({
      'site.yml':
        '- hosts: all\n  roles: [a]\n  tasks:\n    - debug: {msg: "{{ ansible_one }}"}\n    - import_tasks: t.yml\n',
      't.yml': '- debug: {msg: "{{ ansible_facts.two }} {{ ansible_facts[\'three\'] }}"}\n',
      'roles/a/templates/deep/x.j2': '{{ ansible_four }}',
      'roles/a/defaults/main.yml': 'x: "{{ ansible_five }}"\n',
      'roles/b/defaults/main.yml': 'x: "{{ ansible_six }}"\n',
    });
    expect([...play.mentions].sort()).to.deep.equal([
      'ansible_five',
      'ansible_four',
      'ansible_one',
      'ansible_three',
      'ansible_two',
    ]);
  });

  it('says that any fact may be asked for when facts are used as a whole', async () => {
    const play = await playOf({ 'site.yml': '- hosts: all\n  tasks:\n    - debug: {msg: "{{ ansible_facts[x] }}"}\n' });
    expect([...play.mentions]).to.deep.equal(['*']);
  });
});

describe('problems of a plan', () => {
  it('come with the text of their file, for a code frame', async () => {
    const files = {
      'site.yml': '- hosts: all\n  tasks:\n    - import_tasks: a.yml\n',
      'a.yml': '- debug: {msg: "{{ x"}\n- cpy: {}\n',
    };
    const { problems } = await planOf(files);
    expect(problems.map(({ source }) => source)).to.deep.equal([files['a.yml'], files['a.yml']]);
  });

  it('are found in every template, at its place', async () => {
    const found = await problemsOf({
      'site.yml':
        '- hosts: all\n  vars: {v: ["{{ 1 + }}"]}\n  tasks:\n    - debug: {msg: "{{ x | nofilter }}"}\n      when: a ==\n    - template: {src: x.j2, dest: /x}\n',
      'x.j2': 'one\n{% if x %}\n',
    });
    expect(found.map((problem) => problem.split(' ')[0])).to.deep.equal([
      'site.yml:2:22:',
      'site.yml:4:28:',
      'site.yml:5:17:',
      'x.j2:2:4:',
    ]);
  });

  it('of names that every object has are those of any other name', async () => {
    const found = await problemsOf({
      'site.yml':
        '- hosts: all\n  tasks:\n    - toString: {}\n    - debug:\n      loop: []\n      loop_control: {constructor: x}\n',
    });
    expect(found).to.deep.equal([
      'site.yml:3:7: No module is named "toString".',
      'site.yml:6:22: loop_control has no "constructor".',
    ]);
  });
});
