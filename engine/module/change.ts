/** What differs between a state and the state asked for. */
import { isDeepStrictEqual } from 'node:util';
import { isUnknown } from '../template/values.ts';
import type { Change } from './definition.ts';

/**
 * Every field whose wanted value is not the current one. Fields that are left out or undefined are nobody's concern; a value
 * not known yet (`Unknown`) counts as a difference, because it may well be one.
 */
export function difference<S extends object>(state: S, wanted: Partial<S>): Change<S> {
  const before = state as Readonly<Record<string, unknown>>;
  const fields = Object.entries(wanted)
    .filter(([name, after]) => after !== undefined && (holdsUnknown(after) || !isDeepStrictEqual(before[name], after)))
    .map(([name, after]) => [name, { before: before[name], after }] as const);
  return Object.fromEntries(fields) as Change<S>;
}

function holdsUnknown(value: unknown): boolean {
  if (isUnknown(value)) return true;
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return false;
  return Object.values(value).some(holdsUnknown);
}

/** True when nothing is to be done. */
export function isEmpty(change: object): boolean {
  return Object.keys(change).length === 0;
}
