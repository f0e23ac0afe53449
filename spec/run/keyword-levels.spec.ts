import { chmodSync } from 'node:fs';
import { expect } from 'chai';
import { type Played, type Stage, stage } from './harness.ts';

/** Every level a keyword may stand at, as a play whose task `t` it reaches: `{task}` is what the task does. */
const levels: Readonly<Record<string, (keyword: string, task: string) => string>> = {
  play: (keyword, task) => `\n  ${keyword}\n  tasks: [{ name: t, ${task} }]`,
  'role entry': (keyword) => `\n  roles: [{ role: r, ${keyword} }]`,
  dependency: () => '\n  roles: [high]',
  block: (keyword, task) => `\n  tasks: [{ block: [{ name: t, ${task} }], ${keyword} }]`,
  task: (keyword, task) => `\n  tasks: [{ name: t, ${task}, ${keyword} }]`,
  handler: () => '\n  tasks: [{ name: notifies, debug: , changed_when: true, notify: t, tags: seen }]',
  import_tasks: (keyword) => `\n  tasks: [{ import_tasks: t.yml, ${keyword} }]`,
  import_role: (keyword) => `\n  tasks: [{ import_role: { name: r }, ${keyword} }]`,
  'apply of include_tasks': (keyword) =>
    `\n  tasks: [{ include_tasks: { file: t.yml, apply: { ${keyword} } }, tags: seen }]`,
  'apply of include_role': (keyword) => `\n  tasks: [{ include_role: { name: r, apply: { ${keyword} } }, tags: seen }]`,
};
const everywhere = Object.keys(levels);
const butPlay = everywhere.filter((level) => level !== 'play');

interface Case {
  readonly keyword: string;
  readonly task: string;
  /** What is seen of it in what became of `t`. */
  readonly seen: (played: Played, outcomes: Played['outcomes']) => unknown;
  readonly with: unknown;
  readonly without: unknown;
  readonly levels?: readonly string[];
  readonly inventory?: string;
  readonly options?: Parameters<Stage['play']>[1];
}

const message = (_: Played, [first]: Played['outcomes']) => first?.result['msg'];
const statuses = (_: Played, outcomes: Played['outcomes']) =>
  outcomes
    .map(({ host, status, ignored }) => `${host} ${status}${ignored ? ' ignored' : ''}`)
    .toSorted()
    .join(', ');
const failsOnFirst = 'fail: { msg: no }, when: inventory_hostname == "h1"';
const unreachable = 'h1 ansible_connection=exec ansible_exec_command=/bin/false\n';
const became = 'command: printenv AS';

const cases: Readonly<Record<string, Case>> = {
  vars: {
    keyword: 'vars: { v: said }',
    task: `debug: { msg: "{{ v | default('none') }}" }`,
    seen: message,
    with: 'said',
    without: 'none',
  },
  connection: {
    keyword: 'connection: local',
    task: 'command: echo x',
    seen: (_, [first]) => first?.result['stdout'],
    with: 'x',
    without: undefined,
    inventory: 'h1 ansible_host=127.0.0.1 ansible_port=1\n',
  },
  port: {
    keyword: 'port: 2222',
    task: `debug: { msg: "{{ ansible_port | default('none') }}" }`,
    seen: message,
    with: 2222,
    without: 'none',
  },
  remote_user: {
    keyword: 'remote_user: app',
    task: `debug: { msg: "{{ ansible_user | default('none') }}" }`,
    seen: message,
    with: 'app',
    without: 'none',
  },
  become: {
    keyword: 'become: true',
    task: `${became}, ignore_errors: true, vars: { ansible_become_exe: "{{ playbook_dir }}/as" }`,
    seen: (_, [first]) => first?.result['stdout'],
    with: '-H -n -u root',
    without: '',
  },
  become_user: {
    keyword: 'become_user: app',
    task: `${became}, vars: { ansible_become: true, ansible_become_exe: "{{ playbook_dir }}/as" }`,
    seen: (_, [first]) => first?.result['stdout'],
    with: '-H -n -u app',
    without: '-H -n -u root',
  },
  become_flags: {
    keyword: 'become_flags: -E',
    task: `${became}, vars: { ansible_become: true, ansible_become_exe: "{{ playbook_dir }}/as" }`,
    seen: (_, [first]) => first?.result['stdout'],
    with: '-E -n -u root',
    without: '-H -n -u root',
  },
  become_exe: {
    keyword: 'become_exe: "{{ playbook_dir }}/as"',
    task: `${became}, ignore_errors: true, vars: { ansible_become: true }`,
    seen: (_, [first]) => String(first?.result['stdout']).includes('-u root'),
    with: true,
    without: false,
  },
  become_method: {
    keyword: 'become_method: su',
    task: `${became}, ignore_errors: true, vars: { ansible_become: true, ansible_become_exe: "{{ playbook_dir }}/as" }`,
    seen: (_, [first]) => String(first?.result['stdout']).includes('-H -n'),
    with: false,
    without: true,
  },
  environment: {
    keyword: 'environment: { X: said }',
    task: 'shell: echo "$X"',
    seen: (_, [first]) => first?.result['stdout'],
    with: 'said',
    without: '',
  },
  module_defaults: {
    keyword: 'module_defaults: { debug: { msg: said } }',
    task: 'debug: ',
    seen: message,
    with: 'said',
    without: 'Hello world!',
  },
  collections: {
    keyword: 'collections: [a.b]',
    task: 'debug: { msg: said }',
    seen: message,
    with: 'said',
    without: 'said',
  },
  tags: {
    keyword: 'tags: [seen]',
    task: 'debug: { msg: said }',
    seen: (_, outcomes) => outcomes.length,
    with: 2,
    without: 0,
    options: { tags: ['seen'] },
  },
  no_log: {
    keyword: 'no_log: true',
    task: 'debug: { msg: said }',
    seen: (_, [first]) => Object.keys(first?.result ?? {}).includes('censored'),
    with: true,
    without: false,
  },
  run_once: {
    keyword: 'run_once: true',
    task: 'debug: { msg: said }',
    seen: statuses,
    with: 'h1 ok',
    without: 'h1 ok, h2 ok',
  },
  check_mode: {
    keyword: 'check_mode: true',
    task: 'command: echo x',
    seen: statuses,
    with: 'h1 skipped, h2 skipped',
    without: 'h1 changed, h2 changed',
  },
  diff: {
    keyword: 'diff: true',
    task: 'copy: { content: x, dest: "{{ playbook_dir }}/{{ inventory_hostname }}" }, check_mode: true',
    seen: (_, [first]) => first?.diffs.length,
    with: 1,
    without: 0,
  },
  any_errors_fatal: {
    keyword: 'any_errors_fatal: true',
    task: failsOnFirst,
    seen: ({ story }) => story.includes('h2 after ok'),
    with: false,
    without: true,
  },
  ignore_errors: {
    keyword: 'ignore_errors: true',
    task: failsOnFirst,
    seen: statuses,
    with: 'h1 failed ignored, h2 skipped',
    without: 'h1 failed, h2 skipped',
  },
  ignore_unreachable: {
    keyword: 'ignore_unreachable: true',
    task: 'command: "true"',
    seen: statuses,
    with: 'h1 unreachable ignored',
    without: 'h1 unreachable',
    inventory: unreachable,
  },
  throttle: {
    keyword: 'throttle: 1',
    task: 'shell: "true"',
    seen({ events }) {
      const own = events.filter(
        (event) =>
          (event.type === 'host_start' ? event.task : event.type === 'outcome' ? event.outcome.task : undefined)
            ?.module === 'shell',
      );
      return own.map(({ type }) => type).join(' ');
    },
    with: 'host_start outcome host_start outcome',
    without: 'host_start host_start outcome outcome',
  },
  timeout: {
    keyword: 'timeout: 0.2',
    task: 'command: sleep 0.7',
    seen: (_, [first]) => first?.status,
    with: 'failed',
    without: 'changed',
  },
  when: {
    keyword: 'when: inventory_hostname == "h2"',
    task: 'debug: { msg: said }',
    seen: statuses,
    with: 'h1 skipped, h2 ok',
    without: 'h1 ok, h2 ok',
    levels: butPlay,
  },
  delegate_to: {
    keyword: 'delegate_to: h2',
    task: 'debug: { msg: said }',
    seen: (_, [first]) => first?.delegatedTo,
    with: 'h2',
    without: undefined,
    levels: butPlay,
  },
  delegate_facts: {
    keyword: 'delegate_facts: true',
    task: 'set_fact: { f: 1 }, delegate_to: h2, run_once: true',
    seen: (played) => played.result('after', 'h1')['msg'],
    with: 'False True',
    without: 'True True',
    levels: butPlay,
  },
  notify: {
    keyword: 'notify: said',
    task: 'debug: { msg: x }, changed_when: true',
    seen: ({ story }) => story.includes('h1 said ok'),
    with: true,
    without: false,
    levels: ['block', 'task', 'handler', 'apply of include_tasks', 'apply of include_role'],
  },
};

const as = `#!/bin/sh
AS=
while [ "$1" != /bin/sh ]; do AS="\${AS:+$AS }$1"; shift; done
export AS
exec "$@"
`;

describe('a keyword at every level:', () => {
  let on: Stage;
  afterEach(() => on.close());

  for (const [
    name,
    { keyword, task, seen, levels: at = everywhere, inventory, options, ...expected },
  ] of Object.entries(cases)) {
    const roles = {
      't.yml': `- { name: t, ${task} }\n`,
      'roles/r/tasks/main.yml': `- { name: t, ${task} }\n`,
      'roles/high/meta/main.yml': `dependencies: [{ role: r, ${keyword} }]\n`,
    };
    const play = async (level: string, written = keyword) => {
      const facts = '"{{ f is defined }} {{ hostvars.h2.f is defined }}"';
      const played = await on.play(
        `- hosts: all
  gather_facts: false${levels[level]!(written, task)}
  post_tasks: [{ name: after, debug: { msg: ${name === 'delegate_facts' ? facts : 'x'} } }]
  handlers: [{ name: t, ${task}${level === 'handler' ? `, ${written}` : ''} }, { name: said, debug: { msg: x } }]
`,
        { ...options, ...(inventory === undefined ? {} : { inventory }) },
      );
      const own = played.outcomes.filter((one) => /^(r : )?t$/.test(one.task.name));
      return seen(played, own);
    };

    it(name, async () => {
      on = stage({ ...roles, as });
      chmodSync(`${on.folder}/as`, 0o755);
      expect(await play('task', 'tags: []'), 'without').to.deep.equal(expected.without);
      const found: Record<string, unknown> = {};
      for (const level of at) found[level] = await play(level);
      expect(found).to.deep.equal(Object.fromEntries(at.map((level) => [level, expected.with])));
    }).timeout(60_000);
  }
});
