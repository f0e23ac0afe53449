/** A map that counts its changes: what was read from it holds as long as the count is the same. */
export class CountedMap<Key, Value> extends Map<Key, Value> {
  changes = 0;

  override set(key: Key, value: Value): this {
    this.changes += 1;
    return super.set(key, value);
  }

  override delete(key: Key): boolean {
    this.changes += 1;
    return super.delete(key);
  }

  override clear(): void {
    this.changes += 1;
    super.clear();
  }
}
