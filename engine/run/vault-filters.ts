/** The filters `vault` and `unvault`: texts encrypted by a password that the playbook names. */
import { isVaulted, seal, vaultWith } from '../source/vault.ts';
import type { FilterFunction } from '../template/environment.ts';
import { toText } from '../template/render.ts';

const named = (given: unknown) => toText(given ?? 'filter_default');

/** `secret` is told of the passwords and of what was or becomes encrypted: none of it is shown. */
export function vaultFilters(secret: (value: string) => void): Readonly<Record<string, FilterFunction>> {
  const kept = (value: unknown, filter: string) => {
    if (typeof value !== 'string') throw new Error(`${filter} takes texts, for what is encrypted and for the password`);
    secret(value);
    return value;
  };
  return {
    vault(value, [first, salt = null, id = null], options) {
      const password = kept(options['secret'] ?? first, 'vault');
      const drawn = options['salt'] ?? salt;
      const by = { id: named(options['vault_id'] ?? id), password };
      return seal(Buffer.from(kept(value, 'vault')), by, drawn === null ? undefined : Buffer.from(toText(drawn)));
    },
    unvault(value, [first, id = null], options) {
      if (typeof value !== 'string') throw new Error('unvault takes an encrypted text');
      if (!isVaulted(value)) return value;
      const by = { id: named(options['vault_id'] ?? id), password: kept(options['secret'] ?? first, 'unvault') };
      return kept(vaultWith([by]).open(value).toString('utf8'), 'unvault');
    },
  };
}
