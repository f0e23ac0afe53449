/** An inventory while its sources are read: each adds to it, and of two values for one name the later holds. */
import type { Location, Problem } from '../errors.ts';

/** Variables by name, each with the place where it was written. */
export type DraftVars = Map<string, { readonly value: unknown; readonly at: Location }>;

export interface DraftGroup {
  readonly name: string;
  readonly hosts: Set<string>;
  /** Each child with the place that names it. */
  readonly children: Map<string, Location>;
  readonly vars: DraftVars;
  /** Whether some source defines it; a group that is only named as a child, or given variables, is not yet. */
  defined: boolean;
  /** The first place that names it. */
  readonly at: Location | undefined;
}

export interface DraftHost {
  readonly vars: DraftVars;
  /** The first place that names it. */
  readonly at: Location;
}

export interface Draft {
  readonly groups: Map<string, DraftGroup>;
  readonly hosts: Map<string, DraftHost>;
  /** What was read, by file, for code frames. */
  readonly texts: Map<string, string>;
  readonly problems: Problem[];
  readonly warnings: Problem[];
}

export function emptyDraft(): Draft {
  const draft: Draft = { groups: new Map(), hosts: new Map(), texts: new Map(), problems: [], warnings: [] };
  for (const name of ['all', 'ungrouped']) defineGroup(draft, name, undefined);
  return draft;
}

/** The group of that name, made when need be. */
export function draftGroup(draft: Draft, name: string, at: Location | undefined): DraftGroup {
  let group = draft.groups.get(name);
  if (!group) {
    group = { name, hosts: new Set(), children: new Map(), vars: new Map(), defined: false, at };
    draft.groups.set(name, group);
  }
  return group;
}

export function defineGroup(draft: Draft, name: string, at: Location | undefined): DraftGroup {
  const group = draftGroup(draft, name, at);
  group.defined = true;
  return group;
}

/** The variables of a host, which is made a member of the group. */
export function draftHost(draft: Draft, name: string, group: DraftGroup, at: Location): DraftVars {
  group.hosts.add(name);
  let host = draft.hosts.get(name);
  if (!host) {
    host = { vars: new Map(), at };
    draft.hosts.set(name, host);
  }
  return host.vars;
}

/** The same once more, to be added to while the first stays as it is. */
export function copyOf(draft: Draft): Draft {
  const groups = [...draft.groups].map(([name, group]) => {
    const { hosts, children, vars } = group;
    return [name, { ...group, hosts: new Set(hosts), children: new Map(children), vars: new Map(vars) }] as const;
  });
  const hosts = [...draft.hosts].map(([name, { vars, at }]) => [name, { vars: new Map(vars), at }] as const);
  return { ...draft, groups: new Map(groups), hosts: new Map(hosts), problems: [], warnings: [] };
}
