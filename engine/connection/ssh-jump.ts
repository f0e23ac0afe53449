/** Links to jump hosts, shared by all the hosts behind them and closed with the last. */

import type { SshLink } from './ssh-link.ts';

interface Shared {
  readonly link: Promise<SshLink>;
  users: number;
}

const shared = new Map<string, Shared>();

/** The link open under the key, or a new one. Each must be released once. */
export async function acquireJump(key: string, open: () => Promise<SshLink>): Promise<SshLink> {
  let entry = shared.get(key);
  if (entry === undefined) {
    const link = open();
    entry = { link, users: 0 };
    shared.set(key, entry);
    const forget = (): boolean => shared.get(key)?.link === link && shared.delete(key);
    link.then(({ lost }) => lost.then(forget), forget);
  }
  entry.users++;
  const own = entry;
  const link = await own.link;
  const { close } = link;
  let released = false;
  return {
    ...link,
    async close() {
      if (released) return;
      released = true;
      if (--own.users > 0) return;
      if (shared.get(key) === own) shared.delete(key);
      await close();
    },
  };
}
