/** Facts a play may ask for, by their names in the raw text of its files. */
import type { Documents } from './documents.ts';
import { filesBelow } from './documents.ts';

/** Stands for "any fact": the facts are used as a whole, or by a name that only the run knows. */
export const anyFact = '*';

/**
 * Finds `ansible_…` names in texts, each file and each folder read once. `ansible_facts.x` and `ansible_facts['x']` count as `ansible_x`;
 * `ansible_facts` used in any other way as {@link anyFact}.
 */
export function mentionFinder(documents: Documents) {
  const known = new Map<string, ReadonlySet<string>>();
  const inFile = (path: string): ReadonlySet<string> => {
    const before = known.get(path);
    if (before) return before;
    const found = mentionsIn(documents.text(path) ?? '');
    known.set(path, found);
    return found;
  };
  const listed = new Map<string, readonly string[]>();
  const below = (folder: string): readonly string[] => {
    const found = listed.get(folder) ?? filesBelow(documents.files, folder);
    listed.set(folder, found);
    return found;
  };
  return (files: Iterable<string>, folders: Iterable<string>): ReadonlySet<string> => {
    const all = new Set<string>();
    for (const path of new Set([...files, ...[...folders].flatMap(below)]))
      for (const name of inFile(path)) all.add(name);
    return all;
  };
}

export function mentionsIn(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const match of text.matchAll(/\bansible_facts\b(?:\.(\w+)|\[\s*["'](\w+)["']\s*\])?|\bansible_[A-Za-z0-9_]+/g)) {
    const fact = match[1] ?? match[2];
    if (!match[0].startsWith('ansible_facts')) found.add(match[0]);
    else found.add(fact === undefined ? anyFact : fact.startsWith('ansible_') ? fact : `ansible_${fact}`);
  }
  if (/["']ansible_["']\s*[~+]/.test(text)) found.add(anyFact);
  return found;
}
