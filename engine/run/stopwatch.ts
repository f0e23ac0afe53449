/** Time in which something was under way, however much of it at once. */

export interface Stopwatch {
  /** Runs work on the watch's time; settles as the work does. `took` is told the seconds of work that succeeded. */
  during<T>(work: () => Promise<T>, took?: (seconds: number) => void): Promise<T>;
  readonly seconds: number;
}

export function stopwatch(clock: () => number = () => performance.now() / 1000): Stopwatch {
  let underWay = 0;
  let since = 0;
  let past = 0;
  return {
    async during(work, took) {
      const from = clock();
      if (underWay === 0) since = from;
      underWay += 1;
      try {
        const result = await work();
        took?.(clock() - from);
        return result;
      } finally {
        underWay -= 1;
        if (underWay === 0) past += clock() - since;
      }
    },
    get seconds() {
      return underWay === 0 ? past : past + clock() - since;
    },
  };
}
