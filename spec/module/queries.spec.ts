import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { detailsKind } from '../../engine/module/file-details.ts';
import { globKind } from '../../engine/module/glob.ts';
import { expandHomes, homeKind } from '../../engine/module/home.ts';
import { treeKind } from '../../engine/module/tree.ts';
import type { QueryKind } from '../../engine/target/query.ts';
import { fakeTarget } from '../../engine/testing.ts';

const ask = <K, V>(kind: QueryKind<K, V>, keys: readonly K[]): readonly V[] =>
  kind.parse(execFileSync('sh', { input: kind.script(keys) }), keys);

describe('questions of modules, answered by a real shell', () => {
  let root: string;
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'kplay-queries-'));
    mkdirSync(join(root, "a dir'"));
    for (const name of ['one.txt', "a dir'/two $x.txt", 'b[c].txt'])
      writeFileSync(join(root, name), 'x', { mode: 0o640 });
    symlinkSync("a dir'", join(root, 'link'));
  });
  after(() => rmSync(root, { recursive: true }));

  it('glob matches as a shell does, and nothing else is expanded', () => {
    const globs = [
      [{ pattern: `${root}/*.txt` }, ['b[c].txt', 'one.txt']],
      [{ pattern: '*.txt', folder: root }, ['b[c].txt', 'one.txt']],
      [{ pattern: `${root}/a dir'/*$x*` }, ["a dir'/two $x.txt"]],
      [{ pattern: `${root}/[no]ne.???` }, ['one.txt']],
      [{ pattern: `${root}/[!o]ne.txt` }, []],
      [{ pattern: `${root}/li*` }, ['link']],
      [{ pattern: '*', folder: `${root}/none` }, []],
      [{ pattern: `${root}/$(touch ${root}/pwned)*` }, []],
    ] as const;
    const found = ask(
      globKind,
      globs.map(([key]) => key),
    );
    expect(found.map((paths) => paths.map((path) => path.replace(`${root}/`, '')))).to.deep.equal(
      globs.map(([, paths]) => paths),
    );
  });

  it('tree takes names for names, whatever is in them', () => {
    const names = ['..\nx', 'two\n41ed:0:0:0:root:root:.', "L:3:a'b", '.\n.', 'größe'];
    const odd = join(root, 'odd');
    mkdirSync(odd);
    for (const name of names) writeFileSync(join(odd, name), 'x');
    symlinkSync('a//\nb\n', join(odd, 'li\nnk'));
    const [tree, none, again] = ask(treeKind, [odd, `${root}/none`, odd]);
    const told = tree!.map(({ path, linkTarget }) => (linkTarget === undefined ? path : `${path} -> ${linkTarget}`));
    expect(told.sort()).to.deep.equal([...names, 'li\nnk -> a//\nb\n'].sort());
    expect([none, again]).to.deep.equal([[], tree]);
    rmSync(odd, { recursive: true });
  });

  it('tree tells everything below a directory, links not followed', () => {
    const [tree, none] = ask(treeKind, [root, `${root}/none`]);
    expect(
      tree!.map(({ path, type, mode, linkTarget }) => [path, type, type === 'file' ? mode : '', linkTarget]),
    ).to.deep.equal([
      ["a dir'", 'directory', '', undefined],
      ["a dir'/two $x.txt", 'file', '0640', undefined],
      ['b[c].txt', 'file', '0640', undefined],
      ['link', 'link', '', "a dir'"],
      ['one.txt', 'file', '0640', undefined],
    ]);
    expect(none).to.deep.equal([]);
  });

  it('details tell hashes, access and where a link leads', () => {
    const [file, link, none] = ask(detailsKind, [
      { path: join(root, 'one.txt'), hash: 'sha1', mime: true, attributes: true },
      { path: join(root, 'link'), hash: 'md5', mime: false, attributes: false },
      { path: join(root, 'none'), mime: false, attributes: false },
    ]);
    expect(file).to.include({ hash: '11f6ad8ec52a2984abaafd7c3b516503785c2072', readable: true, executable: false });
    expect(link).to.include({ real: join(root, "a dir'") });
    expect(link!.hash).to.equal(undefined);
    expect(none).to.deep.equal({ readable: false, writeable: false, executable: false });
  });

  it('home tells where users live', () => {
    expect(ask(homeKind, ['', 'root', 'no such; user', 'nosuchuser'])).to.deep.equal([
      homedir(),
      '/root',
      undefined,
      undefined,
    ]);
  });
});

describe('homes in paths', () => {
  const module = { args: { path: { type: 'path' }, paths: { type: 'list', elements: 'path' }, text: {} } } as const;
  it('are filled in, and nothing else is', async () => {
    const target = fakeTarget({ accounts: { etcd: { home: '/var/lib/etcd' } } });
    const args = { path: '~/.kube', paths: ['~etcd/data', '/x', '~nobody/x'], text: '~/y' };
    expect(await expandHomes(module, args, target)).to.deep.equal({
      path: '/root/.kube',
      paths: ['/var/lib/etcd/data', '/x', '~nobody/x'],
      text: '~/y',
    });
  });
});
