import { expect } from 'chai';
import { formatProblem, isKplayError } from '../../engine/errors.ts';
import type { Block, Play, RoleUse, Statement, Task, TasksFile } from '../../engine/playbook/ast.ts';
import { parsePlaybook, parseTasks } from '../../engine/playbook/playbook.ts';
import { parseYaml } from '../../engine/source/yaml.ts';

function tasks(text: string): readonly Statement[] {
  return parseTasks(parseYaml(text, 't.yml'));
}

function task(text: string): Task {
  return tasks(text)[0] as Task;
}

function play(text: string): Play {
  return parsePlaybook(parseYaml(text, 'p.yml'))[0] as Play;
}

function complaints(parse: () => unknown): readonly string[] {
  try {
    parse();
  } catch (error) {
    if (isKplayError(error)) return error.problems.map(formatProblem);
    throw error;
  }
  return [];
}

describe('parseTasks', () => {
  const wrong: readonly (readonly [title: string, text: string, expected: readonly string[]])[] = [
    [
      'a mistyped keyword beside a module',
      '- name: a\n  debug:\n  wehn: x\n',
      ['t.yml:3:3: "wehn" is not a keyword of a task. Did you mean "when"?'],
    ],
    [
      'two modules',
      '- copy: {}\n  service: {}\n',
      [
        't.yml:2:3: A task has one module, but this one has "copy" and "service". (is one of them mistyped, or is a "-" missing before it?)',
      ],
    ],
    [
      'no module',
      '- name: a\n',
      ['t.yml:1:3: This task names no module. (a task is keywords and the name of one module)'],
    ],
    [
      'a keyword of a play',
      '- debug:\n  serial: 1\n',
      ['t.yml:2:3: "serial" is not a keyword of a task. (it belongs to a play)'],
    ],
    [
      'a boolean that is none',
      '- debug:\n  become: perhaps\n',
      ['t.yml:2:11: become must be true or false, not "perhaps".'],
    ],
    ['a number that is none', '- debug:\n  retries: often\n', ['t.yml:2:12: retries must be a number, not "often".']],
    [
      'a mapping as a condition',
      '- debug:\n  when: {a: b}\n',
      ['t.yml:2:9: when must be a condition or a list of conditions, not a mapping.'],
    ],
    [
      'a name nobody can refer to',
      '- debug:\n  register: my-result\n',
      ['t.yml:2:13: register must be the name of a variable, not "my-result".'],
    ],
    [
      'a variable nobody can refer to',
      '- debug:\n  vars:\n    my-var: 1\n',
      ['t.yml:3:5: "my-var" cannot be the name of a variable. (letters, digits and _ only, no digit first)'],
    ],
    [
      'a word that is not among the choices',
      '- debug:\n  debugger: on_fail\n',
      [
        't.yml:2:13: debugger must be one of always, on_failed, on_unreachable, on_skipped, never, not "on_fail". Did you mean "on_failed"?',
      ],
    ],
    [
      'a list of arguments',
      '- copy: [a]\n',
      ['t.yml:1:9: The arguments of copy must be a mapping or text, not a list.'],
    ],
    ['a quote never closed', "- copy: dest='a b\n", ["t.yml:1:9: A quote is opened and never closed: dest='a"]],
    [
      'two loops',
      '- debug:\n  loop: []\n  with_items: []\n',
      ['t.yml:3:3: A task has one loop, but this one has "loop" and "with_items".'],
    ],
    [
      'a stranger in loop_control',
      '- debug:\n  loop: []\n  loop_control: {loopvar: x}\n',
      ['t.yml:3:18: loop_control has no "loopvar". Did you mean "loop_var"?'],
    ],
    ['text where a task belongs', '- debug\n', ['t.yml:1:3: A task must be a mapping, not "debug".']],
    ['rescue without a block', '- rescue: []\n', ['t.yml:1:3: rescue and always need a block beside them.']],
    [
      'a loop over a block',
      '- block: []\n  loop: []\n',
      ['t.yml:2:3: "loop" is not a keyword of a block. (put the tasks in a file and loop over include_tasks)'],
    ],
    ['an unknown meta', '- meta: end_pay\n', ['not "end_pay". Did you mean "end_play"?']],
    [
      'a loop over an import',
      '- import_tasks: a.yml\n  loop: []\n',
      ['t.yml:1:3: import_tasks cannot be looped over. (use include_tasks)'],
    ],
    ['include without a file', '- include_tasks:\n', ['t.yml:1:3: include_tasks needs the name of a file.']],
    [
      'a keyword an include does not take',
      '- include_tasks: a.yml\n  become: true\n',
      ['t.yml:2:3: "become" is not a keyword of an include. (put it under "apply:" to give it to what is included)'],
    ],
    [
      'an option include_role does not have',
      '- include_role: {name: a, task_from: b}\n',
      ['t.yml:1:27: include_role has no option "task_from". Did you mean "tasks_from"?'],
    ],
    [
      'a role without a name',
      '- import_role: {tasks_from: b}\n',
      ['t.yml:1:16: import_role needs the name of a role. (write import_role: {name: …})'],
    ],
    ['the old include', '- include: a.yml\n', ['t.yml:1:3: include is no more. (use include_tasks or import_tasks)']],
    [
      'a playbook among tasks',
      '- import_playbook: a.yml\n',
      ['t.yml:1:3: import_playbook stands among plays, not among tasks.'],
    ],
    [
      'listen on a task',
      '- debug:\n  listen: a\n',
      ['t.yml:2:3: "listen" is not a keyword of a task. (it belongs to a handler)'],
    ],
    [
      'a file that is no list',
      'a: b\n',
      ['t.yml:1:1: A file of tasks must be a list, not a mapping. (begin each of the tasks with "- ")'],
    ],
  ];
  for (const [title, text, expected] of wrong) {
    it(`complains about ${title}`, () => {
      const found = complaints(() => tasks(text));
      expect(found).to.have.length(expected.length);
      for (const [index, words] of expected.entries()) expect(found[index]).to.include(words);
    });
  }

  it('tells everything that is wrong at once, inside blocks too', () => {
    const text =
      '- debug:\n  become: 7\n- block:\n    - nope: {}\n      also: {}\n  rescue: 1\n- debug: {}\n  regster: a\n';
    expect(complaints(() => tasks(text)).map((line) => line.split(': ')[0])).to.deep.equal([
      't.yml:2:11',
      't.yml:6:11',
      't.yml:5:7',
      't.yml:8:3',
    ]);
  });

  const arguments_: readonly (readonly [title: string, text: string, module: string, values: object, free?: string])[] =
    [
      ['a mapping', '- copy: {src: a, dest: b}', 'copy', { src: 'a', dest: 'b' }],
      ['nothing', '- ping:', 'ping', {}],
      [
        'k=v text with quotes and templates',
        '- copy: src=a dest="b c" mode={{ mode | default("1") }}',
        'copy',
        { src: 'a', dest: 'b c', mode: '{{ mode | default("1") }}' },
      ],
      ['an apostrophe', "- debug: msg=don't", 'debug', { msg: "don't" }],
      ['free text', '- command: uptime  -p', 'command', {}, 'uptime  -p'],
      [
        'free text with its own options',
        '- shell: a | b > "c d" creates=/x chdir=/y',
        'shell',
        { creates: '/x', chdir: '/y' },
        'a | b > "c d"',
      ],
      ['free text with assignments of its own', '- shell: A=1 make', 'shell', {}, 'A=1 make'],
      ['args beside free text', '- command: ls\n  args: {chdir: /x}', 'command', { chdir: '/x' }, 'ls'],
      [
        'args below the module of the same name',
        '- copy: {dest: b}\n  args: {dest: a, src: c}',
        'copy',
        { dest: 'b', src: 'c' },
      ],
      ['a collection of kplay', '- ansible.builtin.copy: {src: a}', 'copy', { src: 'a' }],
      ['a collection of someone else', '- their.own.copy: {src: a}', 'their.own.copy', { src: 'a' }],
      ['action', '- action: copy src=a', 'copy', { src: 'a' }],
      ['action as a mapping', '- action: {module: copy, src: a}', 'copy', { src: 'a' }],
      ['a module that is also a keyword of plays', '- user: name=x', 'user', { name: 'x' }],
      ['_raw_params', '- command: {_raw_params: ls, chdir: /}', 'command', { chdir: '/' }, 'ls'],
    ];
  for (const [title, text, module, values, free] of arguments_) {
    it(`reads arguments: ${title}`, () => {
      const read = task(text);
      expect({ module: read.module, values: read.args.values, free: read.args.freeForm }).to.deep.equal({
        module,
        values,
        free,
      });
    });
  }

  it('keeps a template that stands for all of args apart', () => {
    const { args } = task('- copy: {dest: b}\n  args: "{{ more }}"');
    expect(args.template?.value).to.equal('{{ more }}');
    expect(args.values).to.deep.equal({ dest: 'b' });
  });

  it('knows where arguments stand, however they are written', () => {
    const { args } = task('- copy:\n    content: "a{{ b }}"\n    list: [x, {deep: y}]\n  args:\n    mode: 1\n');
    expect({ ...args.locate(['list', 1, 'deep']) }).to.include({ file: 't.yml' });
    expect(
      [
        args.locate(['list', 1, 'deep']),
        args.locateKey('mode'),
        args.locate(['mode']),
        args.locateText!(['content'], 1),
      ].map(({ line, column }) => [line, column]),
    ).to.deep.equal([
      [3, 22],
      [5, 5],
      [5, 11],
      [2, 16],
    ]);
  });

  it('delegates local_action to localhost', () => {
    const read = task('- local_action: command uptime');
    expect([read.module, read.args.freeForm, read.inherited.delegate_to?.value]).to.deep.equal([
      'command',
      'uptime',
      'localhost',
    ]);
  });

  it('reads loops', () => {
    const read = task(
      '- debug:\n  with_dict: "{{ d }}"\n  loop_control: {loop_var: each, index_var: n, label: x, extended: true}\n',
    );
    const { lookup, control, terms } = read.loop!;
    expect([
      lookup,
      terms.value,
      control.loopVar,
      control.indexVar,
      control.label?.value,
      control.extended,
    ]).to.deep.equal(['dict', '{{ d }}', 'each', 'n', 'x', true]);
    expect(task('- debug:\n  with_ansible.builtin.dict: {}\n').loop!.lookup).to.equal('dict');
  });

  it('reads tags, conditions and notifications as text or lists', () => {
    const one = task('- debug:\n  tags: a, b\n  when: x\n  notify: n\n');
    const many = task('- debug:\n  tags: [a, "b,c"]\n  when: [x, true]\n  notify: [n, m]\n');
    expect(one.tags).to.deep.equal(['a', 'b']);
    expect(many.tags).to.deep.equal(['a', 'b', 'c']);
    expect(one.when.map(({ expression }) => expression)).to.deep.equal(['x']);
    expect(many.when.map(({ expression }) => expression)).to.deep.equal(['x', true]);
    expect(many.notify.map(({ value, at }) => [value, at.line, at.column])).to.deep.equal([
      ['n', 4, 12],
      ['m', 4, 15],
    ]);
  });

  it('takes braces in a condition for parentheses', () => {
    expect(task('- debug:\n  when: "{{ a }} == 1"\n').when[0]!.expression).to.equal(' ( a )  == 1');
    expect(task(`- debug:\n  when: "'{{ a }}' == 'b'"\n`).when[0]!.expression).to.equal(` (( a )|string)  == 'b'`);
  });

  it('reads blocks', () => {
    const [read] = tasks(
      '- name: b\n  block: [{debug: }]\n  rescue: [{debug: }, {debug: }]\n  always:\n  when: x\n',
    ) as [Block];
    expect([read.kind, read.block.length, read.rescue.length, read.always.length, read.when.length]).to.deep.equal([
      'block',
      1,
      2,
      0,
      1,
    ]);
  });

  it('reads includes and imports', () => {
    const read = tasks(
      '- include_tasks: {file: a.yml, apply: {become: true, tags: x}}\n  loop: [1]\n- import_tasks: b.yml\n- include_role: {name: r, tasks_from: t, public: yes}\n- import_role: name=s\n',
    ) as readonly [TasksFile, TasksFile, RoleUse, RoleUse];
    expect(read.map(({ kind, dynamic }) => [kind, dynamic])).to.deep.equal([
      ['tasks_file', true],
      ['tasks_file', false],
      ['role', true],
      ['role', false],
    ]);
    expect(read[0].apply?.inherited.become?.value).to.equal(true);
    expect(read[0].apply?.tags).to.deep.equal(['x']);
    expect([read[2].role.value, read[2].tasksFrom, read[2].public, read[2].allowDuplicates]).to.deep.equal([
      'r',
      't',
      true,
      true,
    ]);
    expect([read[3].role.value, read[3].public]).to.deep.equal(['s', true]);
  });
});

describe('parsePlaybook', () => {
  const wrong: readonly (readonly [title: string, text: string, expected: readonly string[]])[] = [
    ['a mapping', 'hosts: all\n', ['A playbook must be a list of plays, not a mapping.']],
    ['an empty file', '', ['A playbook must be a list of plays, not nothing.']],
    [
      'tasks for plays',
      '- debug:\n',
      [
        '"debug" is not a keyword of a play.',
        'p.yml:1:3: This play has no hosts. (is this a file of tasks rather than of plays?)',
      ],
    ],
    [
      'a mistyped keyword',
      '- hosts: all\n  task: []\n',
      ['p.yml:2:3: "task" is not a keyword of a play. Did you mean "tasks"?'],
    ],
    [
      'delegate_to on a play',
      '- hosts: all\n  delegate_to: a\n',
      ['"delegate_to" is not a keyword of a play. (it belongs to a role entry, a block, a task, a handler)'],
    ],
    [
      'an unknown strategy',
      '- hosts: all\n  strategy: fre\n',
      ['p.yml:2:13: strategy must be one of linear, free, host_pinned, debug, not "fre". Did you mean "free"?'],
    ],
    [
      'a serial that is none',
      '- hosts: all\n  serial: [1, few]\n',
      ['p.yml:2:15: serial must be a number of hosts or a percentage, not "few".'],
    ],
    [
      'a role without a name',
      '- hosts: all\n  roles:\n    - {vars: {}}\n',
      ['p.yml:3:7: A role entry needs the name of a role'],
    ],
    [
      'a block as a handler',
      '- hosts: all\n  handlers:\n    - block: []\n',
      ['p.yml:3:7: A block cannot be a handler.'],
    ],
    [
      'a role as a handler',
      '- hosts: all\n  handlers:\n    - include_role: {name: x}\n',
      ['p.yml:3:7: include_role cannot be a handler.'],
    ],
    [
      'flush_handlers as a handler',
      '- hosts: all\n  handlers:\n    - meta: flush_handlers\n',
      ['meta: flush_handlers cannot be a handler.'],
    ],
    [
      'a prompt without a name',
      '- hosts: all\n  vars_prompt: [{prompt: x}]\n',
      ['p.yml:2:17: An entry of vars_prompt needs the name of a variable.'],
    ],
    [
      'vars files that are no files',
      '- hosts: all\n  vars_files: [{a: b}]\n',
      ['p.yml:2:16: vars_files takes the names of files, not a mapping.'],
    ],
    ['an import of nothing', '- import_playbook:\n', ['import_playbook must be the name of a file, not nothing.']],
  ];
  for (const [title, text, expected] of wrong) {
    it(`complains about ${title}`, () => {
      const found = complaints(() => parsePlaybook(parseYaml(text, 'p.yml')));
      expect(found).to.have.length(expected.length);
      for (const [index, words] of expected.entries()) expect(found[index]).to.include(words);
    });
  }

  it('reads a play', () => {
    const read = play(
      '- name: p\n  hosts: [a, b]\n  user: me\n  gather_facts: no\n  serial: [1, "50%"]\n  vars: {x: 1}\n  vars_files: [a.yml, [b.yml, c.yml]]\n  pre_tasks: [{debug: }]\n  handlers: [{name: h, debug: , listen: t}]\n',
    );
    expect(read.name).to.equal('p');
    expect(read.inherited.remote_user?.value).to.equal('me');
    expect(read.gatherFacts?.value).to.equal(false);
    expect(read.serial.map(({ value }) => value)).to.deep.equal([1, '50%']);
    expect(read.varsFiles.map(({ value }) => value)).to.deep.equal(['a.yml', ['b.yml', 'c.yml']]);
    expect((read.handlers[0] as Task).listen).to.deep.equal(['t']);
    expect(read.vars?.values).to.deep.equal({ x: 1 });
    expect(read.vars?.locate('x')).to.include({ line: 6, column: 13 });
  });

  it('tells parameters of a role from keywords', () => {
    const [bare, full] = play(
      '- hosts: all\n  roles:\n    - a\n    - {role: b, port: 22, http_port: 80, when: x, tags: t, vars: {v: 1}}\n',
    ).roles as [RoleUse, RoleUse];
    expect(bare.role.value).to.equal('a');
    expect([
      full.role.value,
      full.inherited.port?.value,
      full.params?.values,
      full.tags,
      full.vars?.values,
    ]).to.deep.equal(['b', 22, { http_port: 80 }, ['t'], { v: 1 }]);
    expect([full.public, full.allowDuplicates, full.dynamic]).to.deep.equal([true, undefined, false]);
  });

  it('reads imports of playbooks', () => {
    const [read] = parsePlaybook(
      parseYaml('- ansible.builtin.import_playbook: x.yml\n  tags: a\n  vars: {b: 1}\n', 'p.yml'),
    );
    expect([read!.kind, read!.tags, read!.kind === 'playbook' && read!.file.value]).to.deep.equal([
      'playbook',
      ['a'],
      'x.yml',
    ]);
  });
});
