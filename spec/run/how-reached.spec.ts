import { expect } from 'chai';
import { type Stage, stage } from './harness.ts';

const shell = 'ansible_connection: exec, ansible_exec_command: /bin/sh';

describe('How a host is reached', () => {
  let on: Stage;
  afterEach(() => on.close());

  const play = async (inventory: string, playbook: string, files: Readonly<Record<string, string>> = {}) => {
    on = stage(files);
    return on.play(playbook, { inventory });
  };

  const reaching: Readonly<
    Record<string, { readonly play: string; readonly files?: Readonly<Record<string, string>> }>
  > = {
    'variables of the play': { play: `vars: { ${shell} }` },
    vars_files: { play: 'vars_files: [reach.yml]', files: { 'reach.yml': `{ ${shell} }` } },
  };
  for (const [what, { play: said, files }] of Object.entries(reaching)) {
    it(`is said by ${what}, for facts and tasks`, async () => {
      const { recap } = await play(
        'h1\n',
        `
- hosts: h1
  ${said}
  tasks:
    - command: echo there
    - debug: { msg: "{{ ansible_kernel }}" }`,
        files,
      );
      expect(recap['h1']).to.include({ ok: 3, failed: 0, unreachable: 0 });
    });
  }

  it('is said by variables of the task, for a delegate outside the inventory too, item by item', async () => {
    const { events } = await play(
      `h1 ${shell.replaceAll(': ', '=').replace(',', '')}\n`,
      `
- hosts: h1
  gather_facts: false
  tasks:
    - command: echo there
      delegate_to: "{{ item.name }}"
      loop: [{ name: far, how: exec }, { name: farther, how: exec }]
      vars: { ansible_connection: "{{ item.how }}", ansible_exec_command: /bin/sh }`,
    );
    const items = events.flatMap((event) => (event.type === 'item' ? [event.outcome] : []));
    expect(items.map(({ status, delegatedTo }) => [status, delegatedTo])).to.deep.equal([
      ['changed', 'far'],
      ['changed', 'farther'],
    ]);
  });

  it('may change by set_fact', async () => {
    const { story } = await play(
      'h1 ansible_connection=exec ansible_exec_command=/bin/false\n',
      `
- hosts: h1
  gather_facts: false
  tasks:
    - { name: shut, command: "true", ignore_unreachable: true }
    - { name: set, set_fact: { ansible_exec_command: /bin/sh } }
    - { name: open, command: "true" }`,
    );
    expect(story).to.deep.equal(['h1 shut unreachable ignored', 'h1 set ok', 'h1 open changed']);
  });

  it('is told anew where the inventory says it by a template, and where add_host says something else', async () => {
    const { story } = await play(
      'h1 ansible_connection=exec ansible_exec_command="{{ command | default(\'/bin/false\') }}"\nh2 ansible_connection=exec ansible_exec_command=/bin/false\n',
      `
- hosts: h1
  gather_facts: false
  vars: { command: /bin/sh }
  tasks:
    - { name: by the play, command: "true" }
    - { name: by the task, command: "true", vars: { command: /bin/false }, ignore_unreachable: true }
- hosts: all
  gather_facts: false
  tasks:
    - { name: by nobody, command: "true", ignore_unreachable: true }
    - add_host: { name: h2, ansible_exec_command: /bin/sh }
    - { name: by add_host, command: "true", when: inventory_hostname == 'h2' }`,
    );
    // hosts take their turns side by side
    const of = (host: string) => story.filter((one) => one.startsWith(`${host} by `));
    expect(of('h1')).to.deep.equal([
      'h1 by the play changed',
      'h1 by the task unreachable ignored',
      'h1 by nobody unreachable ignored',
      'h1 by add_host skipped',
    ]);
    expect(of('h2')).to.deep.equal(['h2 by nobody unreachable ignored', 'h2 by add_host changed']);
  });

  it('of a localhost nobody wrote down is local, whatever keywords say', async () => {
    const { story } = await play(
      'h1 ansible_connection=local\n',
      `
- hosts: h1
  gather_facts: false
  connection: ssh
  tasks:
    - { name: here, command: "true", delegate_to: localhost }`,
    );
    expect(story).to.deep.equal(['h1 here changed']);
  });

  it('is seen in the variables of a task where nobody defines them: the name, and what keywords say', async () => {
    const { result } = await play(
      'h1\nh2\n',
      `
- hosts: h1
  gather_facts: false
  connection: local
  port: 2222
  remote_user: "{{ ansible_user | default('root') }}"
  tasks:
    - name: told
      debug: { msg: "{{ [ansible_host, ansible_connection, ansible_port, ansible_user, hostvars.h2.ansible_host | default('none')] }}" }
      remote_user: "{{ ansible_user | default('bob') }}"`,
    );
    expect(result('told')['msg']).to.deep.equal(['h1', 'local', 2222, 'bob', 'none']);
  });
});
