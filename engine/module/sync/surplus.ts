/** What is on the host and not in the source. */
import { posix } from 'node:path';
import type { TreeEntry } from '../tree.ts';
import type { Item, Transfer } from './items.ts';

/** Everything below the root that nothing keeps; a directory that holds what is kept stays. `below` is what lies there. */
export function surplus({ root, first, keeps }: Transfer, below: readonly TreeEntry[]): readonly Item[] {
  if (root === undefined) return [];
  const kept = new Set<string>();
  for (const { path, type } of below) {
    if (!keeps(path, type === 'directory')) continue;
    for (let at = path; at !== '.'; at = posix.dirname(at)) kept.add(at);
  }
  const gone = below.filter(({ path }) => !kept.has(path));
  return gone.map(({ path, type }) => ({
    path: posix.join(root, path),
    name: `${posix.join(first, path)}${type === 'directory' ? '/' : ''}`,
    kind: 'removed',
  }));
}
