import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Stage, stage } from '../run/harness.ts';

const tasks = `
- hosts: h1
  gather_facts: false
  vars: { at: "{{ playbook_dir }}", table: "{{ playbook_dir }}/fstab" }
  tasks:
    - { name: mount, mount: { path: "{{ at }}/a b", src: tmpfs, fstype: tmpfs, opts: size=1m, state: mounted, fstab: "{{ table }}" } }
    - { name: again, mount: { path: "{{ at }}/a b", src: tmpfs, fstype: tmpfs, opts: size=1m, state: mounted, fstab: "{{ table }}" } }
    - { name: larger, mount: { path: "{{ at }}/a b", src: tmpfs, fstype: tmpfs, opts: size=2m, state: mounted, fstab: "{{ table }}" } }
    - { name: look, command: grep kplay-stage /proc/self/mounts, changed_when: false, ignore_errors: true }
    - { name: unmount, mount: { path: "{{ at }}/a b", state: unmounted, fstab: "{{ table }}" } }
    - { name: now, mount: { path: "{{ at }}/now", src: tmpfs, fstype: tmpfs, state: ephemeral } }
    - { name: remount, mount: { path: "{{ at }}/now", state: remounted } }
    - { name: away, mount: { path: "{{ at }}/now", state: absent, fstab: "{{ table }}" } }
`;
const changing = ['mount', 'larger', 'unmount', 'now', 'remount', 'away'];

describe('mount on a real host', () => {
  let here: Stage;

  before(function () {
    // The mounts are in a name space of their own: they go with the shell.
    const alone = ['unshare', '-rm'];
    if (spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status !== 0) this.skip();
    here = stage({ hosts: `h1 ansible_connection=exec ansible_exec_command="${alone.join(' ')} /bin/sh"\n` }, ['h1']);
  });
  after(() => here?.close());

  const changed = async (options = {}) => {
    const played = await here.play(tasks, options);
    expect(played.story.filter((line) => line.endsWith(' failed'))).to.deep.equal([]);
    const names = played.outcomes.filter(({ status }) => status === 'changed').map(({ task }) => task.name);
    return { names, played };
  };

  it('is predicted without a trace', async () => {
    expect((await changed({ check: true })).names).to.deep.equal(changing);
    expect(existsSync(join(here.folder, 'fstab'))).to.equal(false);
  });

  it('does what it predicted', async () => {
    const { names, played } = await changed();
    expect(names).to.deep.equal(changing);
    expect(played.result('look')['stdout']).to.match(/^tmpfs \S+a\\040b tmpfs rw.*size=2048k/);
    expect(readFileSync(join(here.folder, 'fstab'), 'utf8')).to.equal(
      `tmpfs ${here.folder}/a\\040b tmpfs size=2m 0 0\n`,
    );
    expect([existsSync(join(here.folder, 'a b')), existsSync(join(here.folder, 'now'))]).to.deep.equal([true, false]);
  });
});
