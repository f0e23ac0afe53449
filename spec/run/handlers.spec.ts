import { expect } from 'chai';
import { type Stage, stage } from './harness.ts';

const change = (name: string, more = '') => `{ name: ${name}, set_fact: { x: 1 }, changed_when: true${more} }`;
const say = (name: string, more = '') => `{ name: ${name}, debug: { msg: a }${more} }`;

interface Case {
  readonly play: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly forceHandlers?: boolean;
  readonly story: readonly string[];
  readonly warns?: RegExp;
}

const cases: Readonly<Record<string, Case>> = {
  'run in the order they are defined, once, whoever notified how often': {
    play: `
  tasks: [${change('t1', ', notify: [b, a]')}, ${change('t2', ', notify: a')}]
  handlers: [${say('a')}, ${say('b')}, ${say('c')}]`,
    story: ['t1 changed', 't2 changed', 'a ok', 'b ok'],
  },
  'the last of a name wins, all that listen run': {
    play: `
  tasks: [${change('t', ', notify: [n, topic]')}]
  handlers: [${say('n')}, ${say('l1', ', listen: topic')}, { name: n, debug: { msg: second } }, ${say('l2', ', listen: [topic, other]')}]`,
    story: ['t changed', 'l1 ok', 'n ok', 'l2 ok'],
  },
  'one notified by a handler runs in the same flush when it stands later, else in the next one': {
    play: `
  tasks: [${change('t', ', notify: b')}, { meta: flush_handlers }, ${say('between')}]
  handlers: [${say('a')}, ${change('b', ', notify: [a, c]')}, ${say('c')}]`,
    story: ['t changed', 'b changed', 'c ok', 'between ok', 'a ok'],
  },
  'a flush runs what is due, and it is due no more': {
    play: `
  pre_tasks: [${change('p', ', notify: a')}]
  tasks: [${change('t', ', notify: a')}, { meta: flush_handlers }, ${say('u')}]
  handlers: [${say('a')}]`,
    story: ['p changed', 'a ok', 't changed', 'a ok', 'u ok'],
  },
  'hosts that failed run none': {
    play: `
  tasks: [${change('t', ', notify: a')}, { name: f, fail: { msg: no } }]
  handlers: [${say('a')}]`,
    story: ['t changed', 'f failed'],
  },
  'forced, they run on hosts that failed as well': {
    forceHandlers: true,
    play: `
  tasks: [${change('t', ', notify: [a, b]')}, { name: f, fail: { msg: no } }]
  post_tasks: [${say('never')}]
  handlers: [${say('a')}, ${say('b')}]`,
    story: ['t changed', 'f failed', 'a ok', 'b ok'],
  },
  'forced, they end on a host where one of them fails': {
    forceHandlers: true,
    play: `
  tasks: [${change('t', ', notify: [a, b, c]')}, { name: f, fail: { msg: no } }]
  handlers: [${say('a')}, { name: b, fail: { msg: no } }, ${say('c')}]`,
    story: ['t changed', 'f failed', 'a ok', 'b failed'],
  },
  'forced, those of pre_tasks run before the host is out': {
    forceHandlers: true,
    play: `
  pre_tasks: [${change('p', ', notify: a')}, { name: f, fail: { msg: no } }]
  tasks: [${change('never', ', notify: b')}]
  handlers: [${say('a')}, ${say('b')}]`,
    story: ['p changed', 'f failed', 'a ok'],
  },
  'what rescue and always notify is due as well': {
    play: `
  tasks:
    - block: [${change('t', ', notify: c')}, { name: f, fail: { msg: no } }]
      rescue: [${change('r', ', notify: a')}]
      always: [${change('l', ', notify: b')}]
  handlers: [${say('a')}, ${say('b')}, ${say('c')}]`,
    story: ['t changed', 'f failed', 'r changed', 'l changed', 'a ok', 'b ok', 'c ok'],
  },
  'a notify of a block is that of its tasks': {
    play: `
  tasks: [{ block: [${change('t')}, ${say('u')}], notify: a }]
  handlers: [${say('a')}]`,
    story: ['t changed', 'u ok', 'a ok'],
  },
  'a name that is a template is the name it renders to, with the variables of its role': {
    files: {
      'roles/r/defaults/main.yml': 'service: web\n',
      'roles/r/handlers/main.yml': `- ${say('"restart {{ service }}"')}\n`,
      'roles/r/tasks/main.yml': `- ${change('t', ', notify: "restart {{ service }}"')}\n`,
    },
    play: `
  roles: [r]
  tasks: [{ meta: flush_handlers }, ${change('u', ', notify: "r : restart web"')}]
  handlers: [${say('"restart {{ nobody_knows }}"')}]`,
    story: ['r : t changed', 'r : restart web ok', 'u changed', 'r : restart web ok'],
  },
  'force_handlers of a play does so too': {
    play: `
  force_handlers: true
  tasks: [${change('t', ', notify: a')}, { name: f, fail: { msg: no } }]
  handlers: [${say('a')}]`,
    story: ['t changed', 'f failed', 'a ok'],
  },
  'are named with and without their role': {
    files: {
      'roles/r/handlers/main.yml': `- ${say('h')}\n- ${say('k', ', listen: topic')}\n`,
      'roles/r/tasks/main.yml': `- ${change('t', ', notify: h')}\n`,
    },
    play: `
  roles: [r]
  tasks: [${change('u', ', notify: "r : h"')}, ${change('v', ', notify: "r : topic"')}]`,
    story: ['r : t changed', 'u changed', 'v changed', 'r : h ok', 'r : k ok'],
  },
  'are notified by an item of a loop, by its name': {
    play: `
  tasks: [{ name: t, set_fact: { x: 1 }, loop: [a, b, c], changed_when: item != 'b', notify: "do {{ item }}" }]
  handlers: [${say('do a')}, ${say('do b')}, ${say('do c')}]`,
    story: ['t changed', 'do a ok', 'do c ok'],
  },
  'a task that did not change notifies nobody': {
    play: `
  tasks: [${say('t', ', notify: a')}, { name: f, fail: { msg: a }, changed_when: true, ignore_errors: true, notify: a }]
  handlers: [${say('a')}]`,
    story: ['t ok', 'f failed ignored'],
  },
  'their own condition and loop hold': {
    play: `
  tasks: [${change('t', ', notify: [a, b]')}]
  handlers: [${say('a', ', when: false')}, ${say('b', ', loop: [1, 2]')}]`,
    story: ['t changed', 'a skipped', 'b ok'],
  },
  'a name that only a host can tell, and cannot, fails that task': {
    play: `
  tasks: [${change('t', ', notify: "{{ hostvars.h1.no.such }}"')}, ${say('never')}]
  handlers: [${say('a')}]`,
    story: ['t failed'],
  },
  'a name that nobody has fails the task that changed, and no other': {
    play: `
  tasks:
    - ${say('t', `, notify: "{{ 'nobody' }}"`)}
    - block: [${change('u', `, notify: "{{ 'nobody' }}", ignore_errors: true, register: r`)}, ${say('never')}]
      rescue: [{ name: "{{ r.msg }}", debug: { msg: a } }]
  handlers: [${say('a')}]`,
    story: ['t ok', 'u failed', 'no handler is named "nobody", and none listens to it ok'],
  },
  'a task behind one whose handler nobody is does nothing': {
    play: `
  tasks:
    - block:
        - { name: one, copy: { content: a, dest: "{{ playbook_dir }}/one" }, notify: "{{ 'nobody' }}" }
        - { name: two, copy: { content: a, dest: "{{ playbook_dir }}/two" } }
      rescue: [{ name: look, stat: { path: "{{ playbook_dir }}/two" }, register: two, failed_when: two.stat.exists }]
  handlers: [${say('a')}]`,
    story: ['one failed', 'look ok'],
  },
  'a role that is included twice has its listeners run once': {
    files: {
      'roles/r/handlers/main.yml': `- ${say('h', ', listen: topic')}\n`,
      'roles/r/tasks/main.yml': `- ${change('t', ', notify: topic')}\n`,
    },
    play: `
  tasks: [{ include_role: { name: r }, loop: [1, 2] }]`,
    story: ['r : t changed', 'r : t changed', 'r : h ok'],
  },
  'an include among them brings its tasks': {
    files: { 'more.yml': `- ${say('more')}\n` },
    play: `
  tasks: [${change('t', ', notify: h')}]
  handlers: [{ name: h, include_tasks: more.yml }]`,
    story: ['t changed', 'more ok'],
  },
  'those of an imported file are notified by their own names, those of an included one run together': {
    files: { 'more.yml': `- ${change('one', ', notify: late')}\n- ${say('two')}\n` },
    play: `
  tasks: [${change('t', ', notify: two')}, { meta: flush_handlers }, ${change('u', ', notify: all of it')}]
  handlers: [{ import_tasks: more.yml }, { name: all of it, include_tasks: more.yml }, ${say('late')}]`,
    story: ['t changed', 'two ok', 'u changed', 'one changed', 'two ok', 'late ok'],
  },
  'run in a flush inside a block, and their failure is rescued there': {
    play: `
  tasks:
    - block: [${change('t', ', notify: h')}, { meta: flush_handlers }, ${say('never')}]
      rescue: [${say('"{{ ansible_failed_task.name }} {{ ansible_play_hosts }}"')}]
  handlers: [{ name: h, fail: { msg: no } }]`,
    story: ['t changed', 'h failed', "h ['h1'] ok"],
  },
};

describe('handlers', () => {
  let on: Stage;
  afterEach(() => on.close());
  for (const [title, { play, files = {}, forceHandlers = false, story }] of Object.entries(cases)) {
    it(title, async () => {
      on = stage(files, ['h1']);
      const played = await on.play(`- hosts: h1\n  gather_facts: false${play}`, { forceHandlers });
      expect(played.story).to.deep.equal(story.map((line) => `h1 ${line}`));
    });
  }
});
