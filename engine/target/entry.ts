/** What the writing of one directory entry leaves true: so that a changed file does not void all that is known of its host. */
import { posix } from 'node:path';
import type { Domain } from './query.ts';
import type { FileState } from './state.ts';

/** One file that was written, or one directory that was made (and its parents with it). */
export interface Entry {
  readonly path: string;
  readonly type: 'file' | 'directory';
}

/** What is remembered about a path itself, links not followed; undefined where nobody asked. */
export type Recall = (path: string) => FileState | undefined;

/**
 * True when what is known about `path` is the same after the entry was written. Names alone decide nothing: a path may
 * lead through links to the entry under another name, so whatever could be the same place, or be reached through it, is not.
 */
export function outlives(path: string, entry: Entry, recall: Recall): boolean {
  if (!replacesNothingElse(entry, recall)) return false;
  const [written, names] = [namesOf(entry.path), namesOf(path)];
  const made = entry.type === 'file' ? written.slice(-1) : written;
  const last = names.at(-1);
  const known = recall(path);
  if (!known || last === undefined) return false;
  if (!known.exists && belowNothing(path, entry, recall)) return true;
  if (made.includes(last)) return false;
  // a new folder is empty
  if (entry.type === 'directory' && !known.exists && path.startsWith(`${entry.path}/`)) return true;
  if (names.includes(written.at(-1)!)) return false;
  if (!known.exists) return true;
  // a second name for the same file, or a folder whose entries and times may have changed
  if (known.type === 'directory') return isOtherFolder(last, entry, recall);
  return known.type === 'file' && known.links === 1;
}

/** True when all that is there stays there: nothing was at the entry's path, or one plain file that has no second name. */
export function replacesNothingElse(entry: Entry, recall: Recall): boolean {
  const before = recall(entry.path);
  if (!before) return false;
  return !before.exists || (entry.type === 'file' && before.type === 'file' && before.links === 1);
}

/** Some folder on the way to the path is known not to be there, and still is not. */
function belowNothing(path: string, entry: Entry, recall: Recall): boolean {
  const parent = posix.dirname(path);
  if (parent === path) return false;
  const above = recall(parent);
  return above && !above.exists ? outlives(parent, entry, recall) : belowNothing(parent, entry, recall);
}

function isOtherFolder(name: string, entry: Entry, recall: Recall): boolean {
  const parent = posix.dirname(entry.path);
  const folder = recall(parent);
  return folder?.exists === true && folder.type === 'directory' && name !== posix.basename(parent);
}

const namesOf = (path: string): readonly string[] => path.split('/').filter((name) => name !== '');

const unitFile = /\.(service|socket|timer|path|mount|automount|target|slice|scope|swap|device|conf)$/;
/** Settings of units lie in folders named after them: `x.service.d/y.conf`. */
const isPlainConf = (path: string) => path.endsWith('.conf') && !posix.dirname(path).endsWith('.d');

const accountFile =
  /^(passwd|group|g?shadow|sub[ug]id|nsswitch\.conf|hosts|services|networks|protocols|rpc|ethers|netgroup|aliases)-?$/;

/** The parts of a host, other than files, that a file of this name can be about. */
export function aboutOf({ path, type }: Entry): readonly Domain[] {
  if (type === 'directory') return [];
  const name = posix.basename(path);
  const isUnit = (unitFile.test(name) && !isPlainConf(path)) || path.includes('systemd') || path.includes('/init.d/');
  return [
    'facts',
    ...(isUnit ? (['units'] as const) : []),
    ...(accountFile.test(name) ? (['accounts'] as const) : []),
    ...(/^\/(proc|sys)\//.test(path) ? (['kernel'] as const) : []),
  ];
}
