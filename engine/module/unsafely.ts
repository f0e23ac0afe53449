import { Unsafe } from '../template/values.ts';

/** Plain data put where the user's own text stands: whatever braces it holds are no template. */
export function unsafely(value: unknown): unknown {
  if (typeof value === 'string') return new Unsafe(value);
  if (Array.isArray(value)) return value.map(unsafely);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, unsafely(one)]));
}
