import { expect } from 'chai';
import { isKplayError } from '../../engine/errors.ts';
import { type Stage, stage } from './harness.ts';

describe('names that are templates', () => {
  let on: Stage;
  afterEach(() => on.close());

  it('of plays and their hosts see extra variables and those of the play', async () => {
    on = stage();
    const { events, result } = await on.play(
      `
- name: "to {{ target }} {{ much }}"
  hosts: "{{ target }}"
  gather_facts: false
  vars: { target: [h1, h2], much: low }
  tasks: [{ name: own, debug: { msg: "{{ ansible_play_name }}" } }]
- hosts: "{{ nobody | default('h2') }}"
  gather_facts: false
  tasks: [debug: { msg: "{{ ansible_play_name }}" }]`,
      { extraVars: { much: 'high' } },
    );
    const plays = events.flatMap((event) => (event.type === 'play_start' ? [[event.name, event.hosts]] : []));
    expect(plays).to.deep.equal([
      ["to ['h1', 'h2'] high", ['h1', 'h2']],
      ['h2', ['h2']],
    ]);
    expect(result('own')['msg']).to.equal("to ['h1', 'h2'] high");
  });

  it('of imported playbooks see extra variables and those of the import', async () => {
    on = stage({
      'a-b.yml': '- { hosts: h1, gather_facts: false, tasks: [{ name: there, debug: { msg: "{{ v }}" } }] }',
    });
    const { result } = await on.play('- import_playbook: "{{ e }}-{{ v }}.yml"\n  vars: { v: b }', {
      extraVars: { e: 'a' },
    });
    expect(result('there')['msg']).to.equal('b');
  });

  it('of imported playbooks that nobody can tell are refused, with the place', async () => {
    on = stage();
    const wrong = await on.play('- import_playbook: "{{ e }}.yml"').catch((error: unknown) => error);
    if (!isKplayError(wrong)) throw wrong;
    expect(wrong.problems[0]!.message).to.include("'e' is undefined");
    expect(wrong.problems[0]!.at).to.include({ line: 1, column: 20 });
  });

  it('of modules are each host’s own, in action and local_action, as a word or as module', async () => {
    on = stage();
    const { story, result } = await on.play(`
- hosts: h1, h2
  gather_facts: false
  vars: { x: a b, m: "{{ 'ansible.builtin.debug' if inventory_hostname == 'h1' else 'set_fact' }}" }
  tasks:
    - { name: word, action: "{{ m }} msg={{ x }}" }
    - { name: mapping, action: { module: "{{ m }}", msg: "{{ x }}" } }
    - { name: local, local_action: "{{ m }} msg='{{ x }} c'", register: r }
    - { name: set, debug: { msg: "{{ msg }}" }, when: inventory_hostname == 'h2' }
    - { name: none, action: "{{ nothing }} msg=x", when: inventory_hostname == 'h2', ignore_errors: true }`);
    expect(result('word', 'h1')['msg']).to.equal('a b');
    expect(result('mapping', 'h1')['msg']).to.equal('a b');
    expect(result('set', 'h2')['msg']).to.equal('a b c');
    expect(story.slice(-2)).to.deep.equal(['h1 none skipped', 'h2 none failed ignored']);
    expect(result('none', 'h2')['msg']).to.include("'nothing' is undefined");
  });

  it('of plays, of handlers nobody has and of included files tell no secret', async () => {
    on = stage({ 'tasks-s3cret.yml': '[debug: ]' });
    const { events } = await on.play(
      `
- name: to {{ token }}
  hosts: h1
  gather_facts: false
  tasks:
    - include_tasks: tasks-{{ token }}.yml
    - { command: "true", notify: "{{ token }}" }
- { name: "{{ token }}", hosts: "!all" }`,
      { extraVars: { token: 's3cret' }, secrets: new Set(['s3cret']), check: true },
    );
    const told = events.filter(({ type }) => /play_start|no_hosts|included|warning/.test(type));
    expect(told.map(({ type }) => type)).to.deep.equal(['play_start', 'included', 'warning', 'no_hosts_matched']);
    for (const event of told) expect(JSON.stringify(event)).to.contain('********').and.not.to.contain('s3cret');
  });
});
