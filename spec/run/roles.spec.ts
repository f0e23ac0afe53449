import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Stage, stage } from './harness.ts';

const say = (name: string, seen: string) =>
  `- name: ${name}\n  debug: { msg: "${seen}" }\n  changed_when: true\n  notify: handle\n`;

/** A role of which each part is there twice, `main` and `other`. */
const parts: Readonly<Record<string, string>> = Object.fromEntries(
  ['main', 'other'].flatMap((part) => [
    [`roles/r/tasks/${part}.yml`, say(`tasks ${part}`, '{{ v }} {{ d }}')],
    [`roles/r/vars/${part}.yml`, `v: vars ${part}\n`],
    [`roles/r/defaults/${part}.yml`, `d: defaults ${part}\n`],
    [`roles/r/handlers/${part}.yml`, `- { name: handle, debug: { msg: handlers ${part} } }\n`],
  ]),
);

describe('a role', () => {
  let on: Stage;
  afterEach(() => on.close());
  const play = async (files: Readonly<Record<string, string>>, playbook: string) => {
    on = stage(files, ['h1']);
    return on.play(playbook);
  };

  const uses: Readonly<Record<string, readonly [given: string, tasks: string, seen: string, handled: string]>> = {
    'main of everything': ['', 'main', 'vars main defaults main', 'handlers main'],
    tasks_from: ['tasks_from: other', 'other', 'vars main defaults main', 'handlers main'],
    vars_from: ['vars_from: other', 'main', 'vars other defaults main', 'handlers main'],
    defaults_from: ['defaults_from: other.yml', 'main', 'vars main defaults other', 'handlers main'],
    handlers_from: ['handlers_from: other', 'main', 'vars main defaults main', 'handlers other'],
  };
  for (const use of ['import_role', 'include_role']) {
    for (const [title, [given, tasks, seen, handled]] of Object.entries(uses)) {
      it(`of ${use}: ${title}`, async () => {
        const { result } = await play(
          parts,
          `- hosts: h1\n  gather_facts: false\n  tasks: [{ ${use}: { name: r, ${given} } }]\n`,
        );
        expect(result(`r : tasks ${tasks}`)['msg']).to.equal(seen);
        expect(result('r : handle')['msg']).to.equal(handled);
      });
    }
  }

  it('brings files from its folders, and from beside the task that names them', async () => {
    const { story } = await play(
      {
        'roles/r/tasks/main.yml':
          '- { name: near, copy: { src: near, dest: "{{ playbook_dir }}/a" } }\n- import_tasks: sub/more.yml\n',
        'roles/r/tasks/near': 'near',
        'roles/r/tasks/sub/more.yml':
          '- { name: nearer, template: { src: nearer.j2, dest: "{{ playbook_dir }}/b" } }\n- { name: ours, copy: { src: x, dest: "{{ playbook_dir }}/c" } }\n',
        'roles/r/tasks/sub/templates/nearer.j2': 'nearer',
        'roles/r/tasks/sub/x': 'theirs',
        'roles/r/files/x': 'ours',
      },
      '- hosts: h1\n  gather_facts: false\n  roles: [r]\n',
    );
    expect(story).to.deep.equal(['h1 r : near changed', 'h1 r : nearer changed', 'h1 r : ours changed']);
    expect(['a', 'b', 'c'].map((name) => readFileSync(join(on.folder, name), 'utf8'))).to.deep.equal([
      'near',
      'nearer',
      'ours',
    ]);
  });

  it('finds what lookups name as it finds what tasks name: beside the task as well', async () => {
    const { result } = await play(
      {
        'roles/r/tasks/main.yml': '- import_tasks: sub/more.yml\n',
        'roles/r/tasks/sub/more.yml': `- name: seen
  debug:
    msg:
      - "{{ lookup('file', 'near') }} {{ lookup('template', 'near') }} {{ lookup('file', 'x') }}"
      - "{{ [lookup('first_found', ['none', 'near']), lookup('fileglob', 'nea*')] }}"
`,
        'roles/r/tasks/sub/near': 'near',
        'roles/r/tasks/sub/x': 'theirs',
        'roles/r/files/x': 'ours',
      },
      '- hosts: h1\n  gather_facts: false\n  roles: [r]\n',
    );
    const path = join(on.folder, 'roles/r/tasks/sub/near');
    expect(result('r : seen')['msg']).to.deep.equal(['near near ours', [path, path]]);
  });

  it('finds by with_first_found what the task does: tasks, variables or a template of the same name', async () => {
    const { story } = await play(
      {
        'roles/r/tasks/main.yml': `
- { include_vars: "{{ item }}", with_first_found: [x.yml] }
- { include_tasks: "{{ item }}", with_first_found: [x.yml] }
- { name: "{{ v }}", template: { src: "{{ item }}", dest: "{{ playbook_dir }}/out" }, with_first_found: [x.yml] }
- { name: "{{ lookup('file', playbook_dir ~ '/out') }}", debug: { msg: x } }
`,
        'roles/r/tasks/x.yml': '- { name: tasks, debug: { msg: x } }\n',
        'roles/r/vars/x.yml': 'v: vars\n',
        'roles/r/templates/x.yml': 'template\n',
      },
      '- hosts: h1\n  gather_facts: false\n  roles: [r]\n',
    );
    expect(story).to.deep.equal([
      'h1 r : include_vars ok',
      'h1 r : tasks ok',
      'h1 r : vars changed',
      'h1 r : template ok',
    ]);
  });

  it('has templates that include others: of its folder, beside the task, and beside themselves', async () => {
    const { result } = await play(
      {
        'roles/r/tasks/main.yml': `
- { name: made, template: { src: sub/a.j2, dest: "{{ playbook_dir }}/out" } }
- name: seen
  debug: { msg: "{{ [lookup('file', playbook_dir ~ '/out'), lookup('template', 'sub/a.j2')] }}" }
`,
        'roles/r/templates/sub/a.j2': `{% include 'top.j2' %}{% include 'task.j2' %}{% include 'b.j2' %}{% import 'm.j2' as m %}{{ m.f() }}`,
        'roles/r/templates/top.j2': 'top ',
        'roles/r/tasks/task.j2': 'task ',
        'roles/r/templates/sub/b.j2': 'beside ',
        'roles/r/templates/sub/m.j2': '{% macro f() %}macro{% endmacro %}',
        'top.j2': 'playbook ',
      },
      '- hosts: h1\n  gather_facts: false\n  roles: [r]\n',
    );
    expect(result('r : seen')['msg']).to.deep.equal(['top task beside macro', 'top task beside macro']);
  });

  /** What a role sees of `names`. */
  const sees = (name: string) =>
    `- { name: sees, debug: { msg: "{{ [${['own', 'vars', 'param', 'of_file', 'of_default']
      .map((one) => `${name}_${one} | default('-')`)
      .join(', ')}] | join(' ')  }}" } }\n`;
  const dependency = {
    'roles/low/tasks/main.yml': sees('low'),
    'roles/low/vars/main.yml': 'low_of_file: file\n',
    'roles/low/defaults/main.yml': '{ low_of_default: default, low_vars: default }\n',
    'roles/high/meta/main.yml': 'dependencies:\n  - { role: low, vars: { low_vars: given }, low_param: param }\n',
    'roles/high/tasks/main.yml': sees('low'),
  };

  it('that depends on another gives it variables and parameters; what its files say is seen by the play', async () => {
    const { result } = await play(
      dependency,
      `- hosts: h1
  gather_facts: false
  roles: [{ role: high, low_own: own }]
  tasks: ${sees('low').replace('- ', '[').replace(/\n$/, ']').replace('name: sees', 'name: play')}
`,
    );
    expect(result('low : sees')['msg'], 'the dependency').to.equal('own given param file default');
    expect(result('high : sees')['msg'], 'the role itself').to.equal('own default - file default');
    expect(result('play')['msg'], 'the play').to.equal('- default - file default');
  });

  it('included with allow_duplicates: false runs unless it has run on the host, whatever its meta says', async () => {
    const say = '- { name: t, debug: { msg: x } }\n';
    const { story } = await play(
      { 'roles/r/tasks/main.yml': say, 'roles/r/meta/main.yml': 'allow_duplicates: true\n' },
      `- hosts: h1
  gather_facts: false
  tasks:
    - { name: one, debug: }
    - include_role: { name: r }
    - import_role: { name: r }
    - { name: two, debug: }
    - include_role: { name: r, allow_duplicates: false }
    - import_role: { name: r, allow_duplicates: false }
    - { name: three, debug: }
    - { import_role: { name: r, allow_duplicates: false }, tags: [other] }
    - { import_role: { name: r, allow_duplicates: false }, tags: [other] }
`,
    );
    expect(story.map((line) => line.slice(3))).to.deep.equal(
      ['one', 'r : t', 'r : t', 'two', 'three', 'r : t'].map((name) => `${name} ok`),
    );
  });

  it('included with rolespec_validate: false is not asked for its arguments', async () => {
    const { story } = await play(
      {
        'roles/r/tasks/main.yml': '- { name: t, debug: { msg: x } }\n',
        'roles/r/meta/argument_specs.yml': 'argument_specs: { main: { options: { x: { required: true } } } }\n',
      },
      `- hosts: h1
  gather_facts: false
  tasks:
    - include_role: { name: r, rolespec_validate: false }
    - import_role: { name: r, rolespec_validate: false }
`,
    );
    expect(story).to.deep.equal(['h1 r : t ok', 'h1 r : t ok']);
  });

  it('has files that end in .yml, .yaml or .json', async () => {
    const { result } = await play(
      {
        'roles/r/tasks/main.yaml':
          '- { name: sees, debug: { msg: "{{ v }} {{ d }}" }, changed_when: true, notify: h }\n',
        'roles/r/handlers/main.json': '[{ "name": "h", "debug": { "msg": "handled" } }]',
        'roles/r/vars/main.json': '{ "v": 1 }',
        'roles/r/defaults/main.yaml': 'd: 2\n',
      },
      '- hosts: h1\n  gather_facts: false\n  roles: [r]\n',
    );
    expect([result('r : sees')['msg'], result('r : h')['msg']]).to.deep.equal(['1 2', 'handled']);
  });

  it('has variables of its entry to itself', async () => {
    const { result } = await play(
      { 'roles/one/tasks/main.yml': sees('x').replace('sees', 'one'), 'roles/two/tasks/main.yml': sees('x') },
      '- hosts: h1\n  gather_facts: false\n  roles: [{ role: one, vars: { x_vars: given }, x_param: param }, two]\n',
    );
    expect(result('one : one')['msg']).to.equal('- given param - -');
    expect(result('two : sees')['msg']).to.equal('- - - - -');
  });
});
