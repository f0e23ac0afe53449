import { Unsafe } from './values.ts';

/**
 * Plain data put where the user's own text stands: whatever braces it holds are no template. `matters` tells which of its texts
 * need that, all unless told.
 */
export function unsafely(value: unknown, matters: (text: string) => boolean = () => true): unknown {
  if (typeof value === 'string') return matters(value) ? new Unsafe(value) : value;
  if (Array.isArray(value)) return value.map((one) => unsafely(one, matters));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, unsafely(one, matters)]));
}
