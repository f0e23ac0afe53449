/** Sending many things to a host. */

/** What is small leaves together, in order, without waiting for each reply; what is large goes alone. Throws the first failure. */
export async function byTheHandful<T>(
  all: readonly T[],
  isLarge: (one: T) => boolean,
  send: (one: T) => Promise<void>,
): Promise<void> {
  for (const together of handfuls(all, isLarge)) {
    const failed = (await Promise.allSettled(together.map(send))).find(({ status }) => status === 'rejected');
    if (failed) throw (failed as PromiseRejectedResult).reason;
  }
}

/** Bytes up to which a content is small. */
export const smallContent = 64 * 1024;
const mostTogether = 64;

function* handfuls<T>(all: readonly T[], isLarge: (one: T) => boolean): Generator<readonly T[]> {
  let together: T[] = [];
  for (const one of all) {
    if (together.length > 0 && (together.length === mostTogether || isLarge(one))) {
      yield together;
      together = [];
    }
    together.push(one);
    if (isLarge(one)) {
      yield together;
      together = [];
    }
  }
  if (together.length > 0) yield together;
}
