/** One authenticated ssh connection, by way of ssh2-promise; the only file that imports it. */

import { nextTick } from 'node:process';
import type { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import SSH2Promise from 'ssh2-promise';
import type { ConnectionSettings } from './connection.ts';
import { dial } from './dial.ts';
import type { Endpoint } from './endpoint.ts';
import { checkShownKey, readKnownHosts } from './host-key.ts';
import { knownKeyTypes } from './known-hosts.ts';
import { authentication } from './ssh-auth.ts';
import { explainHandshake, explainLoss } from './ssh-errors.ts';
import { Unreachable } from './unreachable.ts';

/** An open link. */
export interface SshLink {
  readonly label: string;
  /** Starts one constant command on a channel of its own. */
  spawn(command: string): Promise<ClientChannel>;
  /** A stream to where only this host can reach. */
  forward(host: string, port: number): Promise<Duplex>;
  readonly lost: Promise<Unreachable>;
  close(): Promise<void>;
}

const systemKnownHosts = '/etc/ssh/ssh_known_hosts';
/** Without ssh-rsa, which is SHA-1. */
const hostKeyAlgorithms = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const;

/** One attempt: a socket (through the last hop, when there is one), the host's key, our login. Throws {@link Unreachable}. */
export async function openLink(endpoint: Endpoint, settings: ConnectionSettings, via?: SshLink): Promise<SshLink> {
  const { label, host, port, keyName } = endpoint;
  const known = await readKnownHosts([...endpoint.knownHostsFiles, systemKnownHosts]);
  const login = await authentication(endpoint, settings);
  const deadline = performance.now() + settings.connectTimeoutMs;
  const sock = await openSocket(endpoint, settings.connectTimeoutMs, via);
  gatherWrites(sock);
  const keepaliveMs = settings.keepaliveMs ?? 15_000;
  const timeoutMs = Math.max(1, Math.round(deadline - performance.now()));
  let heard = '';
  let mistrust: unknown;
  const checkKey = async (key: Buffer): Promise<boolean> => {
    try {
      const { hostKeyChecking: checking, knownHostsFiles } = endpoint;
      const file = knownHostsFiles[0];
      await checkShownKey(
        { label, host: keyName, port, checking, known, file, onAccepted: settings.onAcceptedHostKey },
        key,
      );
      return true;
    } catch (error) {
      mistrust = error;
      return false;
    }
  };
  sock.pause().on('data', (bytes: Buffer) => {
    if (heard === '') heard = bytes.toString('latin1', 0, 100);
  });
  const ssh = new SSH2Promise(
    {
      host,
      port,
      username: endpoint.user,
      sock,
      reconnect: false,
      readyTimeout: timeoutMs,
      keepaliveInterval: keepaliveMs,
      keepaliveCountMax: 3,
      algorithms: { serverHostKey: hostKeyOrder(knownKeyTypes(known, keyName, port)) },
      authHandler: login.handler,
      hostVerifier: (key: Buffer, verify: (trusted: boolean) => void) => void checkKey(key).then(verify),
    },
    true,
  );
  try {
    const connected = (await ssh.connect()) as { spawn: Spawn; sshConnection: Client };
    return link(label, connected, sock, keepaliveMs);
  } catch (error) {
    sock.destroy();
    const timedOut = performance.now() >= deadline - 5;
    const handshake = { label, heard, timeoutMs: settings.connectTimeoutMs, timedOut, tried: login.describe() };
    throw mistrust ?? explainHandshake(error, handshake);
  }
}

type Spawn = (command: string) => Promise<ClientChannel>;

/** The full list with the known types first: asked for another type, a known host would look like a changed one. */
function hostKeyOrder(types: readonly string[]): (typeof hostKeyAlgorithms)[number][] {
  const known = (algorithm: string): boolean => types.includes(algorithm.replace(/^rsa-sha2-.*/, 'ssh-rsa'));
  return [...hostKeyAlgorithms.filter(known), ...hostKeyAlgorithms.filter((algorithm) => !known(algorithm))];
}

/** ssh2 writes each packet in three pieces: all that one turn of the loop writes goes to the system at once. */
function gatherWrites(sock: Duplex): void {
  const write = sock.write;
  sock.write = ((...args: Parameters<Duplex['write']>) => {
    if (sock.writableCorked === 0) {
      sock.cork();
      nextTick(() => sock.uncork());
    }
    return write.apply(sock, args);
  }) as Duplex['write'];
}

async function openSocket({ label, host, port }: Endpoint, timeoutMs: number, via?: SshLink): Promise<Duplex> {
  if (via === undefined) return dial({ label, host, port, timeoutMs });
  try {
    return await via.forward(host, port);
  } catch (cause) {
    const why = (cause as Error).message.replace(/^\(SSH\) Channel open failure: /, '');
    throw new Unreachable('refused', `${label}: not reachable from ${via.label}: ${why}`, { cause });
  }
}

/** Only what `connect()` resolved with is used: the outer object would open a new connection for every call. */
function link(
  label: string,
  connected: { spawn: Spawn; sshConnection: Client },
  sock: Duplex,
  keepaliveMs: number,
): SshLink {
  const client = connected.sshConnection;
  let closing = false;
  let last: unknown;
  client.on('error', (error) => {
    last = error;
  });
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
  const lost = new Promise<Unreachable>((resolve) => {
    void closed.then(() => closing || resolve(explainLoss(last, label, keepaliveMs)));
  });
  return {
    label,
    lost,
    spawn: (command) => connected.spawn(command),
    forward: (host, port) =>
      new Promise((resolve, reject) => {
        client.forwardOut('127.0.0.1', 0, host, port, (error, channel) => (error ? reject(error) : resolve(channel)));
      }),
    async close() {
      closing = true;
      client.end();
      const timer = setTimeout(() => sock.destroy(), 1000);
      await closed;
      clearTimeout(timer);
    },
  };
}
