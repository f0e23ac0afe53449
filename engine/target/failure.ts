/** The two ways a module stops early: a failure on the host, and a state that only the run can know. */
import type { Unknown } from '../template/values.ts';

/** Thrown by a simulated target where the state cannot be known before the run; becomes an unknown result, never an error. */
export class UnknownState extends Error {
  readonly reason: string;
  constructor(reason: string) {
    super(reason);
    this.name = 'UnknownState';
    this.reason = reason;
  }
}

/** Turns an unknown value into the signal that it is one. */
export function known<T>(value: T | Unknown, isUnknown: (value: unknown) => value is Unknown): T {
  if (isUnknown(value)) throw new UnknownState(value.reason);
  return value as T;
}

/** A module's failure on a host: data for the report, not a crash. `result` is merged into the task's result. */
export class ModuleFailure extends Error {
  readonly result: Readonly<Record<string, unknown>>;
  constructor(message: string, result: Readonly<Record<string, unknown>> = {}, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'ModuleFailure';
    this.result = result;
  }
}

/** A change that was not made, since one before it in its train failed. */
export class NotMade extends Error {}
