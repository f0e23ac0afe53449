import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { disk } from '../../engine/cli/disk.ts';
import { loadInventory } from '../../engine/inventory/load.ts';
import { controllerLookups } from '../../engine/run/lookups.ts';
import type { Environment } from '../../engine/template/environment.ts';
import { lentLookups } from '../../engine/template/lookups.ts';
import { isUnknown, missing } from '../../engine/template/values.ts';

describe('lookups of the controller', () => {
  let folder: string;
  const secrets: string[] = [];
  const environment = (): Environment => ({
    scope: {
      get: (name) => (name === 'ansible_search_path' ? [folder] : name === 'x' ? 'value' : missing),
      names: () => ['ansible_search_path', 'x'],
    },
    lookups: {},
    tests: {},
  });
  const options = (check: boolean) => ({
    cwd: folder,
    inventory: loadInventory([], disk),
    environment: { HOME: '/h' },
    check,
    read: (path: string) => readFileSync(path, 'utf8'),
    secret: (value: string) => void secrets.push(value),
  });
  it('are all known by name before a run', () => {
    expect(Object.keys(controllerLookups(options(false))).sort()).to.deep.equal([...lentLookups].sort());
  });
  const look = (name: string, terms: readonly unknown[], given: Record<string, unknown> = {}, check = false) => {
    const lookups = controllerLookups(options(check));
    return lookups[name]!(terms, given, environment()) as readonly unknown[];
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kplay-lookups-'));
    secrets.length = 0;
    mkdirSync(join(folder, 'files'));
    writeFileSync(join(folder, 'files/b.txt'), ' text \n\n');
    writeFileSync(join(folder, 'a.txt'), 'a');
    writeFileSync(join(folder, 't.j2'), 'x is {{ x }}{{ y | default("") }}\n');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('file: searched, without the line ends behind it', () => {
    expect(look('file', ['b.txt', 'a.txt'])).to.deep.equal([' text', 'a']);
    expect(look('file', ['b.txt'], { rstrip: false, lstrip: true })).to.deep.equal(['text \n\n']);
    expect(() => look('file', ['none'])).to.throw(/none.*Searched in/);
  });
  it('env', () => void expect(look('env', ['HOME', 'NONE'], { default: 'd' })).to.deep.equal(['/h', 'd']));
  it('pipe and lines', () => {
    expect(look('pipe', ['pwd; echo; echo'])).to.deep.equal([folder]);
    expect(look('lines', ['echo a; echo b'])).to.deep.equal(['a', 'b']);
    expect(() => look('pipe', ['exit 3'])).to.throw();
  });
  it('template, with variables of its own', () => {
    expect(look('template', ['t.j2'])).to.deep.equal(['x is value\n']);
    expect(look('template', ['t.j2'], { template_vars: { y: '!' } })).to.deep.equal(['x is value!\n']);
  });
  it('fileglob: files only, sorted, dangling links passed over', () => {
    for (const name of ['z.txt', 'y.txt', '.hidden.txt']) writeFileSync(join(folder, 'files', name), '');
    symlinkSync('nothing', join(folder, 'files/dangling.txt'));
    mkdirSync(join(folder, 'files/dir.txt'));
    expect(look('fileglob', ['*.txt'])).to.deep.equal(['b', 'y', 'z'].map((name) => join(folder, `files/${name}.txt`)));
    expect(look('fileglob', [join(folder, 'a.?xt'), 'none/*'])).to.deep.equal([join(folder, 'a.txt')]);
  });
  it('first_found: every file in one path before the next, names in one text or a list', () => {
    for (const path of ['p/b', 'q/a', 'q/b']) {
      mkdirSync(join(folder, path[0]!), { recursive: true });
      writeFileSync(join(folder, path), '');
    }
    for (const search of [
      { files: ['a', 'b'], paths: ['p', 'q'] },
      { files: 'a, b', paths: 'p:q' },
    ])
      expect(look('first_found', [search])).to.deep.equal([join(folder, 'p/b')]);
    expect(look('first_found', ['none', 'a'], { paths: ['p', 'q'] })).to.deep.equal([join(folder, 'q/a')]);
  });
  it('first_found: plain, with paths, skipping', () => {
    expect(look('first_found', ['none', 'b.txt', 'a.txt'])).to.deep.equal([join(folder, 'files/b.txt')]);
    expect(look('first_found', [{ files: ['none', 'a.txt'], paths: ['nowhere', folder] }])).to.deep.equal([
      join(folder, 'a.txt'),
    ]);
    expect(look('first_found', [], { files: ['a.txt'] })).to.deep.equal([join(folder, 'a.txt')]);
    expect(look('first_found', ['none'], { skip: true })).to.deep.equal([]);
    expect(() => look('first_found', ['none'])).to.throw(/none of the files exists: none/);
  });
  it('first_found: folder by folder; lists may be text', () => {
    for (const path of ['one/b.txt', 'two/a.txt']) {
      mkdirSync(join(folder, path, '..'));
      writeFileSync(join(folder, path), '');
    }
    const first = [join(folder, 'one/b.txt')];
    expect(look('first_found', [{ files: ['a.txt', 'b.txt'], paths: ['one', 'two'] }])).to.deep.equal(first);
    expect(look('first_found', [{ files: 'a.txt,b.txt', paths: 'one:two' }])).to.deep.equal(first);
  });
  it('password: made once, kept 0600, secret from then on', () => {
    const [made] = look('password', [`sub/pw length=12 chars=digits`]) as [string];
    expect(made).to.match(/^\d{12}$/);
    expect(statSync(join(folder, 'sub/pw')).mode & 0o777).to.equal(0o600);
    expect(readFileSync(join(folder, 'sub/pw'), 'utf8')).to.equal(`${made}\n`);
    expect([look('password', ['sub/pw length=99'])[0], look('password', ['sub/pw'], {}, true)[0]]).to.deep.equal([
      made,
      made,
    ]);
    expect(new Set(secrets)).to.deep.equal(new Set([made]));
  });
  it('password: encrypted, the salt beside it', () => {
    const [hash] = look('password', ['pw encrypt=sha512_crypt']);
    expect(hash).to.match(/^\$6\$rounds=656000\$[./\w]{16}\$[./\w]{86}$/);
    const salt = String(hash).split('$')[3];
    expect(readFileSync(join(folder, 'pw'), 'utf8')).to.equal(`${look('password', ['pw'])[0]} salt=${salt}\n`);
    expect(look('password', ['b encrypt=bcrypt'])[0]).to.match(/^\$2b\$12\$[./\w]{53}$/);
    expect(look('password', ['b encrypt=bcrypt'])).to.deep.equal(look('password', ['b encrypt=bcrypt']));
    expect(look('password', ['m encrypt=md5_crypt'])[0]).to.match(/^\$1\$[./\w]{8}\$[./\w]{22}$/);
    expect(() => look('password', ['other encrypt=rot13'])).to.throw(/rot13/);
    expect(existsSync(join(folder, 'other'))).to.equal(false);
  }).timeout(60_000);
  it('password: a salt is given to a file that has none, not under check; the hash stays the same', () => {
    writeFileSync(join(folder, 'pw'), 'known\n');
    expect(isUnknown(look('password', ['pw encrypt=sha256_crypt'], {}, true)[0])).to.equal(true);
    const [hash] = look('password', ['pw encrypt=sha256_crypt']);
    expect(hash).to.equal(look('password', ['pw encrypt=sha256_crypt'], {}, true)[0]);
    expect(readFileSync(join(folder, 'pw'), 'utf8')).to.equal(`known salt=${String(hash).split('$')[3]}\n`);
  }).timeout(60_000);
  it('password: an option that has no effect is refused', () => {
    expect(() => look('password', ['/dev/null'], { seed: 'x' })).to.throw(/"seed" is not carried out/);
    expect(look('password', ['/dev/null encrypt=bcrypt ident=2y'])[0]).to.match(/^\$2y\$/);
  }).timeout(60_000);
  it('password: under check not made, and unknown', () => {
    expect(isUnknown(look('password', ['pw'], {}, true)[0])).to.equal(true);
    expect(existsSync(join(folder, 'pw'))).to.equal(false);
  });
  it('password: /dev/null keeps nothing', () =>
    void expect(look('password', ['/dev/null'])[0]).to.not.equal(look('password', ['/dev/null'])[0]));
  for (const length of ['abc', '0', '-1', '1.5']) {
    it(`password: a length of ${length} is refused`, () =>
      void expect(() => look('password', [`pw length=${length}`])).to.throw(/length/));
  }
});
