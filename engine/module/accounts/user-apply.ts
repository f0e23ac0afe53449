/** Makes, changes or removes a user by exactly the difference, in one script; a password goes over stdin. */
import { predicted, statEffects } from '../../target/effects.ts';
import { accountKind, groupKind, passwordAgeKind } from '../../target/queries/accounts.ts';
import { type Effect, effect } from '../../target/query.ts';
import { quote } from '../../target/quote.ts';
import type { Account } from '../../target/state.ts';
import type { Target } from '../../target/target.ts';
import type { Change, Result } from '../definition.ts';
import { fingerprintOf } from '../ssh/fingerprint.ts';
import { Unknown } from '../values.ts';
import type { UserArgs } from './user-arguments.ts';
import { keyFile, type UserState } from './user-state.ts';

export async function applyUser(
  args: UserArgs,
  state: UserState,
  wanted: Partial<UserState>,
  change: Change<UserState>,
  target: Target,
): Promise<Result> {
  const name = quote(args.name);
  if (change.exists?.after === false) {
    const flags = `${args.remove ? ' -r' : ''}${args.force ? ' -f' : ''}`;
    const busybox = `deluser${args.remove ? ' --remove-home' : ''} ${name}`;
    await target.mutate({
      summary: `userdel ${args.name}`,
      script: `if command -v userdel >/dev/null 2>&1; then userdel${flags} ${name}; else ${busybox}; fi`,
      effects: [
        effect(accountKind, args.name, undefined),
        ...(args.remove && state.home ? statEffects(state.home, { exists: false }) : []),
      ],
      touches: ['accounts', 'files'],
    });
    return {};
  }
  const creates = change.exists !== undefined;
  const flags = creates ? creationFlags(args, wanted, state.ownGroupExists) : changeFlags(args, state, wanted, change);
  const steps = [
    ...(creates ? [creation(args, wanted, flags)] : flags.length > 0 ? [`usermod ${words(flags)} ${name}`] : []),
    ...(change.password ? ['chpasswd -e <&3'] : []),
    ...(change.locked ? [`usermod ${change.locked.after ? '-L' : '-U'} ${name}`] : []),
    ...(change.age ? [`chage ${words(ageFlags(args))} ${name}`] : []),
    ...(change.homeExists && !creates ? [missingHome(args, wanted.home ?? state.home)] : []),
    ...(change.sshKeyExists ? [sshKey(args, target.host)] : []),
  ];
  // Nothing but chpasswd shall read what comes over stdin.
  const script = `exec 3<&0 </dev/null\n${steps.map((step) => `{ ${step}\n} || exit $?`).join('\n')}`;
  await target.mutate({
    summary: `${creates ? 'useradd' : 'usermod'} ${args.name}`,
    script,
    stdin: change.password ? `${args.name}:${args.password}\n` : undefined,
    effects: effects(args, state, wanted, change, state.ownGroupExists),
    touches: ['accounts', 'files'],
  });
  const account = await target.account(args.name);
  return {
    ...(account && numbersOf(account)),
    ...(account ? { home: account.home, shell: account.shell, comment: account.comment } : {}),
    ...(account && args.generate_ssh_key && (await keyOf(keyFile(args, account.home), target))),
  };
}

/** The key of the user, which is made by now, or will be by the run. */
async function keyOf(path: string, target: Target): Promise<Result> {
  const publicKey = (await target.readFile(`${path}.pub`))?.toString().trim();
  if (publicKey !== undefined) return keyResult(path, publicKey);
  const unknown = new Unknown(`${path} is made by the run`);
  return { ssh_key_file: path, ssh_public_key: unknown, ssh_fingerprint: unknown };
}

/** What results say of a key. */
export function keyResult(path: string, publicKey: string | undefined): Result {
  const fingerprint = publicKey === undefined ? undefined : fingerprintOf(publicKey);
  return {
    ssh_key_file: path,
    ...(publicKey !== undefined && { ssh_public_key: publicKey }),
    ...(fingerprint !== undefined && { ssh_fingerprint: fingerprint }),
  };
}

/** Where the host chooses them, they are known once it has. */
export function numbersOf({ name, uid, gid }: Account): Result {
  const chosen = new Unknown(`the host chooses the number of ${name}`);
  return { uid: uid >= 0 ? uid : chosen, group: gid >= 0 ? gid : chosen };
}

function creationFlags(args: UserArgs, wanted: Partial<UserState>, groupExists: boolean): string[] {
  return [
    ...(args.uid === undefined ? [] : ['-u', String(args.uid), ...(args.non_unique ? ['-o'] : [])]),
    // useradd refuses to make a group of the user's name a second time.
    ...(wanted.group !== undefined ? ['-g', wanted.group] : groupExists ? ['-N'] : []),
    ...(wanted.groups && wanted.groups.length > 0 ? ['-G', wanted.groups.join(',')] : []),
    ...(wanted.comment === undefined ? [] : ['-c', wanted.comment]),
    ...(wanted.home === undefined ? [] : ['-d', wanted.home]),
    ...(wanted.shell === undefined ? [] : ['-s', wanted.shell]),
    ...(wanted.expires === undefined || wanted.expires < 0 ? [] : ['-e', date(wanted.expires)]),
    ...(args.create_home ? ['-m', ...(args.skeleton === undefined ? [] : ['-k', args.skeleton])] : ['-M']),
    ...(args.system ? ['-r'] : []),
    ...(args.umask === undefined ? [] : ['-K', `UMASK=${args.umask}`]),
    ...(args.uid_min === undefined ? [] : ['-K', `UID_MIN=${args.uid_min}`]),
    ...(args.uid_max === undefined ? [] : ['-K', `UID_MAX=${args.uid_max}`]),
    ...(args.seuser === undefined ? [] : ['-Z', args.seuser]),
  ];
}

/** shadow's useradd, or busybox' adduser where there is nothing else. */
function creation(args: UserArgs, wanted: Partial<UserState>, flags: readonly string[]): string {
  const simple = [
    '-D',
    ...(args.create_home ? [] : ['-H']),
    ...(args.system ? ['-S'] : []),
    ...(args.uid === undefined ? [] : ['-u', String(args.uid)]),
    ...(wanted.group === undefined ? [] : ['-G', wanted.group]),
    ...(wanted.comment === undefined ? [] : ['-g', wanted.comment]),
    ...(wanted.home === undefined ? [] : ['-h', wanted.home]),
    ...(wanted.shell === undefined ? [] : ['-s', wanted.shell]),
  ];
  const name = quote(args.name);
  const joins = (wanted.groups ?? []).map((group) => ` && addgroup ${name} ${quote(group)}`).join('');
  return `if command -v useradd >/dev/null 2>&1; then ${parentOf(wanted.home)}useradd ${words(flags)} ${name}; else adduser ${words(simple)} ${name}${joins}; fi`;
}

/** useradd makes a home, but not what is above it. */
function parentOf(home: string | undefined): string {
  const parent = home?.replace(/\/[^/]+\/?$/, '');
  return parent ? `mkdir -p ${quote(parent)} && ` : '';
}

function changeFlags(
  args: UserArgs,
  state: UserState,
  wanted: Partial<UserState>,
  change: Change<UserState>,
): string[] {
  return [
    ...(change.uid ? ['-u', String(wanted.uid), ...(args.non_unique ? ['-o'] : [])] : []),
    ...(change.group ? ['-g', wanted.group ?? ''] : []),
    ...(change.groups ? groupFlags(args, state, wanted) : []),
    ...(change.comment ? ['-c', wanted.comment ?? ''] : []),
    ...(change.home ? ['-d', wanted.home ?? '', ...(args.move_home ? ['-m'] : [])] : []),
    ...(change.shell ? ['-s', wanted.shell ?? ''] : []),
    ...(change.expires ? ['-e', change.expires.after < 0 ? '' : date(change.expires.after)] : []),
  ];
}

function groupFlags(args: UserArgs, state: UserState, wanted: Partial<UserState>): string[] {
  const groups = wanted.groups ?? [];
  if (!args.append) return ['-G', groups.join(',')];
  return ['-a', '-G', groups.filter((group) => !state.groups.includes(group)).join(',')];
}

function ageFlags(args: UserArgs): string[] {
  const flags: (readonly [string, number | undefined])[] = [
    ['-m', args.password_expire_min],
    ['-M', args.password_expire_max],
    ['-W', args.password_expire_warn],
    ['-I', args.password_expire_account_disable],
  ];
  return flags.flatMap(([flag, days]) => (days === undefined ? [] : [flag, String(days)]));
}

function missingHome(args: UserArgs, home: string): string {
  const [path, name] = [quote(home), quote(args.name)];
  const skeleton = quote(args.skeleton ?? '/etc/skel');
  return `mkdir -p ${path} && { [ ! -d ${skeleton} ] || cp -R ${skeleton}/. ${path}; } && chmod ${args.umask === undefined ? '755' : octal(args.umask)} ${path} && chown -R "$(id -u ${name}):$(id -g ${name})" ${path}`;
}

function sshKey(args: UserArgs, host: string): string {
  const name = quote(args.name);
  const bits = args.ssh_key_bits === undefined ? '' : ` -b ${args.ssh_key_bits}`;
  const comment = args.ssh_key_comment ?? `ansible-generated on ${host}`;
  const file = keyFile(args, '');
  const path = args.ssh_key_file?.startsWith('/') ? quote(file) : `"$home"${quote(file)}`;
  return `home=$(getent passwd ${name} 2>/dev/null || grep ${quote(`^${args.name}:`)} /etc/passwd)
home=$(printf '%s' "$home" | cut -d: -f6); key=${path}
folder=\${key%/*}; owner=$(id -u ${name}):$(id -g ${name})
[ -d "$folder" ] || { mkdir -p "$folder" && chmod 700 "$folder" && chown "$owner" "$folder"; } || exit 1
ssh-keygen -q -t ${quote(args.ssh_key_type)}${bits} -C ${quote(comment)} -N '' -f "$key" && chown "$owner" "$key" "$key.pub"`;
}

function effects(
  args: UserArgs,
  state: UserState,
  wanted: Partial<UserState>,
  change: Change<UserState>,
  groupExists: boolean,
): Effect[] {
  const home = wanted.home ?? (state.home || `/home/${args.name}`);
  const primary = wanted.group ?? state.group ?? (groupExists ? 'users' : args.name);
  const [gid, uid] = [state.account?.gid ?? -1, wanted.uid ?? state.uid ?? -1];
  const expires = wanted.expires ?? state.expires;
  const hash = wanted.password === 'as asked' ? (args.password ?? '') : (state.account?.password ?? '!');
  const bare = hash.replace(/^!+(?=.)/, '');
  const account: Account = {
    name: args.name,
    ...{ uid, gid, home },
    comment: wanted.comment ?? state.comment,
    shell: wanted.shell ?? (state.shell || '/bin/sh'),
    groups: [primary, ...(wanted.groups ?? state.groups)],
    password: wanted.locked === undefined ? hash : wanted.locked ? `!${bare}` : bare,
    expires: expires < 0 ? undefined : expires,
  };
  const owner = { mode: '0755', owner: args.name, group: primary };
  const makesGroup = change.exists && wanted.group === undefined && !groupExists;
  return [
    effect(accountKind, args.name, account),
    ...(makesGroup ? [effect(groupKind, args.name, { name: args.name, gid: -1, members: [] })] : []),
    ...(change.age ? [effect(passwordAgeKind, args.name, change.age.after)] : []),
    ...(change.homeExists ? statEffects(home, predicted('directory', owner)) : []),
    ...(change.sshKeyExists ? statEffects(keyFile(args, home), predicted('file', { ...owner, mode: '0600' })) : []),
  ];
}

function words(flags: readonly string[]): string {
  return flags.map(quote).join(' ');
}

function date(days: number): string {
  return new Date(days * 86_400_000).toISOString().slice(0, 10);
}

/** Permissions of a directory under this umask. */
function octal(umask: string): string {
  return (0o777 & ~Number.parseInt(umask, 8)).toString(8);
}
