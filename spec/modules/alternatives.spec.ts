import { spawnSync } from 'node:child_process';
import { mkdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import alternatives from '../../engine/modules/alternatives.ts';
import { alternativesKind } from '../../engine/target/queries/alternatives.ts';
import { testModule } from '../../engine/testing.ts';
import { stage } from '../run/harness.ts';

const known = {
  ...{ auto: true, current: '/bin/nano', link: '/usr/bin/editor', links: {} },
  paths: { '/bin/nano': { priority: 40, subcommands: {} }, '/bin/vim': { priority: 30, subcommands: {} } },
};
const world = (there: object | undefined = known) => ({ answers: { 'alternatives editor': there } });
const args = { name: 'editor', path: '/bin/vim' };

testModule(alternatives, 'alternatives', {
  'chooses a path': {
    args,
    world: world(),
    want: {
      fields: ['current'],
      scripts: ["--set 'editor' '/bin/vim'"],
      diffs: [['current: /bin/nano\n', 'current: /bin/vim\n']],
    },
  },
  'is done with the path that is chosen': {
    args: { ...args, path: '/bin/nano' },
    world: world(),
    want: { changed: false },
  },
  'registers a path, and chooses it': {
    args: { ...args, path: '/bin/ed', priority: 5 },
    world: world(),
    want: { fields: ['current', 'registered'], scripts: ["--install '/usr/bin/editor' 'editor' '/bin/ed' '5'"] },
  },
  'only registers it': {
    args: { ...args, path: '/bin/ed', state: 'present' },
    world: world(),
    want: { fields: ['registered'], scripts: ["'/bin/ed' '50'"] },
  },
  'gives it another priority, and links that come along': {
    args: {
      ...args,
      state: 'present',
      priority: 90,
      subcommands: [{ name: 'ex', path: '/bin/vim.ex', link: '/usr/bin/ex' }],
    },
    world: world(),
    want: { scripts: ["'/bin/vim' '90' '--slave' '/usr/bin/ex' 'ex' '/bin/vim.ex'"] },
  },
  'leaves the choice to the priorities': {
    args: { name: 'editor', state: 'auto' },
    world: world({ ...known, auto: false }),
    want: { fields: ['auto'], scripts: ["--auto 'editor'"] },
  },
  'takes a path away': {
    args: { ...args, state: 'absent' },
    world: world(),
    want: { scripts: ["--remove 'editor' '/bin/vim'"] },
  },
  'wants a link for a new name': {
    args: { ...args, name: 'new' },
    world: { answers: { 'alternatives new': undefined } },
    fails: 'link says where its link shall be',
  },
});

describe('alternativesKind', () => {
  it('reads what Red Hat prints', () => {
    const text = `java - status is auto.
 link currently points to /usr/lib/jvm/17/bin/java
/usr/lib/jvm/17/bin/java - family java-17.x86_64 priority 17000
 follower jjs: (null)
 follower keytool: /usr/lib/jvm/17/bin/keytool
Current \`best' version is /usr/lib/jvm/17/bin/java.`;
    expect(alternativesKind.parse(Buffer.from(`0\x1d${text}\x1e`), ['java'])[0]).to.deep.equal({
      ...{ auto: true, current: '/usr/lib/jvm/17/bin/java', link: null, links: {} },
      paths: {
        '/usr/lib/jvm/17/bin/java': { priority: 17000, subcommands: { keytool: '/usr/lib/jvm/17/bin/keytool' } },
      },
    });
  });

  it('reads and changes what Debian has', async function () {
    if (spawnSync('update-alternatives', ['--version']).status !== 0) this.skip();
    const here = stage({}, ['h1']);
    try {
      const at = (path: string) => join(here.folder, path);
      for (const folder of ['admin', 'etc', 'bin']) mkdirSync(at(folder));
      for (const file of ['a', 'b', 'a.1']) writeFileSync(at(`tool-${file}`), '');
      const options = `--altdir ${at('etc')} --admindir ${at('admin')} --log /dev/null`;
      writeFileSync(
        at('bin/update-alternatives'),
        `#!/bin/sh\nexec ${'/usr/bin/update-alternatives'} ${options} "$@"\n`,
        { mode: 0o755 },
      );
      here.write({
        hosts: `h1 ansible_connection=exec ansible_exec_command="env PATH=${at('bin')}:${process.env['PATH']} /bin/sh"\n`,
      });
      const tasks = [
        'path: "{{ at }}/tool-a", link: "{{ at }}/tool", priority: 5, state: present',
        'path: "{{ at }}/tool-b", priority: 9, state: present',
        'path: "{{ at }}/tool-a"',
        'path: "{{ at }}/tool-a", state: present, subcommands: [{ name: t.1, path: "{{ at }}/tool-a.1", link: "{{ at }}/t.1" }]',
        'state: auto',
        'path: "{{ at }}/tool-b", state: absent',
      ];
      const playbook = `- hosts: h1\n  gather_facts: false\n  vars: { at: "${here.folder}" }\n  tasks:\n${tasks
        .flatMap((task) => [task, task])
        .map((task, index) => `    - { name: t${index}, alternatives: { name: kplay-tool, ${task} } }\n`)
        .join('')}`;
      const foreseen = await here.play(playbook, { check: true });
      const played = await here.play(playbook);
      const expected = tasks.flatMap(() => ['changed', 'ok']);
      expect(
        played.outcomes.map(({ status }) => status),
        JSON.stringify(played.outcomes.map(({ result }) => result['msg'])),
      ).to.deep.equal(expected);
      expect(foreseen.outcomes.map(({ status }) => status)).to.deep.equal(expected);
      expect(readlinkSync(at('etc/kplay-tool'))).to.equal(at('tool-a'));
    } finally {
      here.close();
    }
  }).timeout(20_000);
});
