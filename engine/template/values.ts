/** The values which templates see beyond plain data: names that are absent, text to render, results not yet known. */
import type { Location } from '../errors.ts';

/** What a scope answers for a name it does not have. */
export const missing: unique symbol = Symbol('missing');

/** The names a template may use. An answer is plain data (never read as a template), or what `trusted` wrapped. */
export interface Scope {
  get(name: string): unknown | typeof missing;
  names(): Iterable<string>;
}

/**
 * A value which cannot be known until the run, as in check mode. Forcing it (an operator, an argument of a filter, a
 * truth test, text) makes the whole expression unknown for the same reason.
 */
export class Unknown {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

/** A string of the user's which is never a template (`!unsafe`). */
export class Unsafe {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A value of the user's own files: the strings in it are templates, each rendered when it is used. See `trusted`. */
export class Raw {
  readonly value: unknown;
  readonly at: Location | undefined;
  /** The names its templates see, when not those of the template which uses it. */
  readonly scope: Scope | undefined;
  constructor(value: unknown, at?: Location, scope?: Scope) {
    this.value = value;
    this.at = at;
    this.scope = scope;
  }
}

/**
 * A scope seen as a dict: what `vars` and `hostvars['name']` are. A value is asked for, and rendered among the names of
 * that scope, only when it is used. `hostvars` itself is one whose scope answers each host's name with another.
 */
export class ScopeDict {
  readonly scope: Scope;
  constructor(scope: Scope) {
    this.scope = scope;
  }
}

class Omit {
  readonly omit = true;
}

/** The value of the variable `omit`: an argument which holds it, at any depth, is to be left out. */
export const omit: Omit = Object.freeze(new Omit());

/** True for a result which cannot be known before the run. */
export function isUnknown(value: unknown): value is Unknown {
  return value instanceof Unknown;
}
