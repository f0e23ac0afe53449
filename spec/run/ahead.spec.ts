import { expect } from 'chai';
import fc from 'fast-check';
import { bothWays, tasks } from './both-ways.ts';
import type { Stage } from './harness.ts';

const root = process.getuid?.() === 0;

describe('reading ahead tells the same story when', () => {
  const plays: Readonly<Record<string, readonly [string, readonly string[], Parameters<Stage['play']>[1]?]>> = {
    'a command makes what the next task looks for': [
      `
- { name: make, command: "touch {{ d }}/x" }
- { name: look, stat: { path: "{{ d }}/x" }, register: x }
- { name: there, assert: { that: x.stat.exists } }`,
      ['make changed', 'look ok', 'there ok'],
    ],
    'a command that looks harmless takes it away': [
      `
- { name: make, copy: { content: a, dest: "{{ d }}/x" } }
- { name: away, shell: "rm {{ d }}/x", changed_when: false }
- { name: make again, copy: { content: a, dest: "{{ d }}/x" } }`,
      ['make changed', 'away ok', 'make again changed'],
    ],
    'the content changes through a link': [
      `
- { name: folder, file: { path: "{{ d }}/real", state: directory } }
- { name: alias, file: { src: real, path: "{{ d }}/alias", state: link } }
- { name: through, copy: { content: new, dest: "{{ d }}/alias/f" } }
- { name: same, copy: { content: new, dest: "{{ d }}/real/f" } }
- { name: other, copy: { content: other, dest: "{{ d }}/real/f" } }
- { name: back, copy: { content: new, dest: "{{ d }}/alias/f" } }
- { name: gone, file: { path: "{{ d }}/real", state: absent } }
- { name: look, stat: { path: "{{ d }}/alias/f" }, register: f }
- { name: not there, assert: { that: not f.stat.exists } }`,
      [
        'folder changed',
        'alias changed',
        'through changed',
        'same ok',
        'other changed',
        'back changed',
        'gone changed',
        'look ok',
        'not there ok',
      ],
    ],
    'a link is turned elsewhere': [
      `
- { name: folders, file: { path: "{{ d }}/{{ item }}", state: directory }, loop: [a, b] }
- { name: a, file: { src: a, path: "{{ d }}/now", state: link } }
- { name: write, copy: { content: x, dest: "{{ d }}/now/f" } }
- { name: b, shell: "ln -sfn b {{ d }}/now" }
- { name: write again, copy: { content: x, dest: "{{ d }}/now/f" } }
- { name: and again, copy: { content: x, dest: "{{ d }}/now/f" } }`,
      ['folders changed', 'a changed', 'write changed', 'b changed', 'write again changed', 'and again ok'],
    ],
    'a mode changes under a file': [
      `
- { name: make, copy: { content: x, dest: "{{ d }}/f", mode: "0600" } }
- { name: open, shell: "chmod 0644 {{ d }}/f" }
- { name: close, file: { path: "{{ d }}/f", mode: "0600" } }
- { name: closed, file: { path: "{{ d }}/f", mode: "0600" } }`,
      ['make changed', 'open changed', 'close changed', 'closed ok'],
    ],
    'a condition depends on what was registered before': [
      `
- { name: ask, command: "echo yes", register: asked }
- { name: make, copy: { content: x, dest: "{{ d }}/f" }, when: asked.stdout == 'yes' }
- { name: twice, copy: { content: x, dest: "{{ d }}/f" }, when: asked.stdout == 'yes' }
- { name: not, copy: { content: y, dest: "{{ d }}/f" }, when: asked.stdout == 'no' }`,
      ['ask changed', 'make changed', 'twice ok', 'not skipped'],
    ],
    'the path depends on a fact set on the way': [
      `
- { name: one, set_fact: { p: one } }
- { name: make one, copy: { content: x, dest: "{{ d }}/{{ p }}" } }
- { name: two, set_fact: { p: two } }
- { name: make two, copy: { content: x, dest: "{{ d }}/{{ p }}" } }
- { name: again, copy: { content: x, dest: "{{ d }}/{{ p }}" } }`,
      ['one ok', 'make one changed', 'two ok', 'make two changed', 'again ok'],
    ],
    'creates is settled by the task before': [
      `
- { name: make, command: "touch {{ d }}/x" }
- { name: not again, command: { cmd: "echo never", creates: "{{ d }}/x" } }
- { name: away, command: { cmd: "rm {{ d }}/x", removes: "{{ d }}/x" } }
- { name: nothing, command: { cmd: "rm {{ d }}/x", removes: "{{ d }}/x" } }`,
      ['make changed', 'not again ok', 'away changed', 'nothing ok'],
    ],
    'a handler changes what tasks after the flush look at': [
      `
- { name: write, copy: { content: x, dest: "{{ d }}/conf" }, notify: rewrite }
- meta: flush_handlers
- { name: write again, copy: { content: x, dest: "{{ d }}/conf" } }`,
      ['write changed', 'rewrite changed', 'write again changed'],
    ],
    'a rescue and an always change it': [
      `
- block:
    - { name: make, copy: { content: x, dest: "{{ d }}/f" } }
    - { name: fall, command: "false" }
    - { name: never, copy: { content: y, dest: "{{ d }}/f" } }
  rescue:
    - { name: take away, command: "rm {{ d }}/f" }
    - { name: make again, copy: { content: x, dest: "{{ d }}/f" } }
  always:
    - { name: and away, command: "rm {{ d }}/f" }
- { name: and make, copy: { content: x, dest: "{{ d }}/f" } }`,
      [
        'make changed',
        'fall failed',
        'take away changed',
        'make again changed',
        'and away changed',
        'and make changed',
      ],
    ],
    'a loop changes what its later items look at': [
      `
- { name: each, shell: "test -e {{ d }}/{{ item }} || touch {{ d }}/{{ item }} {{ d }}/b", loop: [a, b], register: r }
- { name: look, stat: { path: "{{ d }}/{{ item }}" }, loop: [a, b, c], register: s }
- { name: shows, debug: { msg: "{{ s.results | map(attribute='stat.exists') | list }}" } }`,
      ['each changed', 'look ok', 'shows ok'],
    ],
    'check mode looks at what a task outside of it did': [
      `
- { name: really, command: "touch {{ d }}/x", check_mode: false }
- { name: look, stat: { path: "{{ d }}/x" }, register: x }
- { name: there, assert: { that: x.stat.exists } }
- { name: would, copy: { content: x, dest: "{{ d }}/y" } }
- { name: really not, stat: { path: "{{ d }}/y" }, check_mode: false, register: y }
- { name: not there, assert: { that: not y.stat.exists } }
- { name: would not, copy: { content: x, dest: "{{ d }}/y" } }`,
      ['really changed', 'look ok', 'there ok', 'would changed', 'really not ok', 'not there ok', 'would not ok'],
      { check: true },
    ],
  };
  const handlers = `  handlers:\n    - { name: rewrite, command: "cp /dev/null {{ d }}/conf" }\n`;
  for (const [title, [text, story, options]] of Object.entries(plays)) {
    it(title, async () => {
      const quick = await bothWays(tasks(text) + handlers, options);
      expect(quick.story).to.deep.equal(story.map((line) => `h1 ${line}`));
    });
  }

  it('somebody else changes it, slowly, over a shell of their own', async () => {
    const { story } = await bothWays(
      tasks(`
- { name: before, stat: { path: "{{ d }}/x" }, remote_user: other }
- { name: make, shell: "sleep 0.15; touch {{ d }}/x" }
- { name: look, stat: { path: "{{ d }}/x" }, remote_user: other, register: x }
- { name: there, assert: { that: x.stat.exists } }`),
    );
    expect(story).to.deep.equal(['h1 before ok', 'h1 make changed', 'h1 look ok', 'h1 there ok']);
  });

  it('another host’s task changes it by delegation', async () => {
    const { story } = await bothWays(
      tasks(
        `
- { name: before, stat: { path: "{{ d }}/x" } }
- { name: make, command: "touch {{ d }}/x", delegate_to: h2, when: inventory_hostname == 'h1' }
- { name: look, stat: { path: "{{ d }}/x" }, register: x, when: inventory_hostname == 'h2' }
- { name: there, assert: { that: x.stat.exists }, when: inventory_hostname == 'h2' }`,
        'h1:h2',
      ),
    );
    expect(story.filter((line) => line.startsWith('h2')).at(-1)).to.equal('h2 there ok');
  });

  it('one batch changes what the next one looks at', async () => {
    const book = `
- hosts: h1:h2
  gather_facts: false
  serial: 1
  tasks:
    - { name: look, stat: { path: "{{ playbook_dir }}/f" } }
    - { name: write, copy: { content: x, dest: "{{ playbook_dir }}/f" } }
    - { name: away, command: "rm {{ playbook_dir }}/f" }`;
    expect((await bothWays(book)).story).to.deep.equal([
      'h1 look ok',
      'h1 write changed',
      'h1 away changed',
      'h2 look ok',
      'h2 write changed',
      'h2 away changed',
    ]);
  });

  it('an include brings the change', async () => {
    const files = { 'more.yml': '- { name: "more {{ item }}", command: "rm -f {{ d }}/{{ item }}" }\n' };
    const book = tasks(`
- { name: write, copy: { content: x, dest: "{{ d }}/{{ item }}" }, loop: [a, b] }
- { include_tasks: more.yml, loop: [a, b] }
- { name: write again, copy: { content: x, dest: "{{ d }}/{{ item }}" }, loop: [a, b] }`);
    expect((await bothWays(book, {}, files)).story).to.deep.equal([
      'h1 write changed',
      'h1 more a changed',
      'h1 more b changed',
      'h1 write again changed',
    ]);
  });

  it('a lookup runs a command on the controller: once, and in its turn', async () => {
    const book = tasks(`
- { name: ask, command: "true" }
- { name: look, stat: { path: "{{ d }}/{{ lookup('pipe', 'echo x >> ' ~ d ~ '/log; wc -l < ' ~ d ~ '/log') }}" } }
- { name: secret, stat: { path: "{{ d }}/{{ lookup('password', d ~ '/pw' ~ (asked | default('')) ~ ' chars=x') }}" }, when: asked is defined }
- { name: fall, fail: { msg: "{{ lookup('pipe', 'wc -l < ' ~ d ~ '/log') }}" } }
- { name: never, stat: { path: "{{ lookup('password', d ~ '/never chars=x') }}" } }`);
    const { tree } = await bothWays(book);
    expect(tree).to.not.include('never');
  });

  it('a loose condition warns: once', async () => {
    const { warnings } = await bothWays(
      tasks(`
- { name: ask, command: "true" }
- { name: look, stat: { path: "{{ d }}" }, when: d }
- { name: look too, stat: { path: "{{ d }}" } }`),
    );
    expect(warnings).to.have.length(1);
  });

  it('nothing unreadable spoils what is asked with it', async function () {
    if (!root) this.skip();
    const inventory =
      'h1 ansible_connection=exec ansible_exec_command="setpriv --reuid=65534 --regid=65534 --clear-groups /bin/sh"\n';
    const book = tasks(`
- { name: start, command: "true" }
- { name: look, stat: { path: "{{ d }}" } }
- { name: denied, stat: { path: /root/x/y }, ignore_errors: true }
- { name: fine, stat: { path: "{{ d }}/hosts" }, register: x }
- { name: there, assert: { that: x.stat.exists } }`);
    const { story } = await bothWays(book, { inventory });
    expect(story.slice(-2)).to.deep.equal(['h1 fine ok', 'h1 there ok']);
  });

  it('any small play is played', async function () {
    this.timeout(600_000);
    const name = fc.constantFrom('a', 'b', 'l', 'd/a', 'l/a', 'd');
    const task = fc.oneof(
      fc
        .record({ name, content: fc.constantFrom('x', 'y') })
        .map(({ name, content }) => `copy: { content: ${content}, dest: "{{ d }}/${name}", mode: "0644" }`),
      name.map((name) => `command: "rm -rf {{ d }}/${name}"`),
      name.map((name) => `shell: "echo z > {{ d }}/${name}"`),
      fc.constant('file: { path: "{{ d }}/d", state: directory }'),
      fc.constant('file: { path: "{{ d }}/l/e/f", state: directory }'),
      fc.constant('command: "ln -f {{ d }}/a {{ d }}/b"'),
      fc.constant('file: { path: "{{ d }}/d", state: absent }'),
      fc.constant('file: { src: d, path: "{{ d }}/l", state: link, force: true }'),
      name.map((name) => `file: { path: "{{ d }}/${name}", mode: "0600" }`),
      fc
        .record({ name: fc.constantFrom('a', 'b', 'l', 'd', 'd/a', 'l/a', 'l/e', 'd/e/f'), follow: fc.boolean() })
        .map(({ name, follow }) => `stat: { path: "{{ d }}/${name}", follow: ${follow} }`),
      name.map((name) => `command: "test -e {{ d }}/${name}"`),
      name.map((name) => `command: "touch {{ d }}/${name}", delegate_to: h2`),
      name.map((name) => `copy: { content: n, dest: "{{ d }}/${name}" }, notify: rewrite`),
      name.map(
        (name) => `stat: { path: "{{ d }}/${name}" }, register: s, until: not s.stat.exists, retries: 1, delay: 0`,
      ),
      name.map((name) => `lineinfile: { path: "{{ d }}/${name}", line: more, create: true }`),
    );
    const written = fc
      .record({ task, real: fc.boolean() })
      .map(({ task, real }) => (real ? `${task}, check_mode: false` : task));
    const play = fc.record({
      list: fc.array(written, { minLength: 2, maxLength: 7 }),
      check: fc.boolean(),
      rescued: fc.boolean(),
      serial: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(play, async ({ list, check, rescued, serial }) => {
        const half = rescued ? Math.floor(list.length / 2) : 0;
        const line = (one: string, index: number, rest: string) => `{ name: t${index}, ${one}${rest} }`;
        const guarded = list.slice(0, half).map((one, index) => `    - ${line(one, index, '')}`);
        const loose = list.slice(half).map((one, index) => `- ${line(one, half + index, ', ignore_errors: true')}`);
        const rescue = ['  rescue:', '    - { name: repair, command: "rm -rf {{ d }}/d" }'];
        const lines = [...(half > 0 ? ['- block:', ...guarded, ...rescue] : []), ...loose];
        const book = tasks(lines.join('\n'), serial ? 'h1:h2' : 'h1').replace('  tasks:', '  serial: 1\n  tasks:');
        const handlers = '  handlers:\n    - { name: rewrite, command: "touch {{ d }}/b" }\n';
        await bothWays(book + handlers, { check });
      }),
      { numRuns: Number(process.env['KPLAY_RANDOM_PLAYS'] ?? 6) },
    );
  });
});
