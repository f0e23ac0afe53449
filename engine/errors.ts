/** What every room may throw: the user's mistakes, typed, positioned and shown all at once. */

/** A place in one of the user's files. Line and column are 1-based. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong, and where; `hint` says what to do about it. */
export interface Problem {
  readonly message: string;
  readonly at?: Location | undefined;
  readonly hint?: string | undefined;
  /** The text of the file at `at`, when it is at hand, so that a report can draw a code frame. */
  readonly source?: string | undefined;
  /** The rule of `kplay lint` it falls under; without one, what is written cannot be read as a playbook. */
  readonly rule?: string | undefined;
}

/** Process exit codes; no two meanings share one. */
export const exitCodes = {
  ok: 0,
  error: 1,
  failed: 2,
  pendingChanges: 3,
  unreachable: 4,
  usage: 5,
  failedAndUnreachable: 6,
  locked: 75,
  interrupted: 130,
  terminated: 143,
  bug: 250,
} as const;

const brand = Symbol.for('kplay.error');

/** The user's mistakes, found before anything ran. Carries every problem found, never only the first. */
export class KplayError extends Error {
  readonly [brand] = true;
  readonly problems: readonly Problem[];
  readonly exitCode: number;

  constructor(problems: readonly Problem[], options: { cause?: unknown; exitCode?: number } = {}) {
    super(problems.map(formatProblem).join('\n'), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'KplayError';
    this.problems = problems;
    this.exitCode = options.exitCode ?? exitCodes.error;
  }
}

/** True for a {@link KplayError} of this or any other installed copy of kplay. */
export function isKplayError(error: unknown): error is KplayError {
  return typeof error === 'object' && error !== null && brand in error;
}

/** `file:line:col message` on one line, the hint behind it. */
export function formatProblem(problem: Problem): string {
  const where = problem.at ? `${problem.at.file}:${problem.at.line}:${problem.at.column}: ` : '';
  const hint = problem.hint ? ` (${problem.hint})` : '';
  return `${where}${problem.message}${hint}`;
}

/** Throws one positioned problem. */
export function fail(message: string, at?: Location, hint?: string): never {
  throw new KplayError([{ message, at, hint }]);
}
