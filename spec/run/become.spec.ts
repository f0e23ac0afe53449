import { chmodSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { type Stage, stage } from './harness.ts';

/** Notes how it was called, and becomes nobody. */
const sudo = `#!/bin/sh
printf '%s\\n' "$(basename "$0") $*" | head -n 1 >> "$(dirname "$0")/calls"
while [ "$1" != /bin/sh ]; do shift; done
exec "$@"
`;

describe('become', () => {
  let on: Stage;
  beforeEach(() => {
    on = stage({ sudo, other: sudo }, ['h1', 'h2']);
    for (const name of ['sudo', 'other']) chmodSync(`${on.folder}/${name}`, 0o755);
  });
  afterEach(() => on.close());

  /** The calls of a play's tasks, without the shell that is begun. */
  async function calls(play: string, inventory?: string): Promise<readonly string[]> {
    const { outcomes } = await on.play(
      `- hosts: h1\n  gather_facts: false\n  become_exe: "{{ playbook_dir }}/sudo"\n${play}`,
      inventory === undefined ? {} : { inventory },
    );
    expect(outcomes.map(({ status, result }) => `${status} ${result['msg'] ?? ''}`.trim())).to.not.include('failed');
    const text = readFileSync(`${on.folder}/calls`, 'utf8');
    return text.split('\n').flatMap((line) => (line === '' ? [] : [line.slice(0, line.indexOf(' /bin/sh'))]));
  }

  it('is by become_exe with become_flags, as become_user; the nearest keyword counts', async () => {
    const made = await calls(`  become: true
  tasks:
    - command: "true"
    - command: "true"
      become_user: app
      become_flags: -E
    - { command: "true", become: false }
    - block: [{ command: "true" }]
      become_exe: "{{ playbook_dir }}/other"
`);
    // the shells are begun ahead, in any order
    expect(made).to.have.length(3);
    expect(made.find((call) => call.startsWith('other '))).to.match(/ -u root$/);
    expect(made.filter((call) => / -u root$/.test(call))).to.have.length(2);
    expect(made.find((call) => call.includes(' -E '))).to.match(/^sudo .* -u app$/);
  });

  it('is by variables before keywords, ansible_become_exe among them', async () => {
    const made = await calls(`  become: true
  become_user: app
  tasks:
    - command: "true"
      vars: { ansible_become_exe: "{{ playbook_dir }}/other", ansible_become_user: db }
    - { command: "true", vars: { ansible_become: false } }
`);
    expect(made).to.have.length(1);
    expect(made[0]).to.match(/^other .*-u db$/);
  });

  it('of a delegated task is by what the delegate says', async () => {
    const local = 'ansible_connection=exec ansible_exec_command=/bin/sh';
    const made = await calls(
      '  become: true\n  tasks: [{ command: "true", delegate_to: h2 }]\n',
      `h1 ${local} ansible_become_user=one\nh2 ${local} ansible_become_user=two\n`,
    );
    expect(made).to.have.length(1);
    expect(made[0]).to.match(/-u two$/);
  });
});
