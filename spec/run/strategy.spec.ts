import { expect } from 'chai';
import type { RunOptions } from '../../engine/run/context.ts';
import { type Stage, stage } from './harness.ts';

type Options = Partial<Omit<RunOptions, 'inventory'>>;

interface Case {
  readonly hosts?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly options?: Options;
  readonly play: string;
  /** `host task status` in the order of hosts, as one text a host. */
  readonly story: Readonly<Record<string, string>>;
  readonly recap?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const fall = (name: string, when = 'true') => `{ name: ${name}, fail: { msg: no }, when: ${when} }`;
const say = (name: string, more = '') => `{ name: ${name}, debug: { msg: a }${more} }`;
const onA = "inventory_hostname == 'a'";

const cases: Readonly<Record<string, Case>> = {
  'a rescue in a rescue, an always in an always': {
    hosts: ['a'],
    play: `
  tasks:
    - block:
        - block: [${fall('f1')}]
          rescue: [${say('r1')}, ${fall('f2')}]
          always: [${say('a1')}]
      rescue:
        - block: [${fall('f3')}]
          always: [${say('a2')}]
      always: [${say('a3')}]
    - ${say('never')}`,
    story: { a: 'f1 failed, r1 ok, f2 failed, a1 ok, f3 failed, a2 ok, a3 ok' },
  },
  'what failed is told to the rescue it leads to, and stays so until another': {
    hosts: ['a'],
    play: `
  tasks:
    - block:
        - block: [${fall('one')}]
          rescue: [{ name: "{{ ansible_failed_task.name }}", debug: { msg: a } }]
          always: [${fall('two')}]
      rescue:
        - { name: "{{ ansible_failed_task.name }}", debug: { msg: a } }
        - { name: ignored, fail: { msg: no }, ignore_errors: true }
        - ${fall('three')}
      always: [{ name: "{{ ansible_failed_task.name }}", debug: { msg: a } }]`,
    story: { a: 'one failed, one ok, two failed, two ok, ignored failed ignored, three failed, two ok' },
  },
  'what was rescued counts as rescued, and the play goes on': {
    hosts: ['a', 'b'],
    play: `
  tasks:
    - block: [${fall('f', onA)}, ${say('t')}]
      rescue: [${say('r')}]
    - ${say('further')}`,
    story: { a: 'f failed, r ok, further ok', b: 'f skipped, t ok, further ok' },
    recap: { a: { ok: 2, failed: 0, rescued: 1 }, b: { ok: 2, failed: 0, rescued: 0, skipped: 1 } },
  },
  'any_errors_fatal: the others end the task, then all fail': {
    hosts: ['a', 'b'],
    play: `
  any_errors_fatal: true
  tasks: [${fall('f', onA)}, ${say('never')}]`,
    story: { a: 'f failed', b: 'f skipped' },
    recap: { a: { failed: 1 }, b: { failed: 0 } },
  },
  'any_errors_fatal: a rescue can still run, on all of them': {
    hosts: ['a', 'b'],
    play: `
  tasks:
    - block: [${fall('f', onA)}, ${say('never')}]
      any_errors_fatal: true
      rescue: [${say('r')}]
    - ${say('further')}`,
    story: { a: 'f failed, r ok, further ok', b: 'f skipped, r ok, further ok' },
    recap: { a: { failed: 0, rescued: 1 }, b: { failed: 0, rescued: 0 } },
  },
  'a failed run_once fails every host': {
    hosts: ['a', 'b'],
    play: `
  tasks:
    - { name: once, fail: { msg: no }, run_once: true }
    - ${say('never')}`,
    story: { a: 'once failed' },
    recap: { a: { failed: 1 } },
  },
  'a failed run_once whose errors are ignored fails nobody': {
    hosts: ['a', 'b'],
    play: `
  tasks:
    - { name: once, fail: { msg: no }, run_once: true, ignore_errors: true }
    - ${say('further')}`,
    story: { a: 'once failed ignored, further ok', b: 'further ok' },
  },
  'max_fail_percentage: more than that many end the play at once': {
    hosts: ['a', 'b', 'c', 'd'],
    play: `
  max_fail_percentage: 20
  tasks: [${fall('f', onA)}, ${say('never')}]`,
    story: { a: 'f failed', b: 'f skipped', c: 'f skipped', d: 'f skipped' },
  },
  'max_fail_percentage: exactly that many do not': {
    hosts: ['a', 'b', 'c', 'd'],
    play: `
  max_fail_percentage: 25
  tasks: [${fall('f', onA)}, ${say('further')}]`,
    story: { a: 'f failed', b: 'f skipped, further ok', c: 'f skipped, further ok', d: 'f skipped, further ok' },
  },
  'max_fail_percentage: what was rescued has not failed': {
    hosts: ['a', 'b'],
    play: `
  max_fail_percentage: 20
  tasks:
    - block: [${fall('f', onA)}]
      rescue: [${say('r')}]
    - ${say('further')}`,
    story: { a: 'f failed, r ok, further ok', b: 'f skipped, further ok' },
  },
  'serial: a batch that fails as a whole ends the play': {
    hosts: ['a', 'b', 'c'],
    play: `
  serial: 1
  tasks: [${fall('f', onA)}, ${say('further')}]`,
    story: { a: 'f failed' },
  },
  'serial: in percent, rounded down, at least one': {
    hosts: ['a', 'b', 'c'],
    play: `
  serial: "40%"
  tasks: [{ name: "{{ ansible_play_batch | join('+') }}", debug: { msg: a } }]`,
    story: { a: 'a ok', b: 'b ok', c: 'c ok' },
  },
  'serial: a list of numbers and percentages, of which the last repeats': {
    hosts: ['a', 'b', 'c', 'd', 'e'],
    play: `
  serial: [1, "40%"]
  tasks: [{ name: "{{ ansible_play_batch | join('+') }}", debug: { msg: a } }]`,
    story: { a: 'a ok', b: 'b+c ok', c: 'b+c ok', d: 'd+e ok', e: 'd+e ok' },
  },
  'order: reverse_inventory': {
    hosts: ['a', 'b'],
    play: `
  order: reverse_inventory
  tasks: [{ name: "{{ ansible_play_hosts | join('+') }}", debug: { msg: a } }]`,
    story: { a: 'b+a ok', b: 'b+a ok' },
  },
  'end_host: the others go on': {
    hosts: ['a', 'b'],
    play: `
  tasks:
    - { meta: end_host, when: ${onA} }
    - ${say('further')}`,
    story: { b: 'further ok' },
    recap: { b: { ok: 1 } },
  },
  'who is left of the play: those that neither fell nor ended, those on the way to a rescue among them': {
    hosts: ['a', 'b', 'c'],
    play: `
  tasks:
    - block: [${fall('f', onA)}]
      rescue: [{ name: "{{ ansible_play_hosts | join('+') }}", debug: { msg: a } }]
    - block: [${fall('g', onA)}]
      always: [{ name: "{{ ansible_play_hosts | join('+') }}", debug: { msg: a } }]
    - { meta: end_host, when: inventory_hostname == 'b' }
    - { name: "{{ ansible_play_batch | join }}{{ ansible_play_hosts | join }}{{ ansible_play_hosts_all | join }}", debug: { msg: a } }`,
    story: {
      a: 'f failed, a+b+c ok, g failed, b+c ok',
      b: 'f skipped, g skipped, b+c ok',
      c: 'f skipped, g skipped, b+c ok, ccabc ok',
    },
  },
  'end_play: nobody goes on': {
    hosts: ['a', 'b'],
    play: `
  tasks:
    - ${say('t')}
    - { meta: end_play, when: ${onA} }
    - ${say('never')}`,
    story: { a: 't ok', b: 't ok' },
  },
  'end_role: the role ends there, the play goes on': {
    hosts: ['a', 'b'],
    files: {
      'roles/r/tasks/main.yml': `- ${say('one')}\n- block:\n    - { meta: end_role, when: ${onA} }\n- ${say('two')}\n`,
    },
    play: `
  roles: [r]
  tasks: [${say('further')}]`,
    story: { a: 'r : one ok, further ok', b: 'r : one ok, r : two ok, further ok' },
  },
  'end_role in a file the role includes ends the role': {
    hosts: ['a'],
    files: {
      'roles/r/tasks/main.yml': `- include_tasks: more.yml\n- ${say('two')}\n`,
      'roles/r/tasks/more.yml': '- meta: end_role\n',
    },
    play: `
  roles: [r]
  tasks: [${say('further')}]`,
    story: { a: 'further ok' },
  },
  'tags: always runs, never only when named': {
    hosts: ['a'],
    options: { tags: ['x'] },
    play: `
  tasks: [${say('x', ', tags: x')}, ${say('y', ', tags: y')}, ${say('always', ', tags: always')}, ${say('never', ', tags: [never, z]')}, ${say('never x', ', tags: [never, x]')}]`,
    story: { a: 'x ok, always ok, never x ok' },
  },
  'skip-tags: also always can be skipped': {
    hosts: ['a'],
    options: { skipTags: ['always', 'y'] },
    play: `
  tasks: [${say('x', ', tags: x')}, ${say('y', ', tags: y')}, ${say('always', ', tags: always')}, ${say('never', ', tags: never')}]`,
    story: { a: 'x ok' },
  },
  'start-at-task: what stands before is passed over': {
    hosts: ['a'],
    options: { startAtTask: 'tw*' },
    play: `
  tasks: [${say('one')}, { block: [${say('two')}] }, ${say('one')}]`,
    story: { a: 'two ok, one ok' },
  },
  'gone hosts take no part in later plays': {
    hosts: ['a', 'b'],
    play: `
  tasks: [${fall('f', onA)}]
- hosts: all
  gather_facts: false
  tasks: [${say('further')}]`,
    story: { a: 'f failed', b: 'f skipped, further ok' },
  },
  'clear_host_errors: the host is out for this play, and back in the next': {
    hosts: ['a', 'b'],
    play: `
  pre_tasks: [${fall('f', onA)}]
  tasks: [{ meta: clear_host_errors }, ${say('t')}]
- hosts: all
  gather_facts: false
  tasks: [${say('further')}]`,
    story: { a: 'f failed, further ok', b: 'f skipped, t ok, further ok' },
    recap: { a: { failed: 1 } },
  },
  'clear_host_errors right behind the failure: no part in the rest of the play': {
    hosts: ['a', 'b'],
    play: `
  tasks:
    - ${fall('f', onA)}
    - { meta: clear_host_errors }
    - ${say('t')}
  post_tasks: [${say('p')}]
- hosts: all
  gather_facts: false
  tasks: [${fall('g', onA)}, ${say('further')}]
- hosts: all
  gather_facts: false
  tasks: [${say('last')}]`,
    story: { a: 'f failed, g failed', b: 'f skipped, t ok, p ok, g skipped, further ok, last ok' },
  },
  'clear_host_errors in what a block always does: it goes on to its end': {
    hosts: ['a', 'b'],
    play: `
  tasks:
    - block: [${fall('f', onA)}]
      always: [{ meta: clear_host_errors }, ${say('t')}]
    - ${say('u')}
  post_tasks: [${say('p')}]
- hosts: all
  gather_facts: false
  tasks: [${say('further')}]`,
    story: { a: 'f failed, t ok, further ok', b: 'f skipped, t ok, u ok, p ok, further ok' },
  },
  'clear_host_errors leaves those to their rescue who are on the way to it': {
    hosts: ['a', 'b'],
    play: `
  tasks:
    - block: [${fall('f', onA)}, { meta: clear_host_errors }]
      rescue: [${say('r')}]
    - ${say('t')}`,
    story: { a: 'f failed, r ok, t ok', b: 'f skipped, t ok' },
  },
  'run_once on an include: the first host alone takes it': {
    hosts: ['a', 'b'],
    files: { 'more.yml': `- ${say('more')}\n`, 'roles/r/tasks/main.yml': `- ${say('main')}\n` },
    play: `
  tasks:
    - { include_tasks: more.yml, run_once: true }
    - { include_role: { name: r }, run_once: true, loop: [1, 2] }
    - ${say('further')}`,
    story: { a: 'more ok, r : main ok, r : main ok, further ok', b: 'further ok' },
    recap: { b: { ok: 1 } },
  },
  'run_once on a block around an include: what its tasks learn is known to all': {
    hosts: ['a', 'b'],
    files: { 'more.yml': '- { name: once, debug: { msg: "{{ inventory_hostname }}" }, register: r }\n' },
    play: `
  tasks:
    - block: [{ include_tasks: more.yml, when: ${onA} }]
      run_once: true
    - { name: "{{ r.msg }}", debug: { msg: a } }`,
    story: { a: 'once ok, a ok', b: 'a ok' },
  },
  'run_once on an include that cannot be had fails every host': {
    hosts: ['a', 'b'],
    play: `
  tasks:
    - { name: i, include_tasks: "{{ 'none' }}.yml", run_once: true }
    - ${say('never')}`,
    story: { a: 'i failed' },
  },
  'run_once with a loop: done by one, known by all': {
    hosts: ['a', 'b'],
    play: `
  tasks:
    - { name: once, debug: { msg: "{{ inventory_hostname }}{{ item }}" }, loop: [1, 2], run_once: true, register: r }
    - { name: "{{ r.results | map(attribute='msg') | join }}", debug: { msg: a } }`,
    story: { a: 'once ok, a1a2 ok', b: 'a1a2 ok' },
  },
  'a keyword that cannot be read fails its hosts, not the run': {
    hosts: ['a', 'b'],
    play: `
  tasks:
    - { name: t, debug: { msg: a }, throttle: "{{ hostvars.a.nothing.at_all }}" }
    - ${say('never')}`,
    story: { a: 't failed', b: 't failed' },
  },
  'a meta whose condition cannot be judged fails its hosts, not the run': {
    hosts: ['a'],
    play: `
  tasks:
    - block: [{ meta: end_host, when: hostvars.a.nothing.at_all }]
      rescue: [${say('r')}]`,
    story: { a: 'meta failed, r ok' },
  },
};

describe('a strategy', () => {
  let on: Stage;
  afterEach(() => on.close());
  for (const [title, { hosts = ['a'], files = {}, options, play, story, recap }] of Object.entries(cases)) {
    it(title, async () => {
      on = stage(files, hosts);
      const played = await on.play(`- hosts: all\n  gather_facts: false${play}`, { ...options, readAhead: false });
      const told: Record<string, string> = {};
      for (const line of played.story) {
        const [host = '', ...rest] = line.split(' ');
        told[host] = told[host] === undefined ? rest.join(' ') : `${told[host]}, ${rest.join(' ')}`;
      }
      expect(told).to.deep.equal(story);
      for (const [host, line] of Object.entries(recap ?? {})) expect(played.recap[host], host).to.include(line);
      for (const [host, line] of Object.entries(played.recap))
        for (const [column, count] of Object.entries(line)) expect(count, `${host} ${column}`).to.be.at.least(0);
    });
  }

  it('throttle and forks keep that many at work', async () => {
    on = stage({}, ['a', 'b', 'c', 'd']);
    const most = async (throttle: string, forks: number) => {
      const { events } = await on.play(
        `- hosts: all\n  gather_facts: false\n  tasks:\n    - { name: t, shell: "true"${throttle} }`,
        { forks },
      );
      let [now, peak] = [0, 0];
      for (const event of events) {
        if (event.type === 'host_start') now += 1;
        if (event.type === 'outcome') now -= 1;
        peak = Math.max(peak, now);
      }
      return peak;
    };
    expect([
      await most('', 10),
      await most('', 3),
      await most(', throttle: 2', 10),
      await most(', throttle: 1', 3),
    ]).to.deep.equal([4, 3, 2, 1]);
  });
});
