import { expect } from 'chai';
import { type Stage, stage } from './harness.ts';

/** Plays over h1 and h2 (and `gone`, which nobody reaches), and what became of it. */
const cases: Readonly<Record<string, { readonly play: string; readonly story: readonly string[] }>> = {
  'ignore_unreachable: the host goes on': {
    play: `
- hosts: gone
  gather_facts: false
  tasks:
    - { name: lost, command: "true", ignore_unreachable: true, register: r }
    - { name: "{{ r.unreachable }} {{ r is unreachable }}", debug: { msg: x } }`,
    story: ['gone lost unreachable ignored', 'gone True True ok'],
  },
  'ignore_unreachable of a play: but for the task that says no': {
    play: `
- hosts: gone
  gather_facts: false
  ignore_unreachable: true
  tasks:
    - { name: lost, command: "true" }
    - { name: fallen, command: "true", ignore_unreachable: false }
    - { name: never, debug: { msg: x } }`,
    story: ['gone lost unreachable ignored', 'gone fallen unreachable'],
  },
  'a host that cannot be reached is beyond rescue, and does nothing always; its handlers are not forced': {
    play: `
- hosts: gone
  gather_facts: false
  force_handlers: true
  tasks:
    - { name: told, debug: { msg: x }, changed_when: true, notify: handle }
    - block: [{ name: lost, command: "true" }]
      rescue: [{ name: never, debug: { msg: x } }]
      always: [{ name: never, debug: { msg: x } }]
  handlers: [{ name: handle, debug: { msg: x } }]
- hosts: gone
  gather_facts: false
  tasks: [{ name: never, debug: { msg: x } }]`,
    story: ['gone told changed', 'gone lost unreachable'],
  },
  'delegate_facts: what set_fact sets is the delegate’s': {
    play: `
- hosts: all:!gone
  gather_facts: false
  tasks:
    - { name: set, set_fact: { x: 1 }, delegate_to: h2, delegate_facts: true, run_once: true }
    - { name: here, fail: , when: x is defined, ignore_errors: true }`,
    story: ['h1 set ok', 'h1 here skipped', 'h2 here failed ignored'],
  },
  'delegate_facts: facts are each delegate’s, item by item, and nobody else’s': {
    play: `
- hosts: h1
  gather_facts: false
  tasks:
    - { name: read, setup: { gather_subset: [platform] }, delegate_to: "{{ item }}", delegate_facts: true, loop: [h2] }
    - { name: "{{ ansible_kernel is defined }} {{ hostvars.h2.ansible_kernel is defined }}", debug: { msg: x } }`,
    story: ['h1 False True ok'],
  },
  'floats: an integer where one is wanted, text where that is': {
    play: `
- hosts: all:!gone
  gather_facts: false
  serial: 1.0
  max_fail_percentage: 50.0
  vars: { tries: 3.0, n: 0 }
  tasks:
    - name: 8.0
      command: "true"
      register: r
      until: r.attempts == 3
      retries: "{{ tries }}"
      delay: 0.0
      timeout: 5.0
      throttle: 1.0
      async: 20.0
      poll: 1.0
      changed_when: false
      become: 0.0
      tags: [1.0]
    - { name: "{{ r.attempts }}", debug: { msg: x, verbosity: 0.0 }, when: 1.0 }
    - { name: none, debug: { msg: x }, when: 0.0 }`,
    story: ['h1 8.0 ok', 'h1 3 ok', 'h1 none skipped', 'h2 8.0 ok', 'h2 3 ok', 'h2 none skipped'],
  },
  'floats: a loop is no number': {
    play: `
- hosts: h1
  gather_facts: false
  tasks:
    - { name: "{{ item }}", debug: { msg: x }, loop: "{{ range(2) | map('float') }}", loop_control: { pause: 0.0, label: 1.0 } }
    - { name: refused, debug: { msg: x }, loop: "{{ 8.0 }}", ignore_errors: true, register: r }
    - { name: "{{ r.msg }}", debug: { msg: x } }`,
    story: ['h1 {{ item }} ok', 'h1 refused failed ignored', 'h1 loop needs a list, not "8.0" ok'],
  },
  'delegate_facts on a block and on an entry of roles is that of their tasks': {
    play: `
- hosts: h1
  gather_facts: false
  roles: [{ role: r, delegate_to: h2, delegate_facts: true }]
  tasks:
    - block: [{ name: block, set_fact: { of_block: 1 } }]
      delegate_to: h2
      delegate_facts: true
    - { name: "{{ of_block is defined or of_role is defined }} {{ hostvars.h2.of_block }} {{ hostvars.h2.of_role }}", debug: { msg: x } }`,
    story: ['h1 r : role ok', 'h1 block ok', 'h1 False 1 2 ok'],
  },
  'run_once with delegate_to, loop, when and register: done once, elsewhere by item, and known to every host': {
    play: `
- hosts: all:!gone
  gather_facts: false
  tasks:
    - { name: once, command: "echo {{ item }}", loop: [h1, h2, h3], when: item != 'h3', delegate_to: "{{ item }}", run_once: true, changed_when: item == 'h2', register: r }
    - { name: "{{ r.results | map(attribute='changed') | join }} {{ r.results[1].stdout }} {{ r.results[2] is skipped }}", debug: { msg: x } }`,
    story: ['h1 once changed', 'h1 FalseTrueFalse h2 True ok', 'h2 FalseTrueFalse h2 True ok'],
  },
  'run_once: facts are known to every host': {
    play: `
- hosts: all:!gone
  gather_facts: false
  tasks:
    - { setup: { gather_subset: [platform] }, run_once: true, name: read }
    - { name: known, fail: , when: ansible_kernel is not defined }`,
    story: ['h1 known skipped', 'h2 known skipped'],
  },
  'run_once: facts are known to every host unless they are the delegate’s': {
    play: `
- hosts: all:!gone
  gather_facts: false
  tasks:
    - { name: set, set_fact: { x: 1 }, run_once: true, delegate_facts: true }
    - { name: set, set_fact: { y: 1 }, run_once: true, delegate_to: h2, delegate_facts: false }
    - { name: known, fail: , when: x is not defined or y is not defined }`,
    story: ['h1 set ok', 'h1 set ok', 'h1 known skipped', 'h2 known skipped'],
  },
  'local_action: on the controller, with the arguments of the module': {
    play: `
- hosts: gone
  gather_facts: false
  tasks:
    - { name: word, local_action: 'command echo "a b" chdir=/tmp', register: a }
    - { name: mapping, local_action: { module: ansible.builtin.command, cmd: pwd, chdir: /tmp }, register: b }
    - { name: "{{ a.stdout }} {{ b.stdout }} {{ inventory_hostname }}", debug: { msg: x } }`,
    story: ['gone word changed', 'gone mapping changed', 'gone a b /tmp gone ok'],
  },
};

const orders: Readonly<Record<string, readonly string[]>> = {
  inventory: ['b', 'c', 'a'],
  reverse_inventory: ['a', 'c', 'b'],
  sorted: ['a', 'b', 'c'],
  reverse_sorted: ['c', 'b', 'a'],
};

describe('keywords', () => {
  let on: Stage;
  afterEach(() => on.close());
  const inventory = [
    'h1 ansible_exec_command=/bin/sh',
    'h2 ansible_exec_command=/bin/sh',
    'gone ansible_exec_command=/bin/false',
    '[all:vars]',
    'ansible_connection=exec',
    '',
  ].join('\n');

  for (const [title, { play, story }] of Object.entries(cases)) {
    it(title, async () => {
      on = stage({ 'roles/r/tasks/main.yml': '- { name: role, set_fact: { of_role: 2 } }\n' });
      expect((await on.play(play, { inventory })).story).to.deep.equal(story);
    });
  }

  it('ignore_unreachable counts as ok and ignored', async () => {
    on = stage();
    const { recap } = await on.play(
      '- hosts: gone\n  gather_facts: false\n  tasks: [{ command: "true", ignore_unreachable: true }]',
      { inventory },
    );
    expect(recap['gone']).to.include({ ok: 1, ignored: 1, unreachable: 0, skipped: 0 });
  });

  for (const [order, hosts] of Object.entries(orders)) {
    it(`order: ${order}`, async () => {
      on = stage({}, ['b', 'c', 'a']);
      const { events } = await on.play(
        `- hosts: all\n  gather_facts: false\n  order: ${order}\n  tasks: [debug: { msg: x }]`,
      );
      const begun = events.flatMap((event) => (event.type === 'play_start' ? [event.hosts] : []));
      expect(begun).to.deep.equal([hosts]);
    });
  }

  it('order: shuffle has every host once, and not always in one order', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `h${String(index).padStart(2, '0')}`);
    on = stage({}, names);
    const play = '- hosts: all\n  gather_facts: false\n  order: shuffle\n  tasks: [debug: { msg: x }]\n';
    const { events } = await on.play(play.repeat(3));
    const begun = events.flatMap((event) => (event.type === 'play_start' ? [event.hosts] : []));
    for (const hosts of begun) expect(hosts.toSorted()).to.deep.equal(names);
    expect(new Set([names, ...begun].map((hosts) => hosts.join())).size).to.be.greaterThan(1);
  });

  it('module_defaults: the innermost of a name counts whole, and names may be in full', async () => {
    on = stage({}, ['h1']);
    const { result } = await on.play(`
- hosts: h1
  gather_facts: false
  vars: { said: play }
  module_defaults: { debug: { msg: "{{ said }}" }, set_fact: { a: 1, b: 1 } }
  tasks:
    - { name: play, debug: }
    - { name: own, debug: { msg: own } }
    - { name: list, debug: , module_defaults: [{ debug: { msg: one } }, { ansible.builtin.debug: { msg: two } }] }
    - block:
        - { name: block, debug: }
        - { set_fact: }
        - { name: facts, debug: { var: "[a | default('none'), b]" } }
      module_defaults: { debug: { var: inventory_hostname }, ansible.builtin.set_fact: { b: 2 } }`);
    expect(['play', 'own', 'list'].map((name) => result(name)['msg'])).to.deep.equal(['play', 'own', 'two']);
    expect(result('block')).to.include({ inventory_hostname: 'h1' });
    expect(Object.values(result('facts'))).to.deep.include(['none', 2]);
  });
});
