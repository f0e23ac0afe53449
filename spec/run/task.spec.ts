import { expect } from 'chai';
import type { RunOptions } from '../../engine/run/context.ts';
import { type Stage, stage } from './harness.ts';

interface Case {
  readonly tasks: string;
  readonly options?: Partial<Omit<RunOptions, 'inventory'>>;
  readonly story: readonly string[];
  /** Parts of the result of the task named `t`. */
  readonly result?: Readonly<Record<string, unknown>>;
}

const cases: Readonly<Record<string, Case>> = {
  'changed_when sees the result, failed_when after it': {
    tasks: '- { name: t, command: "echo x", register: r, changed_when: r.stdout == "y", failed_when: r is changed }',
    story: ['t ok'],
    result: { changed: false, failed: false, failed_when_result: false },
  },
  'failed_when replaces a failure': {
    tasks: '- { name: t, command: "false", failed_when: false }',
    story: ['t changed'],
    result: { rc: 1, failed: false },
  },
  'failed_when may ask for what a failure has not: that is a failure too': {
    tasks:
      "- { name: t, file: { path: /tmp, state: \"{{ 'non' + 'sense' }}\" }, register: r, failed_when: r.rc > 1, ignore_errors: true }\n- { name: u, debug: { msg: a } }",
    story: ['t failed ignored', 'u ok'],
  },
  'failed_when is not asked about what was skipped': {
    tasks: '- { name: t, command: "false", when: false, failed_when: true }',
    story: ['t skipped'],
  },
  'a list of conditions means and': {
    tasks: '- { name: t, debug: { msg: a }, when: [true, 1 == 1, false] }\n- { name: u, debug: { msg: a }, when: [] }',
    story: ['t skipped', 'u ok'],
    result: { false_condition: 'false' },
  },
  'ignore_errors goes on': {
    tasks: '- { name: t, command: "false", ignore_errors: true }\n- { name: u, debug: { msg: a } }',
    story: ['t failed ignored', 'u ok'],
  },
  'retries without until: until it does not fail': {
    tasks:
      '- { name: t, shell: "echo >> {{ playbook_dir }}/n; test $(wc -l < {{ playbook_dir }}/n) = 3", retries: 4, delay: 0 }',
    story: ['t changed'],
    result: { attempts: 3 },
  },
  'retries go on where the failure would be ignored': {
    tasks:
      '- { name: t, shell: "echo >> {{ playbook_dir }}/n; test $(wc -l < {{ playbook_dir }}/n) = 3", retries: 4, delay: 0, ignore_errors: true }',
    story: ['t changed'],
    result: { attempts: 3 },
  },
  'a failure that outlasts its retries is ignored': {
    tasks:
      '- { name: t, shell: "echo >> {{ playbook_dir }}/n; false", retries: 2, delay: 0, ignore_errors: true }\n- { name: u, command: "wc -l {{ playbook_dir }}/n", register: n, failed_when: "not n.stdout.startswith(\'3 \')" }',
    story: ['t failed ignored', 'u changed'],
    result: { attempts: 2 },
  },
  'until alone means four runs': {
    tasks:
      '- { name: t, shell: "echo >> {{ playbook_dir }}/n; wc -l < {{ playbook_dir }}/n", register: r, until: r.stdout == "9", delay: 0 }',
    story: ['t failed'],
    result: { stdout: '4', attempts: 3 },
  },
  'failed_when has the last word where the attempts have run out, though what is registered has failed': {
    tasks: `
- { name: t, shell: "echo a", register: r, until: r.stdout == "b", retries: 2, delay: 0, failed_when: false }
- { name: u, assert: { that: [r is failed, r.attempts == 2] } }`,
    story: ['t changed', 'u ok'],
    result: { attempts: 2, stdout: 'a' },
  },
  'until holds for each item of a loop, and failed_when judges each attempt': {
    tasks: `
- { name: t, shell: "echo >> {{ playbook_dir }}/n{{ item }}; wc -l < {{ playbook_dir }}/n{{ item }}", loop: [1, 2], register: r, until: r.stdout | int >= item + 1, retries: 3, delay: 0, failed_when: r.stdout | int > 9 }
- { name: u, assert: { that: "r.results | map(attribute='attempts') | list == [2, 3]" } }`,
    story: ['t changed', 'u ok'],
  },
  'attempts may be asked about': {
    tasks:
      '- { name: t, command: "true", register: r, until: r.attempts == 2, retries: 5, delay: 0, changed_when: r.attempts > 1 }',
    story: ['t changed'],
    result: { attempts: 2 },
  },
  'a command with check_mode of its own is skipped, and what it would have said is empty': {
    tasks: `
- { name: t, command: "echo x", check_mode: true, register: r, until: r.stdout == "x", failed_when: r.stdout == "" }
- { name: u, debug: { msg: "{{ r.stdout_lines | length }}" }, when: r is skipped and r.rc == 0 and not r.stdout }
- { name: v, set_fact: { out: "{{ r.stdout | default('none', true) }}" } }
- { name: w, shell: "test '{{ out }}' = none", changed_when: out != 'none' }`,
    story: ['t skipped', 'u ok', 'v ok', 'w ok'],
    result: { changed: false, skipped: true, rc: 0, stdout: '', stdout_lines: [], stderr: '', stderr_lines: [] },
  },
  'a command with check_mode of its own and something to create counts as changed': {
    tasks: `
- { name: t, shell: "touch {{ playbook_dir }}/n", args: { creates: "{{ playbook_dir }}/n" }, check_mode: true, register: r }
- { name: u, stat: { path: "{{ playbook_dir }}/n" }, register: n, failed_when: n.stat.exists or r.rc != 0 }
- { name: v, command: { cmd: "true", creates: "{{ playbook_dir }}" }, check_mode: true }`,
    story: ['t changed', 'u ok', 'v ok'],
    result: { changed: true, rc: 0, stdout: '' },
  },
  'with --strict a condition must be a boolean': {
    tasks: '- { name: t, debug: { msg: a }, when: "\'text\'" }',
    options: { strict: true },
    story: ['t failed'],
  },
  'without it, truth decides': {
    tasks: '- { name: t, debug: { msg: a }, when: "\'text\'" }\n- { name: u, debug: { msg: a }, when: "\'\'" }',
    story: ['t ok', 'u skipped'],
  },
  'arguments that are omitted vanish': {
    tasks: '- { name: t, debug: { msg: [a, "{{ omit }}", { b: "{{ omit }}", c: 1 }] } }',
    story: ['t ok'],
    result: { msg: ['a', { c: 1 }] },
  },
  'the environment reaches commands': {
    tasks: '- { name: t, command: "printenv A B C D", environment: { A: "it\'s $HOME", B: 2, C: true, D: [1.0, x] } }',
    story: ['t changed'],
    result: { stdout: "it's $HOME\n2\nTrue\n[1.0, 'x']" },
  },
  'a float is no environment': {
    tasks: '- { name: t, debug: , environment: "{{ 1.0 }}" }',
    story: ['t failed'],
    result: { msg: 'environment must be a mapping of names to texts' },
  },
  'a float is no arguments': {
    tasks: '- { name: t, debug: , args: "{{ 1.0 }}" }',
    story: ['t failed'],
    result: { msg: 'args must be a mapping of arguments' },
  },
  'a timeout ends it': { tasks: '- { name: t, command: "sleep 5", timeout: 0.1 }', story: ['t failed'] },
  loop_control: {
    tasks:
      '- { name: t, debug: { msg: "{{ i }}{{ x }}{{ ansible_loop.last }}{{ ansible_loop.previtem | default(0) }}" }, loop: [a, b, c], loop_control: { loop_var: x, index_var: i, extended: true, label: "{{ x }}!", break_when: x == "b" }, register: r }\n- { name: u, debug: { msg: "{{ r.results | map(attribute=\'msg\') | list }}" }, failed_when: r.results | length != 2 }',
    story: ['t ok', 'u ok'],
  },
  'extended_allitems leaves the list out of ansible_loop': {
    tasks: `- { name: t, debug: { msg: "{{ ansible_loop.allitems | default('none') }} {{ ansible_loop.length }}" }, loop: [a], loop_control: { extended: true, extended_allitems: false }, register: r }
- { name: u, assert: { that: "r.results[0].msg == 'none 1'" } }
- { name: v, debug: { msg: "{{ ansible_loop.allitems }}" }, loop: [a], loop_control: { extended: true }, register: r }
- { name: w, assert: { that: "r.results[0].msg == ['a']" } }`,
    story: ['t ok', 'u ok', 'v ok', 'w ok'],
  },
  'a loop whose list is undefined is skipped where the condition does not hold, whatever the item': {
    tasks: `
- { name: t, debug: { msg: a }, loop: "{{ nothing }}", when: nothing is defined, register: r }
- { name: u, debug: { msg: a }, with_items: "{{ some[7].list }}", vars: { some: [] }, when: [some | length > 7, item] }
- { name: v, debug: { msg: "{{ r is skipped }}" }, failed_when: r is not skipped }
- { name: w, debug: { msg: a }, loop: "{{ hostvars.a.nothing }}", when: item == 1, ignore_errors: true, register: r }
- { name: x, debug: { msg: a }, failed_when: "'nothing' not in r.msg" }
- { name: y, debug: { msg: a }, loop: text, when: false, ignore_errors: true }`,
    story: ['t skipped', 'u skipped', 'v ok', 'w failed ignored', 'x ok', 'y failed ignored'],
    result: { changed: false, skipped: true, false_condition: 'nothing is defined' },
  },
  'with_items goes through the keys of a dict, and takes a single value for a list of one': {
    tasks: `
- { debug: { msg: "{{ item }}" }, with_items: "{{ { 'a': 1, 'b': 2 } }}", register: d }
- { debug: { msg: "{{ item }}" }, with_items: text, register: s }
- { debug: { msg: "{{ item }}" }, with_items: [{ a: 1 }, "{{ [] }}"], register: l }
- { name: t, debug: { msg: "{{ [d, s, l] | map(attribute='results') | map('map', attribute='item') | map('list') | list }}" } }`,
    story: ['debug ok', 'debug ok', 'debug ok', 't ok'],
    result: { msg: [['a', 'b'], ['text'], [{ a: 1 }]] },
  },
  'with_nested and with_together flatten every row once': {
    tasks: `
- { debug: { msg: "{{ item }}" }, with_nested: [[[a, b], c], [1]], register: n }
- { debug: { msg: "{{ item }}" }, with_together: [[a, b], [[1, 2]]], register: g }
- { name: t, debug: { msg: "{{ [n, g] | map(attribute='results') | map('map', attribute='item') | map('list') | list }}" } }`,
    story: ['debug ok', 'debug ok', 't ok'],
    result: {
      msg: [
        [
          ['a', 'b', 1],
          ['c', 1],
        ],
        [
          ['a', 1, 2],
          ['b', null],
        ],
      ],
    },
  },
  'with_first_found passes over names that cannot be told': {
    tasks: `
- { name: t, debug: { msg: "{{ item | basename }}" }, with_first_found: ["{{ hostvars.h1.no }}.yml", site.yml], register: r }
- { name: u, debug: { msg: "{{ item | basename }}" }, with_first_found: [{ files: ["{{ hostvars.h1.no }}", hosts] }], register: s }
- { name: v, assert: { that: ["r.results[0].msg == 'site.yml'", "s.results[0].msg == 'hosts'"] } }`,
    story: ['t ok', 'u ok', 'v ok'],
  },
  'a loop over something undefined is skipped where the condition is false anyway, else it fails': {
    tasks: `
- { name: t, debug: { msg: "{{ item }}" }, loop: "{{ hostvars.h1.no }}", when: hostvars.h1.no is defined }
- { name: u, debug: { msg: "{{ item.0 }}" }, with_subelements: ["{{ hostvars.h1.no }}", k], when: [false, item.x] }
- { name: v, debug: { msg: "{{ item }}" }, loop: "{{ hostvars.h1.no }}", when: item == 1, ignore_errors: true }`,
    story: ['t skipped', 'u skipped', 'v failed ignored'],
    result: { false_condition: 'hostvars.h1.no is defined' },
  },
  'a loop over nothing is skipped': {
    tasks: '- { name: t, debug: { msg: a }, loop: [] }',
    story: ['t skipped'],
    result: { skipped_reason: 'No items in the list' },
  },
  'a loop over something that is no list fails': {
    tasks: '- { name: t, debug: { msg: a }, loop: "{{ {\'a\': 1} }}" }',
    story: ['t failed'],
  },
  'one failed item fails the loop, after all of them ran': {
    tasks:
      '- { name: t, command: "test {{ item }} = b", loop: [a, b], register: r, ignore_errors: true }\n- { name: u, assert: { that: ["r.results | length == 2", "r.results[1] is not failed"] } }',
    story: ['t failed ignored', 'u ok'],
    result: { msg: 'One or more items failed' },
  },
};

describe('a task', () => {
  let on: Stage;
  beforeEach(() => {
    on = stage({}, ['h1']);
  });
  afterEach(() => on.close());
  const book = (tasks: string) =>
    `- hosts: h1\n  gather_facts: false\n  tasks:\n${tasks
      .trim()
      .split('\n')
      .map((line) => `    ${line}`)
      .join('\n')}\n`;
  for (const [title, { tasks, options, story, result }] of Object.entries(cases)) {
    it(title, async () => {
      const played = await on.play(book(tasks), options);
      expect(played.story, JSON.stringify(played.outcomes.map((one) => one.result))).to.deep.equal(
        story.map((line) => `h1 ${line}`),
      );
      if (result) expect(played.result('t')).to.deep.include(result);
    });
  }

  it('of a loop waits between items as loop_control.pause says, and calls them as label says', async () => {
    const { events, result } = await on.play(
      book('- { name: t, shell: "date +%s%3N", loop: [a, b], loop_control: { pause: 0.2, label: "<{{ item }}>" } }'),
    );
    expect(events.flatMap((event) => (event.type === 'item' ? [event.label] : []))).to.deep.equal(['<a>', '<b>']);
    const [first, second] = (result('t')['results'] as readonly { stdout: string }[]).map(({ stdout }) =>
      Number(stdout),
    );
    expect(second! - first!).to.be.at.least(200);
  });

  it('with no_log shows nothing, of no attempt, no item and no failure', async () => {
    const { events } = await on.play(
      book(`
- { name: t, shell: "echo hush >&2; false", no_log: true, retries: 1, delay: 0, ignore_errors: true }
- { name: u, shell: "echo hush; false", no_log: true, loop: [hush], ignore_errors: true, loop_control: { label: hush } }
- { name: v, command: { cmd: /nonexistent/hush }, no_log: true, ignore_errors: true }`),
    );
    expect(JSON.stringify(events)).to.not.include('hush');
  });

  it('leaves out of the environment and of its notifications, under check, what is not known yet', async () => {
    const on = stage();
    try {
      const played = await on.play(
        `
- hosts: h1
  gather_facts: false
  tasks:
    - { command: "echo x", register: r }
    - { name: one, command: "printenv A B", environment: { A: a, B: "{{ r.stdout }}", C: ["{{ r.stdout }}"] }, check_mode: false, failed_when: false }
    - { name: all, command: "echo y", environment: "{{ r }}", check_mode: false }
    - { command: "true", notify: "{{ r.stdout }}" }`,
        { check: true },
      );
      expect([played.result('one')['stdout'], played.result('all')['stdout']]).to.deep.equal(['a', 'y']);
      expect(played.events.filter(({ type }) => type === 'warning')).to.deep.equal([]);
    } finally {
      on.close();
    }
  });
});
