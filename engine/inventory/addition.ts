/** What a run adds to its inventory: a host, or groups above one that is there (`add_host`, `group_by`). */
import { isDeepStrictEqual } from 'node:util';
import type { Location } from '../errors.ts';
import { copyOf, type Draft, defineGroup, draftHost } from './draft.ts';
import { localhostNames } from './host-names.ts';

export interface Addition {
  readonly host: string;
  /** Groups the host is in from now on. */
  readonly groups: readonly string[];
  /** Groups above those; without any they are beneath `all` alone. */
  readonly parents: readonly string[];
  /** Variables of the host: plain data, no templates. */
  readonly vars: Readonly<Record<string, unknown>>;
}

/** A draft with the addition, or undefined when it says nothing new. The given draft stays as it is. */
export function withAddition(draft: Draft, { host, groups, parents, vars }: Addition): Draft | undefined {
  const at: Location = { file: `added by the run: ${host}`, line: 1, column: 1 };
  const grown = copyOf(draft);
  let news = !grown.hosts.has(host);
  const isLocalhost = news && localhostNames.has(host);
  for (const name of groups.length > 0 ? groups : ['ungrouped']) {
    const group = defineGroup(grown, name, at);
    news ||= !draft.groups.get(name)?.hosts.has(host) && name !== 'ungrouped';
    draftHost(grown, host, group, at);
    for (const parent of parents.filter((one) => one !== 'all')) {
      const { children } = defineGroup(grown, parent, at);
      news ||= !children.has(name);
      children.set(name, at);
    }
  }
  const own = grown.hosts.get(host)!.vars;
  if (isLocalhost) own.set('ansible_connection', { value: 'local', at });
  for (const [name, value] of Object.entries(vars)) {
    news ||= !isDeepStrictEqual(own.get(name)?.value, value);
    own.set(name, { value, at });
  }
  return news ? grown : undefined;
}
