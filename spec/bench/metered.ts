/** A process and what it took by itself: its hosts' shells, its children, are not counted. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { timed } from './contestants.ts';
import { median } from './measure.ts';

export interface Cost {
  /** Seconds of the clock. */
  readonly seconds: number;
  /** Seconds of all processors together, the compiler's and collector's threads included. */
  readonly cpu: number;
  /** Resident memory at its peak. */
  readonly megabytes: number;
}

/** Runs node with these arguments so many times; each figure is the median of its own. Throws Error when it fails. */
export async function metered(args: readonly string[], cwd: string, runs: number): Promise<Cost> {
  const meter = new URL('./meter.js', import.meta.url).href;
  const file = join(cwd, '.meter');
  const all: Cost[] = [];
  for (let run = 0; run < runs; run++) {
    const { seconds } = await timed([[process.execPath, '--import', meter, ...args]], {
      cwd,
      env: { KPLAY_METER: file },
    });
    all.push({ seconds, ...(JSON.parse(await readFile(file, 'utf8')) as Omit<Cost, 'seconds'>) });
  }
  await rm(file, { force: true });
  const of = (name: keyof Cost) => median(all.map((one) => one[name]));
  return { seconds: of('seconds'), cpu: of('cpu'), megabytes: of('megabytes') };
}
