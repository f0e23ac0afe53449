/** The system's ssh as a way to a host: ssh_config in full, certificates, hardware keys, any ProxyCommand. */

import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastWords } from './await-mark.ts';
import type { Connection, ConnectionSettings, ShellEnd } from './connection.ts';
import { spawnedConnection } from './exec.ts';
import { nonce } from './framing.ts';
import { Unreachable, type UnreachableKind } from './unreachable.ts';
import { splitWords } from './words.ts';

/**
 * ssh itself connects when the first shell starts; later shells share its connection through a control socket that is
 * ours alone, unless the arguments name one. Passwords cannot be given to ssh without a terminal: {@link Unreachable}.
 */
export async function connectOpenssh(settings: ConnectionSettings): Promise<Connection> {
  if (settings.password !== undefined) {
    const hint = 'use a key or an agent, or connection: ssh';
    throw new Unreachable('settings', `${settings.host}: connection: openssh takes no password`, { hint });
  }
  // A name that nobody can guess, and a socket that ssh makes for its owner alone.
  const controlPath = join(tmpdir(), `kplay-${nonce()}`);
  const args = opensshArguments(settings, controlPath);
  const label = `openssh ${settings.user === undefined ? '' : `${settings.user}@`}${settings.host}`;
  const connection = spawnedConnection('openssh', label, () => ({ command: 'ssh', args }), settings);
  return {
    ...connection,
    explain: (end, words) => explainSsh(label, end, words),
    async close() {
      await connection.close();
      await rm(controlPath, { force: true });
    },
  };
}

/** ssh's command line. For most options ssh takes the first value it sees, so the user's own arguments come first. */
export function opensshArguments(settings: ConnectionSettings, controlPath: string): string[] {
  const own = [...splitWords(settings.sshCommonArgs ?? ''), ...splitWords(settings.sshExtraArgs ?? '')];
  const option = (name: string, value: string | number): string[] => ['-o', `${name}=${value}`];
  const optional = (flag: string, value: string | number | undefined): string[] =>
    value === undefined ? [] : [flag, `${value}`];
  const shared = /control(master|path)/i.test(own.join(' ')) || own.some((word) => /^-[A-Za-z]*[SM]/.test(word));
  const checking = { strict: 'yes', 'accept-new': 'accept-new', off: 'no' }[settings.hostKeyChecking];
  return [
    '-T',
    ...optional('-p', settings.port),
    ...optional('-l', settings.user),
    ...own,
    ...optional('-F', settings.configFile),
    ...optional('-i', settings.privateKeyFile),
    ...option('BatchMode', 'yes'),
    ...option('StrictHostKeyChecking', checking),
    ...knownHosts(settings, option),
    ...option('ConnectTimeout', Math.max(1, Math.ceil(settings.connectTimeoutMs / 1000))),
    ...option('ServerAliveInterval', Math.max(1, Math.round((settings.keepaliveMs ?? 15_000) / 1000))),
    ...(shared ? [] : [...option('ControlMaster', 'auto'), ...option('ControlPath', controlPath)]),
    '--',
    settings.host,
    'exec /bin/sh',
  ];
}

function knownHosts(settings: ConnectionSettings, option: (name: string, value: string) => string[]): string[] {
  if (settings.hostKeyChecking === 'off') return option('UserKnownHostsFile', '/dev/null');
  if (settings.knownHostsFile === undefined) return [];
  return option('UserKnownHostsFile', `"${settings.knownHostsFile}" ~/.ssh/known_hosts`);
}

/** In the order to ask: a line may fit more than one. */
const causes: readonly (readonly [UnreachableKind, RegExp])[] = [
  ['dns', /Could not resolve hostname/],
  ['hostkey', /Host key verification failed|host key is known/i],
  ['auth', /Permission denied \(|Too many authentication failures/],
  ['timeout', /timed out/i],
  ['refused', /Connection refused|No route to host|Network is unreachable/],
  ['protocol', /kex_exchange|banner|no matching|Bad packet/i],
  ['lost', /closed by remote host|not responding|Broken pipe|client_loop/],
  ['protocol', /Connection (closed|reset)/],
  ['settings', /Bad configuration|command-line|usage: ssh|Unsupported option/],
];

/** ssh ends with 255 when it, and not the remote shell, failed; its last words say why. */
export function explainSsh(label: string, end: ShellEnd, words: string): Unreachable | undefined {
  if (end.code !== 255) return undefined;
  const lines = words.split(/\r?\n/).filter((line) => line !== '' && !/^(@|Warning: Permanently added)/.test(line));
  for (const [kind, pattern] of causes) {
    const line = lines.find((candidate) => pattern.test(candidate));
    if (line !== undefined)
      return new Unreachable(kind, `${label}: ${line}${kind === 'hostkey' ? keyDetails(words) : ''}`);
  }
  return new Unreachable('lost', `${label}: ssh ended with exit code 255${lastWords(words)}`);
}

/** The key shown and the line it contradicts, from ssh's long warning. */
function keyDetails(words: string): string {
  const shown = /sent by the remote host is\s+(SHA256:[\w+/]+)/.exec(words)?.[1];
  const old = /Offending (\S+) key in (\S+)/.exec(words);
  const parts = [shown && `the host shows ${shown}`, old && `${old[2]} has another ${old[1]} key`].filter(Boolean);
  return parts.length > 0 ? ` ${parts.join(', ')}` : '';
}
