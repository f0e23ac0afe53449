import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Packing, packedKind } from '../../engine/module/archive/packing-script.ts';
import archive from '../../engine/modules/archive.ts';
import { testModule } from '../../engine/testing.ts';
import { type Stage, stage } from '../run/harness.ts';
import { askHere, shells } from '../target/queries/run-query.ts';

const folder = { type: 'directory' as const };
const files = { '/srv': folder, '/srv/a': folder, '/srv/a/b': 'b', '/srv/c': 'c' };
const packed = (id: string, held: string | null, names: readonly string[] = ['a', 'a/b']) => ({
  answers: { [`packed ${id}`]: { wanted: 'new', held, names } },
});
const args = { path: '/srv/a', dest: '/srv/a.tgz' };
const id = '/srv/a.tgz (gz) of /srv/a';

testModule(archive, 'archive', {
  'packs a directory': {
    args: { ...args, mode: '0600' },
    world: { files, ...packed(id, null) },
    want: {
      fields: ['content', 'mode'],
      log: ['pack /srv/a into /srv/a.tgz'],
      scripts: ['list | tar -c -f - --no-recursion'],
      diffs: [['mode: none\n', 'content: sha256:new\na\na/b\nmode: 0600\n']],
      result: { dest: '/srv/a.tgz', state: 'archive', arcroot: '/srv/', archived: ['/srv/a', '/srv/a/b'], missing: [] },
    },
  },
  'is done where the archive holds just that': {
    args,
    world: { files: { ...files, '/srv/a.tgz': '' }, ...packed(id, 'new') },
    want: { changed: false, log: [], result: { state: 'archive' } },
  },
  'gives it another mode': {
    args: { ...args, mode: '0600' },
    world: { files: { ...files, '/srv/a.tgz': '' }, ...packed(id, 'new') },
    want: { fields: ['mode'], log: ['set attributes of /srv/a.tgz'] },
  },
  'compresses a single file, and takes it away': {
    args: { path: '/srv/c', format: 'xz', remove: true },
    world: { files, ...packed('/srv/c.xz (xz) of /srv/c', null, ['c']) },
    want: {
      fields: ['content', 'sources'],
      log: ['pack /srv/c into /srv/c.xz', 'remove /srv/c'],
      scripts: ["cat < './c'"],
      files: { '/srv/c': null },
      result: { state: 'compress', dest: '/srv/c.xz' },
    },
  },
  'packs what wildcards match, but what is left out': {
    args: { path: ['/srv/*', '/srv/none'], exclude_path: '/srv/c', dest: '/srv/z.zip', format: 'zip' },
    world: { files, ...packed('/srv/z.zip (zip) of /srv/a', 'old') },
    want: {
      scripts: ["-path './c'"],
      result: {
        state: 'incomplete',
        missing: ['/srv/none'],
        expanded_paths: ['/srv/a'],
        expanded_exclude_paths: ['/srv/c'],
      },
    },
  },
  'leaves the archive of what is gone': {
    args: { path: '/none', dest: '/srv/c', remove: true },
    world: { files },
    want: { changed: false, result: { state: 'archive', missing: ['/none'] } },
  },
  'has nothing to pack': { args: { path: '/none' }, want: { changed: false, result: { state: 'absent' } } },
  'wants dest for several': { args: { path: '/srv/*' }, world: { files }, fails: 'dest is needed' },
  'is no part of itself': {
    args: { path: '/srv', dest: '/srv/x.tgz' },
    world: { files },
    fails: 'which it shall hold',
  },
  'takes nothing away that is left out': {
    args: { ...args, remove: true, exclusion_patterns: '*.log' },
    world: { files },
    fails: 'not both',
  },
});

const has = (tool: string) => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;

describe('archives packed by a real host', function () {
  this.timeout(60_000);
  let here: Stage;
  const path = (name: string) => join(here.folder, name);
  const sh = (script: string) => execFileSync('sh', ['-ec', script], { cwd: here.folder, encoding: 'utf8' });

  beforeEach(() => {
    here = stage({}, ['h1']);
    mkdirSync(path('tree/deep'), { recursive: true });
    writeFileSync(path('tree/deep/ein name'), 'x'.repeat(3000));
    writeFileSync(path('tree/tool'), '#!/bin/sh\n', { mode: 0o755 });
    writeFileSync(path('tree/noise.log'), 'noise');
    sh('ln -s tool tree/link');
  });
  afterEach(() => here.close());

  const play = async (words: string, options = {}) => {
    const { outcomes } = await here.play(
      `- hosts: h1\n  gather_facts: false\n  vars: { at: "{{ playbook_dir }}" }\n  tasks: [{ name: pack, archive: { ${words} } }]\n`,
      options,
    );
    return outcomes.map(({ status, result }) => (status === 'failed' ? result['msg'] : status)).join();
  };

  const listings: Readonly<Record<string, readonly [tool: string, list: string]>> = {
    tar: ['tar', 'tar -tf out'],
    gz: ['gzip', 'tar -tzf out'],
    bz2: ['bzip2', 'tar -tjf out'],
    xz: ['xz', 'tar -tJf out'],
    zip: ['zip', 'unzip -Z1 out'],
  };
  for (const [format, [tool, list]] of Object.entries(listings))
    it(`are of ${format}, and packed again only for another content`, async function () {
      if (!has(tool)) this.skip();
      const words = `path: "{{ at }}/tree", dest: "{{ at }}/out", format: ${format}, exclusion_patterns: "*.log", mode: "0600"`;
      expect(await play(words, { check: true })).to.equal('changed');
      expect(await play(words)).to.equal('changed');
      expect(sh(list).replaceAll('/\n', '\n')).to.equal('tree\ntree/deep\ntree/deep/ein name\ntree/link\ntree/tool\n');
      expect(statSync(path('out')).mode & 0o777).to.equal(0o600);
      sh('cat tree/tool tree/noise.log >/dev/null; echo more >> tree/noise.log');
      expect(await play(words)).to.equal('ok');
      sh('echo more >> tree/tool');
      expect(await play(words)).to.equal('changed');
      expect(await play(words)).to.equal('ok');
      expect(sh('ls -A | grep kplay || :')).to.equal('');
    });

  it('are of one file, which is taken away', async () => {
    const words = 'path: "{{ at }}/tree/tool", remove: true';
    expect([await play(words), await play(words)]).to.deep.equal(['changed', 'ok']);
    expect(existsSync(path('tree/tool'))).to.equal(false);
    expect(sh('gzip -dc tree/tool.gz')).to.equal('#!/bin/sh\n');
  });

  it('are not made where packing fails', async () => {
    writeFileSync(path('out'), 'old');
    here.write({
      'bin/gzip': '#!/bin/sh\nexit 1\n',
      hosts: `h1 ansible_connection=exec ansible_exec_command="env PATH=${path('bin')}:${process.env['PATH']} /bin/sh"\n`,
    });
    sh('chmod +x bin/gzip');
    expect(await play('path: "{{ at }}/tree", dest: "{{ at }}/out"')).to.contain('pack');
    expect(readFileSync(path('out'), 'utf8')).to.equal('old');
    expect(sh('ls -A | grep kplay || :')).to.equal('');
  });

  for (const shell of shells)
    it(`are asked about through ${shell.join(' ')}`, () => {
      const key: Packing = {
        ...{ format: 'gz', bare: false, root: `${here.folder}/`, names: ['tree'], excluded: ['tree/deep'] },
        ...{ patterns: ['l*k'], dest: path('out') },
      };
      const [answer, none] = askHere(packedKind, [key, { ...key, root: '/none/' }], shell);
      expect(answer)
        .to.include({ held: null })
        .and.to.have.property('names')
        .that.deep.equals(['tree', 'tree/noise.log', 'tree/tool']);
      expect(answer?.wanted).to.match(/^[0-9a-f]{64}$/);
      expect(none).to.deep.equal({ wanted: '', held: null, names: [] });
    });
});
