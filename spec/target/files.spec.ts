import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { checksumKind, contentKind, normalPath, statKind } from '../../engine/target/files.ts';
import type { PresentFile } from '../../engine/target/state.ts';
import { askHere, shells } from './queries/run-query.ts';

const names = [
  'plain',
  'with space',
  ' leading',
  'trailing ',
  "it's",
  'say "hi"',
  'back\\slash',
  'back\\nslash',
  'line\nfeed',
  'line\nK:81a4:0:0:9:9:9:9:9:9:9:root:root:x',
  'tab\there',
  'dollar $HOME `id`',
  'ünïcödé ☃',
  '-n',
  '--help',
  'a:b',
  '*',
  'percent %s',
  "ends in quote'",
  '~',
  'Permission denied',
  'back\\',
];
const which = (tool: string) => execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim();
const sha256 = (content: Buffer | string) => createHash('sha256').update(content).digest('hex');

for (const shell of shells) {
  describe(`questions about files, asked by ${shell.join(' ')}`, () => {
    let folder: string;
    const at = (name: string) => join(folder, name);
    const stat = (...paths: readonly string[]) =>
      askHere(
        statKind,
        paths.map((path) => ({ path, follow: false })),
        shell,
      );
    const followed = (...paths: readonly string[]) =>
      askHere(
        statKind,
        paths.map((path) => ({ path, follow: true })),
        shell,
      );
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'kplay-files-'));
      chmodSync(folder, 0o755);
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    it('find files by whatever name, all in one question', () => {
      for (const [index, name] of names.entries()) writeFileSync(at(name), `${index}`.repeat(index + 1));
      const paths = names.map(at);
      expect(stat(...paths).map((state) => (state.exists ? state.size : 'absent'))).to.deep.equal(
        paths.map((path) => statSync(path).size),
      );
      expect(askHere(contentKind, paths, shell).map(String)).to.deep.equal(
        names.map((_, index) => `${index}`.repeat(index + 1)),
      );
      expect(askHere(checksumKind, paths, shell)).to.deep.equal(
        names.map((_, index) => sha256(`${index}`.repeat(index + 1))),
      );
    });

    it('tell the sums of large files by whatever name, whether openssl is there, is not, or hashes nothing', () => {
      const large = ['plain', 'with space', "it's", 'back\\slash', 'line\nfeed', '-n', '*'];
      for (const name of large) {
        writeFileSync(at(name), name);
        truncateSync(at(name), 9 * 1024 * 1024);
      }
      symlinkSync('plain', at('link'));
      writeFileSync(at('small'), 'small');
      const paths = [...large, 'link', 'small', 'missing'].map(at);
      const sums = paths.map((path) => (existsSync(path) ? sha256(readFileSync(path)) : undefined));
      const asked = (PATH: string) => {
        const script = checksumKind.script(paths);
        const args = [...shell.slice(1), '-c', script];
        return checksumKind.parse(
          execFileSync(which(shell[0]!), args, { env: { ...process.env, PATH, b: '/' } }),
          paths,
        );
      };
      const { PATH = '' } = process.env;
      expect(asked(PATH)).to.deep.equal(sums);
      mkdirSync(at('bin'));
      writeFileSync(at('bin/openssl'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
      expect(asked(`${at('bin')}:${PATH}`)).to.deep.equal(sums);
      writeFileSync(at('bin/openssl'), '#!/bin/sh\necho "$4" >>"$0.log"; exec sha256sum "$4"\n', { mode: 0o755 });
      expect(asked(`${at('bin')}:${PATH}`)).to.deep.equal(sums);
      // a name that would have to be escaped is not its to hash
      expect(readFileSync(at('bin/openssl.log'), 'utf8').split('\n').slice(0, -1)).to.have.members(
        [...large.filter((name) => !/[\n\\]/.test(name)), 'link'].map(at),
      );
      for (const tool of ['sha256sum', 'find']) symlinkSync(which(tool), at(`bin/${tool}`));
      rmSync(at('bin/openssl'));
      expect(asked(at('bin'))).to.deep.equal(sums);
    }).timeout(30_000);

    it('find a relative path that looks like an option', () => {
      writeFileSync(at('-L'), 'x');
      const ask = (script: string) => execFileSync(shell[0]!, [...shell.slice(1), '-c', script], { cwd: folder });
      const keys = [
        { path: '-L', follow: false },
        { path: '-L', follow: true },
      ];
      expect(statKind.parse(ask(statKind.script(keys)), keys).map(({ exists }) => exists)).to.deep.equal([true, true]);
      expect(checksumKind.parse(ask(checksumKind.script(['-L'])), ['-L'])).to.deep.equal([sha256('x')]);
      expect(contentKind.parse(ask(contentKind.script(['-L'])), ['-L']).map(String)).to.deep.equal(['x']);
    });

    it('say of what is not there that it is not there, by whatever name, and of everything around it the truth', () => {
      const paths = names.flatMap((name, index) => {
        if (index % 2 === 0) writeFileSync(at(name), name);
        return [at(name), at(`${name}/below`), at(`${name} missing`)];
      });
      const there = paths.map((_, index) => index % 6 === 0);
      expect(stat(...paths).map(({ exists }) => exists)).to.deep.equal(there);
      expect(followed(...paths).map(({ exists }) => exists)).to.deep.equal(there);
      expect(askHere(checksumKind, paths, shell).map((sum) => sum !== undefined)).to.deep.equal(there);
      expect(askHere(contentKind, paths, shell).map((content) => content !== undefined)).to.deep.equal(there);
    });

    it('hold for hundreds of paths, half of them missing', () => {
      const paths = Array.from({ length: 400 }, (_, index) =>
        at(`a rather long name of a file that is number ${index}`),
      );
      paths.forEach((path, index) => void (index % 2 === 0 && writeFileSync(path, '')));
      expect(stat(...paths).map(({ exists }) => exists)).to.deep.equal(paths.map((_, index) => index % 2 === 0));
    });

    it('tell type, mode, owner, size, links and times', () => {
      writeFileSync(at('file'), '12345');
      chmodSync(at('file'), 0o4751);
      linkSync(at('file'), at('hard'));
      mkdirSync(at('dir'));
      chmodSync(at('dir'), 0o1777);
      execFileSync('mkfifo', [at('pipe')]);
      const [file, dir, pipe, char] = stat(at('file'), at('dir'), at('pipe'), '/dev/null') as PresentFile[];
      const real = statSync(at('file'));
      expect(file).to.deep.include({
        type: 'file',
        mode: '4751',
        size: 5,
        links: 2,
        uid: real.uid,
        gid: real.gid,
        inode: real.ino,
        mtime: Math.floor(real.mtimeMs / 1000),
      });
      expect([dir?.type, dir?.mode, pipe?.type, char?.type]).to.deep.equal(['directory', '1777', 'fifo', 'char']);
    });

    it('name owners that have no name by their number', function () {
      if (process.getuid?.() !== 0) this.skip();
      writeFileSync(at('file'), '');
      chownSync(at('file'), 54321, 54322);
      expect(stat(at('file'))[0]).to.include({ owner: '54321', group: '54322' });
    });

    it('tell where links point, as written, whatever that is', () => {
      const targets = [
        ...names,
        '../up',
        '/nowhere/at all',
        'ends in feed\n',
        'x\nK:81a4:0:0:9:9:9:9:9:9:9:root:root:/etc/forged',
      ];
      const paths = targets.map((target, index) => {
        symlinkSync(target, at(`link${index}`));
        return at(`link${index}`);
      });
      const [forged, ...links] = stat('/etc/forged', ...paths);
      expect(forged).to.deep.equal({ exists: false });
      expect(links.map((state) => state.exists && state.linkTarget)).to.deep.equal(targets);
    });

    it('follow links when told to, and say that a dangling one leads to nothing', () => {
      writeFileSync(at('file'), 'text');
      symlinkSync('file', at('link'));
      symlinkSync('nothing', at('dangling'));
      expect(stat(at('link'), at('dangling')).map((state) => state.exists && state.type)).to.deep.equal([
        'link',
        'link',
      ]);
      expect(followed(at('link'), at('dangling')).map((state) => state.exists && state.type)).to.deep.equal([
        'file',
        false,
      ]);
      expect(
        askHere(contentKind, [at('link'), at('dangling')], shell).map((content) => content?.toString()),
      ).to.deep.equal(['text', undefined]);
      expect(askHere(checksumKind, [at('link'), at('dangling')], shell)).to.deep.equal([sha256('text'), undefined]);
    });

    it('a link that leads in a circle is a link; only following it is refused', () => {
      symlinkSync('circle', at('circle'));
      const keys = [
        { path: at('circle'), follow: false },
        { path: at('circle'), follow: true },
        { path: folder, follow: true },
      ];
      const [plain, refused, other] = askHere(statKind, keys, shell);
      expect(plain).to.include({ type: 'link', linkTarget: 'circle' });
      expect(String(refused)).to.match(/circle: Too many levels/);
      expect(other).to.include({ type: 'directory' });
    });

    it('give every byte of a content, and of an empty one none', () => {
      const contents = [
        Buffer.from(Array.from({ length: 4096 }, (_, index) => index % 256)),
        Buffer.alloc(0),
        Buffer.from('no line end'),
        Buffer.from('\n\n\n'),
        Buffer.from('\0'),
        Buffer.from('kplay-'),
      ];
      const paths = contents.map((content, index) => {
        writeFileSync(at(`c${index}`), content);
        return at(`c${index}`);
      });
      askHere(contentKind, paths, shell).forEach(
        (found, index) => void expect(found?.equals(contents[index]!), `content ${index}`).to.equal(true),
      );
      expect(askHere(checksumKind, paths, shell)).to.deep.equal(contents.map(sha256));
    });

    it('folders, pipes and devices have neither content nor sum, and are not waited for', () => {
      execFileSync('mkfifo', [at('pipe')]);
      const paths = [folder, at('pipe'), '/dev/zero'];
      expect(askHere(contentKind, paths, shell)).to.deep.equal([undefined, undefined, undefined]);
      expect(askHere(checksumKind, paths, shell)).to.deep.equal([undefined, undefined, undefined]);
    });

    it('what may not be read is refused, and nothing else with it', function () {
      if (process.getuid?.() !== 0) this.skip();
      mkdirSync(at('closed'));
      writeFileSync(at('closed/file'), 'x');
      writeFileSync(at('secret'), 'x');
      writeFileSync(at('open'), 'x');
      chmodSync(at('closed'), 0o700);
      chmodSync(at('secret'), 0o600);
      const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...shell];
      const keys = [at('closed/file'), at('secret'), at('open'), at('missing')];
      const states = askHere(
        statKind,
        keys.map((path) => ({ path, follow: false })),
        nobody,
      );
      expect(String(states[0])).to.equal(`Error: ${at('closed/file')}: Permission denied`);
      expect(states.slice(1).map(({ exists }) => exists)).to.deep.equal([true, true, false]);
      const contents = askHere(contentKind, keys, nobody);
      expect(
        contents.map((content) => (content instanceof Error ? content.message : content?.toString())),
      ).to.deep.equal([undefined, `${at('secret')} cannot be read`, 'x', undefined]);
      const sums = askHere(checksumKind, keys, nobody);
      expect(sums.map((sum) => ((sum as unknown) instanceof Error ? String(sum) : sum))).to.deep.equal([
        undefined,
        `Error: ${at('secret')} cannot be read`,
        sha256('x'),
        undefined,
      ]);
    });
  });
}

describe('normalPath', () => {
  const cases = { '/a/b': '/a/b', '/a//b/': '/a/b', '/a/./b/../c': '/a/c', '/': '/', '//': '/', a: 'a', './a/': 'a' };
  for (const [path, normal] of Object.entries(cases))
    it(`${path} is ${normal}`, () => void expect(normalPath(path)).to.equal(normal));

  it('is what node makes of any path, but for a slash at the end', () => {
    const steps = fc.array(fc.constantFrom('/', '//', '.', '..', 'a', '.a', '...', '\n', '-'), { maxLength: 10 });
    fc.assert(
      fc.property(steps, (parts) => {
        const path = parts.join('');
        const normal = posix.normalize(path);
        expect(normalPath(path)).to.equal(normal === '/' ? '/' : normal.replace(/\/$/, ''));
      }),
    );
  });
});
