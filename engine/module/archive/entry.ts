/** What is in an archive, and whether a host has it. */
import { posix } from 'node:path';
import { ModuleFailure } from '../../target/failure.ts';
import type { FileState, FileType } from '../../target/state.ts';

export interface ArchiveEntry {
  /** Relative, without `./` and a trailing slash; '' for the top itself. */
  readonly path: string;
  /** As the archive spells it, for asking its tool. */
  readonly name: string;
  readonly type: FileType | 'hard';
  readonly mode: string | undefined;
  readonly size: number;
  /** Seconds since the epoch; undefined where the archive does not say when exactly. */
  readonly mtime: number | undefined;
  readonly linkTarget?: string | undefined;
}

/** An entry, its name made plain. @throws ModuleFailure for one that would land outside of the destination. */
export function archiveEntry(name: string, entry: Omit<ArchiveEntry, 'path' | 'name'>): ArchiveEntry {
  const plain = posix.normalize(name.replace(/^\/+/, '')).replace(/\/$/, '').replace(/^\.$/, '');
  if (name.startsWith('/') || plain === '..' || plain.startsWith('../') || name.includes('\0')) {
    throw new ModuleFailure(`the archive holds "${name}", which leads out of the destination`);
  }
  return { ...entry, name, path: plain };
}

/** @throws ModuleFailure where an entry would be written through a link that leads out of the destination. */
export function refuseEscapes(entries: readonly ArchiveEntry[]): void {
  const links = new Map(
    entries.filter((entry) => entry.type === 'link').map((entry) => [entry.path, entry.linkTarget ?? '']),
  );
  for (const entry of entries) {
    for (let above = posix.dirname(entry.path); above !== '.'; above = posix.dirname(above)) {
      const to = links.get(above);
      if (to === undefined) continue;
      const lands = posix.normalize(posix.join(posix.dirname(above), to));
      if (to.startsWith('/') || lands.startsWith('..'))
        throw new ModuleFailure(
          `the archive holds "${entry.name}" below the link "${above}", which leads out of the destination`,
        );
    }
  }
}

/** How an entry differs from what the host has; undefined when it does not. */
export function deviation(
  entry: ArchiveEntry,
  file: FileState,
  options: { readonly keepNewer: boolean; readonly mode: boolean },
): string | undefined {
  if (!file.exists) return 'absent';
  if (entry.type === 'hard') return file.type === 'file' ? undefined : file.type;
  if (file.type !== entry.type) return file.type;
  if (entry.type === 'link') return file.linkTarget === entry.linkTarget ? undefined : `a link to ${file.linkTarget}`;
  if (entry.type === 'file') {
    const newer = options.keepNewer && entry.mtime !== undefined && file.mtime > entry.mtime;
    if (newer) return undefined;
    if (file.size !== entry.size) return `${file.size} bytes`;
    if (entry.mtime !== undefined && file.mtime !== entry.mtime) return 'of another time';
  }
  return options.mode && entry.mode !== undefined && file.mode !== entry.mode ? file.mode : undefined;
}

/** Patterns with `*`, `?` and `[…]`; a star crosses slashes, and a directory means all below it. */
export function chosen(
  entries: readonly ArchiveEntry[],
  include: readonly string[],
  exclude: readonly string[],
): readonly ArchiveEntry[] {
  const [wanted, unwanted] = [include.map(pattern), exclude.map(pattern)];
  const matches = (patterns: readonly RegExp[], path: string) => patterns.some((one) => one.test(path));
  return entries.filter(({ path }) => (wanted.length === 0 || matches(wanted, path)) && !matches(unwanted, path));
}

function pattern(text: string): RegExp {
  const plain = text.replace(/^\.\//, '').replace(/\/$/, '');
  const source = plain
    .replace(/\[!/g, '[^')
    .replace(/[.+^${}()|\\]/g, (sign, at: number) => (sign === '^' && plain[at - 1] === '[' ? sign : `\\${sign}`));
  return new RegExp(`^${source.replaceAll('*', '.*').replaceAll('?', '.')}(?:/.*)?$`);
}
