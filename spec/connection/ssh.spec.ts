import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, chmodSync, copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { connect } from '../../engine/connection/connect.ts';
import type { Connection, ConnectionSettings } from '../../engine/connection/connection.ts';
import { openShell, type Shell } from '../../engine/connection/shell.ts';
import { isUnreachable, type Unreachable } from '../../engine/connection/unreachable.ts';
import { download, TransferError, upload } from '../../engine/connection/upload.ts';
import { freePort, noSshd, type Sshd, startSshd } from './sshd.ts';

describe(`connecting by ssh${noSshd === undefined ? '' : ` (skipped: ${noSshd})`}`, function () {
  this.timeout(20_000);
  let sshd: Sshd;
  const opened: Connection[] = [];

  before(async function () {
    if (noSshd !== undefined) this.skip();
    sshd = await startSshd();
  });

  after(() => sshd?.stop());

  afterEach(async () => {
    for (const connection of opened.splice(0)) await connection.close();
  });

  async function open(changes: Partial<ConnectionSettings> = {}): Promise<Connection> {
    const connection = await connect({ ...sshd.settings, ...changes });
    opened.push(connection);
    return connection;
  }

  async function echo(connection: Connection): Promise<string> {
    const shell = await openShell(connection);
    const reply = await shell.run({ script: 'echo hello' });
    await shell.close();
    return reply.stdout.toString();
  }

  async function refusal(changes: Partial<ConnectionSettings>): Promise<Unreachable> {
    const error = await open(changes)
      .then(openShell)
      .catch((caught: unknown) => caught);
    if (!isUnreachable(error)) throw new Error(`not refused: ${String(error)}`);
    expect(error.message).not.to.include('\n');
    return error;
  }

  for (const kind of ['ssh', 'openssh'] as const) {
    it(`logs in with a key by ${kind}`, async () => {
      expect(await echo(await open({ kind }))).to.equal('hello\n');
    });

    it(`says that a key is not accepted by ${kind}`, async () => {
      const error = await refusal({ kind, privateKeyFile: sshd.keys.stranger });
      expect([error.kind, error.retryable]).to.deep.equal(['auth', false]);
    });

    it(`says that the host key is unknown by ${kind}`, async () => {
      const error = await refusal({ kind, knownHostsFile: '/dev/null' });
      expect([error.kind, error.retryable]).to.deep.equal(['hostkey', false]);
    });

    it(`says that the host key has changed by ${kind}`, async () => {
      const knownHostsFile = join(sshd.directory, `changed-${kind}`);
      const [type, base64] = readFileSync(`${sshd.keys.plain}.pub`, 'utf8').split(' ');
      writeFileSync(knownHostsFile, `# a comment\n[127.0.0.1]:${sshd.port} ${type} ${base64}\n`);
      const error = await refusal({ kind, knownHostsFile, hostKeyChecking: 'accept-new' });
      expect(error.kind).to.equal('hostkey');
      expect(error.message).to.include(`${knownHostsFile}:2`);
      if (kind === 'ssh') {
        expect(error.message).to.include(keyFingerprint(`${sshd.keys.plain}.pub`));
        expect(error.message).to.include(keyFingerprint(`${sshd.hostKey}.pub`));
      }
    });

    it(`remembers a new host once under accept-new by ${kind}`, async () => {
      const knownHostsFile = join(sshd.directory, `new-${kind}`);
      const accepted: string[] = [];
      const settings: Partial<ConnectionSettings> = {
        kind,
        knownHostsFile,
        hostKeyChecking: 'accept-new',
        onAcceptedHostKey: ({ host, fingerprint }) => accepted.push(`${host} ${fingerprint}`),
      };
      expect(await echo(await open(settings))).to.equal('hello\n');
      expect(await echo(await open({ ...settings, hostKeyChecking: 'strict' }))).to.equal('hello\n');
      const found = execFileSync('ssh-keygen', ['-F', `[127.0.0.1]:${sshd.port}`, '-f', knownHostsFile], {
        encoding: 'utf8',
      });
      expect(found).to.include('ssh-ed25519');
      if (kind === 'ssh') {
        expect(accepted).to.deep.equal([`[127.0.0.1]:${sshd.port} ${keyFingerprint(`${sshd.hostKey}.pub`)}`]);
        expect(readFileSync(knownHostsFile, 'utf8').split('\n')).to.have.length(2);
        expect(statSync(knownHostsFile).mode & 0o777).to.equal(0o600);
      }
    });

    it(`classifies an unknown name, a closed port and a wrong user by ${kind}`, async () => {
      expect((await refusal({ kind, host: 'no-such-host.invalid' })).kind).to.equal('dns');
      expect((await refusal({ kind, port: await freePort() })).kind).to.equal('refused');
      expect((await refusal({ kind, user: 'nobody-of-that-name' })).kind).to.equal('auth');
    });

    it(`classifies a silent peer and a web server by ${kind}`, async () => {
      const silent = await listen(() => {});
      const web = await listen((greeting) => greeting('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'));
      expect((await refusal({ kind, port: portOf(silent), connectTimeoutMs: 1000 })).kind).to.equal('timeout');
      const error = await refusal({ kind, port: portOf(web), connectTimeoutMs: 3000 });
      expect(error.kind).to.equal('protocol');
      for (const server of [silent, web]) server.close();
    });

    it(`reports a drop in mid-frame as lost, never as success, by ${kind}`, async () => {
      const connection = await open({ kind });
      const shell = await openShell(connection);
      const parent = (await shell.run({ script: 'echo $PPID' })).stdout.toString().trim();
      const started = Date.now();
      const [first, second] = await Promise.allSettled([
        shell.run({ script: `echo partial; kill -KILL ${parent}; sleep 30` }),
        shell.run({ script: 'echo never' }),
      ]);
      for (const settled of [first, second]) {
        expect(settled.status).to.equal('rejected');
        expect(((settled as PromiseRejectedResult).reason as Unreachable).kind).to.equal('lost');
      }
      expect(Date.now() - started).to.be.lessThan(3000);
      if (kind === 'ssh') expect((await connection.lost).kind).to.equal('lost');
    });

    it(`carries a large file there and back by ${kind}`, async () => {
      const connection = await open({ kind });
      const bytes = randomBytes(5_000_000);
      const path = join(sshd.directory, `it's large ${kind}`);
      await upload(connection, path, bytes);
      expect(readFileSync(path).equals(bytes)).to.equal(true);
      expect(statSync(path).mode & 0o777).to.equal(0o600);
      expect((await read(await download(connection, path))).equals(bytes)).to.equal(true);
    });
  }

  it('names the fingerprint of an unknown host key and what to do', async () => {
    const error = await refusal({ knownHostsFile: join(sshd.directory, 'none') });
    expect(error.message).to.include(keyFingerprint(`${sshd.hostKey}.pub`));
    expect(error.hint).to.match(/ssh-keyscan -p \d+ 127\.0\.0\.1/);
    expect(existsSync(join(sshd.directory, 'none'))).to.equal(false);
  });

  it('accepts any host key when checking is off, and remembers none', async () => {
    const knownHostsFile = join(sshd.directory, 'off');
    expect(await echo(await open({ knownHostsFile, hostKeyChecking: 'off' }))).to.equal('hello\n');
    expect(existsSync(knownHostsFile)).to.equal(false);
  });

  it('asks for the type of key by which the host is known', async () => {
    const knownHostsFile = join(sshd.directory, 'rsa');
    const [type, base64] = readFileSync(join(sshd.directory, 'host-rsa.pub'), 'utf8').split(' ');
    writeFileSync(knownHostsFile, `[127.0.0.1]:${sshd.port} ${type} ${base64}\n`);
    expect(await echo(await open({ knownHostsFile }))).to.equal('hello\n');
  });

  it('refuses a revoked host key', async () => {
    const knownHostsFile = join(sshd.directory, 'revoked');
    writeFileSync(knownHostsFile, `@revoked * ${readFileSync(`${sshd.hostKey}.pub`, 'utf8')}`);
    appendFileSync(knownHostsFile, readFileSync(sshd.knownHosts));
    const error = await refusal({ knownHostsFile });
    expect(error.kind).to.equal('hostkey');
    expect(error.message).to.include(`revoked at ${knownHostsFile}:1`);
  });

  it('opens an encrypted key with its passphrase, and says when that is missing or wrong', async () => {
    const privateKeyFile = sshd.keys.encrypted;
    expect(await echo(await open({ privateKeyFile, passphrase: 'open sesame' }))).to.equal('hello\n');
    for (const passphrase of [undefined, 'wrong']) {
      const error = await refusal({ privateKeyFile, passphrase });
      expect(error.kind).to.equal('auth');
      expect(error.message).to.match(/needs (a|another) passphrase/);
    }
    expect((await refusal({ privateKeyFile: '/no/such/key' })).message).to.match(/cannot be read: ENOENT/);
  });

  it('takes the key that the file has now', async () => {
    const privateKeyFile = join(sshd.directory, 'changing');
    copyFileSync(sshd.keys.stranger, privateKeyFile);
    chmodSync(privateKeyFile, 0o600);
    expect((await refusal({ privateKeyFile })).kind).to.equal('auth');
    copyFileSync(sshd.keys.plain, privateKeyFile);
    expect(await echo(await open({ privateKeyFile }))).to.equal('hello\n');
    copyFileSync(sshd.keys.stranger, privateKeyFile);
    expect((await refusal({ privateKeyFile })).kind).to.equal('auth');
  });

  it('takes a key from a pipe, for all hosts', async () => {
    const privateKeyFile = join(sshd.directory, 'pipe');
    execFileSync('mkfifo', [privateKeyFile]);
    const both = [open({ privateKeyFile }), open({ privateKeyFile })];
    await writeFile(privateKeyFile, readFileSync(sshd.keys.plain));
    for (const connection of both) expect(await echo(await connection)).to.equal('hello\n');
  });

  it('passes over a configuration and known hosts that are folders', async () => {
    expect(await echo(await open({ configFile: sshd.directory }))).to.equal('hello\n');
    expect((await refusal({ knownHostsFile: sshd.directory })).message).to.include('is not known');
  });

  it('remembers new keys nowhere when that is asked for', async () => {
    expect(await echo(await open({ hostKeyChecking: 'accept-new', knownHostsFile: '/dev/null' }))).to.equal('hello\n');
  });

  it('logs in by an agent', async () => {
    const agent = join(sshd.directory, 'agent.sock');
    const words = execFileSync('ssh-agent', ['-a', agent], { encoding: 'utf8' });
    const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(words)?.[1]);
    try {
      execFileSync('ssh-add', ['-q', sshd.keys.plain], { env: { ...process.env, SSH_AUTH_SOCK: agent } });
      expect(await echo(await open({ privateKeyFile: undefined, agent }))).to.equal('hello\n');
    } finally {
      process.kill(pid);
    }
  });

  it('reads the ssh configuration, its includes and jump hosts', async () => {
    writeFileSync(join(sshd.directory, 'jump.conf'), `Host bastion\n  HostName 127.0.0.1\n  Port ${sshd.port}\n`);
    const text = `Include ${sshd.directory}/jump.*\nIdentityFile ${sshd.keys.plain}\nHost inner\n  HostName 127.0.0.1\n  Port ${sshd.port}\n  ProxyJump bastion\n`;
    const configFile = join(sshd.directory, 'ssh-config');
    writeFileSync(configFile, text);
    const settings = {
      host: 'inner',
      port: undefined,
      privateKeyFile: undefined,
      configFile,
    };
    const [one, two] = await Promise.all([open(settings), open(settings)]);
    expect(await echo(one)).to.equal('hello\n');
    const shell = await openShell(two);
    const client = (await shell.run({ script: 'echo $SSH_CLIENT' })).stdout.toString();
    expect(client).to.match(/^127\.0\.0\.1 /);
    await one.close();
    expect((await shell.run({ script: 'echo still' })).stdout.toString()).to.equal('still\n');
  });

  it('says what a jump host cannot reach, and what it cannot do itself', async () => {
    const closed = await freePort();
    const args = `-o ProxyJump=127.0.0.1:${sshd.port}`;
    const unreachable = await refusal({ host: 'localhost', port: closed, sshCommonArgs: args });
    expect(unreachable.kind).to.equal('refused');
    expect(unreachable.message).to.match(/not reachable from ssh .*Connection refused/);
    const command = await refusal({ sshCommonArgs: `-o ProxyCommand="nc %h %p"` });
    expect([command.kind, command.hint]).to.deep.equal(['settings', 'use ProxyJump, or connection: openssh']);
  });

  it('runs frames, times them out and goes on, over ssh', async () => {
    const connection = await open();
    const shell: Shell = await openShell(connection);
    const big = await shell.run({ script: 'head -c 100000000 /dev/zero; printf err >&2', outputLimit: 1000 });
    expect([big.stdoutBytes, big.stdout.length, big.stderr.toString()]).to.deep.equal([100_000_000, 1000, 'err']);
    const slow = await shell.run({ script: 'sleep 60', timeoutMs: 200 });
    expect([slow.timedOut, slow.code]).to.deep.equal([true, 143]);
    expect((await shell.run({ script: 'echo on' })).stdout.toString()).to.equal('on\n');
    await shell.close();
  });

  it('waits for a session to be freed when the server has too many', async () => {
    const connection = await open();
    const shells = await Promise.all(Array.from({ length: 9 }, () => openShell(connection)));
    const late = Promise.all([openShell(connection), openShell(connection), openShell(connection)]);
    setTimeout(() => void Promise.all(shells.map((shell) => shell.close())), 300);
    for (const shell of await late) expect((await shell.run({ script: 'exit 3' })).code).to.equal(3);
  });

  it('logs in many times at once without being turned away', async () => {
    const many = await Promise.all(Array.from({ length: 40 }, () => open()));
    expect(many).to.have.length(40);
  });

  it('says what the host said about a file that it cannot open', async () => {
    const connection = await open();
    for (const move of [
      () => upload(connection, '/no/such/place', Buffer.from('x')),
      () => download(connection, '/no/such/place'),
    ]) {
      const error = await Promise.resolve(move()).catch((caught: unknown) => caught);
      expect(error).to.be.instanceOf(TransferError);
      expect((error as TransferError).message).to.match(/^\/no\/such\/place: .*(cannot|can't|No such)/);
    }
    const full = await upload(connection, '/dev/full', randomBytes(1_000_000)).catch((caught: unknown) => caught);
    expect((full as Error).message).to.match(/No space left/);
  });

  it('stops an upload whose source breaks', async () => {
    const connection = await open();
    const source = Readable.from(
      (async function* () {
        yield Buffer.from('x');
        throw new Error('the source broke');
      })(),
    );
    const error = await upload(connection, join(sshd.directory, 'broken'), source).catch((caught: unknown) => caught);
    expect((error as Error).message).to.equal('the source broke');
  });

  it('detects a peer that falls silent', async () => {
    const connection = await open({ keepaliveMs: 200 });
    const shell = await openShell(connection);
    const parent = Number((await shell.run({ script: 'echo $PPID' })).stdout.toString());
    process.kill(parent, 'SIGSTOP');
    try {
      const error = await shell.run({ script: 'echo never' }).catch((caught: unknown) => caught);
      expect(isUnreachable(error) && error.message).to.match(/lost: no answer to keepalives for 0.6 s/);
    } finally {
      process.kill(parent, 'SIGKILL');
    }
  });
});

async function read(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function keyFingerprint(publicKeyFile: string): string {
  const key = Buffer.from(readFileSync(publicKeyFile, 'utf8').split(' ')[1] ?? '', 'base64');
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace('=', '')}`;
}

function listen(answer: (greeting: (text: string) => void) => void): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => answer((text) => socket.end(text)));
    }).listen(0, '127.0.0.1', () => resolve(server));
  });
}

function portOf(server: Server): number {
  return (server.address() as { port: number }).port;
}
