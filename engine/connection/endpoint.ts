/** Where and as whom to connect: the settings, over ssh's arguments, over ssh_config(5); the only file that imports ssh-config. */

import SSHConfig from 'ssh-config';
import type { ConnectionSettings, HostKeyChecking } from './connection.ts';
import { Unreachable } from './unreachable.ts';
import { splitWords } from './words.ts';

export interface Endpoint {
  /** For messages: `ssh deploy@web1`. */
  readonly label: string;
  /** What to dial. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** The name under which its key is known. */
  readonly keyName: string;
  readonly hostKeyChecking: HostKeyChecking;
  /** Where keys are looked up; the first is where new ones are remembered. */
  readonly knownHostsFiles: readonly string[];
  /** Key files in the order to try; `given` when the user named them, so that a bad one is an error. */
  readonly identities: { readonly files: readonly string[]; readonly given: boolean; readonly only: boolean };
  readonly agent: string | undefined;
  /** `[user@]host[:port]`, nearest first. A host is no hop to itself (`Host *` with a ProxyJump covers the jump host too). */
  readonly jumps: readonly string[];
}

/** What was asked for on ssh's own command line, as lines of ssh_config. */
export interface SshArguments {
  readonly lines: string;
  readonly configFile: string | undefined;
}

const flagsWithValue = 'BbcDEeFIiJLlmOopQRSWw';
const flagDirectives: Readonly<Record<string, string>> = { i: 'IdentityFile', J: 'ProxyJump', l: 'User', p: 'Port' };

/** Reads `-o Key=value`, `-J`, `-i`, `-l`, `-p` and `-F`; other flags steer the ssh program only and are passed over. */
export function sshArguments(words: readonly string[]): SshArguments {
  const lines: string[] = [];
  let configFile: string | undefined;
  for (let index = 0; index < words.length; index++) {
    const [, flag = '', rest = ''] = /^-([A-Za-z])(.*)$/s.exec(words[index] ?? '') ?? [];
    if (flag === '' || !flagsWithValue.includes(flag)) continue;
    const value = (rest === '' ? (words[++index] ?? '') : rest).replaceAll('\n', ' ');
    if (flag === 'F') configFile = value;
    else if (flag === 'o') lines.push(value.replace(/^\s*([A-Za-z]+)\s*=?\s*/, '$1 '));
    else if (flagDirectives[flag] !== undefined) lines.push(`${flagDirectives[flag]} ${value}`);
  }
  return { lines: lines.map((line) => `${line}\n`).join(''), configFile };
}

/**
 * The endpoint of one host. `configText` is the ssh configuration with its includes, `globalKnownHosts` the system's
 * file. `Match exec` is never run and never matches. Throws {@link Unreachable} `settings`.
 */
export function endpointOf(settings: ConnectionSettings, configText: string): Endpoint {
  const args = sshArguments(splitWords(`${settings.sshCommonArgs ?? ''} ${settings.sshExtraArgs ?? ''}`));
  const fromArgs = directives(args.lines, settings);
  const config = directives(args.lines + configText, settings);
  const one = (key: string): string | undefined => config[key]?.[0];
  const user = settings.user ?? one('user') ?? settings.localUser;
  if (user === undefined) throw new Unreachable('settings', `${settings.host}: no user to connect as`);
  const named = { h: settings.host, n: settings.host, r: user, d: settings.home ?? '', u: settings.localUser ?? '' };
  const host = expand(one('hostname') ?? settings.host, named);
  const port = settings.port ?? Number(one('port') ?? 22);
  const file = (path: string): string =>
    expand(path.replace(/^~(?=\/)/, settings.home ?? '~'), { ...named, h: host, p: `${port}` });
  refuseProxyCommand(settings.host, config);
  const files = config['identityfile']?.map(file);
  return {
    label: `ssh ${user}@${settings.host}${port === 22 ? '' : `:${port}`}`,
    host,
    port,
    user,
    keyName: one('hostkeyalias') ?? host,
    hostKeyChecking: checkingOf(fromArgs['stricthostkeychecking']?.[0]) ?? settings.hostKeyChecking,
    knownHostsFiles: [
      ...(settings.knownHostsFile === undefined ? [] : [settings.knownHostsFile]),
      ...(config['userknownhostsfile']?.flatMap((value) => value.split(/\s+/)).map(file) ?? []),
      ...(settings.home === undefined ? [] : [`${settings.home}/.ssh/known_hosts`]),
    ],
    identities: {
      files: settings.privateKeyFile === undefined ? (files ?? defaultKeys(settings.home)) : [settings.privateKeyFile],
      given: settings.privateKeyFile !== undefined,
      only: one('identitiesonly') === 'yes',
    },
    agent: agentOf(one('identityagent'), settings.agent, file),
    jumps: (one('proxyjump') ?? 'none').split(',').filter((jump) => !['none', '', settings.host].includes(jump)),
  };
}

/** The settings for one hop on the way: its own user and port, the same keys, never the target's password or arguments. */
export function jumpSettings(settings: ConnectionSettings, jump: string): ConnectionSettings {
  const match = /^(?:ssh:\/\/)?(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(jump);
  if (match === null) throw new Unreachable('settings', `${settings.host}: no such jump host: ${jump}`);
  const [, user, bracketed, plain, port] = match;
  return {
    ...settings,
    host: bracketed ?? plain ?? '',
    user,
    port: port === undefined ? undefined : Number(port),
    password: undefined,
    sshCommonArgs: undefined,
    sshExtraArgs: undefined,
  };
}

type Directives = Readonly<Record<string, readonly string[] | undefined>>;

function directives(text: string, settings: ConnectionSettings): Directives {
  try {
    const user = settings.user === undefined ? {} : { User: settings.user };
    const found = parsed(text).compute({ Host: settings.host, ...user }, { ignoreCase: true, matchExec: false });
    return Object.fromEntries(Object.entries(found).map(([key, value]) => [key, [value].flat()]));
  } catch (cause) {
    const message = `${settings.host}: the ssh configuration cannot be read: ${(cause as Error).message}`;
    throw new Unreachable('settings', message, { cause });
  }
}

/** The last few configurations: all hosts share one, which may be as long as they are many. */
const configurations = new Map<string, SSHConfig>();

function parsed(text: string): SSHConfig {
  const known = configurations.get(text);
  if (known !== undefined) return known;
  if (configurations.size > 20) configurations.clear();
  const config = SSHConfig.parse(text);
  configurations.set(text, config);
  return config;
}

function refuseProxyCommand(host: string, config: Directives): void {
  const command = config['proxycommand']?.[0];
  if (command === undefined || command === 'none' || config['proxyjump'] !== undefined) return;
  const hint = 'use ProxyJump, or connection: openssh';
  throw new Unreachable('settings', `${host}: connection: ssh cannot run the ProxyCommand ${command}`, { hint });
}

function checkingOf(value: string | undefined): HostKeyChecking | undefined {
  if (value === 'yes') return 'strict';
  if (value === 'accept-new') return 'accept-new';
  return value === 'no' || value === 'off' ? 'off' : undefined;
}

function agentOf(
  configured: string | undefined,
  environment: string | undefined,
  file: (path: string) => string,
): string | undefined {
  if (configured === 'none') return undefined;
  return configured === undefined || configured === 'SSH_AUTH_SOCK' ? environment : file(configured);
}

function defaultKeys(home: string | undefined): string[] {
  return home === undefined ? [] : ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => `${home}/.ssh/${name}`);
}

function expand(text: string, tokens: Readonly<Record<string, string>>): string {
  return text.replace(/%(.)/g, (token, letter: string) => (letter === '%' ? '%' : (tokens[letter] ?? token)));
}
