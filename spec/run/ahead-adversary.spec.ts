import { expect } from 'chai';
import { bothWays, tasks } from './both-ways.ts';

/** What the later task must see, each changed by something that does not say so. */
describe('reading ahead is not fooled when', () => {
  const later = 'sleep 0.4; touch {{ d }}/x';
  const look = `- { name: look, stat: { path: "{{ d }}/x" }, register: x }
- { name: there, assert: { that: x.stat.exists } }`;
  const plays: Readonly<Record<string, readonly [string, string?, Parameters<typeof bothWays>[1]?]>> = {
    'something in the background does it while the play pauses': [
      `
- { name: start, shell: "(${later}) >/dev/null 2>&1 &" }
- { name: wait, pause: { seconds: 1 } }
${look}`,
    ],
    'something in the background does it while the play waits for it': [
      `
- { name: start, shell: "(${later}) >/dev/null 2>&1 &" }
- { name: wait, wait_for: { path: "{{ d }}/x", timeout: 5, sleep: 1 } }
${look}`,
    ],
    'a task is tried until it has happened': [
      `
- { name: start, shell: "(${later}) >/dev/null 2>&1 &" }
- { name: until, stat: { path: "{{ d }}/x" }, register: x, until: x.stat.exists, retries: 5, delay: 0.3 }
- { name: and there, stat: { path: "{{ d }}/x" }, register: x }
- { name: there, assert: { that: x.stat.exists } }`,
    ],
    'a test is tried until it has happened': [
      `
- { name: start, shell: "(${later}) >/dev/null 2>&1 &" }
- { name: until, command: "test -e {{ d }}/x", register: x, until: x.rc == 0, retries: 5, delay: 0.3 }
${look}`,
    ],
    'another host waits for it': [
      `
- { name: start, shell: "(${later}) >/dev/null 2>&1 &", when: inventory_hostname == 'h1' }
- { name: wait, stat: { path: "{{ d }}/x" }, register: x, until: x.stat.exists, retries: 5, delay: 0.3, when: inventory_hostname == 'h1' }
${look}`,
      'h1:h2',
    ],
    'a command of another host reaches over': [
      `
- { name: before, stat: { path: "{{ d }}/x" } }
- { name: make, command: "touch {{ d }}/x", when: inventory_hostname == 'h1' }
${look}`,
      'h1:h2',
    ],
    'a command delegated elsewhere, run once, reaches over': [
      `
- { name: before, stat: { path: "{{ d }}/x" } }
- { name: make, command: "touch {{ d }}/x", delegate_to: h2, run_once: true }
${look}`,
      'h1:h2',
    ],
    'a test stands between': [
      `
- { name: absent, command: "test -e {{ d }}/x", ignore_errors: true }
- { name: make, copy: { content: a, dest: "{{ d }}/x" } }
- { name: present, command: "test -e {{ d }}/x", changed_when: false }
- { name: complaint, command: "test a b c d e", ignore_errors: true }
- { name: bracket, command: "[ -f {{ d }}/x ]" }
- { name: away, shell: "rm {{ d }}/x", changed_when: false }
- { name: absent again, command: "test -e {{ d }}/x", ignore_errors: true }`,
    ],
    'a handler takes it away before the next section': [
      `
- { name: write, copy: { content: x, dest: "{{ d }}/conf" }, notify: rewrite }
- { name: test, command: "test -s {{ d }}/conf" }
- meta: flush_handlers
- { name: test again, command: "test -s {{ d }}/conf", ignore_errors: true }
- { name: look, slurp: { src: "{{ d }}/conf" }, register: x }
- { name: says, debug: { msg: "{{ x.content | b64decode }}" } }`,
    ],
    'check mode has commands that are really run': [
      `
- { name: look, stat: { path: "{{ d }}/x" }, register: x }
- { name: test, command: "test -e {{ d }}/x", check_mode: false, ignore_errors: true }
- { name: make, command: "touch {{ d }}/x", check_mode: false }
- { name: test again, command: "test -e {{ d }}/x", check_mode: false }
- { name: not run, command: "test -e {{ d }}/x" }
- { name: would, copy: { content: x, dest: "{{ d }}/x" } }
- { name: look again, stat: { path: "{{ d }}/x" }, check_mode: false, register: x }`,
      'h1',
      { check: true },
    ],
    'unit files and accounts are written by hand': [
      `
- { name: unit, shell: "echo '[Unit]' > {{ d }}/x.service" }
- { name: same, copy: { content: "[Unit]\\n", dest: "{{ d }}/x.service" } }
- { name: who, getent: { database: passwd, key: root } }
- { name: line, lineinfile: { path: "{{ d }}/x.service", line: "Description=x" } }
- { name: line by hand, shell: "echo '[Unit]' > {{ d }}/x.service" }
- { name: line again, lineinfile: { path: "{{ d }}/x.service", line: "Description=x" } }
- { name: line is there, lineinfile: { path: "{{ d }}/x.service", line: "Description=x" } }`,
    ],
    'facts are gathered again': [
      `
- { name: first, setup: { gather_subset: ['!all', local], fact_path: "{{ d }}/facts" } }
- { name: none, debug: { msg: "{{ ansible_local | default({}) }}" } }
- { name: make, shell: "mkdir {{ d }}/facts; echo '[a]' > {{ d }}/facts/f.fact; echo b=1 >> {{ d }}/facts/f.fact" }
- { name: again, setup: { gather_subset: ['!all', local], fact_path: "{{ d }}/facts" } }
- { name: told, debug: { msg: "{{ ansible_local | default({}) }}" } }
- { name: change, copy: { content: "[a]\\nb=2\\n", dest: "{{ d }}/facts/f.fact" } }
- { name: once more, setup: { gather_subset: ['!all', local], fact_path: "{{ d }}/facts" } }
- { name: told again, debug: { msg: "{{ ansible_local | default({}) }}" } }`,
    ],
    'a rescue repairs what a test finds': [
      `
- block:
    - { name: test, command: "test -e {{ d }}/x" }
    - { name: never, copy: { content: y, dest: "{{ d }}/y" } }
  rescue:
    - { name: make, shell: "touch {{ d }}/x" }
    - { name: test again, command: "test -e {{ d }}/x" }
${look}`,
    ],
  };
  const handlers = `  handlers:\n    - { name: rewrite, command: "cp /dev/null {{ d }}/conf" }\n`;
  for (const [title, [text, hosts, options]] of Object.entries(plays)) {
    it(title, async () => {
      const { told } = await bothWays(tasks(text, hosts) + handlers, options);
      expect(told.filter((line) => / there (?!ok)/.test(line))).to.deep.equal([]);
    }).timeout(30_000);
  }
});
