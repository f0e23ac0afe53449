/** Which tags a run selects. */

/**
 * True when a statement with these tags runs under `--tags only --skip-tags skip`. No `only` means `all`. Special words, in the
 * selection: `all`, `tagged`, `untagged`; on the statement: `always` (runs unless skipped by name), `never` (runs only by name).
 */
export function selectedByTags(tags: readonly string[], only: readonly string[], skip: readonly string[]): boolean {
  const own = new Set(tags.length > 0 ? tags : ['untagged']);
  return wanted(own, new Set(only.length > 0 ? only : ['all'])) && !skipped(own, new Set(skip));
}

function wanted(tags: ReadonlySet<string>, only: ReadonlySet<string>): boolean {
  if (tags.has('always')) return true;
  if (shares(tags, only)) return true;
  if (tags.has('never')) return false;
  return only.has('all') || (only.has('tagged') && !tags.has('untagged'));
}

function skipped(tags: ReadonlySet<string>, skip: ReadonlySet<string>): boolean {
  if (skip.has('all')) return !tags.has('always') || skip.has('always');
  return shares(tags, skip) || (skip.has('tagged') && !tags.has('untagged'));
}

function shares(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  for (const each of one) if (other.has(each)) return true;
  return false;
}
