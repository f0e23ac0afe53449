import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { expect } from 'chai';
import type { AuthContext, Connection as Peer, ServerChannel } from 'ssh2';
import ssh2 from 'ssh2';
import { connect } from '../../engine/connection/connect.ts';
import type { ConnectionSettings } from '../../engine/connection/connection.ts';
import { openShell } from '../../engine/connection/shell.ts';
import { isUnreachable, type Unreachable } from '../../engine/connection/unreachable.ts';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
});

/** A server in this process, which shows what the client does; it gives no real shell. */
async function serve(
  authenticate: (context: AuthContext) => void,
  onSession: (accept: () => ServerChannel) => void = () => {},
): Promise<{ settings: ConnectionSettings; server: InstanceType<typeof ssh2.Server> }> {
  const server = new ssh2.Server({ hostKeys: [privateKey] }, (peer: Peer) => {
    peer.on('error', () => {});
    peer.on('authentication', authenticate);
    peer.on('session', (accept) => {
      accept().on('exec', (acceptExec) => onSession(acceptExec));
    });
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
  return {
    server,
    settings: {
      kind: 'ssh',
      host: '127.0.0.1',
      port,
      user: 'deploy',
      hostKeyChecking: 'off',
      connectTimeoutMs: 5000,
    },
  };
}

async function refusal(settings: ConnectionSettings): Promise<Unreachable> {
  const error = await connect(settings).catch((caught: unknown) => caught);
  if (!isUnreachable(error)) throw new Error(`not refused: ${String(error)}`);
  return error;
}

describe('logging in with a password', function () {
  this.timeout(10_000);

  it('answers the password method', async () => {
    const { settings, server } = await serve((context) => {
      if (context.method === 'password' && context.password === 'right') context.accept();
      else context.reject(['password']);
    });
    const connection = await connect({ ...settings, password: 'right' });
    await connection.close();
    server.close();
  });

  it('answers the prompts of keyboard-interactive, where there is no password method', async () => {
    const { settings, server } = await serve((context) => {
      if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive']);
      context.prompt([{ prompt: 'Password: ', echo: false }], (answers) => {
        if (answers[0] === 'right') context.accept();
        else context.reject(['keyboard-interactive']);
      });
    });
    const connection = await connect({ ...settings, password: 'right' });
    await connection.close();
    server.close();
  });

  it('tries a wrong password once, by whatever method, and says what was tried', async () => {
    let tries = 0;
    const { settings, server } = await serve((context) => {
      if (context.method !== 'none') tries++;
      context.reject(['password', 'keyboard-interactive']);
    });
    const error = await refusal({ ...settings, password: 'wrong' });
    expect([error.kind, error.retryable, tries]).to.deep.equal(['auth', false, 1]);
    expect(error.message).to.match(/did not let us in: tried password; it takes password, keyboard-interactive$/);
    server.close();
  });

  it('says what the host would take when there is nothing to try', async () => {
    const { settings, server } = await serve((context) => context.reject(['publickey']));
    expect((await refusal(settings)).message).to.match(/tried nothing; it takes publickey$/);
    server.close();
  });

  it('names the login that gives no shell', async () => {
    const { settings, server } = await serve(
      (context) => context.accept(),
      (accept) => {
        const channel = accept();
        channel.write('This account is currently not available.\n');
        channel.exit(1);
        channel.end();
      },
    );
    const connection = await connect({ ...settings, password: 'x' });
    const error = await openShell(connection).catch((caught: unknown) => caught);
    expect(isUnreachable(error) && [error.kind, error.hint]).to.deep.equal(['shell', 'the account has no login shell']);
    await connection.close();
    server.close();
  });
});

describe('a server that is busy', function () {
  this.timeout(20_000);

  async function behind(
    port: number,
    refuse: (count: number) => boolean,
  ): Promise<{ port: number; count: () => number; close: () => void }> {
    let count = 0;
    const { connect: dial } = await import('node:net');
    const sockets = new Set<Socket>();
    const front = createServer((socket) => {
      if (refuse(++count)) return void socket.resetAndDestroy();
      const back = dial(port, '127.0.0.1');
      for (const end of [socket, back]) sockets.add(end.on('error', () => {}));
      socket.pipe(back).pipe(socket);
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    const close = (): void => {
      front.close();
      for (const socket of sockets) socket.destroy();
    };
    return { port: (front.address() as { port: number }).port, count: () => count, close };
  }

  it('is asked again, twice at most', async () => {
    const { settings, server } = await serve((context) => context.accept());
    const busyTwice = await behind(settings.port ?? 0, (count) => count <= 2);
    const connection = await connect({ ...settings, port: busyTwice.port, password: 'x' });
    expect(busyTwice.count()).to.equal(3);
    await connection.close();
    const busy = await behind(settings.port ?? 0, () => true);
    const error = await refusal({ ...settings, port: busy.port, password: 'x' });
    expect([error.kind, busy.count()]).to.deep.equal(['protocol', 3]);
    expect(error.message).to.match(/hung up before the ssh handshake/);
    for (const front of [busyTwice, busy]) front.close();
    server.close();
  });

  it('is not asked again after a refused login', async () => {
    const { settings, server } = await serve((context) => context.reject([]));
    const open = await behind(settings.port ?? 0, () => false);
    expect((await refusal({ ...settings, port: open.port, password: 'x' })).kind).to.equal('auth');
    expect(open.count()).to.equal(1);
    open.close();
    server.close();
  });
});
