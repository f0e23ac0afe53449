/** Values of the user's own files: which of them are templates, and how a container's are handed on unrendered. */
import type { Location } from '../../errors.ts';
import { mapDict, valuesOf } from '../python/dicts.ts';
import { isDict } from '../python/types.ts';
import { Raw, type Scope, Unsafe } from '../values.ts';

/** True when the text may hold a tag. */
export function isTemplate(text: string): boolean {
  const first = text.indexOf('{');
  return first >= 0 && (text.includes('{{', first) || text.includes('{%', first) || text.includes('{#', first));
}

const seen = new WeakMap<object, boolean>();

/** Whether a value holds a template, or text marked as none, at any depth. */
export function holdsTemplates(value: unknown): boolean {
  if (typeof value === 'string') return isTemplate(value);
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof Unsafe) return true;
  const known = seen.get(value);
  if (known !== undefined) return known;
  const items = Array.isArray(value) ? value : isDict(value) ? valuesOf(value) : [];
  const answer = items.some(holdsTemplates);
  seen.set(value, answer);
  return answer;
}

/**
 * Wraps a value of the user's own files: the strings inside are templates, each rendered when it is used, among the names
 * of `scope` if one is given. A value without any is answered as it is.
 */
export function trusted(value: unknown, at?: Location, scope?: Scope): unknown {
  if (value instanceof Unsafe) return value.text;
  return holdsTemplates(value) ? new Raw(value, at, scope) : value;
}

/** The container with each of its children wrapped. */
export function childrenOf({ value, at, scope }: Raw): unknown {
  if (Array.isArray(value)) return value.map((item) => trusted(item, at, scope));
  if (isDict(value)) return mapDict(value, (item) => trusted(item, at, scope));
  return value;
}
