/** A real sshd on a high port of 127.0.0.1, run by whoever runs the specs, with keys of its own. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionSettings } from '../../engine/connection/connection.ts';

const program = '/usr/sbin/sshd';

/** Why there is no sshd to test against, if so. */
export const noSshd = existsSync(program) ? undefined : `${program} is missing: install openssh-server`;

export interface Sshd {
  readonly port: number;
  readonly directory: string;
  /** Private keys that the host lets in: one plain, one with the passphrase `open sesame`; and one it does not know. */
  readonly keys: { readonly plain: string; readonly encrypted: string; readonly stranger: string };
  readonly hostKey: string;
  readonly knownHosts: string;
  readonly settings: ConnectionSettings;
  stop(): void;
}

export async function startSshd(options: { readonly config?: string; readonly wrapper?: string } = {}): Promise<Sshd> {
  const directory = mkdtempSync(join(tmpdir(), 'kplay-sshd-'));
  const file = (name: string): string => join(directory, name);
  const key = (name: string, type: string, passphrase = ''): string => {
    execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', name, '-f', file(name)]);
    return file(name);
  };
  const hostKey = key('host', 'ed25519');
  const hostRsa = key('host-rsa', 'rsa');
  const keys = {
    plain: key('plain', 'ed25519'),
    encrypted: key('encrypted', 'rsa', 'open sesame'),
    stranger: key('stranger', 'ecdsa'),
  };
  const allowed = [keys.plain, keys.encrypted].map((name) => readFileSync(`${name}.pub`, 'utf8')).join('');
  writeFileSync(file('authorized'), allowed);
  const port = await freePort();
  const user = userInfo();
  if (user.uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const config = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${hostKey}`,
    `HostKey ${hostRsa}`,
    `AuthorizedKeysFile ${file('authorized')}`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'PidFile none',
    'PermitRootLogin yes',
    options.config ?? '',
  ].join('\n');
  writeFileSync(file('config'), config);
  const daemon = spawn(program, ['-D', '-e', '-f', file('config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  daemon.stderr.on('data', (bytes: Buffer) => {
    log += bytes.toString();
  });
  await listening(port, daemon, () => log);
  const knownHosts = file('known_hosts');
  const [type, base64] = readFileSync(`${hostKey}.pub`, 'utf8').split(' ');
  writeFileSync(knownHosts, `[127.0.0.1]:${port} ${type} ${base64}\n`);
  return {
    port,
    directory,
    keys,
    hostKey,
    knownHosts,
    settings: {
      kind: 'ssh',
      host: '127.0.0.1',
      port,
      user: user.username,
      localUser: user.username,
      privateKeyFile: keys.plain,
      knownHostsFile: knownHosts,
      hostKeyChecking: 'strict',
      connectTimeoutMs: 10_000,
      home: directory,
    },
    stop() {
      daemon.kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function listening(port: number, daemon: ChildProcess, log: () => string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.on('error', () => resolve(false)).on('connect', () => socket.destroy());
    });
    if (open) return;
    if (daemon.exitCode !== null) break;
    await sleep(50);
  }
  throw new Error(`sshd did not start: ${log()}`);
}
