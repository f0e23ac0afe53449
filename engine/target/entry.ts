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
  const before = recall(entry.path);
  const replacesNothingElse =
    before && (!before.exists || (entry.type === 'file' && before.type === 'file' && before.links === 1));
  if (!replacesNothingElse) return false;
  const [written, names] = [namesOf(entry.path), namesOf(path)];
  const made = entry.type === 'file' ? written.slice(-1) : written;
  const last = names.at(-1);
  if (last === undefined || made.includes(last) || names.includes(written.at(-1)!)) return false;
  const known = recall(path);
  if (!known) return false;
  if (!known.exists) return true;
  // a second name for the same file, or a folder whose entries and times may have changed
  if (known.type === 'directory') return isOtherFolder(last, entry, recall);
  return known.type === 'file' && known.links === 1;
}

function isOtherFolder(name: string, entry: Entry, recall: Recall): boolean {
  const parent = posix.dirname(entry.path);
  const folder = recall(parent);
  return folder?.exists === true && folder.type === 'directory' && name !== posix.basename(parent);
}

const namesOf = (path: string): readonly string[] => path.split('/').filter((name) => name !== '');

const unitFile = /\.(service|socket|timer|path|mount|automount|target|slice|scope|swap|device|conf)$/;
const accountFile =
  /^(passwd|group|g?shadow|sub[ug]id|nsswitch\.conf|hosts|services|networks|protocols|rpc|ethers|netgroup|aliases)-?$/;

/** The parts of a host, other than files, that a file of this name can be about. */
export function aboutOf({ path, type }: Entry): readonly Domain[] {
  if (type === 'directory') return [];
  const name = posix.basename(path);
  const isUnit = unitFile.test(name) || path.includes('systemd') || path.includes('/init.d/');
  return [
    'facts',
    ...(isUnit ? (['units'] as const) : []),
    ...(accountFile.test(name) ? (['accounts'] as const) : []),
    ...(/^\/(proc|sys)\//.test(path) ? (['kernel'] as const) : []),
  ];
}
