/** What a transfer asks the host. */
import { posix } from 'node:path';
import type { Identity } from '../../target/queries/identity.ts';
import type { FileState } from '../../target/state.ts';
import type { ReadableTarget } from '../../target/target.ts';
import type { Item } from './items.ts';
import type { Ownership } from './place.ts';
import type { Wishes } from './wishes.ts';

/**
 * What is at each place, links not followed; dest itself may be a link to the directory. Directories come before what is
 * in them: behind a link in the place of one is nothing of the transfer.
 */
export async function filesAt(
  target: ReadableTarget,
  dest: string,
  items: readonly Item[],
): Promise<readonly FileState[]> {
  const root = dest.replace(/(?<=.)\/+$/, '');
  const files = await inWaves(items, ({ path, name }) =>
    target.stat(path, { follow: name.endsWith('/') && path === root }),
  );
  const links = new Set<string>();
  return items.map(({ path }, index) => {
    const file = files[index]!;
    const isBehind = links.has(posix.dirname(path));
    if (isBehind || (file.exists && file.type === 'link')) links.add(path);
    return isBehind ? { exists: false } : file;
  });
}

/** Asks about many things, a wave at a time: the kernel bounds how many words a command may have. */
export async function inWaves<T, R>(
  all: readonly T[],
  ask: (one: T, index: number) => Promise<R>,
): Promise<readonly R[]> {
  const answers: R[] = [];
  for (let from = 0; from < all.length; from += mostAtOnce) {
    const wave = all.slice(from, from + mostAtOnce).map((one, index) => ask(one, from + index));
    answers.push(...(await Promise.all(wave)));
  }
  return answers;
}

const mostAtOnce = 1024;

/** Who the owners in the source are on the host. */
export async function ownershipOf(
  target: ReadableTarget,
  items: readonly Item[],
  wishes: Wishes,
  identity: Promise<Identity>,
): Promise<Ownership> {
  const sources = items.flatMap(({ source }) => (source ? [source] : []));
  const users = wishes.owner ? names(sources.map(({ owner }) => owner)) : [];
  const groups = wishes.group ? names(sources.map(({ group }) => group)) : [];
  const [accounts, entries] = await Promise.all([
    Promise.all(users.map((name) => target.account(name))),
    Promise.all(groups.map((name) => target.groupEntry(name))),
  ]);
  return {
    identity: await identity,
    users: new Map([root, ...accounts.flatMap((one) => (one ? [[one.name, one.uid] as const] : []))]),
    groups: new Map([root, ...entries.flatMap((one) => (one ? [[one.name, one.gid] as const] : []))]),
  };
}

/** Each once; what has no name has its number, which stands for itself, and root is the same everywhere. */
const names = (all: readonly string[]) => [...new Set(all)].filter((name) => !/^(?:\d+|root)$/.test(name));
const root = ['root', 0] as const;
