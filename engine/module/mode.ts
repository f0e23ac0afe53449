/** Symbolic modes, worked out the way GNU chmod does: `u=rwX,g-w` applied to the mode a file has. */
import { octalMode } from '../target/octal-mode.ts';

const clause = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/;
const action = /([-+=])([rwxXst]+|[ugo]|)/g;
const everything = 0o7777;

/** The bits each class of users may affect. */
const reach = { u: 0o4700, g: 0o2070, o: 0o1007, a: everything } as const;
/** What each letter stands for, in all classes. */
const bits = { r: 0o444, w: 0o222, x: 0o111, s: 0o6000, t: 0o1000 } as const;
const shifts = { u: 6, g: 3, o: 0 } as const;

/**
 * The mode in four octal digits that `wanted` makes of `current`. Octal digits stand for themselves.
 * @throws RangeError when `wanted` is neither.
 */
export function modeAfter(wanted: string, current: string, isDirectory: boolean, umask = 0o022): string {
  if (/^[0-7]{1,4}$/.test(wanted)) return wanted.padStart(4, '0');
  let mode = Number.parseInt(current, 8);
  for (const part of wanted.split(',')) {
    const match = clause.exec(part);
    if (!match) throw new RangeError(`"${wanted}" is not a mode`);
    const affected = [...match[1]!].reduce((mask, who) => mask | reach[who as keyof typeof reach], 0);
    for (const [, operator, letters] of match[2]!.matchAll(action)) {
      const named = permissions(letters!, mode, isDirectory);
      // A directory keeps its set-id bits unless they are named.
      const kept = isDirectory ? 0o6000 & ~(affected === 0 ? named : named & affected) : 0;
      // Without a class of users, the bits of the umask are not given.
      const given = named & (affected === 0 ? ~umask : affected) & ~kept;
      if (operator === '+') mode |= given;
      else if (operator === '-') mode &= ~given;
      else mode = (mode & ((affected === 0 ? 0 : ~affected) | kept)) | given;
    }
  }
  return octalMode(mode);
}

/**
 * Whether a number is permissions themselves, as YAML's `0644` is (420), and not their digits without the zero, as `644` is. What can
 * be both, and sensible both ways, is only taken for `0777` (511): `500` may be meant as 0500, and comes to 0764.
 */
export function isBits(value: number): boolean {
  if (!Number.isInteger(value) || value < 0 || value > everything) return false;
  const text = String(value);
  const digits = /^[0-7]{1,4}$/.test(text) ? Number.parseInt(text, 8) : value;
  return digits === value || value === 0o777 || (isSensible(value) && !isSensible(digits));
}

/** Whether anybody would want these bits: the owner may do what others may, and nobody write what he cannot read. */
function isSensible(bits: number): boolean {
  const [owner = 0, group = 0, other = 0] = [6, 3, 0].map((shift) => (bits >> shift) & 7);
  const writesUnread = [owner, group, other].some((each) => (each & 6) === 2);
  return (group & ~owner) === 0 && (other & ~group) === 0 && !writesUnread;
}

function permissions(letters: string, mode: number, isDirectory: boolean): number {
  if (/^[ugo]$/.test(letters)) {
    const permission = (mode >> shifts[letters as keyof typeof shifts]) & 7;
    return (permission << 6) | (permission << 3) | permission;
  }
  return [...letters].reduce((named, letter) => {
    if (letter === 'X') return isDirectory || (mode & bits.x) !== 0 ? named | bits.x : named;
    return named | bits[letter as keyof typeof bits];
  }, 0);
}
