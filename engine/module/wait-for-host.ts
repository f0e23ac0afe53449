/** Looks at a host again and again until it answers as it should; a host that cannot be reached is what is waited for. */
import { setTimeout as pause } from 'node:timers/promises';
import { ModuleFailure, UnknownState } from '../target/failure.ts';
import type { Completed, Target } from '../target/target.ts';

export interface Wait {
  readonly timeoutMs: number;
  /** Between two looks. */
  readonly sleepMs: number;
  /** For one look. */
  readonly lookMs: number;
  /** What is wrong with an answer, undefined for the one that is waited for. */
  readonly wrong: (answer: Completed) => string | undefined;
  /** What is waited for, in the words of the failure. */
  readonly what: string;
}

/** @throws ModuleFailure when the time is up, with the last reason. */
export async function waitForHost(target: Pick<Target, 'observe'>, script: string, wait: Wait): Promise<void> {
  const start = Date.now();
  for (;;) {
    const failed = await look();
    if (failed === undefined) return;
    const left = wait.timeoutMs - (Date.now() - start);
    if (left <= 0) {
      const elapsed = Math.floor((Date.now() - start) / 1000);
      throw new ModuleFailure(`timed out waiting for ${wait.what}: ${failed}`, { elapsed });
    }
    await pause(Math.min(wait.sleepMs, left));
  }

  async function look(): Promise<string | undefined> {
    try {
      const answer = await target.observe({ script, timeoutMs: wait.lookMs });
      return answer.timedOut ? 'it did not answer in time' : wait.wrong(answer);
    } catch (error) {
      if (error instanceof UnknownState) throw error;
      return (error as Error).message;
    }
  }
}
