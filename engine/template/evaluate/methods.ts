/** The methods which values have: a white list for each kind. */
import { isDict, Tuple } from '../python/types.ts';
import { ScopeDict } from '../values.ts';
import { dictMethods } from './dict-methods.ts';
import { listMethods, tupleMethods } from './list-methods.ts';
import type { Native } from './native.ts';
import { textMethods } from './text-methods.ts';

/** Methods which change their list or dict in place. */
export const mutating: ReadonlySet<string> = new Set([
  'append',
  'extend',
  'insert',
  'pop',
  'remove',
  'reverse',
  'sort',
  'clear',
  'update',
  'setdefault',
  'popitem',
]);

/** The methods of a value's kind; undefined when it has none. */
export function methodsOf(value: unknown): Readonly<Record<string, Native>> | undefined {
  if (typeof value === 'string') return textMethods;
  if (Array.isArray(value)) return value instanceof Tuple ? tupleMethods : listMethods;
  return isDict(value) || value instanceof ScopeDict ? dictMethods : undefined;
}
