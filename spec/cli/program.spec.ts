/** The bundle: one script, and what V8 made of it in earlier runs. */

import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect } from 'chai';
import { noSshd, startSshd } from '../connection/sshd.ts';
import { kplay } from '../kplay.ts';

describe('the bundle', function () {
  this.timeout(60_000);
  let folder: string;
  let bundle: string;

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'kplay-bundle-')));
    cpSync(dirname(resolve(process.env['KPLAY_BUNDLE'] ?? 'dist/kplay.js')), join(folder, 'dist'), { recursive: true });
    cpSync('package.json', join(folder, 'package.json'));
    mkdirSync(join(folder, 'roles'));
    bundle = join(folder, 'dist/kplay.js');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const run = (env: Readonly<Record<string, string>> = {}, args: readonly string[] = ['eval', '1 + 1']) =>
    kplay(args, {
      cwd: folder,
      bundle,
      env: { HOME: folder, XDG_CACHE_HOME: '', NODE_OPTIONS: '', NODE_DISABLE_COMPILE_CACHE: '', ...env },
    });
  const works = async (env?: Readonly<Record<string, string>>) => {
    const { code, stdout, stderr } = await run(env);
    expect({ code, stdout, stderr }).to.deep.equal({ code: 0, stdout: '2\n', stderr: '' });
  };
  const store = () => join(folder, '.cache/kplay/code');
  const files = () => readdirSync(store()).map((name) => join(store(), name));

  it('is ASCII, as which it is opened', () => {
    const script = readFileSync(join(folder, 'dist/program.cjs'));
    expect(script.findIndex((byte) => byte > 0x7f)).to.equal(-1);
  });

  describe('beside a package ssh2', () => {
    const compiled = 'lib/protocol/crypto/build/Release/sshcrypto.node';
    const theirs = resolve('node_modules/ssh2');
    const place = (version?: string) => {
      const mine = join(folder, 'node_modules/ssh2');
      cpSync(join(theirs, compiled), join(mine, compiled));
      const text = readFileSync(join(theirs, 'package.json'), 'utf8');
      writeFileSync(join(mine, 'package.json'), version ? JSON.stringify({ ...JSON.parse(text), version }) : text);
      return join(mine, compiled);
    };
    /** The addons that a run opens. Nobody listens where it connects to: what a connection needs is opened before. */
    const opened = async () => {
      writeFileSync(join(folder, 'ping.yml'), '- hosts: all\n  tasks: [{ ping: }]\n');
      const hear = `data:text/javascript,
        const open = process.dlopen;
        process.dlopen = (...args) => (console.error('opened', args[1]), open.apply(process, args));`;
      const env = { NODE_OPTIONS: `--import "${hear.replaceAll(/\s+/g, '%20')}"` };
      const { code, stderr } = await run(env, ['ping.yml', '-i', '127.0.0.1:1,']);
      expect(code, stderr).to.equal(4);
      return stderr.match(/(?<=^opened ).*sshcrypto.*/gm) ?? [];
    };

    beforeEach(function () {
      if (existsSync(join(theirs, compiled))) return;
      console.log(`      skipped: npm could not compile ${compiled} of ssh2 here (is there a C++ compiler?)`);
      this.skip();
    });

    it('encrypts by what npm has compiled for it', async () => {
      const addon = place();
      expect(await opened()).to.deep.equal([addon]);
    });

    it('does it alone where that is of another version, or is not there', async () => {
      expect(await opened()).to.deep.equal([]);
      place('1.16.0');
      expect(await opened()).to.deep.equal([]);
    });

    it('sends the same bytes with it and without', async function () {
      if (noSshd !== undefined) {
        console.log(`      skipped: ${noSshd}`);
        return this.skip();
      }
      place();
      const sshd = await startSshd();
      try {
        const bytes = randomBytes(3_000_000);
        writeFileSync(join(folder, 'large'), bytes);
        const { port, keys, knownHosts, settings } = sshd;
        const vars = `ansible_host=127.0.0.1 ansible_port=${port} ansible_user=${settings.user} ansible_ssh_private_key_file=${keys.plain} ansible_ssh_known_hosts_file=${knownHosts}`;
        writeFileSync(join(folder, 'hosts'), `there ${vars}\n`);
        for (const options of ['', '--no-addons']) {
          const dest = join(folder, `sent${options}`);
          const book = `- hosts: all\n  gather_facts: false\n  tasks: [{ copy: { src: large, dest: ${dest} } }]\n`;
          writeFileSync(join(folder, 'send.yml'), book);
          const { code, stderr } = await run({ NODE_OPTIONS: options }, ['send.yml', '-i', 'hosts']);
          expect(code, stderr).to.equal(0);
          expect(readFileSync(dest).equals(bytes), options).to.equal(true);
        }
      } finally {
        sshd.stop();
      }
    });
  });

  it('is kept as code, which the next run takes', async () => {
    await works();
    const [file, ...others] = files();
    expect(others).to.deep.equal([]);
    const { ino, mode } = statSync(file!);
    expect(mode & 0o777).to.equal(0o600);
    await works();
    expect(files()).to.deep.equal([file]);
    expect(statSync(file!).ino).to.equal(ino);
  });

  it('takes no code that is damaged', async () => {
    await works();
    const [file] = files();
    const good = readFileSync(file!);
    for (let at = 0; at < good.length; at += Math.ceil(good.length / 7)) {
      const bad = Buffer.from(good);
      bad.fill(0, at, at + 4096);
      writeFileSync(file!, bad);
      await works();
      expect(
        readFileSync(file!)
          .subarray(at, at + 4096)
          .some((byte) => byte !== 0),
        'written anew',
      ).to.equal(true);
    }
    for (const bad of [good.subarray(0, 5), good.subarray(0, -1), Buffer.alloc(0), Buffer.alloc(good.length)]) {
      writeFileSync(file!, bad);
      await works();
    }
  });

  it('takes no code of a script that was changed since', async () => {
    const script = join(folder, 'dist/program.cjs');
    await works();
    const text = readFileSync(script, 'utf8');
    const said = 'no module is named';
    expect(text).to.contain(said);
    utimesSync(script, 1, 1);
    await works();
    const count = files().length;
    writeFileSync(script, text.replaceAll(said, said.toUpperCase()));
    await works();
    expect(files().length).to.equal(count + 1);
  });

  it('keeps what was made under each set of flags', async () => {
    await works();
    const before = files();
    await works({ NODE_OPTIONS: '--max-old-space-size=900' });
    expect(files().length).to.equal(2);
    const ages = files().map((file) => statSync(file).ino);
    await works();
    await works({ NODE_OPTIONS: '--max-old-space-size=900' });
    expect(files()).to.include.members(before);
    expect(files().map((file) => statSync(file).ino)).to.deep.equal(ages);
  });

  it('says nothing of a cache that cannot be', async () => {
    await works({ HOME: '/dev/null' });
    await works({ HOME: '/proc/none' });
    await works({ XDG_CACHE_HOME: join(folder, 'package.json') });
    mkdirSync(join(folder, '.cache'));
    appendFileSync(join(folder, '.cache/kplay'), '');
    await works();
    rmSync(join(folder, '.cache'), { recursive: true });
    mkdirSync(store(), { recursive: true });
    chmodSync(store(), 0o500);
    await works();
    chmodSync(store(), 0o700);
  });

  it('keeps nothing in the folder where it happens to be run', async () => {
    await works({ HOME: '' });
    await works({ HOME: 'here' });
    expect(readdirSync(folder)).to.have.members(['dist', 'package.json', 'roles']);
  });

  it('grows with what later runs come to', async () => {
    await works();
    const [file] = files();
    const before = statSync(file!).size;
    writeFileSync(join(folder, 'site.yml'), '- hosts: localhost\n  tasks: [{ ping: }, { stat: { path: / } }]\n');
    const said = await run({}, ['site.yml', '-i', 'localhost,', '-c', 'local']);
    expect(said.code, said.stderr).to.equal(0);
    expect(statSync(file!).size).to.be.above(before * 1.05);
  });

  it('is not taken from where others may write', async () => {
    await works();
    const [file] = files();
    chmodSync(file!, 0o666);
    await works();
    expect(statSync(file!).mode & 0o777).to.equal(0o600);
  });

  it('keeps nothing where Node is told so', async () => {
    await works({ NODE_DISABLE_COMPILE_CACHE: '1' });
    expect(() => files()).to.throw('ENOENT');
  });

  it('keeps the last few', async () => {
    mkdirSync(store(), { recursive: true });
    for (const [index, name] of ['a', 'b', 'c', 'd', 'e'].entries()) {
      writeFileSync(join(store(), `${name}.v8`), name);
      utimesSync(join(store(), `${name}.v8`), index, index);
    }
    await works();
    const names = files().map((file) => file.slice(store().length + 1));
    expect(names).to.have.length(4).and.to.include.members(['c.v8', 'd.v8', 'e.v8']);
  });
});
