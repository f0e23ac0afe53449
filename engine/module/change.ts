/** What differs between a state and the state asked for. */
import { isDeepStrictEqual } from 'node:util';
import { isUnknown } from '../template/values.ts';
import type { Change } from './definition.ts';

/**
 * Every field whose wanted value is not the current one. Fields that are left out or undefined are nobody's concern; a value
 * not known yet (`Unknown`) counts as a difference, because it may well be one.
 */
export function difference<S extends object>(state: S, wanted: Partial<S>): Change<S> {
  const [is, shall] = [state as Readonly<Record<string, unknown>>, wanted as Readonly<Record<string, unknown>>];
  const fields: (readonly [string, { readonly before: unknown; readonly after: unknown }])[] = [];
  for (const name of Object.keys(shall)) {
    const [before, after] = [is[name], shall[name]];
    if (after !== undefined && differs(before, after)) fields.push([name, { before, after }]);
  }
  return (fields.length === 0 ? none : Object.fromEntries(fields)) as Change<S>;
}

const none = Object.freeze({});

function differs(before: unknown, after: unknown): boolean {
  if (before === after && typeof after !== 'object') return false;
  return holdsUnknown(after) || !isDeepStrictEqual(before, after);
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
