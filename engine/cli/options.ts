/** The command line: ansible-playbook's flags, by commander (this file is its one door). */
import { Command, CommanderError, Option } from 'commander';
import { exitCodes, KplayError } from '../errors.ts';
import type { CommandWords } from './command-words.ts';
import type { InventoryCommand } from './inventory.ts';
import type { LintCommand } from './lint-command.ts';
import type { RunCommand } from './run.ts';
import type { Shell } from './shells.ts';
import type { StartKind } from './start-kinds.ts';
import { addSubcommands } from './subcommands.ts';
import type { VaultCommand } from './vault-actions.ts';

export interface CliOptions {
  readonly playbooks: readonly string[];
  readonly inventory: readonly string[];
  readonly limit?: string;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly extraVars: readonly string[];
  readonly forks: number;
  readonly become: boolean;
  readonly becomeUser?: string;
  readonly becomeMethod?: string;
  readonly askBecomePass: boolean;
  readonly becomePasswordFile?: string;
  readonly askPass: boolean;
  readonly connectionPasswordFile?: string;
  readonly user?: string;
  readonly privateKey?: string;
  readonly connection?: string;
  readonly timeout: number;
  readonly sshCommonArgs?: string;
  readonly sshExtraArgs?: string;
  readonly hostKeyChecking?: string;
  readonly check: boolean;
  readonly diff: boolean;
  readonly verbose: number;
  readonly modulePath: readonly string[];
  readonly syntaxCheck: boolean;
  readonly listHosts: boolean;
  readonly listTasks: boolean;
  readonly listTags: boolean;
  readonly startAtTask?: string;
  readonly step: boolean;
  readonly flushCache: boolean;
  readonly scpExtraArgs?: string;
  readonly sftpExtraArgs?: string;
  readonly forceHandlers: boolean;
  readonly json: boolean;
  readonly logDir?: string;
  readonly profile: boolean;
  readonly color: 'auto' | 'always' | 'never';
  readonly strict: boolean;
  readonly detailedExitcode: boolean;
  readonly allowEmpty: boolean;
  readonly input: boolean;
  readonly probeAhead: boolean;
  readonly vaultId: readonly string[];
  readonly vaultPasswordFile: readonly string[];
  readonly askVaultPass: boolean;
  // the rest has no flag: it is said by ansible.cfg or the environment
  /** Folders with roles. */
  readonly rolesPath?: readonly string[];
  /** Whether plays that do not say gather facts: all but `explicit` do. */
  readonly gathering?: 'implicit' | 'explicit' | 'smart';
  /** Whether facts are kept from run to run, in which folder, with what before the names of files, and for how many seconds. */
  readonly factCaching?: 'memory' | 'jsonfile';
  readonly factCachingConnection?: string;
  readonly factCachingPrefix?: string;
  readonly factCachingTimeout?: number;
  /** The file they stand in. */
  readonly configFile?: string;
  /** Of plays that name none. */
  readonly strategy?: string;
  readonly anyErrorsFatal?: boolean;
  /** Seconds a task may take that does not say; 0 is without an end. */
  readonly taskTimeout?: number;
  /** `ansible_managed` where nobody defines it. */
  readonly managed?: string;
  /** Whether skipped tasks are shown: unless told. */
  readonly showSkipped?: boolean;
  /** Lines around what differs. */
  readonly diffContext?: number;
  /** Vault passwords besides those of flags: `ID@SOURCE`, and a file or script. */
  readonly vaultIdentityList?: readonly string[];
  readonly vaultDefaultFile?: string;
}

/** What the arguments ask for: a run, one of the other commands, or text that was already printed (help, version). */
export type Invocation =
  | { readonly kind: 'play'; readonly options: CliOptions }
  | { readonly kind: 'vault'; readonly command: VaultCommand }
  | { readonly kind: 'lint'; readonly command: LintCommand; readonly options: CliOptions }
  | { readonly kind: 'inventory'; readonly command: InventoryCommand; readonly options: CliOptions }
  | { readonly kind: 'eval'; readonly expression: string; readonly options: CliOptions }
  | { readonly kind: 'template'; readonly file: string; readonly options: CliOptions }
  | { readonly kind: 'schema'; readonly options: CliOptions }
  | { readonly kind: 'run'; readonly command: RunCommand; readonly options: CliOptions }
  | { readonly kind: 'init'; readonly what: StartKind; readonly name: string }
  | { readonly kind: 'completion'; readonly shell: Shell; readonly program: CommandWords }
  | { readonly kind: 'doc'; readonly modules: readonly string[]; readonly options: CliOptions }
  | { readonly kind: 'text'; readonly text: string; readonly stream: 'stdout' | 'stderr'; readonly exitCode: number };

const examples = `
Examples:
  kplay site.yml -i hosts                       converge
  kplay site.yml -i hosts --check --diff        plan: what would change, on every host, nothing touched
  kplay site.yml -i hosts -l web -t config      only some hosts, only some tasks
  kplay doc template                            a module's arguments`;

/**
 * Reads argv (without node and script). What no flag says may be said by `configured`, which is told how verbose to be.
 * Never exits and never prints.
 */
export function parseArguments(
  argv: readonly string[],
  version: string,
  configured: (verbose: number) => Partial<CliOptions> = () => ({}),
): Invocation {
  const printed: string[] = [];
  const complained: string[] = [];
  const program = command(version);
  let chosen: ((options: CliOptions) => Invocation) | undefined;
  addSubcommands(program, (make) => {
    chosen = make;
  });
  let playbooks: readonly string[] = [];
  program.action((files: readonly string[]) => {
    playbooks = files;
  });
  for (const one of [program, ...program.commands.flatMap((each) => [each, ...each.commands])]) {
    one.exitOverride().configureOutput({
      writeOut: (text) => void printed.push(text),
      writeErr: (text) => void complained.push(text), // the error itself is thrown
    });
  }
  try {
    program.parse(argv.map(asKnown), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: 'text', text: printed.join(''), stream: 'stdout', exitCode: 0 };
    // a command of commands without one: what there is, as its help says it
    if (error.code === 'commander.help')
      return { kind: 'text', text: complained.join(''), stream: 'stderr', exitCode: exitCodes.usage };
    throw new KplayError([{ message: error.message.replace(/^error: /, ''), hint: 'kplay --help lists the options' }], {
      exitCode: exitCodes.usage,
    });
  }
  const given = program.opts() as Omit<CliOptions, 'playbooks'>;
  const others = Object.entries(configured(given.verbose)).filter(
    ([name]) => program.getOptionValueSource(name) !== 'cli',
  );
  const options: CliOptions = { ...given, ...Object.fromEntries(others), playbooks };
  if (chosen) return chosen(options);
  if (playbooks.length === 0)
    throw new KplayError(
      [{ message: 'no playbook was named', hint: 'kplay PLAYBOOK -i INVENTORY; kplay --help lists the options' }],
      { exitCode: exitCodes.usage },
    );
  return { kind: 'play', options };
}

/** Ansible's other names for some flags. */
const otherNames: Readonly<Record<string, string>> = {
  '--inventory-file': '--inventory',
  '--ask-vault-password': '--ask-vault-pass',
  '--vault-pass-file': '--vault-password-file',
  '--become-pass-file': '--become-password-file',
  '--conn-pass-file': '--connection-password-file',
};

function asKnown(word: string): string {
  const [name = '', ...value] = word.split('=');
  return [otherNames[name] ?? name, ...value].join('=');
}

function command(version: string): Command {
  return new Command('kplay')
    .description('Runs Ansible-style playbooks on hosts that have nothing but /bin/sh.')
    .argument('[playbook...]', 'playbooks to run, in order')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .showSuggestionAfterError()
    .enablePositionalOptions(false)
    .option('-i, --inventory <path>', 'inventory file, folder, or host list with a comma (repeatable)', collect, [])
    .option('-l, --limit <pattern>', 'only these hosts; @file reads patterns from a file')
    .option('-t, --tags <tags>', 'only tasks with these tags', collectTags, [])
    .option('--skip-tags <tags>', 'no tasks with these tags', collectTags, [])
    .option('-e, --extra-vars <vars>', 'k=v, JSON, YAML or @file; wins over everything (repeatable)', collect, [])
    .option('-f, --forks <n>', 'hosts at work at the same time', positive, 100)
    .option('-b, --become', 'become another user (root)', false)
    .option('--become-user <user>', 'the user to become')
    .addOption(new Option('--become-method <method>', 'how to become').choices(['sudo', 'su']))
    .option('-K, --ask-become-pass', 'ask for the become password', false)
    .option('--become-password-file <file>', 'read the become password from a file')
    .option('-k, --ask-pass', 'ask for the connection password', false)
    .option('--connection-password-file <file>', 'read the connection password from a file')
    .option('-u, --user <user>', 'connect as this user')
    .option('--key-file, --private-key <file>', 'private key for ssh')
    .addOption(new Option('-c, --connection <kind>', 'ssh, openssh, local or exec').choices(connectionKinds))
    .option('-T, --timeout <seconds>', 'for connecting', positive, 10)
    .option('--ssh-common-args <args>', 'words for the command line of openssh')
    .option('--ssh-extra-args <args>', 'words for the command line of openssh')
    .option('--scp-extra-args <args>', 'nothing: files go over the connection itself, without scp')
    .option('--sftp-extra-args <args>', 'nothing: files go over the connection itself, without sftp')
    .addOption(
      new Option('--host-key-checking <how>', 'how strictly host keys are checked').choices([
        'strict',
        'accept-new',
        'off',
      ]),
    )
    .option('-C, --check', 'say what would change, and change nothing', false)
    .option('-D, --diff', 'show how files and settings change', false)
    .option('-v, --verbose', 'more output (repeatable: -vvv)', (_, level: number) => level + 1, 0)
    .option(
      '--vault-id <id@source>',
      'vault password: a file, a script that prints it, or prompt (repeatable)',
      collect,
      [],
    )
    .option('--vault-password-file <file>', 'file or script with the vault password (repeatable)', collect, [])
    .option('-J, --ask-vault-pass', 'ask for the vault password', false)
    .option('--encrypt-vault-id <id>', 'vault encrypt: the password to encrypt by')
    .option('--new-vault-id <id@source>', 'vault rekey: the new password')
    .option('--new-vault-password-file <file>', 'vault rekey: the new password')
    .option('-M, --module-path <folder>', 'more folders with modules (repeatable)', collect, [])
    .option('--syntax-check', 'check the playbooks, run nothing', false)
    .option('--list-hosts', 'list the hosts of each play, run nothing', false)
    .option('--list-tasks', 'list the tasks, run nothing', false)
    .option('--list-tags', 'list the tags, run nothing', false)
    .option('--start-at-task <name>', 'begin at this task')
    .option('--step', 'ask before each task whether to run it, or all that follow', false)
    .option('--flush-cache', 'forget the facts that were kept from run to run', false)
    .option('--force-handlers', 'run handlers also on hosts that failed', false)
    .option('--json', 'one JSON document instead of text', false)
    .option('--log-dir <folder>', 'also write a log per host, HOST.log; or by KPLAY_LOG_DIR')
    .option('--profile', 'say at the end where the time went', false)
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
    .option('--strict', 'a condition that is no boolean is an error', false)
    .option('--detailed-exitcode', 'with --check: exit 3 when changes are pending', false)
    .option('--allow-empty', 'no matching hosts is no error', false)
    .option('--no-input', 'never ask for anything')
    .option('--no-probe-ahead', 'read the state of each task only in its turn')
    .addHelpText(
      'after',
      `${examples}\n\nExit codes: 0 fine, 1 error before the run, 2 a host failed, 3 changes pending (--detailed-exitcode),\n4 unreachable, 5 wrong options, 6 failed and unreachable, 130 interrupted, 250 a bug in kplay.`,
    );
}

/** The last three are Ansible's names for ssh. */
const connectionKinds = ['ssh', 'openssh', 'local', 'exec', 'smart', 'paramiko', 'paramiko_ssh'];

const collect = (value: string, all: readonly string[]) => [...all, value];
const collectTags = (value: string, all: readonly string[]) => [
  ...all,
  ...value
    .split(',')
    .map((tag) => tag.trim())
    .filter(Boolean),
];

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new CommanderError(exitCodes.usage, 'kplay.number', `error: "${text}" is not a positive number`);
  return number;
}
