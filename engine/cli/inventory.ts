/** `kplay inventory --list|--graph|--host NAME`: what the inventory comes to, as ansible-inventory prints it. */
import { resolve } from 'node:path';
import { exitCodes, fail, KplayError } from '../errors.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { loadInventory } from '../inventory/load.ts';
import { selectHosts } from '../inventory/select-hosts.ts';
import { isPlain } from '../module/convert.ts';
import { didYouMean } from '../source/suggest.ts';
import { vaultWith } from '../source/vault.ts';
import { VaultScalar } from '../source/vault-scalar.ts';
import { dumpJson } from '../template/python/json.ts';
import { Unsafe } from '../template/values.ts';
import { disk, opened } from './disk.ts';
import type { CliOptions } from './options.ts';
import { inventorySources } from './play.ts';
import { vaultSecrets } from './vault-secrets.ts';

export interface InventoryCommand {
  readonly list?: true;
  readonly graph?: true;
  readonly host?: string;
  /** `group_vars` and `host_vars` of this folder count as well. */
  readonly playbookDir?: string;
}

/** Prints it. Values are as written: templates unrendered, encrypted scalars closed. Throws KplayError. */
export async function inventoryCommand(command: InventoryCommand, options: CliOptions): Promise<number> {
  const { list, graph, host } = command;
  if ([list, graph, host].filter((one) => one !== undefined).length !== 1)
    throw new KplayError([{ message: 'kplay inventory takes one of --list, --graph and --host NAME' }], {
      exitCode: exitCodes.usage,
    });
  const cwd = process.cwd();
  const playbookDir = command.playbookDir === undefined ? undefined : resolve(cwd, command.playbookDir);
  const inventory = loadInventory(
    inventorySources(options, cwd),
    opened(disk, vaultWith(await vaultSecrets(options))),
    playbookDir === undefined ? {} : { playbookDir },
  );
  for (const { message } of inventory.warnings) process.stderr.write(`warning: ${message}\n`);
  const chosen = new Set(options.limit === undefined ? inventory.hosts.keys() : selectHosts(inventory, options.limit));
  const varsOf = (name: string) => variables(inventory, name, playbookDir);
  if (graph) process.stdout.write(`@all:\n${branches(inventory, 'all', chosen, '  ')}`);
  else
    process.stdout.write(json(host === undefined ? listed(inventory, chosen, varsOf) : varsOf(known(inventory, host))));
  return exitCodes.ok;
}

function known(inventory: Inventory, host: string): string {
  if (inventory.host(host)) return host;
  return fail(`there is no host "${host}" in the inventory.${didYouMean(host, inventory.hosts.keys())}`);
}

function variables(inventory: Inventory, host: string, playbookDir: string | undefined): object {
  return Object.assign({}, ...inventory.layers(host, playbookDir).map(({ values }) => values));
}

/** The form that inventory scripts have: groups with hosts and children, and `_meta.hostvars`. */
function listed(inventory: Inventory, chosen: ReadonlySet<string>, varsOf: (host: string) => object): object {
  const groups = [...inventory.groups.values()].map(({ name, children, hosts }) => {
    const members = name === 'all' ? [] : hosts.filter((host) => chosen.has(host));
    const group = { ...(children.length > 0 && { children }), ...(members.length > 0 && { hosts: members }) };
    return [name, group] as const;
  });
  const hostvars = Object.fromEntries([...chosen].map((host) => [host, varsOf(host)]));
  return { _meta: { hostvars }, ...Object.fromEntries(groups.filter(([, group]) => Object.keys(group).length > 0)) };
}

function branches(inventory: Inventory, name: string, chosen: ReadonlySet<string>, margin: string): string {
  const group = inventory.groups.get(name)!;
  const children = [...group.children].sort();
  const lines = children.map(
    (child) => `${margin}|--@${child}:\n${branches(inventory, child, chosen, `${margin}|  `)}`,
  );
  const hosts = name === 'all' ? [] : group.hosts.filter((host) => chosen.has(host));
  return [...lines, ...[...hosts].sort().map((host) => `${margin}|--${host}\n`)].join('');
}

/** With floats and long integers as they are written. */
const json = (value: unknown): string => `${dumpJson(plain(value), { indent: 4, ensureAscii: false })}\n`;

function plain(value: unknown): unknown {
  if (value instanceof VaultScalar) return { __ansible_vault: value.text };
  if (value instanceof Unsafe) return { __ansible_unsafe: value.text };
  if (Array.isArray(value)) return value.map(plain);
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
}
