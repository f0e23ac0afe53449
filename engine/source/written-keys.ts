/**
 * The keys of a mapping as they were written. Objects know keys as text alone, and put those that look like whole numbers first: where
 * that is not what was written, the object carries its keys along, out of the sight of whoever does not ask.
 */

const written = Symbol('keys as written');

interface Carrying {
  readonly [written]?: unknown[];
}

/** The keys in their order, numbers and booleans as such; undefined where they are just those of the object. */
export function writtenKeys(mapping: object): readonly unknown[] | undefined {
  return (mapping as Carrying)[written];
}

/** Takes note that the mapping is about to get this key, unless it has it. */
export function noteKey(mapping: object, key: unknown): void {
  const keys = (mapping as Carrying)[written];
  if (keys === undefined && !isOdd(key)) return;
  if (Object.hasOwn(mapping, String(key))) return;
  if (keys) keys.push(key);
  else carry(mapping, [...Object.keys(mapping), key]);
}

/** Takes note that the mapping has lost this key. */
export function dropKey(mapping: object, key: unknown): void {
  const keys = (mapping as Carrying)[written];
  const place = keys?.findIndex((one) => String(one) === String(key)) ?? -1;
  if (place >= 0) keys!.splice(place, 1);
}

/** Lets an object with these keys know how they are written, and in which order. */
export function withWrittenKeys<T extends object>(mapping: T, keys: readonly unknown[]): T {
  if (!keys.some(isOdd)) return mapping;
  const byText = new Map(keys.map((key) => [String(key), key]));
  carry(
    mapping,
    [...byText].flatMap(([text, key]) => (Object.hasOwn(mapping, text) ? [key] : [])),
  );
  return mapping;
}

function carry(mapping: object, keys: unknown[]): void {
  Object.defineProperty(mapping, written, { value: keys, configurable: true });
}

/** What an object would put elsewhere, or take for text. */
const isOdd = (key: unknown): boolean => typeof key !== 'string' || /^(0|[1-9]\d*)$/.test(key);
