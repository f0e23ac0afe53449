import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { disk } from '../../engine/cli/disk.ts';
import { loadInventory } from '../../engine/inventory/load.ts';
import { type Stage, stage } from './harness.ts';

describe('meta: refresh_inventory', () => {
  let on: Stage;
  beforeEach(() => {
    on = stage();
  });
  afterEach(() => on.close());
  const reached = 'ansible_connection=exec ansible_exec_command="/bin/sh"';
  const readInventory = () => loadInventory([join(on.folder, 'hosts')], disk, { playbookDir: on.folder });
  const book = `
- hosts: h1
  gather_facts: false
  tasks:
    - add_host: { name: added, groups: late }
    - name: before
      debug: { msg: "{{ groups.all | sort | join(' ') }} {{ color }}" }
    - name: write
      copy: { dest: "{{ playbook_dir }}/hosts", content: "h1 color=blue ${reached.replaceAll('"', '')}\\n[late]\\nh3 ${reached.replaceAll('"', '')}\\n" }
      delegate_to: localhost
    - meta: refresh_inventory
    - name: after
      debug: { msg: "{{ groups.all | sort | join(' ') }} {{ color }}" }
- hosts: late:!added
  gather_facts: false
  tasks:
    - { name: late, command: echo here }
`;

  it('reads hosts, groups and variables again, keeps what was added, and the plays after it have them', async () => {
    const played = await on.play(book, {
      inventory: `[all:vars]\n${reached.replace(' ', '\n')}\n[old]\nh1 color=red\nh2\n[late]\n`,
      readInventory,
    });
    expect(played.result('before')['msg']).to.equal('added h1 h2 red');
    expect(played.result('after')['msg']).to.equal('added h1 h3 blue');
    expect(played.story.at(-1)).to.equal('h3 late changed');
  });

  it('that cannot be read is a failure of the hosts', async () => {
    const played = await on.play(
      '- hosts: h1\n  gather_facts: false\n  tasks:\n    - meta: refresh_inventory\n    - { name: on, command: "true" }\n',
      {
        readInventory: () => {
          writeFileSync(join(on.folder, 'hosts'), '[a\n');
          return readInventory();
        },
      },
    );
    expect(played.recap['h1']).to.include({ failed: 1, ok: 0 });
  });
});
