/** One line of `stat`: GNU coreutils and busybox agree on this format. */
import { octalMode } from './octal-mode.ts';
import type { FileType, PresentFile } from './state.ts';

/** What stat is told to print; the name comes last, as it may hold anything. */
export const statFormat = 'K:%f:%u:%g:%s:%i:%d:%h:%X:%Y:%Z:%U:%G:%n';

/** The fields before the name, `K` among them. */
export const statFields = 13;

/** A line's fields as a state. */
export function presentFile(fields: readonly string[]): PresentFile {
  const raw = Number.parseInt(fields[1]!, 16);
  const number = (index: number) => Number(fields[index]);
  return {
    exists: true,
    type: fileTypeOf(raw),
    mode: once(octalMode(raw)),
    uid: number(2),
    gid: number(3),
    size: number(4),
    inode: number(5),
    device: number(6),
    links: number(7),
    atime: number(8),
    mtime: number(9),
    ctime: number(10),
    owner: name(fields[11]!, fields[2]!),
    group: name(fields[12]!, fields[3]!),
  };
}

/** What `st_mode` says a thing is. */
export const fileTypeOf = (mode: number): FileType => fileTypes[(mode >> 12).toString(8)] ?? 'file';

// The S_IFMT bits of stat(2), shifted down to their octal digits.
const fileTypes: Readonly<Record<string, FileType>> = {
  '10': 'file',
  '4': 'directory',
  '12': 'link',
  '2': 'char',
  '6': 'block',
  '1': 'fifo',
  '14': 'socket',
};

const name = (given: string, id: string) => once(given === 'UNKNOWN' ? id : given);

const words = new Map<string, string>();

/** One copy of a word for all the files of all hosts, of which most have the same few owners and modes. */
function once(word: string): string {
  const known = words.get(word);
  if (known === undefined) words.set(word, word);
  return known ?? word;
}
