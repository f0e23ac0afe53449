/** What a transfer is made of: each thing of the source, the name rsync has for it, and its place where it goes. */
import { posix } from 'node:path';
import { ModuleFailure } from '../../target/failure.ts';
import type { FileState } from '../../target/state.ts';
import type { ControllerFile } from '../definition.ts';
import { leftOutBy } from './rules.ts';
import type { Source, SourceFile } from './source.ts';
import type { Wishes } from './wishes.ts';

/** One place where the transfer goes. */
export interface Item {
  readonly path: string;
  /** As rsync writes it: relative to the transfer, with a slash behind directories. */
  readonly name: string;
  /** What shall be there; left out for what is to be removed, and for a directory that only holds the rest. */
  readonly source?: SourceFile;
  readonly kind: 'sent' | 'holder' | 'removed';
}

export interface Transfer {
  readonly items: readonly Item[];
  /** Dest is a directory, whatever is there now. */
  readonly into: boolean;
  /** What was passed over, and why. */
  readonly warnings: readonly string[];
  /** The directory that is made the same as the source; undefined where the source is none. */
  readonly root: string | undefined;
  /** The name of the root in the transfer: '' where what is in it is sent. */
  readonly first: string;
  /** True for a path below the root that the source has, or the rules keep. */
  keeps(path: string, isDirectory: boolean): boolean;
}

/** Everything that is to be there. `dest` is what is there now, links followed; for a directory nobody waits for it. */
export async function transferOf(wishes: Wishes, dest: Promise<FileState>, from: Source): Promise<Transfer> {
  const source = from.find(wishes.src);
  const contents = /(?:^|\/)\.{0,2}$/.test(wishes.src);
  const tree = await from.tree(contents ? `${source}/` : source);
  const isTree = tree[0]?.type === 'directory';
  if (isTree && !wishes.recursive && !wishes.dirs)
    throw new ModuleFailure(`${source} is a directory: it takes recursive (which archive brings along) or dirs`);
  const into = isTree || wishes.dest.endsWith('/') || isDirectory(await dest);
  const first = contents ? '' : posix.basename(source);
  const base = into ? posix.join(wishes.dest, first) : wishes.dest;
  const leftOut = leftOutBy(wishes.rules);
  const named = ({ path }: ControllerFile) => posix.join(first, path);
  const meant = tree.filter(
    (file) => isMeant(file, contents, wishes) && (named(file) === '.' || !leftOut(named(file), isFolder(file))),
  );
  const warnings: string[] = [];
  const items: Item[] = contents || !into ? [] : [holder(wishes.dest)];
  for (const file of meant) {
    const whole = posix.join(source, file.path);
    if (posix.basename(whole) === '.rsync-filter')
      throw new ModuleFailure(`${whole}: rules in files are not read; write them as rsync_opts`);
    if (file.type === 'other' || (file.type === 'link' && !wishes.links)) {
      warnings.push(`skipping non-regular file "${named(file)}"`);
      continue;
    }
    const path = trimmed(posix.join(base, file.path));
    const name = isFolder(file) ? `${named(file)}/` : named(file);
    items.push({ path, name, source: { ...file, whole }, kind: 'sent' });
  }
  const has = new Set(meant.map(({ path }) => path));
  return {
    items,
    into,
    warnings,
    root: isTree && has.has('') ? trimmed(base) : undefined,
    first,
    keeps: (path, isDirectory) =>
      has.has(path) || (!wishes.deleteExcluded && leftOut(posix.join(first, path), isDirectory)),
  };
}

/** @throws ModuleFailure for a name that is no text: another one would be made, or removed, in its place. */
export function refuseOtherNames(items: readonly Item[]): void {
  const strange = items.find(({ path, source }) => (source?.whole ?? path).includes('\ufffd'));
  if (strange !== undefined)
    throw new ModuleFailure(
      `${strange.source?.whole ?? strange.path} has a name that is not UTF-8: rename it, or say --exclude of it in rsync_opts`,
    );
}

/** Without recursive, dirs brings directories alone, and with a slash behind the source what lies right in it. */
function isMeant({ path }: ControllerFile, contents: boolean, { recursive }: Wishes): boolean {
  return recursive || path === '' || (contents && !path.includes('/'));
}

function holder(path: string): Item {
  return { path: trimmed(path), name: `${trimmed(path)}/`, kind: 'holder' };
}

const trimmed = (path: string) => (path.length > 1 ? path.replace(/\/+$/, '') : path);
const isDirectory = (file: FileState) => file.exists && file.type === 'directory';
const isFolder = (file: ControllerFile) => file.type === 'directory';
