/** What Python holds to be true. */
import { omit, ScopeDict, Unsafe } from '../values.ts';
import { sizeOf } from './dicts.ts';
import { Float, isDict, Nothing, Undefined } from './types.ts';

/** False, None, zero, and what is empty are false. Throws for what is undefined. */
export function isTrue(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return value !== '';
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'bigint') return value !== 0n;
  if (value === null || value === undefined) return false;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Float) return value.value !== 0;
  if (value === omit) return true;
  if (isDict(value)) return sizeOf(value) > 0;
  if (value instanceof Unsafe) return value.text !== '';
  if (value instanceof Nothing) return false;
  if (value instanceof Undefined) return value.fail();
  if (value instanceof ScopeDict) return !value.scope.names()[Symbol.iterator]().next().done;
  return true;
}
