/** Interleaved runs, so that a busy moment of the machine hits all alike; and what is made of their times. */
import type { Contestant, Phase } from './contestants.ts';

/** Seconds of each run, by contestant. */
export type Times = Readonly<Record<string, readonly number[]>>;

export interface Conditions {
  readonly runs: number;
  /** Brings the hosts into the state in which the phase begins. */
  prepare(phase: Phase): Promise<void>;
  /** What all must agree on: changes of one run of the phase, on all hosts together. */
  changes(phase: Phase): number;
  readonly log: (line: string) => void;
}

/** A B C A B C …, each from the same start. Throws Error when one did other work than the rest. */
export async function interleaved(
  phase: Phase,
  contestants: readonly Contestant[],
  { runs, prepare, changes, log }: Conditions,
): Promise<Times> {
  const taking = contestants.filter(({ phases }) => phases.includes(phase));
  const times: Record<string, number[]> = Object.fromEntries(taking.map(({ name }) => [name, []]));
  for (let round = 1; round <= runs; round++) {
    for (const { name, run } of taking) {
      await prepare(phase);
      const { seconds, changed, stdout } = await run(phase);
      if (changed !== changes(phase))
        throw new Error(
          `${name} made ${changed} changes in the ${phase} run, not ${changes(phase)}:\n${stdout.slice(-4000)}`,
        );
      times[name]!.push(seconds);
    }
    log(
      `${phase} ${round}/${runs}: ${taking.map(({ name }) => `${name} ${times[name]!.at(-1)!.toFixed(2)} s`).join(', ')}`,
    );
  }
  return times;
}

/** The middle value; the mean of the two in the middle when their number is even. Throws RangeError for none. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('the median of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
