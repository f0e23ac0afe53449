/** The inventory of a run: what was read, and what tasks have added to it since. */
import type { Addition } from '../inventory/addition.ts';
import type { Inventory } from '../inventory/inventory.ts';

export interface GrowingInventory extends Inventory {
  /** Takes it over for all that is asked from now on; true when that is news. Throws KplayError for groups in a circle. */
  grow(addition: Addition): boolean;
}

export function growing(read: Inventory): GrowingInventory {
  let now = read;
  return {
    get hosts() {
      return now.hosts;
    },
    get groups() {
      return now.groups;
    },
    sources: read.sources,
    warnings: read.warnings,
    host: (name) => now.host(name),
    hostsIn: (group) => now.hostsIn(group),
    layers: (name, playbookDir) => now.layers(name, playbookDir),
    hostLayers: (name) => now.hostLayers(name),
    with: (addition) => now.with(addition),
    grow(addition) {
      const grown = now.with(addition);
      const news = grown !== now;
      now = grown;
      return news;
    },
  };
}
