/** The user's values with their encrypted scalars opened, when they are first used. */
import { VaultScalar } from '../source/vault-scalar.ts';

/** Opens one scalar, and sees to it that what was in it is never shown. */
export type Reveal = (scalar: VaultScalar) => string;

/** The same value where nothing is encrypted in it, else a copy; each object is looked through once. */
export function revealer(reveal: Reveal): (value: unknown) => unknown {
  const seen = new WeakMap<object, unknown>();

  function revealed(value: unknown): unknown {
    if (value instanceof VaultScalar) return reveal(value);
    if (!Array.isArray(value) && !isPlain(value)) return value;
    const known = seen.get(value);
    if (known !== undefined) return known;
    seen.set(value, value); // an anchor may stand inside itself
    const copy = Array.isArray(value)
      ? value.map(revealed)
      : Object.fromEntries(Object.entries(value).map(([key, one]) => [key, revealed(one)]));
    const own = value as Readonly<Record<string, unknown>>;
    const same = Object.entries(copy).every(([key, one]) => one === own[key]);
    seen.set(value, same ? value : copy);
    return same ? value : copy;
  }

  return revealed;
}

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
