import { Float } from './float.ts';

/** A plain value as text by which it is told from others; JSON itself has no integers beyond 2^53, nor floats without a fraction. */
export const valueKey = (value: unknown): string => JSON.stringify(value, told) ?? '';

function told(this: unknown, key: string, one: unknown): unknown {
  const before = (this as Readonly<Record<string, unknown>>)[key]; // a float has become a number already
  return typeof one === 'bigint' || before instanceof Float ? String(before) : one;
}
