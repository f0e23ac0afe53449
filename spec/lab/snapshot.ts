import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Path on the host to what is there, as text: kind, mode, owner, and for a file its size, time and content hash (of a large one: its time of change). */
export type Snapshot = Readonly<Record<string, string>>;

/** What a running system writes by itself, whether or not anybody works on it. */
export const systemsOwn: readonly string[] = [
  '/run',
  '/tmp',
  '/var/tmp',
  '/var/log',
  '/var/cache/apt',
  '/var/cache/ldconfig',
  '/var/lib/apt',
  '/var/lib/systemd',
  '/var/lib/private',
  '/var/.updated',
  '/etc/.updated',
];

/** Bytes up to which a file's content is part of a snapshot. */
const largest = 1024 * 1024;

/** Reads the tree below `root`, a host's upper folder, leaving out the `ignored` paths of the host. */
export async function readSnapshot(root: string, ignored: readonly string[] = systemsOwn): Promise<Snapshot> {
  const entries: (readonly [string, string])[] = [];
  const visit = async (path: string): Promise<void> => {
    for (const name of (await readdir(join(root, path))).sort()) {
      const child = `${path}/${name}`;
      if (ignored.includes(child)) continue;
      try {
        entries.push([child, await describe(join(root, child))]);
        if ((await lstat(join(root, child))).isDirectory()) await visit(child);
      } catch (error) {
        // A running host may remove a file between the look at its name and the look at its content.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
  };
  await visit('');
  return Object.fromEntries(entries);
}

/** What changed from one snapshot to a later one: one line a path, with `+`, `-` or `~`. */
export function compareSnapshots(before: Snapshot, after: Snapshot): string[] {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return paths.flatMap((path) => {
    if (before[path] === after[path]) return [];
    if (before[path] === undefined) return [`+ ${path} ${after[path]}`];
    if (after[path] === undefined) return [`- ${path} ${before[path]}`];
    return [`~ ${path} ${before[path]} -> ${after[path]}`];
  });
}

async function describe(path: string): Promise<string> {
  const stat = await lstat(path, { bigint: true });
  const rights = `${(stat.mode & 0o7777n).toString(8).padStart(4, '0')} ${stat.uid}:${stat.gid}`;
  if (stat.isDirectory()) return `directory ${rights}`;
  if (stat.isSymbolicLink()) return `link ${await readlink(path)}`;
  // overlayfs marks what was deleted from the base by a device 0:0.
  if (stat.isCharacterDevice() && stat.rdev === 0n) return 'deleted';
  if (!stat.isFile()) return `special ${rights}`;
  // No write leaves the time of change as it was: reading a gigabyte of binaries on each host would say no more.
  if (stat.size > largest) return `file ${rights} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`;
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return `file ${rights} ${stat.size} ${stat.mtimeNs} ${hash.digest('hex')}`;
}
