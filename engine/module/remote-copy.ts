/** Copies within a host: the content never travels over the connection. */
import { posix } from 'node:path';
import { ModuleFailure } from '../target/failure.ts';
import type { PresentFile } from '../target/state.ts';
import type { ReadableTarget } from '../target/target.ts';
import { isUnknown } from '../template/values.ts';
import { type CopyArgs, directory, filePlacements, link, type Placement } from './copy-source.ts';
import { probePlaced, wantedFile } from './placed-file.ts';
import { treeKind } from './tree.ts';
import { orUnknown } from './unknown.ts';

export async function remotePlacements(
  args: CopyArgs,
  src: string,
  target: ReadableTarget,
): Promise<readonly Placement[]> {
  const [source, dest, above] = await Promise.all([
    orUnknown(target.stat(src, { follow: true })),
    target.stat(args.dest, { follow: true }),
    target.stat(posix.dirname(args.dest), { follow: true }),
  ]);
  // What the run brings along is most likely a file; a directory would be asked for with a slash behind it.
  if (isUnknown(source)) return filePlacements(args, { content: source, source: src }, undefined, target);
  if (!source.exists) throw new ModuleFailure(`${src} does not exist on ${target.host}`);
  const inside = args.dest.endsWith('/') || (dest.exists && dest.type === 'directory');
  if (source.type !== 'directory') {
    const path = inside ? posix.join(args.dest, posix.basename(src)) : args.dest;
    const file = remoteFile(src, path, args, source, target, !inside && !above.exists);
    return inside && !dest.exists ? [directory(args.dest, args, target), file] : [file];
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
      const checksum = await orUnknown(target.checksum(from));
      if (checksum === undefined) throw new ModuleFailure(`${from} is not a file`);
      const content = isUnknown(checksum) ? checksum : { hostPath: from, checksum, size };
      const body = { content, source: from };
      return wantedFile(body, { ...args, mode: args.mode === 'preserve' ? mode : args.mode }, state);
    },
  };
}
