/** What every report is: something that hears the events of a run and writes to streams it was handed. */
import type { Emit } from '../run/events.ts';
import type { Profile } from './profile.ts';

/** A stream to write text to. */
export interface Output {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Width of the terminal, when there is one and it says; some say 0. */
  readonly columns?: number | undefined;
}

export interface ReportOptions {
  /** The results: stdout. */
  readonly out: Output;
  /** Progress and warnings: stderr. */
  readonly err: Output;
  readonly color: boolean;
  /** Show how files and settings change. */
  readonly diff: boolean;
  /** Lines around what differs: three unless told. */
  readonly diffContext?: number | undefined;
  /** False leaves out, in the report for people, tasks that were skipped. */
  readonly showSkipped?: boolean;
  /** How many `-v` were given. */
  readonly verbosity: number;
  readonly check: boolean;
  /** Where the time went, once the run has ended; for reports that hold everything. */
  readonly profile?: () => Profile | undefined;
  /** Milliseconds, never going back. */
  readonly clock?: () => number;
}

export interface Report {
  readonly emit: Emit;
  /** Ends the report, also of a run that broke off: nothing is left on the terminal, no timer runs on. May be called twice. */
  close(): void;
}
