/** The inventory grows while plays run: `add_host` and `group_by`. */
import { expect } from 'chai';
import { type Stage, stage } from './harness.ts';

const shell = 'ansible_connection: exec, ansible_exec_command: /bin/sh';

describe('an inventory that grows', () => {
  let scene: Stage;
  beforeEach(() => {
    scene = stage();
  });
  afterEach(() => scene.close());

  it('add_host: once for all hosts, seen by later plays, with variables, groups and the files beside the playbook', async () => {
    scene.write({ 'group_vars/fresh.yml': 'color: red\n' });
    const played = await scene.play(`
- hosts: h1:h2
  gather_facts: false
  tasks:
    - { name: add, add_host: { name: new1, groups: fresh, ${shell}, size: 3 } }
    - { name: not yet, debug: { msg: "{{ ansible_play_hosts }} {{ groups.fresh }}" }, run_once: true }
- hosts: fresh:!h1
  gather_facts: false
  tasks:
    - { name: there, shell: "echo {{ size }} {{ color }} {{ group_names | join }}", register: r }
    - { name: said, debug: { var: r.stdout } }
`);
    expect(played.story).to.deep.equal(['h1 add changed', 'h1 not yet ok', 'new1 there changed', 'new1 said ok']);
    expect(played.result('not yet')['msg']).to.equal("['h1', 'h2'] ['new1']");
    expect(played.result('said')['r.stdout']).to.equal('3 red fresh');
  });

  it('add_host: says ok for what is there already; what a host has said is never a template', async () => {
    const played = await scene.play(`
- hosts: h1
  gather_facts: false
  tasks:
    - { name: said, shell: "echo '{''{ lookup(\\"pipe\\", \\"id\\") }''}'", register: r }
    - { name: add, add_host: { name: new1, text: "{{ r.stdout }}" } }
    - { name: again, add_host: { name: new1, text: "{{ r.stdout }}" } }
    - { name: seen, debug: { msg: "{{ hostvars.new1.text }}" } }
`);
    expect(played.story.slice(1)).to.deep.equal(['h1 add changed', 'h1 again ok', 'h1 seen ok']);
    expect(played.result('seen')['msg']).to.equal('{{ lookup("pipe", "id") }}');
  });

  it('group_by: every host into its own group, beneath its parents', async () => {
    const played = await scene.play(`
- hosts: all
  gather_facts: false
  tasks:
    - { name: sort, group_by: { key: "is {{ inventory_hostname }}", parents: [kinds] } }
- hosts: is-h2
  gather_facts: false
  tasks: [{ name: one, debug: { msg: "{{ groups.kinds | sort | join(',') }} {{ group_names | join(',') }}" } }]
- hosts: is-h3
  gather_facts: false
  tasks: [{ name: nobody, debug: }]
`);
    expect(played.story).to.deep.equal(['h1 sort changed', 'h2 sort changed', 'h2 one ok']);
    expect(played.result('one')['msg']).to.equal('h1,h2 is-h2,kinds');
    expect(played.events).to.deep.include({ type: 'no_hosts_matched', name: 'is-h3' });
  });

  it('check mode goes the same way', async () => {
    const played = await scene.play(
      `
- hosts: h1
  gather_facts: false
  tasks: [{ add_host: { name: new1, groups: fresh, ${shell} } }]
- hosts: fresh
  gather_facts: false
  tasks: [{ name: there, file: { path: /nonexistent/x, state: directory } }]
`,
      { check: true },
    );
    expect(played.story.at(-1)).to.equal('new1 there changed');
  });
});
