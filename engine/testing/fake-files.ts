/** The files of a host that exists only in memory. */
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { ModuleFailure } from '../target/failure.ts';
import { normalPath } from '../target/files.ts';
import type { FileState, FileType, PresentFile } from '../target/state.ts';
import { Unknown } from '../template/values.ts';

/** A file as a test states it; what is left out is what a fresh file of root has. */
export interface FakeFile {
  readonly type?: FileType;
  readonly content?: string | Buffer | Unknown;
  readonly mode?: string;
  readonly owner?: string;
  readonly group?: string;
  readonly mtime?: number;
  readonly linkTarget?: string;
  /** Two paths with one number are one file. */
  readonly inode?: number;
}

interface StoredFile extends PresentFile {
  readonly content: Buffer | Unknown;
}

/** A tree of files by path. Directories above a file are there without being stated. */
export interface FakeFiles {
  stat(path: string, follow: boolean): FileState;
  content(path: string): Buffer | Unknown | undefined;
  /** Where a path leads when links are followed. */
  real(path: string): string;
  /** Everything below a directory. */
  below(path: string): readonly string[];
  put(path: string, file: FakeFile): void;
  /** Fails where the directory above is missing. */
  needParent(path: string): void;
  remove(path: string): void;
  paths(): readonly string[];
}

const usual = [
  '/',
  '/etc',
  '/tmp',
  '/root',
  '/home',
  '/opt',
  '/srv',
  '/usr/local/bin',
  '/usr/bin',
  '/var/lib',
  '/var/log',
  '/run',
];

export function fakeFiles(
  given: Readonly<Record<string, FakeFile | string>>,
  uidOf: (owner: string) => number,
): FakeFiles {
  const files = new Map<string, StoredFile>();
  let inodes = 100;

  function put(path: string, file: FakeFile): void {
    const at = normalPath(path);
    for (let above = posix.dirname(at); !files.has(above) && above !== at; above = posix.dirname(above)) {
      files.set(above, stored({ type: 'directory' }, 0));
      if (above === '/') break;
    }
    files.set(at, stored(file, uidOf(file.owner ?? 'root')));
  }

  function stored(file: FakeFile, uid: number): StoredFile {
    const type = file.type ?? (file.linkTarget === undefined ? 'file' : 'link');
    const content = file.content instanceof Unknown ? file.content : Buffer.from(file.content ?? '');
    const owner = file.owner ?? 'root';
    return {
      exists: true,
      type,
      mode: file.mode ?? { directory: '0755', link: '0777' }[type as string] ?? '0644',
      owner,
      group: file.group ?? 'root',
      uid,
      gid: uidOf(file.group ?? 'root'),
      size: content instanceof Unknown ? 0 : content.length,
      inode: file.inode ?? inodes++,
      device: 1,
      links: 1,
      atime: file.mtime ?? 1700000000,
      mtime: file.mtime ?? 1700000000,
      ctime: file.mtime ?? 1700000000,
      content,
      ...(file.linkTarget !== undefined && { linkTarget: file.linkTarget }),
    };
  }

  function resolve(path: string, hops = 0): string {
    const at = normalPath(path);
    const file = files.get(at);
    if (file?.linkTarget === undefined || hops > 40) return at;
    return resolve(posix.resolve(posix.dirname(at), file.linkTarget), hops + 1);
  }

  for (const path of usual) put(path, { type: 'directory' });
  for (const [path, file] of Object.entries(given)) put(path, typeof file === 'string' ? { content: file } : file);

  return {
    put,
    real: (path) => resolve(path),
    stat(path, follow) {
      const found = files.get(follow ? resolve(path) : normalPath(path));
      if (!found) return { exists: false };
      const { content: _, ...state } = found;
      const twins = [...files.values()].filter((file) => file.inode === found.inode).length;
      return { ...state, links: twins };
    },
    content(path) {
      const found = files.get(resolve(path));
      return found?.type === 'file' ? found.content : undefined;
    },
    below: (path) => [...files.keys()].filter((other) => other.startsWith(`${normalPath(path)}/`)).sort(),
    needParent(path) {
      const above = posix.dirname(normalPath(path));
      if (files.get(resolve(above))?.type !== 'directory')
        throw new ModuleFailure(`${path}: the directory ${above} does not exist`);
    },
    remove(path) {
      const root = normalPath(path);
      for (const other of [...files.keys()]) if (other === root || other.startsWith(`${root}/`)) files.delete(other);
    },
    paths: () => [...files.keys()].sort(),
  };
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
