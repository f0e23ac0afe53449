/** Runs something for each of many, at most `limit` at a time; results in the order given. */
export async function each<T, R>(
  all: readonly T[],
  limit: number,
  what: (one: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = new Array(all.length);
  let next = 0;
  const worker = async () => {
    while (next < all.length) {
      const index = next;
      next += 1;
      results[index] = await what(all[index]!);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(limit, all.length)) }, worker));
  return results;
}
