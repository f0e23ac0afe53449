/** Copies within a host: the content never travels over the connection. */
import { posix } from 'node:path';
import { ModuleFailure } from '../target/failure.ts';
import type { PresentFile } from '../target/state.ts';
import type { ReadableTarget } from '../target/target.ts';
import { type CopyArgs, directory, link, type Placement } from './copy-source.ts';
import { probePlaced, wantedFile } from './placed-file.ts';
import { treeKind } from './tree.ts';

export async function remotePlacements(
  args: CopyArgs,
  src: string,
  target: ReadableTarget,
): Promise<readonly Placement[]> {
  const [source, dest, above] = await Promise.all(
    [src, args.dest, posix.dirname(args.dest)].map((path) => target.stat(path, { follow: true })),
  );
  if (!source?.exists) throw new ModuleFailure(`${src} does not exist on ${target.host}`);
  const inside = args.dest.endsWith('/') || (dest?.exists === true && dest.type === 'directory');
  if (source.type !== 'directory') {
    const path = inside ? posix.join(args.dest, posix.basename(src)) : args.dest;
    const file = remoteFile(src, path, args, source, target, !inside && !above?.exists);
    return inside && !dest?.exists ? [directory(args.dest, args, target), file] : [file];
  }
  const root = src.endsWith('/') ? args.dest : posix.join(args.dest, posix.basename(src));
  const entries = await target.query(treeKind, src);
  const below = entries.map((entry) => {
    const [from, path] = [posix.join(src, entry.path), posix.join(root, entry.path)];
    if (entry.type === 'directory') return directory(path, args, target);
    return entry.type === 'link'
      ? link(path, entry.linkTarget ?? '', target)
      : remoteFile(from, path, args, entry, target, false);
  });
  return [directory(root, args, target), ...below];
}

function remoteFile(
  from: string,
  path: string,
  args: CopyArgs,
  { mode, size }: Pick<PresentFile, 'mode' | 'size'>,
  target: ReadableTarget,
  parentMissing: boolean,
): Placement {
  return {
    path,
    parentMissing,
    state: () => probePlaced(target, path, false),
    async want(state) {
      const checksum = await target.checksum(from);
      if (checksum === undefined) throw new ModuleFailure(`${from} is not a file`);
      const body = { content: { hostPath: from, checksum, size }, source: from };
      return wantedFile(body, { ...args, mode: args.mode === 'preserve' ? mode : args.mode }, state);
    },
  };
}
