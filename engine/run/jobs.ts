/** The tasks of a run with `async` that are not over yet, and those with `poll: 0` that may still be asked about. */
import type { Result } from '../module/definition.ts';

/** A task that was started and not waited for. */
export interface Started {
  /** Its folder on the host. */
  readonly path: string;
  /** Asks how it stands: its result once it is over, as the module gave it; undefined before. */
  look(): Promise<Result | undefined>;
}

/** Something that goes on beside the play. */
export interface Going {
  /** When it is over for certain, as Date.now() counts. */
  readonly until: number;
  /** Ends it on its host, when the run is stopped; absent for what may outlive the run. */
  readonly end?: () => Promise<unknown>;
  /** Settles with the task, whose module still has something to do here: the play waits for it. Tells what went wrong unasked. */
  readonly join?: () => Promise<string | undefined>;
}

export interface Jobs {
  readonly started: Map<string, Started>;
  begin(going: Going): void;
  over(going: Going): void;
  /** Something may be going on: what a host answers may be so no more in the next moment. */
  readonly underWay: boolean;
  /** The same, for the last time also about those whose time has just run out. */
  stir(): boolean;
  /** Waits for those that must not outlive their play; answers with what went wrong. */
  join(): Promise<readonly string[]>;
  /** Ends those that must not outlive the run, within about two seconds. */
  end(): Promise<void>;
}

/** From the call for an end until nobody waits for it any more. */
const endingMs = 2000;

export function runJobs(): Jobs {
  const going = new Set<Going>();
  return {
    started: new Map(),
    begin: (one) => void going.add(one),
    over: (one) => void going.delete(one),
    get underWay() {
      return going.size > 0;
    },
    stir() {
      const stirs = going.size > 0;
      for (const one of going) if (!one.join && one.until < Date.now()) going.delete(one);
      return stirs;
    },
    async join() {
      const said = await Promise.all([...going].map((one) => one.join?.()));
      return said.filter((one) => one !== undefined);
    },
    async end() {
      const late = new Promise((resolve) => setTimeout(resolve, endingMs).unref());
      await Promise.race([Promise.allSettled([...going].map((one) => one.end?.())), late]);
    },
  };
}
