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
  'registers links that come along where they lie elsewhere': {
    args: {
      ...{ name: 'editor', path: '/bin/vim', state: 'present' },
      subcommands: [{ name: 'ex', path: '/bin/vim.ex', link: '/usr/bin/ex' }],
    },
    world: world({
      ...known,
      links: { ex: '/bin/ex', view: '/bin/view' },
      paths: { ...known.paths, '/bin/vim': { priority: 30, subcommands: { ex: '/bin/vim.ex' } } },
    }),
    want: { fields: ['links'], scripts: ["'/bin/vim' '30' '--slave' '/usr/bin/ex' 'ex' '/bin/vim.ex'"] },
  },
  'registers a path, and leaves the choice to the priorities': {
    args: { ...args, path: '/bin/ed', priority: 90, state: 'auto' },
    world: world({ ...known, auto: false }),
    want: { fields: ['auto', 'registered'], scripts: ["'/bin/ed' '90' >&2 || exit $?\n\"$a\" --auto 'editor'"] },
  },
  'takes nothing away that is not there': {
    args: { ...args, path: '/bin/ed', state: 'absent' },
    world: world(),
    want: { changed: false },
  },
  'wants a path or a family': { args: { name: 'editor' }, world: world(), fails: 'either path or family' },
  'wants a link for a new name': {
    args: { ...args, name: 'new' },
    world: { answers: { 'alternatives new': undefined } },
    fails: 'link says where its link shall be',
  },
});

const java = {
  ...{ auto: true, current: '/jvm/17/java', link: null, links: {} },
  paths: {
    '/jvm/11/java': { priority: 11, family: 'java-11', subcommands: {} },
    '/jvm/11.1/java': { priority: 12, family: 'java-11', subcommands: {} },
    '/jvm/17/java': { priority: 17, family: 'java-17', subcommands: {} },
  },
};
const jvm = { answers: { 'alternatives java': java } };

testModule(alternatives, 'alternatives of families', {
  'are chosen by their family': {
    args: { name: 'java', family: 'java-11' },
    world: jvm,
    want: {
      fields: ['family'],
      scripts: ["--set 'java' 'java-11'"],
      diffs: [['family: java-17\n', 'family: java-11\n']],
    },
  },
  'are done with the family that is chosen': {
    args: { name: 'java', family: 'java-17' },
    world: jvm,
    want: { changed: false },
  },
  'are registered with it, and chosen by it': {
    args: { name: 'java', link: '/bin/java', path: '/jvm/21/java', priority: 21, family: 'java-21' },
    world: jvm,
    want: {
      fields: ['family', 'registered'],
      scripts: ["'/jvm/21/java' '21' '--family' 'java-21' >&2 || exit $?\n\"$a\" --set 'java' 'java-21'"],
    },
  },
  'keep their family when they get another priority': {
    args: { name: 'java', link: '/bin/java', path: '/jvm/11/java', priority: 5, state: 'present' },
    world: jvm,
    want: { scripts: ["'/jvm/11/java' '5' '--family' 'java-11'"] },
  },
  'must be there': { args: { name: 'java', family: 'java-8' }, world: jvm, fails: 'is of the family java-8' },
  'are not known to Debian': {
    args: { ...args, family: 'x' },
    world: world(),
    fails: "family is known to Red Hat's alternatives alone",
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
        '/usr/lib/jvm/17/bin/java': {
          ...{ priority: 17000, family: 'java-17.x86_64' },
          subcommands: { keytool: '/usr/lib/jvm/17/bin/keytool' },
        },
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
