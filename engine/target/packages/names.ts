/** Names of packages as tasks write them, and whether what is installed satisfies them. */

import { packagesKind } from '../queries/packages.ts';
import { type Effect, effect } from '../query.ts';

/** `haproxy`, or `haproxy=2.6*` with the version pinned. */
export interface PackageWish {
  readonly text: string;
  readonly name: string;
  readonly version?: string | undefined;
}

/** What check mode takes for the version of a package that a task before would have installed. */
export const wouldBeInstalled = '(would be installed)';

/** The wishes of a list; empty names, as templates leave them, are nobody's. */
export function wishes(names: readonly unknown[]): PackageWish[] {
  return names
    .map((name) => String(name).trim())
    .filter((name) => name !== '')
    .map((text) => {
      const [, name, version] = /^([^=<>\s]+)\s*==?\s*(\S+)$/.exec(text) ?? [];
      return name === undefined ? { text, name: text } : { text: `${name}=${version}`, name, version };
    });
}

/** True when this installed version is what the wish asks for; `*` and `?` in a pin stand for anything. */
export function satisfies(wish: PackageWish, installed: string | null | undefined): boolean {
  if (installed === null || installed === undefined) return false;
  if (wish.version === undefined || installed === wouldBeInstalled) return true;
  const pattern = wish.version
    .replace(/[.+^${}()|\\[\]]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${pattern}$`).test(installed);
}

/** The installed versions as a task's state: `null` where a package is not installed. */
export type Versions = Readonly<Record<string, string | null>>;

/** What the package database would say after this change. */
export function versionEffects(after: Versions): Effect[] {
  return Object.entries(after).map(([name, version]) => effect(packagesKind, name, version ?? undefined));
}

/** `package haproxy`, `packages haproxy, keepalived`: what brings units and accounts along. */
export function bringer(names: readonly string[]): string {
  return `${names.length === 1 ? 'package' : 'packages'} ${names.join(', ')}`;
}
