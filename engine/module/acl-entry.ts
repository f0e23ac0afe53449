/** One entry of an access control list, and a list once the entry is in it. */
import { ModuleFailure } from '../target/failure.ts';
import type { FileAcl } from '../target/queries/acls.ts';

export interface AclEntry {
  /** For what comes into being in a directory, rather than the directory itself. */
  readonly isDefault: boolean;
  readonly type: 'user' | 'group' | 'mask' | 'other';
  /** Whose it is; '' for the owner and the owning group. */
  readonly entity: string;
}

const types = { u: 'user', g: 'group', m: 'mask', o: 'other' } as const;

/** `[default:]user:joe[:rwx]`. @throws ModuleFailure for what is no entry. */
export function parseEntry(text: string): AclEntry & { readonly permissions: string | undefined } {
  const [, isDefault, letter = '', entity = '', permissions] =
    /^(d(?:efault)?:)?([ugmo])(?:ser|roup|ask|ther)?(?::([^:]*))?(?::([^:]*))?$/.exec(text.trim()) ?? [];
  const type = types[letter as keyof typeof types];
  if (type === undefined)
    throw new ModuleFailure(
      `"${text}" is no entry: it is written [default:]user:NAME:PERMISSIONS, such as user:etcd:r`,
    );
  return { isDefault: isDefault !== undefined, type, entity, permissions };
}

/** How getfacl begins the entry, and setfacl takes it. */
export const entryName = ({ isDefault, type, entity }: AclEntry) => `${isDefault ? 'default:' : ''}${type}:${entity}`;

/** The list of a file that has none but its mode. */
export function entriesOfMode(mode: string): readonly string[] {
  const digits = mode.slice(-3);
  return ['user::', 'group::', 'other::'].map((name, index) => name + letters(Number(digits[index])));
}

const letters = (bits: number) => `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${bits & 1 ? 'x' : '-'}`;

/** The permissions an entry has in a list, null where it is not in it. */
export function permissionsOf(entries: readonly string[], name: string): string | null {
  const line = entries.find((each) => each.slice(0, each.lastIndexOf(':')) === name);
  return line === undefined ? null : line.slice(line.lastIndexOf(':') + 1);
}

/**
 * `rX`, `5` or `r-x` as getfacl prints it for a file with these entries; `X` is `x` for directories, and
 * where anybody may execute already. @throws ModuleFailure for what are no permissions.
 */
export function normalPermissions(text: string, { isDirectory, entries }: Omit<FileAcl, 'path'>): string {
  const digit = /^[0-7]$/.test(text) ? Number(text) : undefined;
  if (digit === undefined && !/^[rwxX-]{1,4}$/.test(text))
    throw new ModuleFailure(`permissions: "${text}" must be of r, w, x, X and -, or a digit up to 7`);
  const anybody = isDirectory || entries.some((entry) => !entry.startsWith('default:') && entry.endsWith('x'));
  const has = (letter: string, bit: number) =>
    digit !== undefined
      ? (digit & bit) !== 0
      : text.includes(letter) || (letter === 'x' && anybody && text.includes('X'));
  return `${has('r', 4) ? 'r' : '-'}${has('w', 2) ? 'w' : '-'}${has('x', 1) ? 'x' : '-'}`;
}

/** The list with the entry set, or without it (null); what setfacl adds along with it is added here as well. */
export function withEntry(
  entries: readonly string[],
  entry: AclEntry,
  permissions: string | null,
  recalculates: boolean,
): readonly string[] {
  const [name, prefix] = [entryName(entry), entry.isDefault ? 'default:' : ''];
  const others = entries.filter((line) => permissionsOf([line], name) === null);
  const set = permissions === null ? others : [...others, `${name}:${permissions}`];
  // Defaults have an owner, a group and others: missing ones are those of the directory.
  const base = entry.isDefault && permissions !== null ? ['user:', 'group:', 'other:'] : [];
  const whole = [
    ...set,
    ...base
      .filter((one) => permissionsOf(set, prefix + one) === null)
      .map((one) => `${prefix}${one}:${permissionsOf(entries, one) ?? '---'}`),
  ];
  const shared = whole.filter((line) => new RegExp(`^${prefix}(user:[^:]|group:)`).test(line));
  const needed = shared.some((line) => !line.startsWith(`${prefix}group::`));
  const mask = `${prefix}mask:`;
  const kept = permissionsOf(whole, mask);
  if (entry.type === 'mask' || (!needed && kept === null) || (!recalculates && kept !== null)) return sorted(whole);
  const united = [...'rwx'].map((letter) =>
    shared.some((line) => permissionPart(line).includes(letter)) ? letter : '-',
  );
  return sorted([...whole.filter((line) => !line.startsWith(mask)), `${mask}:${united.join('')}`]);
}

const permissionPart = (line: string) => line.slice(line.lastIndexOf(':') + 1);

const order = ['user::', 'user:', 'group::', 'group:', 'mask:', 'other:'];

/** In the order getfacl has. */
function sorted(entries: readonly string[]): readonly string[] {
  const rank = (line: string) => {
    const plain = line.replace(/^default:/, '');
    return order.findIndex((start) => plain.startsWith(start)) + (plain === line ? 0 : order.length);
  };
  return [...entries].sort((a, b) => rank(a) - rank(b));
}
