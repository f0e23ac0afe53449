/** Lets so many in at a time; the others wait their turn. */

export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

export function gate(limit: number): Gate {
  const waiting: (() => void)[] = [];
  let inside = 0;
  return async (work) => {
    if (inside >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    else inside++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) inside--;
      else next();
    }
  };
}
