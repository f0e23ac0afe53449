import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import copy from '../../engine/modules/copy.ts';
import file from '../../engine/modules/file.ts';
import lineinfile from '../../engine/modules/lineinfile.ts';
import unarchive from '../../engine/modules/unarchive.ts';
import { labelsKind } from '../../engine/target/queries/file-labels.ts';
import { testModule } from '../../engine/testing.ts';
import { stage } from '../run/harness.ts';
import { askHere, shells } from '../target/queries/run-query.ts';

const path = '/srv/a';
const context = 'system_u:object_r:var_t:s0';
const labels = { there: true, flags: ['e'], contexts: [context] };
const world = (answer: object = labels, id = `-L ${path}`) => ({
  files: { [path]: 'x\n' },
  answers: { [`file-labels ${id}`]: answer },
});
const said = 'set context of /srv/a';

testModule(file, 'the SELinux context of a file', {
  'is set in the parts that are asked for': {
    args: { path, setype: 'httpd_sys_content_t', selevel: 's0:c1' },
    world: world(),
    want: {
      changed: true,
      log: [said],
      scripts: ["chcon -h -t 'httpd_sys_content_t' -l 's0:c1' -- \"$p\""],
      result: { secontext: 'system_u:object_r:httpd_sys_content_t:s0:c1' },
      diffs: [
        [
          `attributes: e\ncontext: ${context}\n`,
          'attributes: e\ncontext: system_u:object_r:httpd_sys_content_t:s0:c1\n',
        ],
      ],
    },
  },
  'is left alone where it is so': {
    args: { path, seuser: 'system_u', setype: 'var_t' },
    world: world(),
    want: { changed: false, log: [], result: { secontext: context } },
  },
  'is left alone where SELinux is off': {
    args: { path, setype: 'httpd_sys_content_t' },
    world: world({ there: true, flags: [], contexts: undefined }),
    want: { changed: false, log: [] },
  },
  'may be what the policy says': {
    args: { path, setype: '_default' },
    world: world({ ...labels, byPolicy: 'system_u:object_r:srv_t:s0' }, `-L -p ${path}`),
    want: { scripts: ['chcon -h -t \'srv_t\' -- "$p"'] },
  },
  'is handed down': {
    args: { path: '/srv', recurse: true, setype: 'var_t' },
    world: world({ ...labels, contexts: [context, 'system_u:object_r:etc_t:s0'] }, '-L -R /srv'),
    want: { scripts: ['find "$p" ! -type l -exec /bin/sh -c'] },
  },
  'does not matter of what goes': {
    args: { path, state: 'absent', setype: 'etc_t' },
    world: world(),
    want: { log: [`remove ${path}`] },
  },
});

testModule(lineinfile, 'attributes of lineinfile', {
  'follow the new content': {
    args: { path, line: 'y', attr: '+i' },
    world: world(),
    want: { log: [`write ${path}`, `set flags of ${path}`], scripts: [`chattr '+i' "$p"`] },
  },
  'are left alone, and that is said, where there is no chattr': {
    args: { path, line: 'x', attributes: '+i' },
    world: world({ ...labels, flags: undefined }),
    want: {
      changed: false,
      result: { warnings: ['this host has no chattr and lsattr: `attributes` is left alone'] },
    },
  },
  'must be a word of chattr': {
    args: { path, line: 'x', attributes: '+i; reboot' },
    world: world(),
    fails: 'attributes: "+i; reboot" is no word for chattr',
  },
});

testModule(copy, 'attributes of copy', {
  'are those of a file, not of a directory': {
    args: { src: 'd/', dest: '/srv/d', attributes: '+i' },
    files: { '/project/files/d/a': 'x' },
    fails: 'use file with recurse',
  },
});

testModule(unarchive, 'attributes of unarchive', {
  'are refused': {
    args: { src: '/a.tar', dest: '/opt', remote_src: true, creates: '/opt', setype: 'a_t' },
    fails: 'use file with recurse',
  },
});

describe('labelsKind', () => {
  for (const shell of shells)
    it(`asks through ${shell.join(' ')}`, () => {
      const key = { path: '/etc/hostname', follow: true, below: false, policy: false };
      const [there, below, gone] = askHere(
        labelsKind,
        [key, { ...key, path: '/etc/default', below: true }, { ...key, path: '/no/such' }],
        shell,
      );
      expect([there?.there, below?.there, gone?.there]).to.deep.equal([true, true, false]);
    });

  it('reads contexts, and what the policy says of a path', () => {
    const key = { path: '/etc/hosts', follow: true, below: false, policy: true };
    const answer = `there\nchattr\nf:-----a--------e------\nselinux\nc:${context}\nd:system_u:object_r:net_conf_t:s0\n\x1e\n`;
    const [labels, refused] = labelsKind.parse(Buffer.from(`${answer}there\nselinux\nc:${context}\nd:\n\x1e\n`), [
      key,
      key,
    ]);
    expect(labels).to.deep.equal({
      there: true,
      flags: ['ae'],
      contexts: [context],
      byPolicy: 'system_u:object_r:net_conf_t:s0',
    });
    expect(String(refused)).to.contain('matchpathcon');
  });
});

describe('flags of chattr on a real file', () => {
  it('come, are kept, are foreseen and go', async function () {
    const here = stage({}, ['h1']);
    try {
      here.write({ probe: '' });
      if (spawnSync('chattr', ['+A', `${here.folder}/probe`]).status !== 0) this.skip();
      const task = (args: string) => `    - copy: { dest: "{{ playbook_dir }}/f", ${args} }\n`;
      const steps = [
        'content: a, attributes: +A',
        'content: a, attr: Ad',
        'content: b, attributes: =d',
        'content: b, attributes: -d',
      ];
      const playbook = `- hosts: h1\n  gather_facts: false\n  tasks:\n${steps.flatMap((step) => [task(step), task(step)]).join('')}`;
      const foreseen = await here.play(playbook, { check: true });
      const played = await here.play(playbook);
      const statuses = steps.flatMap(() => ['changed', 'ok']);
      expect(played.outcomes.map(({ status }) => status)).to.deep.equal(statuses);
      expect(foreseen.outcomes.map(({ status }) => status)).to.deep.equal(statuses);
      const told = spawnSync('lsattr', ['-d', `${here.folder}/f`])
        .stdout.toString()
        .split(' ')[0];
      expect(told).to.not.match(/[Ad]/);
      await here.play(playbook.slice(0, playbook.indexOf(task(steps[2]!))));
      const between = spawnSync('lsattr', ['-d', `${here.folder}/f`])
        .stdout.toString()
        .split(' ')[0];
      expect(between).to.match(/d.*A/);
    } finally {
      here.close();
    }
  }).timeout(20_000);
});
