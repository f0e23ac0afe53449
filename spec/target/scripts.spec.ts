import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  attributesScript,
  directoryScript,
  linkScript,
  removeScript,
  temporaryScript,
  writeScript,
} from '../../engine/target/scripts.ts';
import { shells } from './queries/run-query.ts';

const names = [
  'plain',
  'with space',
  "it's",
  'say "hi" `id` $HOME',
  'back\\slash',
  'line\nfeed',
  'ünïcödé',
  '-n',
  '*',
  '%s',
];
const root = process.getuid?.() === 0;
const canMount =
  root && spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', '/mnt']).status === 0;

for (const shell of shells) {
  describe(`changes of files, made by ${shell.join(' ')}`, () => {
    let folder: string;
    const at = (name: string) => join(folder, name);
    const mode = (name: string) => (statSync(at(name)).mode & 0o7777).toString(8);
    const run = (script: string, as: readonly string[] = []) => {
      const [program, ...options] = [...as, ...shell];
      const { status, stdout, stderr } = spawnSync(program!, options, { encoding: 'utf8', cwd: folder, input: script });
      return { status, stdout, stderr };
    };
    const write = (name: string, content: Buffer | string, options: Parameters<typeof writeScript>[2] = {}) =>
      run(writeScript(at(name), { inline: Buffer.from(content) }, options));
    const fine = { status: 0, stdout: '', stderr: '' };
    /** Everything there is, hidden or not: no temporary file may be left. */
    const listing = () => readdirSync(folder).sort();
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'kplay-scripts-'));
      chmodSync(folder, 0o755);
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    it('write files of whatever name, and remove them', () => {
      for (const name of names) expect(write(name, name, { mode: '0600' }), name).to.deep.equal(fine);
      expect(listing()).to.deep.equal([...names].sort());
      for (const name of names) expect(readFileSync(at(name), 'utf8')).to.equal(name);
      for (const name of names) expect(run(removeScript(at(name)))).to.deep.equal(fine);
      expect(listing()).to.deep.equal([]);
    });

    const contents: Readonly<Record<string, Buffer | string>> = {
      nothing: '',
      'a line': 'text\n',
      'no line end': 'text',
      'what looks like the end': 'KPLAY\nKPLAY_\nKPLAY__\n',
      'shell text': '$(id) `id` ${x} \\ \\n "\'!\n',
      'line feeds only': '\n\n',
      'carriage returns': 'a\r\nb\r\n',
      'every byte': Buffer.from(Array.from({ length: 1024 }, (_, index) => index % 256)),
      'text in another script': 'größe ☃\n',
      'a long line': `${'x'.repeat(200_000)}\n`,
      'bytes at the edge of a base64 line': Buffer.alloc(57 * 4, 0xff),
    };
    it('write every content as it is', () => {
      for (const [about, content] of Object.entries(contents)) {
        expect(write('f', content), about).to.deep.equal(fine);
        expect(readFileSync(at('f')).equals(Buffer.from(content)), about).to.equal(true);
      }
    });

    it('give a new file 0666 less the umask, an old one keeps its mode, a mode that is asked for is set', () => {
      run(`umask 027; ${writeScript(at('new'), { inline: Buffer.from('x') }, {})}`);
      writeFileSync(at('old'), 'x');
      chmodSync(at('old'), 0o4711);
      write('old', 'y');
      write('asked', 'x', { mode: '0640' });
      write('symbolic', 'x', { mode: 'u=rw,g=r,o=' });
      expect(['new', 'old', 'asked', 'symbolic'].map(mode)).to.deep.equal(['640', '4711', '640', '640']);
    });

    it('keep the owner of an old file, and set the one asked for', function () {
      if (!root) this.skip();
      writeFileSync(at('old'), 'x');
      chownSync(at('old'), 1234, 2345);
      write('old', 'y');
      write('asked', 'x', { owner: '1234', group: '65534', mode: '4755' });
      expect([
        statSync(at('old')).uid,
        statSync(at('old')).gid,
        statSync(at('asked')).uid,
        statSync(at('asked')).gid,
      ]).to.deep.equal([1234, 2345, 1234, 65534]);
      expect(mode('asked')).to.equal('4755');
    });

    it('show the new file to nobody before it has its mode and owner, and to its validator with both', () => {
      const validate = 'stat -c "%a %n" %s';
      const { stderr, status } = write('secret', 'x', { mode: '0400', validate });
      expect(status).to.equal(0);
      expect(stderr).to.match(new RegExp(`^400 ${folder}/\\.kplay\\.[A-Za-z0-9]{8}\\n$`));
      expect(run(temporaryScript(at('t'))).stdout.trim()).to.satisfy(
        (path: string) => (statSync(path).mode & 0o777) === 0o600,
      );
    });

    it('run no program that nothing depends on', () => {
      const programs = (script: string) => {
        const names = ['mktemp', 'cat', 'base64', 'stat', 'chown', 'chmod', 'sync', 'mv', 'rm'];
        const log = at('log');
        const noted = names.map((name) => `${name}() { echo ${name} >> '${log}'; command ${name} "$@"; }\n`).join('');
        expect(run(noted + script).status).to.equal(0);
        const ran = readFileSync(log, 'utf8').trim().split('\n');
        rmSync(log);
        return ran;
      };
      const writing = (options: Parameters<typeof writeScript>[2]) =>
        programs(writeScript(at('f'), { inline: Buffer.from('text\n') }, options));
      expect(writing({ mode: '0644' }), 'new').to.deep.equal(['mktemp', 'cat', 'chmod', 'sync', 'mv']);
      expect(writing({ mode: '0644' }), 'old').to.deep.equal(['mktemp', 'cat', 'stat', 'chmod', 'sync', 'mv']);
      expect(writing({}), 'kept').to.deep.equal(['mktemp', 'cat', 'stat', 'chmod', 'sync', 'mv']);
      const { uid, gid } = statSync(at('f'));
      const everything = { mode: '0600', owner: String(uid), group: String(gid) };
      expect(writing(everything), 'all given').to.deep.equal(['mktemp', 'cat', 'chown', 'chmod', 'sync', 'mv']);
    });

    const seenBefore = (program: string, options: Parameters<typeof writeScript>[2]) =>
      run(
        `umask 0\n${program}() { command stat -c %a "$t" >&2; command ${program} "$@"; }\n${writeScript(at('f'), { inline: Buffer.from('x') }, options)}`,
      );

    it('have what they make for nobody else until its mode is set', () => {
      expect(seenBefore('chmod', { mode: '0644' })).to.deep.equal({ ...fine, stderr: '600\n' });
      rmSync(at('f'));
      expect(seenBefore('chmod', {})).to.deep.equal({ ...fine, stderr: '600\n' });
    });

    it('have it for nobody else in a folder either that gives its files to others by an ACL', function () {
      // version 2; user::rwx, user:1234:rwx, group::rwx, mask::rwx, other::r-x: tag, permissions, id
      const entries = [
        [1, 7, -1],
        [2, 7, 1234],
        [4, 7, -1],
        [16, 7, -1],
        [32, 5, -1],
      ];
      const code = `import os,struct,sys;os.setxattr(sys.argv[1],'system.posix_acl_default',struct.pack('<I',2)+b''.join(struct.pack('<HHi',*e) for e in ${JSON.stringify(entries)}))`;
      const set = spawnSync('python3', ['-c', code, folder], { encoding: 'utf8' });
      if (set.status !== 0) {
        console.log(
          `      skipped: no default ACL can be set here: ${set.error?.message ?? set.stderr.trim().split('\n').at(-1)}`,
        );
        this.skip();
      }
      writeFileSync(at('open'), 'x');
      expect(mode('open')).to.equal('664');
      expect(seenBefore('chmod', { mode: '0600' })).to.deep.equal({ ...fine, stderr: '600\n' });
    });

    for (const [program, options] of [
      ['chmod', {}],
      ['chmod', { mode: '0644' }],
      ['stat', {}],
      ['cat', {}],
    ] as const)
      it(`leave the old file when ${program} fails (${JSON.stringify(options)})`, () => {
        writeFileSync(at('f'), 'old');
        const script = writeScript(at('f'), { inline: Buffer.from('new\n') }, options);
        expect(run(`${program}() { return 1; }\n${script}`).status).to.equal(1);
        expect([readFileSync(at('f'), 'utf8'), ...listing()]).to.deep.equal(['old', 'f']);
      });

    it('leave the words of their caller to the validator', () => {
      writeFileSync(at('f'), 'old');
      expect(write('f', 'new', { validate: 'echo "$# $(umask) $-" %s' }).stderr).to.match(/^0 0022 [^C]* /);
    });

    it('keep what only an old file can tell when part is asked for', function () {
      if (!root) this.skip();
      writeFileSync(at('f'), 'x');
      chownSync(at('f'), 1234, 2345);
      chmodSync(at('f'), 0o640);
      const now = () => [statSync(at('f')).uid, statSync(at('f')).gid, mode('f')];
      expect(write('f', 'y', { mode: '0444' })).to.deep.equal(fine);
      expect(now()).to.deep.equal([1234, 2345, '444']);
      expect(write('f', 'z', { mode: 'u+x,g-r' })).to.deep.equal(fine);
      expect(now()).to.deep.equal([1234, 2345, '504']);
      expect(write('f', 'y', { owner: '4321' })).to.deep.equal(fine);
      expect(now()).to.deep.equal([4321, 2345, '504']);
      expect(write('f', 'z', { owner: '1', group: '2' })).to.deep.equal(fine);
      expect(now()).to.deep.equal([1, 2, '504']);
    });

    const refused: readonly (readonly [string, string, Parameters<typeof writeScript>[2], number, RegExp])[] = [
      [
        'the validator says no',
        'f',
        { validate: 'sh -c "echo bad line >&2; exit 3" %s' },
        65,
        /bad line\nvalidation failed/,
      ],
      ['the mode makes no sense', 'f', { mode: 'rubbish' }, 1, /mode/],
      ['there is no such owner', 'f', { owner: 'nobody-has-this-name' }, 1, /nobody-has-this-name/],
      ['the backup cannot be made', 'f', { backup: '/nonexistent/b' }, 1, /nonexistent/],
      ['the target is a folder', 'd', {}, 1, /d is a directory/],
      ['the target is a link to a folder', 'l', {}, 1, /l is a directory/],
    ];
    for (const [why, name, options, code, message] of refused) {
      it(`leave the old file as it was, and nothing beside it, when ${why}`, () => {
        writeFileSync(at('f'), 'old');
        mkdirSync(at('d'));
        symlinkSync('d', at('l'));
        const before = lstatSync(at('f'));
        const { status, stderr } = write(name, 'new', options);
        expect(status).to.equal(code);
        expect(stderr).to.match(message);
        expect(readFileSync(at('f'), 'utf8')).to.equal('old');
        expect(lstatSync(at('f')).ino).to.equal(before.ino);
        expect(listing()).to.deep.equal(['d', 'f', 'l']);
        expect(readdirSync(at('d'))).to.deep.equal([]);
      });
    }

    it('say so when the folder is missing, and make nothing', () => {
      const { status, stderr } = write('no/such/file', 'x');
      expect(status).to.equal(1);
      expect(stderr).to.match(/no\/such/);
      expect(listing()).to.deep.equal([]);
    });

    it('leave the old file when the disk is full, and say how full it is', function () {
      if (!canMount) this.skip();
      for (const content of [Buffer.alloc(100_000, 'x\n'), Buffer.alloc(100_000, 0xfe)]) {
        const script = `mount -t tmpfs -o size=64k tmpfs ${folder} && echo old > ${at('f')} || exit 99\n(\n${writeScript(at('f'), { inline: content }, {})}\n)\necho "code $?"; cat ${at('f')}; ls -A ${folder}`;
        const { stdout, stderr } = run(script, ['unshare', '-m']);
        expect(stdout).to.equal('code 1\nold\nf\n');
        expect(stderr).to.match(new RegExp(`file system ${folder}: \\d+ KiB free`));
      }
    });

    it('replace a link by a file, and leave what it pointed to alone', () => {
      writeFileSync(at('real'), 'real');
      symlinkSync('real', at('link'));
      symlinkSync('nothing', at('dangling'));
      expect([write('link', 'new'), write('dangling', 'new')]).to.deep.equal([fine, fine]);
      expect([
        lstatSync(at('link')).isFile(),
        lstatSync(at('dangling')).isFile(),
        readFileSync(at('real'), 'utf8'),
      ]).to.deep.equal([true, true, 'real']);
      expect(listing()).to.deep.equal(['dangling', 'link', 'real']);
    });

    it('keep a copy of the old file under the name given, with its mode', () => {
      writeFileSync(at('f'), 'old');
      chmodSync(at('f'), 0o640);
      write('f', 'new', { backup: at("f.it's old~"), mode: '0600' });
      write('fresh', 'x', { backup: at('none') });
      expect(readFileSync(at("f.it's old~"), 'utf8')).to.equal('old');
      expect(mode("f.it's old~")).to.equal('640');
      expect(existsSync(at('none'))).to.equal(false);
    });

    it('let a reader see only the whole old or the whole new file', () => {
      const both = ['a', 'b'].map((letter) => `${letter.repeat(5000)}\n`);
      writeFileSync(at('f'), both[0]!);
      const writers = both.map((content) => `(\n${writeScript(at('f'), { inline: Buffer.from(content) }, {})}\n) &`);
      const reader = `i=0; while [ $i -lt 20 ]; do cat ${at('f')}; i=$((i+1)); done`;
      const { stdout } = run(`${[...writers, ...writers, ...writers].join('\n')}\n${reader}\nwait`);
      expect(
        new Set(
          stdout
            .trimEnd()
            .split('\n')
            .map((line) => `${line}\n`),
        ).size,
      ).to.be.lessThanOrEqual(2);
      for (const line of stdout.trimEnd().split('\n')) expect(both).to.include(`${line}\n`);
      expect(listing()).to.deep.equal(['f']);
    });

    it('make folders with all that is missing above them, each with the attributes, and leave those that are there', () => {
      mkdirSync(at('there'));
      chmodSync(at('there'), 0o711);
      for (const path of ['there/a/b', 'there/x//y/', 'there/./q/../r', 'there'])
        expect(run(directoryScript(at('').replace(/\/?$/, '/') + path, { mode: '0750' })), path).to.deep.equal(fine);
      expect(['there', 'there/a', 'there/a/b', 'there/x', 'there/x/y', 'there/r'].map(mode)).to.deep.equal([
        '711',
        '750',
        '750',
        '750',
        '750',
        '750',
      ]);
    });

    it('make folders of whatever name', () => {
      for (const name of names) expect(run(directoryScript(at(`${name}/${name}`), {}))).to.deep.equal(fine);
      for (const name of names) expect(statSync(at(`${name}/${name}`)).isDirectory()).to.equal(true);
    });

    it('make no folder where a file is', () => {
      writeFileSync(at('file'), 'x');
      symlinkSync('nothing', at('dangling'));
      for (const path of ['file', 'file/below', 'dangling'])
        expect(run(directoryScript(at(path), {})).status, path).to.equal(1);
      expect(readFileSync(at('file'), 'utf8')).to.equal('x');
    });

    it('put a link where a file or another link was, by one rename', () => {
      writeFileSync(at('file'), 'x');
      symlinkSync('old', at('link'));
      for (const name of ['file', 'link', 'new', "it's"])
        expect(run(linkScript(at(name), "to -it's \\n", 'symbolic')), name).to.deep.equal(fine);
      for (const name of ['file', 'link', 'new', "it's"]) expect(readlinkSync(at(name))).to.equal("to -it's \\n");
      expect(run(linkScript(at('dash'), '-n', 'symbolic'))).to.deep.equal(fine);
      expect(readlinkSync(at('dash'))).to.equal('-n');
    });

    it('replace a link to a folder itself, not something in the folder', () => {
      mkdirSync(at('d'));
      mkdirSync(at('e'));
      symlinkSync('d', at('link'));
      run(linkScript(at('link'), 'e', 'symbolic'));
      expect(readlinkSync(at('link'))).to.equal('e');
      expect([...readdirSync(at('d')), ...readdirSync(at('e'))]).to.deep.equal([]);
    });

    it('put no link where a folder is, and leave nothing beside it', () => {
      mkdirSync(at('d'));
      expect(run(linkScript(at('d'), 'x', 'symbolic')).status).to.equal(1);
      expect(listing()).to.deep.equal(['d']);
    });

    it('link hard', () => {
      writeFileSync(at('file'), 'x');
      writeFileSync(at('other'), 'y');
      expect([
        run(linkScript(at('new'), at('file'), 'hard')),
        run(linkScript(at('other'), at('file'), 'hard')),
      ]).to.deep.equal([fine, fine]);
      expect(new Set(['file', 'new', 'other'].map((name) => statSync(at(name)).ino)).size).to.equal(1);
      expect(run(linkScript(at('bad'), at('missing'), 'hard')).status).to.equal(1);
      expect(listing()).to.deep.equal(['file', 'new', 'other']);
    });

    it('remove folders with all in them, links without what they point to, and nothing at all', () => {
      mkdirSync(at('d/e'), { recursive: true });
      writeFileSync(at('d/e/f'), '');
      mkdirSync(at('kept'));
      symlinkSync('kept', at('link'));
      for (const name of ['d', 'link', 'missing']) expect(run(removeScript(at(name)))).to.deep.equal(fine);
      expect(listing()).to.deep.equal(['kept']);
    });

    it('set only the attributes given, also on everything below', () => {
      mkdirSync(at('d'));
      writeFileSync(at('d/f'), '');
      chmodSync(at('d/f'), 0o755);
      writeFileSync(at('d/g'), '');
      chmodSync(at('d/g'), 0o644);
      run(attributesScript(at('d'), { mode: 'g-rwx,o-rwx,u+X' }, { recurse: true }));
      expect(['d', 'd/f', 'd/g'].map(mode)).to.deep.equal(['700', '700', '600']);
      expect(run(attributesScript(at('d'), {}, {}))).to.deep.equal(fine);
      expect(run(attributesScript(at('missing'), { mode: '0600' }, {})).status).to.equal(1);
    });

    it('set the owner of a link itself when it is not to be followed', function () {
      if (!root) this.skip();
      writeFileSync(at('f'), '');
      symlinkSync('f', at('link'));
      run(attributesScript(at('link'), { owner: '1234' }, { follow: false }));
      expect([lstatSync(at('link')).uid, statSync(at('f')).uid]).to.deep.equal([1234, 0]);
      run(attributesScript(at('link'), { group: '1234' }, { follow: true }));
      expect([lstatSync(at('link')).gid, statSync(at('f')).gid]).to.deep.equal([0, 1234]);
    });

    it('use an uploaded file up, whether or not it may take its place', () => {
      const path = run(temporaryScript(at('f'))).stdout.trim();
      writeFileSync(path, 'uploaded');
      expect(run(writeScript(at('f'), { uploaded: path }, { mode: '0600' }))).to.deep.equal(fine);
      expect(readFileSync(at('f'), 'utf8')).to.equal('uploaded');
      const other = run(temporaryScript(at('f'))).stdout.trim();
      expect(run(writeScript(at('f'), { uploaded: other }, { validate: 'false %s' })).status).to.equal(65);
      expect(listing()).to.deep.equal(['f']);
    });

    it('say what cannot be done as someone else', function () {
      if (!root) this.skip();
      writeFileSync(at('f'), 'old');
      const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
      const { status, stderr } = run(writeScript(at('f'), { inline: Buffer.from('new') }, {}), nobody);
      expect([status, /denied/i.test(stderr)]).to.deep.equal([1, true]);
      expect(execFileSync('cat', [at('f')], { encoding: 'utf8' })).to.equal('old');
      expect(listing()).to.deep.equal(['f']);
    });
  });
}
