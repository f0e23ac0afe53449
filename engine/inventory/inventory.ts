/** The hosts a run may touch, the groups they are in, and the variables written for them. */
import type { Location, Problem } from '../errors.ts';
import type { Addition } from './addition.ts';

/** Variables from one place, with the position of each name. Of several layers the later wins, name by name. */
export interface VarsLayer {
  /** Where it stands in the order of precedence, in words, such as "inventory group vars" or "host_vars beside the playbook". */
  readonly kind: string;
  readonly file: string;
  readonly values: Readonly<Record<string, unknown>>;
  locate(name: string): Location | undefined;
}

export interface Group {
  readonly name: string;
  readonly children: readonly string[];
  readonly parents: readonly string[];
  /** The longest way down from `all`, which is 0. */
  readonly depth: number;
  /** `ansible_group_priority`, 1 unless set. */
  readonly priority: number;
  /** The hosts named directly in the group, not those of its children. */
  readonly hosts: readonly string[];
  /** What the inventory itself says (`[group:vars]`, `vars:`), merged over all sources. */
  readonly vars: VarsLayer;
}

export interface Host {
  readonly name: string;
  /** Every group it is in, by merge order (depth, priority, name; the last wins): `all` comes first. */
  readonly groups: readonly string[];
  /** The first place that names it. */
  readonly at: Location | undefined;
  /** What the inventory itself says about the host, merged over all sources. */
  readonly vars: VarsLayer;
  /** True for the `localhost` nobody wrote down: it is not in `all`, and its connection is local. */
  readonly implicit: boolean;
}

export interface Inventory {
  /** In the order written. Implicit `localhost` is not among them; {@link Inventory.host} knows it. */
  readonly hosts: ReadonlyMap<string, Host>;
  /** `all` and `ungrouped` are always there. */
  readonly groups: ReadonlyMap<string, Group>;
  readonly sources: readonly string[];
  /** A host by name; `localhost` and its addresses exist even when nobody wrote them down. */
  host(name: string): Host | undefined;
  /** Every host in the group or beneath it, in inventory order; a group alias is understood. Empty for an unknown group. */
  hostsIn(group: string): readonly string[];
  /**
   * All variables of inventory and vars files for a host, lowest precedence first: `all`, other groups, the host; in each the
   * inventory itself, then the files beside it, then those beside the playbook. Files are read once.
   * @throws KplayError with every malformed file beside the playbook
   */
  layers(name: string, playbookDir?: string): readonly VarsLayer[];
  /** The same without the files beside a playbook. */
  hostLayers(name: string): readonly VarsLayer[];
  readonly warnings: readonly Problem[];
  /**
   * The inventory with what a run adds to it; this very one when that is nothing new.
   * @throws KplayError when groups would be beneath themselves
   */
  with(addition: Addition): Inventory;
}

/** Only what `group_vars/` and `host_vars/` beside a playbook say. To merge it in its right place use {@link Inventory.layers}. */
export function playbookLayers(inventory: Inventory, host: string, playbookDir: string): readonly VarsLayer[] {
  return inventory.layers(host, playbookDir).filter((layer) => layer.kind.endsWith('beside the playbook'));
}
