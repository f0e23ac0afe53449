import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { normalPermissions, parseEntry } from '../../engine/module/acl-entry.ts';
import acl from '../../engine/modules/acl.ts';
import { aclKind } from '../../engine/target/queries/acls.ts';
import { Unknown } from '../../engine/template/values.ts';
import { testModule } from '../../engine/testing.ts';
import { stage } from '../run/harness.ts';
import { askHere, shells } from '../target/queries/run-query.ts';

const path = '/srv/a';
const plain = ['user::rw-', 'group::r--', 'other::r--'];
const world = (entries: readonly string[] = plain, id = path) => ({
  files: { '/srv': { type: 'directory' as const }, [path]: '', '/srv/link': { linkTarget: path } },
  answers: { [`acl ${id}`]: [{ path: id.split(' ').at(-1), isDirectory: id.endsWith('/srv'), entries }] },
});
const joe = ['user::rw-', 'user:joe:r--', 'group::r--', 'mask::r--', 'other::r--'];
const args = { path, etype: 'user', entity: 'joe', permissions: 'r', state: 'present' };
const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

testModule(acl, 'acl', {
  'lets somebody in': {
    args,
    world: world(),
    want: {
      fields: ['permissions'],
      log: [`setfacl -m user:joe:r -- ${path}`],
      diffs: [[text(plain), text(joe)]],
      result: { acl: joe },
    },
  },
  'is done with what is so': { args, world: world(joe), want: { changed: false, log: [], result: { acl: joe } } },
  'gives other permissions, and unites them in the mask': {
    args: { path, entry: 'u:joe:rw', state: 'present' },
    world: world(joe),
    want: {
      log: [`setfacl -m user:joe:rw -- ${path}`],
      result: { acl: ['user::rw-', 'user:joe:rw-', 'group::r--', 'mask::rw-', 'other::r--'] },
    },
  },
  'leaves the mask alone': {
    args: { ...args, permissions: '7', recalculate_mask: 'no_mask' },
    world: world(joe),
    want: {
      scripts: ["'setfacl' '-n' '-m' 'user:joe:7'"],
      result: { acl: ['user::rw-', 'user:joe:rwx', 'group::r--', 'mask::r--', 'other::r--'] },
    },
  },
  'takes somebody out': {
    args: { path, entry: 'user:joe', state: 'absent' },
    world: world(joe),
    want: {
      log: [`setfacl -x user:joe -- ${path}`],
      result: { acl: ['user::rw-', 'group::r--', 'mask::r--', 'other::r--'] },
    },
  },
  'need not take out who is not in': {
    args: { path, etype: 'user', entity: 'joe', state: 'absent' },
    world: world(),
    want: { changed: false },
  },
  'says what directories pass on': {
    args: { ...args, path: '/srv', default: true, recursive: true, permissions: 'rX' },
    world: world(['user::rwx', 'group::r-x', 'other::---'], '-R /srv'),
    want: {
      log: ['setfacl -R -m default:user:joe:rX -- /srv'],
      result: {
        acl: [
          ...['user::rwx', 'group::r-x', 'other::---', 'default:user::rwx', 'default:user:joe:r-x'],
          ...['default:group::r-x', 'default:mask::r-x', 'default:other::---'],
        ],
      },
    },
  },
  'knows accounts by their numbers': {
    args: { ...args, entity: '1000' },
    world: world(plain, `-n ${path}`),
    want: { log: [`setfacl -m user:1000:r -- ${path}`] },
  },
  'foresees the list of what is not there yet': {
    args,
    world: {
      files: { [path]: { mode: '0640', inode: 0 } },
      answers: { [`acl ${path}`]: new Unknown('made by the run') },
    },
    want: { diffs: [[text(['user::rw-', 'group::r--', 'other::---']), text([...joe.slice(0, -1), 'other::---'])]] },
  },
  'only tells': { args: { path }, world: world(joe), want: { changed: false, result: { acl: joe } } },
  'needs the file': { args: { path: '/none' }, fails: '/none does not exist' },
  'needs a directory for what is passed on': {
    args: { ...args, default: true },
    world: world(),
    fails: 'no directory',
  },
  'needs more than a link': { args: { ...args, path: '/srv/link', follow: false }, world: world(), fails: 'is a link' },
  'needs permissions': { args: { path, etype: 'user', state: 'present' }, world: world(), fails: 'needs permissions' },
  'needs to know whom': { args: { path, state: 'absent' }, world: world(), fails: 'needs an entry' },
  'cannot do without an owner': {
    args: { path, etype: 'user', state: 'absent' },
    world: world(),
    fails: 'cannot be taken away',
  },
  'refuses other permissions': { args: { ...args, permissions: 'z' }, world: world(), fails: 'must be of r, w, x' },
});

describe('entries of ACLs', () => {
  it('are read however they are written', () => {
    expect(parseEntry('default:group:web:rx')).to.deep.equal({
      ...{ isDefault: true, type: 'group', entity: 'web', permissions: 'rx' },
    });
    expect(parseEntry('m::5')).to.include({ type: 'mask', entity: '', permissions: '5' });
    expect(() => parseEntry('joe:r')).to.throw('is no entry');
  });

  it('have one form', () => {
    expect(
      ['wr', '5', 'rX', 'r-X', '-'].map((one) => normalPermissions(one, { isDirectory: false, entries: plain })),
    ).to.deep.equal([...['rw-', 'r-x', 'r--', 'r--', '---']]);
    expect(normalPermissions('rX', { isDirectory: false, entries: ['user::rwx'] })).to.equal('r-x');
  });
});

describe('aclKind', () => {
  it('reads what getfacl prints', () => {
    const said =
      '# file: /srv\n# owner: root\n# group: root\n# flags: -s-\nuser::rwx\ndefault:user::rwx\n\n# files:\n# file: /srv/b\nuser::r--';
    const key = { path: '/srv', recursive: true, numeric: false };
    const [lists, none] = aclKind.parse(Buffer.from(`0\x1d${said}\x1e127\x1d\x1e`), [key, key]);
    expect(lists).to.deep.equal([
      { path: '/srv', isDirectory: true, entries: ['user::rwx', 'default:user::rwx'] },
      { path: '/srv/b', isDirectory: false, entries: ['user::r--'] },
    ]);
    expect(String(none)).to.contain('no getfacl');
  });

  for (const shell of shells)
    it(`asks through ${shell.join(' ')}`, () => {
      const key = { path: '/', recursive: false, numeric: false };
      expect(askHere(aclKind, [key, { ...key, path: '/dev/null', recursive: true }], shell)).to.have.length(2);
    });

  it('foresees what setfacl does', async function () {
    if (spawnSync('setfacl', ['--version']).status !== 0) this.skip();
    const here = stage({}, ['h1']);
    try {
      mkdirSync(join(here.folder, 'tree/deep'), { recursive: true });
      writeFileSync(join(here.folder, 'tree/deep/file'), '');
      const tasks = ['permissions: rX', 'permissions: rwX', 'default: true, permissions: rX'];
      const playbook = `- hosts: h1\n  gather_facts: false\n  tasks:\n${tasks
        .flatMap((task) => [task, task])
        .map(
          (task) =>
            `    - acl: { path: "{{ playbook_dir }}/tree", recursive: true, etype: user, entity: daemon, state: present, ${task} }\n`,
        )
        .join('')}`;
      const foreseen = await here.play(playbook, { check: true });
      const played = await here.play(playbook);
      expect(played.outcomes.map(({ status }) => status)).to.deep.equal(tasks.flatMap(() => ['changed', 'ok']));
      expect(foreseen.outcomes.map(({ status, result }) => [status, result['acl']])).to.deep.equal(
        played.outcomes.map(({ status, result }) => [status, result['acl']]),
      );
    } finally {
      here.close();
    }
  }).timeout(20_000);
});
