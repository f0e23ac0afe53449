import { expect } from 'chai';
import { type Stage, stage } from './harness.ts';

/** Plays over h1 and h2, and what became of it. */
const cases: Readonly<Record<string, { readonly play: string; readonly story: readonly string[] }>> = {
  'noop does nothing': {
    play: `
  tasks: [{ meta: noop }, { name: next, debug: { msg: x } }]`,
    story: ['h1 next ok', 'h2 next ok'],
  },
  'end_batch ends the batch, its handlers included; the next one begins': {
    play: `
  serial: 1
  tasks:
    - { name: begin, debug: { msg: x }, changed_when: true, notify: handle }
    - { meta: end_batch, when: inventory_hostname == 'h1' }
    - { name: further, debug: { msg: x } }
  post_tasks: [{ name: after, debug: { msg: x } }]
  handlers: [{ name: handle, debug: { msg: x } }]`,
    story: ['h1 begin changed', 'h2 begin changed', 'h2 further ok', 'h2 handle ok', 'h2 after ok'],
  },
  'end_play ends all batches': {
    play: `
  serial: 1
  tasks: [{ name: begin, debug: { msg: x } }, { meta: end_play }, { name: never, debug: { msg: x } }]`,
    story: ['h1 begin ok'],
  },
  'end_play asks the first host alone whether its condition holds': {
    play: `
  tasks: [{ meta: end_play, when: inventory_hostname == 'h2' }, { name: next, debug: { msg: x } }]`,
    story: ['h1 next ok', 'h2 next ok'],
  },
  'end_host asks each host': {
    play: `
  tasks: [{ meta: end_host, when: inventory_hostname == 'h1' }, { name: next, debug: { msg: x } }]`,
    story: ['h2 next ok'],
  },
};

describe('meta', () => {
  let on: Stage;
  afterEach(() => on.close());

  for (const [title, { play, story }] of Object.entries(cases)) {
    it(title, async () => {
      on = stage();
      expect((await on.play(`- hosts: all\n  gather_facts: false${play}\n`)).story).to.deep.equal(story);
    });
  }

  for (const [where, play] of Object.entries({
    'outside of a role': '  tasks: [{ meta: end_role }]',
    'in a handler': '  handlers: [{ name: h, meta: end_role }]',
    'in a file that is included outside of a role': '  tasks: [{ include_tasks: end.yml }]',
  })) {
    it(`end_role ${where} is refused before the run`, async () => {
      on = stage({ 'end.yml': '- meta: end_role\n' });
      const refused = await on.play(`- hosts: all\n  gather_facts: false\n${play}\n`).catch((error: Error) => error);
      expect(String(refused)).to.match(/There is no role here for end_role to end/);
    });
  }

  it('clear_facts forgets the facts of all hosts, and gather_facts reads them again', async () => {
    on = stage();
    const facts = `debug: { msg: "{{ ansible_facts.kernel is defined }} {{ ansible_kernel is defined }}" }`;
    const { result } = await on.play(`
- hosts: all
  gather_subset: [platform]
  tasks:
    - { name: gathered, ${facts} }
    - { meta: clear_facts, when: inventory_hostname == 'h1' }
    - { name: cleared, ${facts} }
    - { ansible.builtin.gather_facts: { gather_subset: [platform] } }
    - { name: again, ${facts} }`);
    for (const host of ['h1', 'h2'])
      expect(['gathered', 'cleared', 'again'].map((name) => result(name, host)['msg'])).to.deep.equal([
        'True True',
        'False False',
        'True True',
      ]);
  });

  it('reset_connection closes the connection, and the next task opens another', async () => {
    on = stage();
    const { result } = await on.play(`
- hosts: h1
  gather_facts: false
  tasks:
    - { name: first, shell: 'cut -d" " -f4 /proc/$PPID/stat' }
    - { name: same, shell: 'cut -d" " -f4 /proc/$PPID/stat' }
    - meta: reset_connection
    - { name: other, shell: 'cut -d" " -f4 /proc/$PPID/stat' }`);
    const [first, same, other] = ['first', 'same', 'other'].map((name) => result(name)['stdout']);
    expect(same).to.equal(first);
    expect(other).to.match(/^\d+$/).and.not.equal(first);
  });
});
