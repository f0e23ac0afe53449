/** Dicts, whether plain objects (all keys are text) or Maps. Only own properties exist. */
import { dropKey, noteKey, withWrittenKeys, writtenKeys } from '../../source/written-keys.ts';
import { type Dict, Float } from './types.ts';

export function keysOf(dict: Dict): unknown[] {
  return dict instanceof Map ? [...dict.keys()] : [...(writtenKeys(dict) ?? Object.keys(dict))];
}

export function valuesOf(dict: Dict): unknown[] {
  if (dict instanceof Map) return [...dict.values()];
  return writtenKeys(dict)?.map((key) => valueAt(dict, key)) ?? Object.values(dict);
}

export function entriesOf(dict: Dict): [unknown, unknown][] {
  if (dict instanceof Map) return [...dict.entries()];
  return writtenKeys(dict)?.map((key) => [key, valueAt(dict, key)]) ?? Object.entries(dict);
}

export function sizeOf(dict: Dict): number {
  return dict instanceof Map ? dict.size : Object.keys(dict).length;
}

/** Equal keys are one key: `1.0` is `1`. */
function keyOf(key: unknown): unknown {
  return key instanceof Float ? key.value : key;
}

/** Objects hold only text keys, so a number finds the key which is written like it; `true` and null, what was written so. */
export function hasKey(dict: Dict, key: unknown): boolean {
  if (dict instanceof Map) return dict.has(keyOf(key));
  return nameOf(dict, key) !== undefined;
}

function nameOf(dict: Dict, key: unknown): string | undefined {
  if (typeof key === 'string') return Object.hasOwn(dict, key) ? key : undefined;
  if (typeof key === 'boolean' || key === null) return writtenKeys(dict)?.includes(key) ? String(key) : undefined;
  if (typeof key !== 'number' && typeof key !== 'bigint' && !(key instanceof Float)) return undefined;
  const asInteger = String(keyOf(key));
  return [String(key), asInteger, `${asInteger}.0`].find((name) => Object.hasOwn(dict, name));
}

/** The value of a key which `hasKey` found. */
export function valueAt(dict: Dict, key: unknown): unknown {
  if (dict instanceof Map) return dict.get(keyOf(key));
  return (dict as Readonly<Record<string, unknown>>)[nameOf(dict, key) ?? String(key)];
}

/** Sets a key in place; defined, not assigned, so that `__proto__` is a key like any other. */
export function put(dict: Dict, key: unknown, value: unknown): void {
  if (dict instanceof Map) dict.set(keyOf(key), value);
  else {
    noteKey(dict, key);
    define(dict, String(key), value);
  }
}

export function removeKey(dict: Dict, key: unknown): void {
  if (dict instanceof Map) dict.delete(keyOf(key));
  else {
    dropKey(dict, key);
    delete (dict as Record<string, unknown>)[String(key)];
  }
}

/** A new dict of these entries; the last of equal keys wins. */
export function dictOf(entries: Iterable<readonly [unknown, unknown]>): Dict {
  const list = [...entries];
  if (!list.every(([key]) => typeof key === 'string')) return new Map(list.map(([key, value]) => [keyOf(key), value]));
  const dict: Record<string, unknown> = {};
  for (const [key, value] of list) {
    noteKey(dict, key);
    define(dict, key as string, value);
  }
  return dict;
}

/** A new dict with the same keys, each with what becomes of its value. */
export function mapDict(dict: Dict, change: (value: unknown) => unknown): Dict {
  return withEntries(
    dict,
    entriesOf(dict).map(([key, value]) => [key, change(value)]),
  );
}

/** A new dict with the keys of another one, of the same kind, and these values of them. */
export function withEntries(dict: Dict, entries: readonly (readonly [unknown, unknown])[]): Dict {
  if (dict instanceof Map) return new Map(entries);
  const copy: Record<string, unknown> = {};
  for (const [key, value] of entries) define(copy, String(key), value);
  return withWrittenKeys(copy, writtenKeys(dict) ?? []);
}

export const copyDict = (dict: Dict): Dict => mapDict(dict, (value) => value);

/** Sets an own property, whatever its name. */
export function define(dict: object, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(dict, key, { value, enumerable: true, configurable: true, writable: true });
  else (dict as Record<string, unknown>)[key] = value;
}
