/** ssh as a way to a host: where to, through which hops, how often to try, and the shells on it. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientChannel } from 'ssh2';
import type { Connection, ConnectionSettings, ShellEnd, ShellStreams } from './connection.ts';
import { type Endpoint, endpointOf, jumpSettings, sshArguments } from './endpoint.ts';
import { type Gate, gate } from './gate.ts';
import { readSshConfig } from './read-ssh-config.ts';
import { Busy } from './ssh-errors.ts';
import { acquireJump } from './ssh-jump.ts';
import { openLink, type SshLink } from './ssh-link.ts';
import { Unreachable } from './unreachable.ts';
import { splitWords } from './words.ts';

/** sshd begins to refuse some at ten unfinished logins (MaxStartups), and frees their places late; a CPU here takes fifty. */
const perServer = 6;
const handshakes = gate(50);
const servers = new Map<string, Gate>();
const attempts = 3;
/** Sessions are freed late by the server, so a refused channel is asked for again: 50 ms, 100 ms … 3.2 s. */
const channelAttempts = 7;
/** A grandchild may hold the channel open after the shell's end; its last bytes are read within this time. */
const drainMs = 250;

/** Connects and logs in. Throws {@link Unreachable}; what cannot help is not tried again. */
export async function connectSsh(settings: ConnectionSettings): Promise<Connection> {
  const args = sshArguments(splitWords(`${settings.sshCommonArgs ?? ''} ${settings.sshExtraArgs ?? ''}`));
  const home = settings.home;
  const file = settings.configFile ?? args.configFile ?? (home === undefined ? undefined : `${home}/.ssh/config`);
  const configText = file === undefined || file === 'none' ? '' : await readSshConfig(file, home);
  const link = await reach(settings, configText, []);
  return {
    kind: 'ssh',
    label: link.label,
    lost: link.lost,
    close: () => link.close(),
    async start() {
      return shellOf(await openChannel(link));
    },
  };
}

/** The link to the host, through the links to its jump hosts. `behind` are the hosts that this one is a hop for. */
async function reach(settings: ConnectionSettings, configText: string, behind: readonly string[]): Promise<SshLink> {
  const endpoint = endpointOf(settings, configText);
  if (behind.length > 8)
    throw new Unreachable('settings', `${endpoint.label}: jump hosts in a circle: ${behind.join(', ')}`);
  const way = [...behind, endpoint.host];
  const hops: SshLink[] = [];
  const release = async (): Promise<void> => {
    for (const hop of hops.reverse()) await hop.close();
  };
  let key = '';
  try {
    for (const jump of endpoint.jumps) {
      const via = hops.at(-1);
      const hop = jumpSettings(settings, jump);
      key += `${jump} ${settings.privateKeyFile ?? ''} ${settings.localUser ?? ''}\n`;
      const open = (): Promise<SshLink> =>
        via === undefined ? reach(hop, configText, way) : knock(endpointOf(hop, configText), hop, via);
      hops.push(await acquireJump(key, open));
    }
    const link = await knock(endpoint, settings, hops.at(-1));
    return { ...link, close: () => link.close().then(release) };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Handshakes at the pace that a server and this machine can bear, with a pause of random length after a refusal. */
async function knock(endpoint: Endpoint, settings: ConnectionSettings, via: SshLink | undefined): Promise<SshLink> {
  const server = `${endpoint.host}:${endpoint.port}`;
  const turn = servers.get(server) ?? gate(perServer);
  servers.set(server, turn);
  for (let attempt = 1; ; attempt++) {
    try {
      return await turn(() => handshakes(() => openLink(endpoint, settings, via)));
    } catch (error) {
      if (!(error instanceof Busy) || attempt === attempts) throw error;
      await sleep(attempt * (200 + Math.random() * 800));
    }
  }
}

async function openChannel(link: SshLink): Promise<ClientChannel> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await link.spawn('exec /bin/sh');
    } catch (error) {
      const { reason, message } = error as Error & { reason?: number };
      if (reason === 2 && attempt < channelAttempts) {
        await sleep(50 * 2 ** attempt);
        continue;
      }
      const gone = /No response from server|Not connected/.test(message);
      if (gone) throw new Unreachable('lost', `${link.label}: the connection was lost`, { cause: error });
      throw new Unreachable('shell', `${link.label}: no channel for /bin/sh: ${message}`, { cause: error });
    }
  }
}

/** A link that drops closes its channels without an exit: then both code and signal stay null. */
function shellOf(channel: ClientChannel): ShellStreams {
  const { stderr } = channel;
  for (const stream of [channel, stderr]) stream.on('error', () => {});
  let killed = (): void => {};
  const ended = new Promise<ShellEnd>((resolve) => {
    let end: ShellEnd = { code: null, signal: null };
    killed = () => resolve(end);
    channel.on('exit', (code: number | null, signal?: string) => {
      end = { code, signal: signal ?? null };
      setTimeout(() => resolve(end), drainMs).unref();
    });
    // Carries the exit again: the channel may have said it before anyone could listen.
    channel.once('close', (code?: number | null, signal?: string) => {
      resolve({ code: code ?? end.code, signal: signal ?? end.signal });
    });
  });
  const kill = (): void => {
    channel.close();
    killed();
  };
  return { stdin: channel, stdout: channel, stderr, ended, kill };
}
