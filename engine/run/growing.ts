/** The inventory of a run: what was read, and what tasks have added to it since. */
import type { Addition } from '../inventory/addition.ts';
import type { Inventory } from '../inventory/inventory.ts';

export interface GrowingInventory extends Inventory {
  /** Takes it over for all that is asked from now on; true when that is news. Throws KplayError for groups in a circle. */
  grow(addition: Addition): boolean;
  /** Takes what was read anew, and what tasks have added to the old on top of it. */
  refresh(read: Inventory): void;
}

export function growing(read: Inventory): GrowingInventory {
  let now = read;
  const additions: Addition[] = [];
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
      if (news) additions.push(addition);
      return news;
    },
    refresh(anew) {
      now = additions.reduce((grown, addition) => grown.with(addition), anew);
    },
  };
}
