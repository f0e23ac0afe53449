import { expect } from 'chai';
import { bothWays, tasks } from './both-ways.ts';

/** Changes that may go out together, with something between them that matters. */
describe('a train of changes', () => {
  const plays: Readonly<
    Record<string, readonly [string, readonly string[], Parameters<typeof bothWays>[1]?, string?]>
  > = {
    'stops where one fails': [
      `
- { name: one, copy: { content: x, dest: "{{ d }}/a" } }
- { name: two, file: { path: "{{ d }}/b", state: directory, mode: "0755", owner: nobody-of-that-name } }
- { name: three, copy: { content: x, dest: "{{ d }}/c" } }`,
      ['one changed', 'two failed'],
    ],
    'goes on where a failure is ignored': [
      `
- { name: one, copy: { content: x, dest: "{{ d }}/a" } }
- { name: two, copy: { content: x, dest: "{{ d }}/b", owner: nobody-of-that-name }, ignore_errors: true }
- { name: three, copy: { content: x, dest: "{{ d }}/c" } }
- { name: four, copy: { content: x, dest: "{{ d }}/e" } }`,
      ['one changed', 'two failed ignored', 'three changed', 'four changed'],
    ],
    'leaves the rest of a block to its rescue': [
      `
- block:
    - { name: one, copy: { content: x, dest: "{{ d }}/a" } }
    - { name: two, copy: { content: x, dest: "{{ d }}/b", owner: nobody-of-that-name } }
    - { name: three, copy: { content: x, dest: "{{ d }}/c" } }
  rescue:
    - { name: four, copy: { content: y, dest: "{{ d }}/c" } }
- { name: five, copy: { content: z, dest: "{{ d }}/c" } }`,
      ['one changed', 'two failed', 'four changed', 'five changed'],
    ],
    'knows its own folders and files': [
      `
- { name: folder, file: { path: "{{ d }}/x/y", state: directory, mode: "0750" } }
- { name: inside, copy: { content: x, dest: "{{ d }}/x/y/f" } }
- { name: same, copy: { content: x, dest: "{{ d }}/x/y/f" } }
- { name: other, copy: { content: y, dest: "{{ d }}/x/y/f", mode: "0600" } }
- { name: mode, file: { path: "{{ d }}/x/y/f", mode: "0640" } }
- { name: line, lineinfile: { path: "{{ d }}/x/y/f", line: more } }
- { name: folder again, file: { path: "{{ d }}/x/y", state: directory, mode: "0700" } }
- { name: no file, file: { path: "{{ d }}/x/y/none", mode: "0600" }, ignore_errors: true }
- { name: no folder, copy: { content: x, dest: "{{ d }}/none/f" }, ignore_errors: true }
- { name: into, copy: { src: hosts, dest: "{{ d }}/x/y" } }`,
      [
        'folder changed',
        'inside changed',
        'same ok',
        'other changed',
        'mode changed',
        'line changed',
        'folder again changed',
        'no file failed ignored',
        'no folder failed ignored',
        'into changed',
      ],
    ],
    'does not read on the controller what it is about to write there': [
      `
- { name: one, copy: { content: "new\\n", dest: "{{ d }}/source" } }
- { name: two, copy: { src: "{{ d }}/source", dest: "{{ d }}/two" } }
- { name: three, template: { src: "{{ d }}/source", dest: "{{ d }}/three" } }
- { name: four, copy: { content: "{{ lookup('file', d ~ '/source') }}", dest: "{{ d }}/four" } }
- { name: five, copy: { content: "{% include 'source' %}", dest: "{{ d }}/five" } }
- { name: six, copy: { content: x, dest: "{{ d }}/six" }, when: (d ~ '/four') is exists }`,
      ['one changed', 'two changed', 'three changed', 'four changed', 'five changed', 'six changed'],
    ],
    'takes only the tasks whose tags are asked for': [
      `
- { name: one, copy: { content: x, dest: "{{ d }}/a" }, tags: yes }
- { name: two, copy: { content: x, dest: "{{ d }}/b" }, tags: no }
- { name: three, copy: { content: x, dest: "{{ d }}/c" }, tags: yes }`,
      ['one changed', 'three changed'],
      { tags: ['true'] },
    ],
    'waits for what is registered, looped over or judged': [
      `
- { name: one, copy: { content: x, dest: "{{ d }}/a" }, register: one }
- { name: two, copy: { content: "{{ one.changed }}", dest: "{{ d }}/b" } }
- { name: three, copy: { content: x, dest: "{{ d }}/{{ item }}" }, loop: [c, e] }
- { name: four, copy: { content: x, dest: "{{ d }}/c" }, changed_when: true }
- { name: five, copy: { content: x, dest: "{{ d }}/g" }, failed_when: false, notify: seen }
- { name: six, copy: { content: x, dest: "{{ d }}/h" }, notify: seen }
- { name: seven, copy: { content: x, dest: "{{ d }}/h" }, when: one.changed, notify: seen }
- { name: eight, copy: { content: x, dest: "{{ d }}/i" }, when: not one.changed }
- { name: nine, copy: { content: x, dest: "{{ d }}/i" } }`,
      [
        'one changed',
        'two changed',
        'three changed',
        'four changed',
        'five changed',
        'six changed',
        'seven ok',
        'eight skipped',
        'nine changed',
        'seen changed',
      ],
    ],
    'tells a difference': [
      `
- { name: one, copy: { content: x, dest: "{{ d }}/a" } }
- { name: two, lineinfile: { path: "{{ d }}/hosts", line: "# two" } }
- { name: three, lineinfile: { path: "{{ d }}/hosts", line: "# three" } }
- { name: four, file: { path: "{{ d }}/a", mode: "0600" } }`,
      ['one changed', 'two changed', 'three changed', 'four changed'],
      { diff: true },
    ],
  };
  const handlers = '  handlers:\n    - { name: seen, copy: { content: seen, dest: "{{ d }}/seen" } }\n';
  for (const [title, [text, story, options]] of Object.entries(plays)) {
    it(title, async () => {
      const quick = await bothWays(tasks(text) + handlers, options);
      expect(quick.story).to.deep.equal(story.map((line) => `h1 ${line}`));
    }).timeout(30_000);
  }

  const one = (n: string, rest = '') =>
    `- { name: ${n}, copy: { content: ${n}, dest: "{{ d }}/{{ inventory_hostname }}-${n}" }${rest} }`;

  it('of one host does not outrun a failure of another that ends the play', async () => {
    const fails = one('two', ', any_errors_fatal: true').replace(
      'content: two',
      "content: two, owner: \"{{ 'nobody-of-that-name' if inventory_hostname == 'h2' else '0' }}\"",
    );
    const { tree } = await bothWays(tasks(`${one('one')}\n${fails}\n${one('three')}`, 'h1:h2'));
    expect(tree).to.include('h1-two').and.not.include('h1-three');
  }).timeout(30_000);

  it('of one host sees who is left of the others', async () => {
    const fails = one('two').replace(
      'content: two',
      "content: two, owner: \"{{ 'nobody-of-that-name' if inventory_hostname == 'h2' else '0' }}\"",
    );
    const left = '- { name: left, copy: { content: "{{ ansible_play_hosts }}", dest: "{{ d }}/left" } }';
    const { tree } = await bothWays(tasks(`${one('one')}\n${fails}\n${one('three')}\n${left}`, 'h1:h2'));
    expect(tree).to.include('./left');
  }).timeout(30_000);
});
