/** From a draft to groups and hosts: who is above whom, how deep, and in which order variables merge. */
import { KplayError, type Problem } from '../errors.ts';
import { unboxed } from '../source/float.ts';
import { didYouMean } from '../source/suggest.ts';
import type { Draft, DraftGroup, DraftVars } from './draft.ts';
import { aliasesOf } from './group-aliases.ts';
import type { Group, Host, VarsLayer } from './inventory.ts';

export interface Hierarchy {
  readonly hosts: ReadonlyMap<string, Host>;
  readonly groups: ReadonlyMap<string, Group>;
}

const priorityName = 'ansible_group_priority';

/**
 * Every group but `all` is beneath `all`; a host in no group but `all` is in `ungrouped`. Merge order is (depth, priority, name).
 * @throws KplayError with all problems: those of the draft, groups never defined, loops, priorities that are no whole number
 */
export function resolveHierarchy(draft: Draft): Hierarchy {
  const problems: Problem[] = [
    ...draft.problems,
    ...undefinedGroups(draft),
    ...misplacedAll(draft),
    ...findLoop(draft),
  ];
  refuse(draft, problems);

  const parents = parentsOf(draft);
  const depths = new Map<string, number>();
  const depthOf = (name: string): number => {
    const known = depths.get(name);
    if (known !== undefined) return known;
    const above = parents.get(name) ?? [];
    const depth = above.length === 0 ? 0 : 1 + Math.max(...above.map(depthOf));
    depths.set(name, depth);
    return depth;
  };
  collectUngrouped(draft);

  const groups = new Map<string, Group>();
  for (const group of draft.groups.values()) {
    groups.set(group.name, {
      name: group.name,
      children: childrenOf(draft, group, parents),
      parents: parents.get(group.name) ?? [],
      depth: depthOf(group.name),
      priority: priorityOf(group, problems),
      hosts: [...group.hosts],
      vars: layerOf(
        group.name === 'all' ? 'all, in the inventory' : `group ${group.name}, in the inventory`,
        group.vars,
      ),
    });
  }
  refuse(draft, problems);
  return { groups, hosts: hostsOf(draft, groups) };
}

/** A layer of the variables of a draft; `ansible_group_priority` orders groups and is no variable. */
export function layerOf(kind: string, vars: DraftVars): VarsLayer {
  const values: Record<string, unknown> = {};
  let file = '';
  for (const [name, { value, at }] of vars) {
    if (name === priorityName) continue;
    Object.defineProperty(values, name, { value, enumerable: true, configurable: true, writable: true });
    file = at.file;
  }
  return { kind, file, values, locate: (name) => vars.get(name)?.at };
}

function refuse(draft: Draft, problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  throw new KplayError(
    problems.map((problem) => ({ source: problem.at && draft.texts.get(problem.at.file), ...problem })),
  );
}

function misplacedAll(draft: Draft): Problem[] {
  return [...draft.groups.values()].flatMap((group) => {
    const at = group.name === 'all' ? undefined : group.children.get('all');
    return at ? [{ message: '"all" is above every group and cannot be beneath one', at }] : [];
  });
}

function undefinedGroups(draft: Draft): Problem[] {
  const names = [...draft.groups.values()].filter((group) => group.defined).map((group) => group.name);
  return [...draft.groups.values()]
    .filter((group) => !group.defined)
    .map(({ name, at }) => {
      const aliased = aliasesOf(name).find((alias) => names.includes(alias));
      const meant = aliased === undefined ? didYouMean(name, names) : ` Did you mean "${aliased}"?`;
      return {
        message: `there is no group "${name}".${meant}`,
        at,
        hint: `define it, if need be without hosts: [${name}]`,
      };
    });
}

function parentsOf(draft: Draft): ReadonlyMap<string, readonly string[]> {
  const parents = new Map<string, string[]>();
  for (const group of draft.groups.values()) {
    for (const child of group.children.keys()) parents.set(child, [...(parents.get(child) ?? []), group.name]);
  }
  for (const name of draft.groups.keys()) {
    if (name !== 'all' && !parents.has(name)) parents.set(name, ['all']);
  }
  return parents;
}

function childrenOf(
  draft: Draft,
  group: DraftGroup,
  parents: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  if (group.name !== 'all') return [...group.children.keys()];
  return [...draft.groups.keys()].filter((name) => parents.get(name)?.includes('all'));
}

/** The first loop found, if any. */
function findLoop(draft: Draft): Problem[] {
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): Problem | undefined => {
    if (done.has(name)) return undefined;
    for (const [child, at] of draft.groups.get(name)?.children ?? []) {
      const way = [...path, child];
      const start = way.indexOf(child);
      if (start < way.length - 1)
        return { message: `a group cannot be beneath itself: ${way.slice(start).join(' > ')}`, at };
      const found = visit(child, way);
      if (found) return found;
    }
    done.add(name);
    return undefined;
  };
  for (const name of draft.groups.keys()) {
    const found = visit(name, [name]);
    if (found) return [found];
  }
  return [];
}

function collectUngrouped(draft: Draft): void {
  const grouped = new Set<string>();
  for (const group of draft.groups.values()) {
    if (group.name !== 'all' && group.name !== 'ungrouped') for (const host of group.hosts) grouped.add(host);
  }
  const ungrouped = draft.groups.get('ungrouped')!;
  for (const host of grouped) ungrouped.hosts.delete(host);
  for (const host of draft.hosts.keys()) if (!grouped.has(host)) ungrouped.hosts.add(host);
}

function priorityOf(group: DraftGroup, problems: Problem[]): number {
  const written = group.vars.get(priorityName);
  if (!written) return 1;
  const priority = typeof written.value === 'string' ? Number(written.value) : unboxed(written.value);
  if (typeof priority === 'number' && Number.isInteger(priority)) return priority;
  problems.push({ message: `${priorityName} must be a whole number`, at: written.at });
  return 1;
}

function hostsOf(draft: Draft, groups: ReadonlyMap<string, Group>): ReadonlyMap<string, Host> {
  const memberOf = new Map<string, Set<string>>([...draft.hosts.keys()].map((name) => [name, new Set()]));
  const add = (host: string, name: string): void => {
    const names = memberOf.get(host)!;
    if (names.has(name)) return;
    names.add(name);
    for (const parent of groups.get(name)?.parents ?? []) add(host, parent);
  };
  for (const group of groups.values()) for (const host of group.hosts) add(host, group.name);
  const hosts = new Map<string, Host>();
  for (const [name, { vars, at }] of draft.hosts) {
    const sorted = [...memberOf.get(name)!].map((group) => groups.get(group)!).sort(byMergeOrder);
    const layer = layerOf(`host ${name}, in the inventory`, vars);
    hosts.set(name, { name, groups: sorted.map((group) => group.name), at, vars: layer, implicit: false });
  }
  return hosts;
}

/** Later overrides earlier. */
function byMergeOrder(a: Group, b: Group): number {
  return a.depth - b.depth || a.priority - b.priority || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}
