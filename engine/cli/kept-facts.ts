/** The cache of facts that the settings ask for. */
import { fail } from '../errors.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { type FactCacheOptions, factCache } from '../run/fact-cache.ts';
import type { CliOptions } from './options.ts';

/** Undefined when facts are not kept from run to run. Throws KplayError when it is not said where. */
export function factCacheOf(options: CliOptions): FactCacheOptions | undefined {
  const {
    factCaching,
    factCachingConnection: folder,
    factCachingPrefix: prefix,
    factCachingTimeout: seconds,
  } = options;
  if (factCaching !== 'jsonfile') return undefined;
  if (folder === undefined) fail('fact_caching = jsonfile needs a folder: set fact_caching_connection');
  return { folder, prefix: prefix ?? '', seconds: seconds ?? 86_400 };
}

/** Variables that `set_fact` has kept for hosts, in runs before this one. */
export function keptNames(options: CliOptions, inventory: Inventory): readonly string[] {
  const where = options.flushCache ? undefined : factCacheOf(options);
  if (!where) return [];
  const cache = factCache(where, () => {}); // the run warns of files that hold no facts
  return [...new Set([...inventory.hosts.keys()].flatMap((name) => [...cache.read(name).bareFacts]))];
}
