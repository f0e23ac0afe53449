/** What `ansible.cfg` and ANSIBLE_* variables say in the place of flags. */
import { resolve } from 'node:path';
import { exitCodes, KplayError, type Location } from '../errors.ts';
import { type Entry, findConfiguration, readConfiguration, type Surroundings } from './configuration-file.ts';
import { disk } from './disk.ts';
import type { CliOptions } from './options.ts';

export interface Settings {
  readonly options: Partial<CliOptions>;
  /** The file that was read. */
  readonly file: string | undefined;
  readonly warnings: readonly string[];
  /** What stands there, means something to Ansible perhaps, and nothing here: with its place. */
  readonly unread: readonly string[];
}

/** A text, under which name it was found, and where paths in it begin. */
interface Written {
  readonly name: string;
  readonly text: string;
  readonly folder: string;
  readonly at?: Location;
}

interface Setting {
  readonly option: keyof CliOptions;
  /** `section.name` in the file; of several the first that is there. */
  readonly keys: readonly string[];
  readonly variables: readonly string[];
  /** Undefined: nothing is said. Throws KplayError. */
  read(written: Written, surroundings: Surroundings): unknown;
}

/** Everything that is read. */
export const settings: readonly Setting[] = [
  setting('inventory', 'defaults.inventory', paths(',')),
  setting('forks', 'defaults.forks', positive),
  setting('user', 'defaults.remote_user', text),
  setting('privateKey', 'defaults.private_key_file', path),
  setting('connection', 'defaults.transport', oneOf('ssh', 'openssh', 'local', 'exec', 'smart', 'paramiko')),
  setting(
    'timeout',
    'defaults.timeout',
    positive,
    ['ssh_connection.timeout'],
    ['ANSIBLE_TIMEOUT', 'ANSIBLE_SSH_TIMEOUT'],
  ),
  setting(
    'hostKeyChecking',
    'defaults.host_key_checking',
    (written) => (flag(written) ? 'strict' : 'off'),
    ['ssh_connection.host_key_checking'],
    ['ANSIBLE_HOST_KEY_CHECKING', 'ANSIBLE_SSH_HOST_KEY_CHECKING'],
  ),
  setting('sshCommonArgs', 'ssh_connection.ssh_common_args', text),
  setting('sshExtraArgs', 'ssh_connection.ssh_extra_args', text),
  setting('askPass', 'defaults.ask_pass', flag),
  setting('connectionPasswordFile', 'defaults.connection_password_file', path),
  setting('become', 'privilege_escalation.become', flag),
  setting('becomeUser', 'privilege_escalation.become_user', text),
  setting('becomeMethod', 'privilege_escalation.become_method', oneOf('sudo', 'su')),
  setting('askBecomePass', 'privilege_escalation.become_ask_pass', flag),
  setting('becomePasswordFile', 'defaults.become_password_file', path),
  setting('rolesPath', 'defaults.roles_path', paths(':')),
  setting('modulePath', 'defaults.library', paths(':')),
  setting('vaultIdentityList', 'defaults.vault_identity_list', identities),
  setting('vaultDefaultFile', 'defaults.vault_password_file', path),
  setting('askVaultPass', 'defaults.ask_vault_pass', flag),
  setting('gathering', 'defaults.gathering', oneOf('implicit', 'explicit', 'smart')),
  setting('factCaching', 'defaults.fact_caching', cachePlugin, [], ['ANSIBLE_CACHE_PLUGIN']),
  setting('factCachingConnection', 'defaults.fact_caching_connection', path, [], ['ANSIBLE_CACHE_PLUGIN_CONNECTION']),
  setting('factCachingPrefix', 'defaults.fact_caching_prefix', text, [], ['ANSIBLE_CACHE_PLUGIN_PREFIX']),
  setting('factCachingTimeout', 'defaults.fact_caching_timeout', count, [], ['ANSIBLE_CACHE_PLUGIN_TIMEOUT']),
  setting('forceHandlers', 'defaults.force_handlers', flag),
  setting('strategy', 'defaults.strategy', oneOf('linear', 'free', 'host_pinned', 'debug')),
  setting('anyErrorsFatal', 'defaults.any_errors_fatal', flag),
  setting('taskTimeout', 'defaults.task_timeout', count),
  setting('managed', 'defaults.ansible_managed', (written) => (/[{%]/.test(written.text) ? undefined : text(written))),
  setting('showSkipped', 'defaults.display_skipped_hosts', flag),
  setting('diff', 'diff.always', flag, [], ['ANSIBLE_DIFF_ALWAYS']),
  setting('diffContext', 'diff.context', count, [], ['ANSIBLE_DIFF_CONTEXT']),
  setting('color', 'defaults.nocolor', (written) => (flag(written) ? 'never' : undefined)),
  setting('color', 'defaults.force_color', (written) => (flag(written) ? 'always' : undefined)),
];

/** Settings whose other values would make a playbook mean something else: what to say of them, by their keys. */
const unlike: Readonly<Record<string, readonly [meant: RegExp, word: string]>> = {
  'defaults.hash_behaviour': [/^replace$/, 'dictionaries replace each other here: use the filter combine'],
  'defaults.fact_caching': [
    /^(ansible\.builtin\.)?(memory|jsonfile)$/,
    'facts are kept from run to run by jsonfile alone: they are read anew, which takes one round trip',
  ],
  'defaults.error_on_undefined_vars': [
    /^(true|yes|on|1)$/i,
    'an undefined variable is always an error: use the filter default',
  ],
  'defaults.inject_facts_as_vars': [/^(true|yes|on|1)$/i, 'facts are always variables as well'],
  'defaults.private_role_vars': [
    /^(false|no|off|0)$/i,
    'variables of roles in a play are seen by all of it: use include_role',
  ],
  'defaults.duplicate_dict_key': [/^warn$/, 'a key given twice is always warned of'],
  'defaults.ansible_managed': [/^[^{%]*$/, 'what stands in {} and behind % is not filled in here: write plain text'],
  'defaults.precedence': [
    /^all_inventory, *groups_inventory, *all_plugins_inventory, *all_plugins_play, *groups_plugins_inventory, *groups_plugins_play$/,
    'variables of groups always rank as they do unless told otherwise',
  ],
  'defaults.host_pattern_mismatch': [/^error$/, 'a name no host has is always an error, unless the inventory may grow'],
};

/** Settings without a meaning here that nobody misses: how Ansible prints, keeps connections, and runs Python. */
const idle =
  /callback|result_format|pipelining|^ssh_args$|control_path|scp_|sftp|transfer_method|jinja2_native|max_diff_size|retry_files|retries|usetty|cow|_warnings?$|interpreter|^(config|home)$/;

/** Reads them all; a variable wins over the file. Throws KplayError for what makes no sense. */
export function readSettings(surroundings: Surroundings): Settings {
  const { cwd, environment } = surroundings;
  const { file, warnings } = findConfiguration(surroundings);
  const entries = file === undefined ? [] : readConfiguration(disk.read(file)!, file);
  const options: Record<string, unknown> = {};
  for (const { option, keys, variables, read } of settings) {
    const variable = variables.find((name) => environment[name]?.trim());
    const entry = keys.flatMap((key) => entries.findLast((one) => keyOf(one) === key && one.value !== '') ?? [])[0];
    const written: Written | undefined = variable
      ? { name: variable, text: environment[variable]!.trim(), folder: cwd }
      : entry && { name: entry.name, text: entry.value, folder: resolve(file!, '..'), at: entry.at };
    if (written) options[option] ??= read(written, surroundings);
  }
  const said = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return {
    options: said as Partial<CliOptions>,
    file,
    warnings: [...warnings, ...different(entries, environment)],
    unread: unread(entries, environment),
  };
}

/** Where a setting asks for what is done otherwise here, one word each. */
function different(entries: readonly Entry[], environment: Surroundings['environment']): readonly string[] {
  return Object.entries(unlike).flatMap(([key, [meant, word]]) => {
    const [variable, entry] = [variableOf(key), entries.findLast((one) => keyOf(one) === key)];
    const told = environment[variable]?.trim();
    const text = told || entry?.value || '';
    if (text === '' || meant.test(text)) return [];
    const name = told ? variable : `${entry!.name} (${entry!.at.file}:${entry!.at.line})`;
    return [`${name} = ${text} has no effect: ${word}`];
  });
}

function unread(entries: readonly Entry[], environment: Surroundings['environment']): readonly string[] {
  const keys = new Set([...settings.flatMap((one) => one.keys), ...Object.keys(unlike)]);
  const variables = new Set([...settings.flatMap((one) => one.variables), ...Object.keys(unlike).map(variableOf)]);
  const inFile = entries
    .filter((one) => !keys.has(keyOf(one)) && !idle.test(one.name) && !idle.test(one.section))
    .map((one) => `[${one.section}] ${one.name} (${one.at.file}:${one.at.line})`);
  const named = Object.keys(environment).filter(
    (name) => name.startsWith('ANSIBLE_') && !variables.has(name) && !idle.test(name.slice(8).toLowerCase()),
  );
  return [...new Set([...inFile, ...named.sort()])];
}

const keyOf = ({ section, name }: Entry): string => `${section}.${name}`;

/** The variable is named after the key unless told; there may be several of either. */
function setting<K extends keyof CliOptions>(
  option: K,
  key: string,
  read: (written: Written, surroundings: Surroundings) => CliOptions[K] | undefined,
  others: readonly string[] = [],
  variables: readonly string[] = [variableOf(key)],
): Setting {
  return { option, keys: [key, ...others], variables, read };
}

/** Other plugins are warned of. */
function cachePlugin({ text }: Written): 'memory' | 'jsonfile' | undefined {
  const name = text.replace(/^ansible\.builtin\./, '');
  return name === 'memory' || name === 'jsonfile' ? name : undefined;
}

function text({ text }: Written): string {
  return text;
}

function flag({ text, ...written }: Written): boolean {
  if (/^(true|yes|on|1|t|y)$/i.test(text)) return true;
  if (/^(false|no|off|0|f|n)$/i.test(text)) return false;
  return refuse(written, `yes or no, not "${text}"`);
}

function positive({ text, ...written }: Written): number {
  return /^0*[1-9]\d*$/.test(text) ? Number(text) : refuse(written, `a positive number, not "${text}"`);
}

function count({ text, ...written }: Written): number {
  return /^\d+$/.test(text) ? Number(text) : refuse(written, `a number, not "${text}"`);
}

function oneOf<T extends string>(...choices: readonly T[]) {
  return ({ text, ...written }: Written): T =>
    choices.find((one) => one === text) ?? refuse(written, `one of ${choices.join(', ')}, not "${text}"`);
}

function path({ text, folder }: Written, { cwd, home, environment }: Surroundings): string {
  const expanded = text
    .replace(/^~(?=\/|$)/, home)
    .replace(/\{\{\s*CWD\s*\}\}/g, cwd)
    .replace(/\$(?:\{(\w+)\}|(\w+))/g, (all, braced, plain) => environment[braced ?? plain] ?? all);
  return resolve(folder, expanded);
}

function paths(separator: string) {
  return (written: Written, surroundings: Surroundings): readonly string[] =>
    listed(written.text, separator).map((one) => path({ ...written, text: one }, surroundings));
}

/** `ID@SOURCE`, where a source may begin with the user's home. */
function identities({ text }: Written, { home }: Surroundings): readonly string[] {
  return listed(text, ',').map((one) => one.replace(/(?<=^|@)~(?=\/)/, home));
}

const listed = (text: string, separator: string): readonly string[] =>
  text
    .split(separator)
    .map((one) => one.trim())
    .filter(Boolean);

function refuse({ name, at }: Pick<Written, 'name' | 'at'>, what: string): never {
  throw new KplayError([{ message: `${name} is ${what}`, at }], { exitCode: exitCodes.usage });
}

function variableOf(key: string): string {
  return `ANSIBLE_${key.slice(key.indexOf('.') + 1).toUpperCase()}`;
}
