/** Attributes of everything below a directory. */
import { effect } from '../target/query.ts';
import { attributesScript } from '../target/scripts.ts';
import type { PresentFile } from '../target/state.ts';
import type { Attributes, Target } from '../target/target.ts';
import { changedAttributes, wantedAttributes } from './attributes.ts';
import { type TreeEntry, treeKind } from './tree.ts';

/** The entries that have other attributes than asked for, one line each. Links have none of their own. */
export function deviating(asked: Attributes, entries: readonly TreeEntry[]): readonly string[] {
  return entries
    .filter(
      (entry) => entry.type !== 'link' && Object.keys(changedAttributes(entry, wantedOf(asked, entry))).length > 0,
    )
    .map(({ path, mode, owner, group }) => `${path} ${mode} ${owner}:${group}`);
}

/** Sets attributes on a directory and everything below it. */
export async function setBelow(
  target: Target,
  path: string,
  { mode, owner, group }: Attributes,
  entries: readonly TreeEntry[],
): Promise<void> {
  const asked = { mode, owner, group };
  await target.mutate({
    summary: `set attributes below ${path}`,
    script: attributesScript(path, asked, { recurse: true }),
    touches: ['files'],
    effects: [
      effect(
        treeKind,
        path,
        entries.map((entry) => afterwards(asked, entry)),
      ),
    ],
  });
}

function afterwards(asked: Attributes, entry: TreeEntry): TreeEntry {
  if (entry.type === 'link') return entry;
  const { mode = entry.mode, owner = entry.owner, group = entry.group } = wantedOf(asked, entry);
  return { ...entry, mode, owner, group };
}

function wantedOf(asked: Attributes, entry: TreeEntry) {
  const file = { exists: true, ...entry } as unknown as PresentFile;
  return wantedAttributes(asked, file, entry.type === 'directory' ? 'directory' : 'file');
}
