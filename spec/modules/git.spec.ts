import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import git from '../../engine/modules/git.ts';
import { testModule } from '../../engine/testing.ts';
import { type Stage, stage } from '../run/harness.ts';
import { shells } from '../target/queries/run-query.ts';

const [old, fresh] = ['1'.repeat(40), '2'.repeat(40)];
const repo = 'https://git.example.com/app.git';
const dest = '/srv/app';
const args = { repo, dest };
const remote = { main: 'main', head: fresh, branch: null, tag: null };
const checkout = {
  ...{ head: old, branch: 'main', url: repo, clean: true, submodules: true, shallow: false, known: null },
};
const world = (there: object, version = 'HEAD', here = remote) => ({
  files: { [`${dest}/.git`]: { type: 'directory' as const } },
  answers: {
    [`git checkout ${dest} origin ${version}`]: { ...checkout, ...there },
    [`git remote ${repo} ${version}`]: here,
  },
  commands: { 'rev-parse HEAD': { stdout: `${fresh}\n` } },
});

testModule(git, 'git', {
  'clones, and tells before and after': {
    args,
    world: { answers: { [`git remote ${repo} HEAD`]: remote }, commands: world({}).commands },
    want: {
      changed: true,
      fields: ['branch', 'head', 'url'],
      log: [`git clone ${dest}`],
      result: { before: null, after: fresh, remote_url_changed: false },
      diffs: [['', `head: ${fresh}\nurl: ${repo}\nbranch: main\n`]],
    },
  },
  'does not clone unless told, and tells what there would be': {
    args: { ...args, clone: false },
    world: { answers: { [`git remote ${repo} HEAD`]: remote } },
    want: { changed: false, log: [], result: { before: null, after: fresh } },
  },
  'is done with a checkout of that commit': {
    args,
    world: world({ head: fresh }),
    want: { changed: false, result: { before: fresh, after: fresh } },
  },
  'asks nobody for a commit that is there': {
    args: { ...args, version: old },
    world: { ...world({}, old), answers: { [`git checkout ${dest} origin ${old}`]: checkout } },
    want: { changed: false },
  },
  'brings a checkout up to date': {
    args,
    world: world({}),
    want: {
      fields: ['head'],
      log: [`git update ${dest}`],
      result: { before: old, after: fresh },
      diffs: [[`head: ${old}\n`, `head: ${fresh}\n`]],
    },
  },
  'leaves a checkout where it is': {
    args: { ...args, update: false, version: 'v2' },
    world: { ...world({}), answers: { [`git checkout ${dest} origin v2`]: checkout } },
    want: { changed: false, result: { before: old, after: old } },
  },
  'does not throw away what is changed': {
    args,
    world: world({ clean: false }),
    fails: 'Local modifications exist in the destination: /srv/app (force=no).',
  },
  'throws it away when told': {
    args: { ...args, force: true },
    world: world({ clean: false, head: fresh }),
    want: { fields: ['clean'], changed: true },
  },
  'brings back submodules': {
    args,
    world: world({ head: fresh, submodules: false }),
    want: { fields: ['submodules'], scripts: ['submodule -q update --init --recursive'] },
  },
  'leaves submodules alone': {
    args: { ...args, recursive: false },
    world: world({ head: fresh, submodules: false }),
    want: { changed: false },
  },
  'moves to another repository': {
    args,
    world: world({ head: fresh, url: 'https://old.example.com/app.git' }),
    want: { fields: ['url'], scripts: [`remote set-url 'origin' '${repo}'`], result: { remote_url_changed: true } },
  },
  'does not know a version that is not there': {
    args: { ...args, version: 'v9' },
    world: world({}, 'v9'),
    fails: `${repo} has no branch and no tag "v9"`,
  },
  'is not put into a folder with something else': {
    args,
    world: { files: { [`${dest}/mine`]: '' }, answers: { [`git remote ${repo} HEAD`]: remote } },
    fails: '/srv/app is there already, and is no git repository',
  },
  'names what it does not know': {
    args: { ...args, separate_git_dir: '/var/git', gpg_whitelist: ['ABC'] },
    fails: 'git does not know gpg_allowlist: with verify_commit the keys that the host trusts count; separate_git_dir',
  },
  'takes no option for a version': { args: { ...args, version: '--upload-pack=x' }, fails: 'cannot be the name' },
});

for (const shell of shells) {
  describe(`git through ${shell.join(' ')}`, function () {
    this.timeout(60_000);
    let here: Stage;
    const at = (path: string) => join(here.folder, path);
    const sh = (script: string) =>
      execFileSync('/bin/sh', ['-ec', script], {
        cwd: here.folder,
        env: {
          ...process.env,
          GIT_CONFIG_GLOBAL: '/dev/null',
          GIT_AUTHOR_NAME: 'a',
          GIT_AUTHOR_EMAIL: 'a@example.com',
          GIT_COMMITTER_NAME: 'a',
          GIT_COMMITTER_EMAIL: 'a@example.com',
        },
      })
        .toString()
        .trim();
    const commit = (name: string) => sh(`git -C from rev-parse '${name}^{commit}'`);
    const play = async (words: string, options = {}) => {
      const said = await here.play(
        `- hosts: h1\n  gather_facts: false\n  vars: { at: "{{ playbook_dir }}" }\n  tasks:\n    - { name: it, git: { repo: "file://{{ at }}/from", dest: "{{ at }}/to", ${words} }, ignore_errors: true }\n`,
        options,
      );
      const [outcome] = said.outcomes;
      return { status: outcome!.status, ...(outcome!.result as { before?: string; after?: string; msg?: string }) };
    };

    before(() => {
      here = stage({}, ['h1']);
      here.write({ hosts: `h1 ansible_connection=exec ansible_exec_command="${shell.join(' ')}"\n` });
      sh(`git init -q -b main from; cd from
echo 1 >a; git add a; git commit -qm 1; git tag -am one v1; echo 2 >a; git commit -qam 2; git tag v2
git checkout -qb side; echo side >a; git commit -qam side; git checkout -q main
git init -q -b main ../sub; cd ../sub; echo s >s; git add s; git commit -qm s`);
    });
    after(() => here?.close());

    it('is predicted without a trace', async () => {
      const foreseen = await play('version: v1', { check: true });
      expect([foreseen.status, foreseen.before, foreseen.after]).to.deep.equal(['changed', null, commit('v1')]);
      expect(existsSync(at('to'))).to.equal(false);
    });

    it('checks out tags, branches, commits and the main branch', async () => {
      const short = commit('v1').slice(0, 8);
      for (const [version, text, name] of [
        ['v1', '1', 'v1'],
        ['side', 'side', 'side'],
        [short, '1', 'v1'],
        ['v2', '2', 'v2'],
        [commit('v1'), '1', 'v1'],
        ['HEAD', '2', 'main'],
      ] as const) {
        const done = await play(`version: "${version}"`);
        expect([done.status, done.after], `${version}: ${done.msg}`).to.deep.equal(['changed', commit(name)]);
        expect(readFileSync(at('to/a'), 'utf8')).to.equal(`${text}\n`);
        expect((await play(`version: "${version}"`)).status, `${version} again`).to.equal('ok');
      }
    });

    it('follows a branch that is rewritten', async () => {
      const before = commit('main');
      sh('cd from; echo 3 >a; git commit -q --amend -am 3');
      const done = await play('version: main');
      expect([done.status, done.before, done.after]).to.deep.equal(['changed', before, commit('main')]);
    });

    it('keeps what is changed, unless told', async () => {
      writeFileSync(at('to/a'), 'mine\n');
      expect((await play('version: main')).msg).to.contain('Local modifications exist');
      expect(readFileSync(at('to/a'), 'utf8')).to.equal('mine\n');
      expect((await play('version: main, force: true')).status).to.equal('changed');
      expect(readFileSync(at('to/a'), 'utf8')).to.equal('3\n');
      writeFileSync(at('to/untracked'), '');
      expect((await play('version: main')).status).to.equal('ok');
    });

    it('runs no hook of the checkout', async () => {
      sh("printf '#!/bin/sh\\ntouch ../hooked\\n' >to/.git/hooks/post-checkout; chmod +x to/.git/hooks/post-checkout");
      expect((await play('version: side')).status).to.equal('changed');
      expect(existsSync(at('hooked'))).to.equal(false);
    });

    it('fetches as much history as asked for, and all of it later', async () => {
      sh('rm -rf to');
      expect((await play('version: main, depth: 1')).status).to.equal('changed');
      expect(sh('git -C to rev-list --count HEAD')).to.equal('1');
      const done = await play('version: v1, depth: 1');
      expect([done.status, done.after], done.msg).to.deep.equal(['changed', commit('v1')]);
      expect((await play('version: side')).status).to.equal('changed');
      expect(sh('git -C to rev-list --count HEAD')).to.equal('3');
    });

    it('brings submodules, and brings them back', async () => {
      sh('cd from; git -c protocol.file.allow=always submodule -q add ../sub sub; git commit -qm sub');
      const words = 'version: main';
      const environment = { extraVars: {}, environment: process.env };
      process.env['GIT_CONFIG_COUNT'] = '1';
      process.env['GIT_CONFIG_KEY_0'] = 'protocol.file.allow';
      process.env['GIT_CONFIG_VALUE_0'] = 'always';
      try {
        const done = await play(words, environment);
        expect(done.status, done.msg).to.equal('changed');
        expect(readFileSync(at('to/sub/s'), 'utf8')).to.equal('s\n');
        expect((await play(words)).status).to.equal('ok');
        sh('git -C to submodule -q deinit -f sub');
        expect((await play(words)).status).to.equal('changed');
        expect(existsSync(at('to/sub/s'))).to.equal(true);
      } finally {
        for (const name of ['COUNT', 'KEY_0', 'VALUE_0']) delete process.env[`GIT_CONFIG_${name}`];
      }
    });

    it('keeps a bare repository', async () => {
      sh('rm -rf to');
      expect((await play('version: main, bare: true')).status).to.equal('changed');
      expect((await play('version: main, bare: true')).status).to.equal('ok');
      sh('cd from; echo 4 >a; git commit -qam 4');
      const done = await play('version: main, bare: true');
      expect([done.status, done.after], done.msg).to.deep.equal(['changed', commit('main')]);
      expect(existsSync(at('to/a'))).to.equal(false);
    });

    it('leaves nothing of a clone that fails', async () => {
      sh('rm -rf to');
      expect((await play('version: "0123456789012345678901234567890123456789"')).status).to.equal('failed');
      expect(existsSync(at('to/.git'))).to.equal(false);
      expect((await play('version: main, verify_commit: true')).status).to.equal('failed');
      expect(existsSync(at('to/a'))).to.equal(false);
    });

    it('says which version there is not', async () => {
      expect((await play('version: nosuch')).msg).to.contain('has no branch and no tag "nosuch"');
    });
  });
}
