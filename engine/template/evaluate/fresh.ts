/** Lists and dicts which a template made itself, and may change in place; those of the variables belong to others. */
const made = new WeakSet<object>();

export function fresh<T>(value: T): T {
  if (typeof value === 'object' && value !== null) made.add(value);
  return value;
}

export function isFresh(value: object): boolean {
  return made.has(value);
}

/** Said of what leaves the room. */
export function release(value: object): void {
  made.delete(value);
}
