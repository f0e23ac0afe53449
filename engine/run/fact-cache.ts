/** Facts kept from run to run: one file of JSON for each host, as Ansible's cache `jsonfile` has them. */

import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { dumpJson } from '../template/python/json.ts';
import { readJson } from '../template/python/read-json.ts';
import { isDict } from '../template/python/types.ts';
import type { HostState, Run } from './context.ts';
import { CountedMap } from './counted-map.ts';
import { each } from './each.ts';
import { saveFile } from './local-files.ts';
import type { HostVariables } from './variables.ts';

export interface FactCacheOptions {
  readonly folder: string;
  /** What the name of a file has before the name of its host. */
  readonly prefix: string;
  /** For how many seconds facts hold; 0 is for ever. */
  readonly seconds: number;
}

type Facts = Pick<HostVariables, 'facts' | 'bareFacts'>;

export interface FactCache {
  /** The facts of a host: none when there is no file, when it is too old, or when it cannot be read, which is told. */
  read(host: string): Facts;
  /** Throws as writing a file does. */
  write(host: string, facts: Facts): Promise<void>;
  forget(host: string): void;
}

/** `warn` is told of files that hold no facts. */
export function factCache({ folder, prefix, seconds }: FactCacheOptions, warn: (message: string) => void): FactCache {
  const fileOf = (host: string) => join(folder, `${prefix}${host.replaceAll('/', '_')}`);
  return {
    read(host) {
      const facts = new CountedMap<string, unknown>();
      const bareFacts = new Set<string>();
      for (const [name, value] of Object.entries(kept(fileOf(host), seconds, warn))) {
        const bare = name.replace(/^ansible_/, '');
        facts.set(bare, value);
        if (bare === name && !own.has(name)) bareFacts.add(name);
      }
      return { facts, bareFacts };
    },
    async write(host, { facts, bareFacts }) {
      const named = [...facts].map(([name, value]) => [
        bareFacts.has(name) || own.has(name) ? name : `ansible_${name}`,
        value,
      ]);
      await saveFile(fileOf(host), Buffer.from(dumpJson(Object.fromEntries(named), { indent: 4, sortKeys: true })));
    },
    forget(host) {
      rmSync(fileOf(host), { force: true });
    },
  };
}

/** Tells the cache what was learnt of hosts. A check leaves it as it is: what a check knows of facts may be foreseen. */
export async function keepFacts({ options, factCache: cache, emit }: Run, hosts: readonly HostState[]): Promise<void> {
  if (!cache || options.check) return;
  await each(hosts, options.forks, async ({ name, learned, variables }) => {
    if (!learned) return;
    await cache.write(name, variables).catch((error: Error) => {
      emit({ type: 'warning', message: `the facts of ${name} are not kept: ${error.message}` });
    });
  });
}

/** What Ansible keeps beside the facts: that `setup` has run, and for what. */
const own: ReadonlySet<string> = new Set(['module_setup', 'gather_subset']);

function kept(file: string, seconds: number, warn: (message: string) => void): Readonly<Record<string, unknown>> {
  try {
    const { mtimeMs } = statSync(file);
    if (seconds > 0 && Date.now() - mtimeMs > seconds * 1000) return {};
    const value = readJson(readFileSync(file, 'utf8'));
    if (isDict(value)) return value as Readonly<Record<string, unknown>>;
    warn(`${file} holds no facts: it is passed over`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      warn(`${file} cannot be read as facts, and is passed over: ${(error as Error).message}`);
  }
  return {};
}
