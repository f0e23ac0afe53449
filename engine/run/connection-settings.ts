/** Ansible's connection variables, keywords and flags read into what the connection room understands. */
import type { Become, ConnectionKind, ConnectionSettings, HostKeyChecking } from '../connection/connection.ts';
import type { Inherited, Positioned } from '../playbook/ast.ts';
import { ModuleFailure } from '../target/failure.ts';
import type { Environment } from '../template/environment.ts';
import { renderValue, truthy } from '../template/render.ts';
import { isUnknown, missing, Raw } from '../template/values.ts';

/** What the command line and the machine say; the weakest source of all. */
export interface ConnectionDefaults {
  readonly user?: string | undefined;
  readonly privateKeyFile?: string | undefined;
  readonly connection?: string | undefined;
  readonly password?: string | undefined;
  readonly become: boolean;
  readonly becomeUser?: string | undefined;
  readonly becomeMethod?: string | undefined;
  readonly becomePassword?: string | undefined;
  readonly sshCommonArgs?: string | undefined;
  readonly sshExtraArgs?: string | undefined;
  readonly hostKeyChecking: HostKeyChecking;
  readonly connectTimeoutMs: number;
  readonly home?: string | undefined;
  readonly localUser?: string | undefined;
  readonly agent?: string | undefined;
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  readonly onAcceptedHostKey?: ConnectionSettings['onAcceptedHostKey'];
}

/** Variables that say how a host is reached. */
export const connectionVariables: ReadonlySet<string> = new Set(
  [
    ...['connection', 'host', 'port', 'user', 'password', 'timeout', 'host_key_checking', 'private_key_file'],
    ...['private_key_passphrase', 'exec_command', 'shell_command', 'ssh_host', 'ssh_port', 'ssh_user', 'ssh_password'],
    ...['ssh_pass', 'ssh_timeout', 'ssh_host_key_checking', 'ssh_private_key_file', 'ssh_private_key_passphrase'],
    ...['ssh_known_hosts_file', 'ssh_common_args', 'ssh_extra_args'],
  ].map((name) => `ansible_${name}`),
);

/** A variable's rendered value in this environment, undefined where there is none. */
export function variable(environment: Environment, name: string): unknown {
  const value = environment.scope.get(name);
  if (value === missing) return undefined;
  const rendered = value instanceof Raw ? renderValue(value.value, environment, value.at) : value;
  if (isUnknown(rendered)) throw new ModuleFailure(`${name} is not known before the run: ${rendered.reason}`);
  return rendered;
}

/** Settings for a host: its variables win over the task's keywords, these over the command line. */
export function connectionSettings(
  host: string,
  implicitLocal: boolean,
  inherited: Inherited,
  environment: Environment,
  defaults: ConnectionDefaults,
): ConnectionSettings {
  const text = (...names: readonly string[]) => firstText(names.map((name) => variable(environment, name)));
  const keyword = (name: 'connection' | 'port' | 'remote_user') => asText(rendered(inherited[name], environment));
  const kind = connectionKind(
    text('ansible_connection') ?? (implicitLocal ? 'local' : (keyword('connection') ?? defaults.connection ?? 'ssh')),
  );
  const port = text('ansible_port', 'ansible_ssh_port') ?? keyword('port');
  const checking = text('ansible_host_key_checking', 'ansible_ssh_host_key_checking');
  const timeout = text('ansible_ssh_timeout', 'ansible_timeout');
  return {
    kind,
    host: text('ansible_host', 'ansible_ssh_host') ?? host,
    port: port === undefined ? undefined : Number(port),
    user: text('ansible_user', 'ansible_ssh_user') ?? keyword('remote_user') ?? defaults.user,
    privateKeyFile: home(
      text('ansible_ssh_private_key_file', 'ansible_private_key_file') ?? defaults.privateKeyFile,
      defaults.home,
    ),
    passphrase: text('ansible_ssh_private_key_passphrase', 'ansible_private_key_passphrase'),
    password: text('ansible_password', 'ansible_ssh_password', 'ansible_ssh_pass') ?? defaults.password,
    knownHostsFile: home(text('ansible_ssh_known_hosts_file'), defaults.home),
    hostKeyChecking: checking === undefined ? defaults.hostKeyChecking : checkingOf(checking),
    connectTimeoutMs: timeout === undefined ? defaults.connectTimeoutMs : Number(timeout) * 1000,
    sshCommonArgs: text('ansible_ssh_common_args') ?? defaults.sshCommonArgs,
    sshExtraArgs: text('ansible_ssh_extra_args') ?? defaults.sshExtraArgs,
    command: text('ansible_exec_command', 'ansible_shell_command'),
    agent: defaults.agent,
    home: defaults.home,
    localUser: defaults.localUser,
    environment: defaults.environment,
    onAcceptedHostKey: defaults.onAcceptedHostKey,
  };
}

/** The user a task becomes, or undefined when it stays who it is. */
export function becomeOf(
  inherited: Inherited,
  environment: Environment,
  defaults: ConnectionDefaults,
): Become | undefined {
  const keyword = (name: 'become' | 'become_user' | 'become_method' | 'become_flags' | 'become_exe') =>
    rendered(inherited[name], environment);
  const wanted = variable(environment, 'ansible_become') ?? keyword('become') ?? defaults.become;
  if (!truth(wanted)) return undefined;
  const text = (name: string, ...others: readonly unknown[]) =>
    asText(variable(environment, name) ?? others.find((one) => one !== undefined));
  const method = text('ansible_become_method', keyword('become_method'), defaults.becomeMethod) ?? 'sudo';
  if (method !== 'sudo' && method !== 'su')
    throw new ModuleFailure(`become_method "${method}" is not supported: use sudo or su`);
  return {
    method,
    user: text('ansible_become_user', keyword('become_user'), defaults.becomeUser) ?? 'root',
    password:
      firstText(
        ['ansible_become_password', 'ansible_become_pass', 'ansible_sudo_pass'].map((name) =>
          variable(environment, name),
        ),
      ) ?? defaults.becomePassword,
    flags: text('ansible_become_flags', keyword('become_flags')),
    exe: text('ansible_become_exe', keyword('become_exe')),
  };
}

/** A keyword's rendered value; undefined when it is not there. */
export function rendered(keyword: Positioned | undefined, environment: Environment): unknown {
  return keyword === undefined ? undefined : renderValue(keyword.value, environment, keyword.at);
}

/** Ansible's reading of a boolean keyword: also the words people write for one. */
export function truth(value: unknown): boolean {
  return typeof value === 'string' ? /^(true|yes|on|1|t|y)$/i.test(value.trim()) : truthy(value);
}

function connectionKind(name: string): ConnectionKind {
  const kinds: Readonly<Record<string, ConnectionKind>> = {
    ssh: 'ssh',
    paramiko: 'ssh',
    paramiko_ssh: 'ssh',
    smart: 'ssh',
    openssh: 'openssh',
    local: 'local',
    exec: 'exec',
  };
  const kind = kinds[name];
  if (!kind) throw new ModuleFailure(`connection "${name}" is not supported: use ssh, openssh, local or exec`);
  return kind;
}

function checkingOf(text: string): HostKeyChecking {
  if (text === 'accept-new' || text === 'off' || text === 'strict') return text;
  return truth(text) ? 'strict' : 'off';
}

const firstText = (values: readonly unknown[]) => asText(values.find((value) => value !== undefined && value !== null));
const asText = (value: unknown) => (value === undefined || value === null ? undefined : String(value));
const home = (path: string | undefined, folder: string | undefined) =>
  path?.startsWith('~/') && folder ? `${folder}${path.slice(1)}` : path;
