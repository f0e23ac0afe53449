/** How long a service is away, as a client sees it that keeps asking. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface OutageOptions {
  /** Asks the service once; must answer within a second or so. */
  readonly answers: () => Promise<boolean>;
  /** What takes it away. */
  readonly strike: () => Promise<void>;
  readonly signal: AbortSignal;
  /** Milliseconds after which it is taken for lost; a minute unless told. */
  readonly patienceMs?: number;
}

/**
 * Seconds between the last answer before the strike and the first one after it, asked twenty times a second.
 * @throws Error when no answer came before the strike, or none in time after it.
 */
export async function outage({ answers, strike, signal, patienceMs = 60_000 }: OutageOptions): Promise<number> {
  if (!(await answers())) throw new Error('the service did not answer before it was taken away');
  let last = performance.now();
  let struck = false;
  const end = last + patienceMs;
  const blow = strike().then(() => {
    struck = true;
  });
  blow.catch(() => {}); // awaited below
  for (;;) {
    signal.throwIfAborted();
    const after = struck;
    const answered = await answers();
    const now = performance.now();
    if (answered && after) {
      await blow;
      return (now - last) / 1000;
    }
    if (answered) last = now;
    if (now > end) throw new Error(`the service did not answer again within ${patienceMs / 1000} s`);
    await sleep(50);
  }
}
