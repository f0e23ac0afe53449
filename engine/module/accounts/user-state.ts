/** What a task about a user reads, and what it asks for. */
import { ModuleFailure } from '../../target/failure.ts';
import { type PasswordAge, passwordAgeKind } from '../../target/queries/accounts.ts';
import type { Account } from '../../target/state.ts';
import type { ReadableTarget } from '../../target/target.ts';
import type { UserArgs } from './user-arguments.ts';

export interface UserState {
  readonly exists: boolean;
  readonly uid: number | undefined;
  /** Name of the primary group. */
  readonly group: string | undefined;
  /** Names of the others, sorted. */
  readonly groups: readonly string[];
  readonly comment: string;
  readonly home: string;
  readonly shell: string;
  /** No hash ever is in a state: only whether it is the one asked for. */
  readonly password: 'as asked' | 'another';
  readonly locked: boolean;
  /** Days since the epoch, -1 for never. */
  readonly expires: number;
  readonly age: PasswordAge;
  readonly homeExists: boolean;
  readonly sshKeyExists: boolean;
  /** Never asked for. */
  readonly account: Account | undefined;
  readonly missingGroups: readonly string[];
  /** There is a group of the user's name. */
  readonly ownGroupExists: boolean;
  readonly publicKey: string | undefined;
}

const noAge: PasswordAge = { min: undefined, max: undefined, warn: undefined, inactive: undefined };

export async function probeUser(args: UserArgs, target: ReadableTarget): Promise<UserState> {
  const present = args.state === 'present';
  const asked = present ? listed(args.groups ?? []) : [];
  const primary = present && args.group !== undefined && !isNumber(args.group) ? [args.group] : [];
  // Everything goes out in one round trip: where the home most likely is, is asked ahead.
  const look = (home: string) => {
    const key = keyFile(args, home);
    return Promise.all([
      present && args.create_home ? target.stat(home, { follow: true }) : undefined,
      present && args.generate_ssh_key ? target.stat(key, { follow: true }) : undefined,
      present && args.generate_ssh_key ? target.readFile(`${key}.pub`) : undefined,
    ]);
  };
  const likely = args.home ?? (args.name === 'root' ? '/root' : `/home/${args.name}`);
  const [account, age, own, guessed, ...entries] = await Promise.all([
    target.account(args.name),
    present && asksAge(args) ? target.query(passwordAgeKind, args.name) : undefined,
    present ? target.groupEntry(args.name) : undefined,
    look(likely),
    ...[...asked, ...primary].map((group) => target.groupEntry(group)),
  ]);
  const home = args.home ?? account?.home ?? likely;
  const [homeFile, keyState, publicKey] = home === likely ? guessed : await look(home);
  const [first, ...others] = account?.groups ?? [];
  return {
    exists: account !== undefined,
    uid: account?.uid,
    group: first,
    groups: [...others].sort(),
    comment: account?.comment ?? '',
    home: account?.home ?? '',
    shell: account?.shell ?? '',
    password: account !== undefined && account.password === args.password ? 'as asked' : 'another',
    locked: account?.password.startsWith('!') ?? false,
    expires: account?.expires ?? -1,
    age: age ?? noAge,
    homeExists: account !== undefined && (homeFile?.exists ?? false),
    sshKeyExists: account !== undefined && (keyState?.exists ?? false),
    account,
    missingGroups: [...asked, ...primary].filter((_, index) => entries[index] === undefined),
    ownGroupExists: own !== undefined,
    publicKey: publicKey?.toString().trim(),
  };
}

/** @throws ModuleFailure when a group that is named does not exist. */
export function wantedOfUser(args: UserArgs, state: UserState): Partial<UserState> {
  if (args.ssh_key_passphrase !== undefined)
    throw new ModuleFailure(
      'ssh_key_passphrase would be seen in the list of processes: make the key pair on the controller, and copy it',
    );
  if (args.state === 'absent') return { exists: false };
  if (state.missingGroups.length > 0) {
    throw new ModuleFailure(state.missingGroups.map((group) => `Group ${group} does not exist`).join('; '));
  }
  const asked = args.groups === undefined ? undefined : listed(args.groups);
  const primary = wantedPrimary(args, state);
  const groups = asked && [...new Set([...asked, ...(args.append ? state.groups : [])])].sort();
  const setsPassword = args.password !== undefined && (args.update_password === 'always' || !state.exists);
  return defined({
    exists: true,
    uid: args.uid,
    group: primary,
    groups: groups?.filter((group) => group !== (primary ?? state.group)),
    comment: args.comment,
    home: args.home,
    shell: args.shell,
    password: setsPassword ? 'as asked' : undefined,
    locked: args.password_lock,
    expires: args.expires === undefined ? undefined : args.expires < 0 ? -1 : Math.floor(args.expires / 86400),
    age: asksAge(args) ? wantedAge(args, state.age) : undefined,
    // A user that is there without a home gets one; `/nonexistent` is Debian's way to say that there shall be none.
    homeExists: args.create_home && (args.home ?? state.home) !== '/nonexistent' ? true : undefined,
    sshKeyExists: args.generate_ssh_key ? true : undefined,
  });
}

/** Where the private key is. */
export function keyFile(args: UserArgs, home: string): string {
  const file = args.ssh_key_file ?? `.ssh/id_${args.ssh_key_type}`;
  return file.startsWith('/') ? file : `${home}/${file}`;
}

function wantedPrimary(args: UserArgs, state: UserState): string | undefined {
  return args.group !== undefined && args.group === String(state.account?.gid) ? state.group : args.group;
}

function asksAge(args: UserArgs): boolean {
  return [
    args.password_expire_max,
    args.password_expire_min,
    args.password_expire_warn,
    args.password_expire_account_disable,
  ].some((days) => days !== undefined);
}

function wantedAge(args: UserArgs, now: PasswordAge): PasswordAge {
  return {
    min: args.password_expire_min ?? now.min,
    max: args.password_expire_max ?? now.max,
    warn: args.password_expire_warn ?? now.warn,
    inactive: args.password_expire_account_disable ?? now.inactive,
  };
}

function listed(groups: readonly string[]): string[] {
  return groups
    .flatMap((one) => one.split(','))
    .map((one) => one.trim())
    .filter(Boolean);
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}

function defined<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}
