/** What becomes of work under way when the run is stopped. */

/** Work that did not end because the run was stopped. Neither `ignore_errors` nor `failed_when` has a say in it. */
export class Interrupted extends Error {
  constructor(cause?: unknown) {
    super(cause instanceof Error ? `interrupted: ${cause.message}` : 'interrupted', { cause });
    this.name = 'Interrupted';
  }
}

export interface Interruptible {
  /** Settles as the work does. Throws {@link Interrupted} in place of beginning, failing or outlasting the interruption. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** Does what ends the work under way; nobody waits for what goes on behind it. Never rejects. */
  interrupt(ending: () => Promise<unknown>): Promise<void>;
}

export function interruptible(): Interruptible {
  const waiting = new Set<(reason: Interrupted) => void>();
  let begun = false;
  return {
    during(work) {
      if (begun) return Promise.reject(new Interrupted());
      return new Promise((resolve, cut) => {
        const failed = (error: unknown) => {
          waiting.delete(cut);
          cut(begun && !(error instanceof Interrupted) ? new Interrupted(error) : error);
        };
        waiting.add(cut);
        try {
          work().then((result) => {
            waiting.delete(cut);
            resolve(result);
          }, failed);
        } catch (error) {
          failed(error);
        }
      });
    },
    async interrupt(ending) {
      begun = true;
      await ending().catch(() => {});
      // what was ended says so itself, and is heard first
      await new Promise(setImmediate);
      for (const cut of waiting) cut(new Interrupted());
    },
  };
}
