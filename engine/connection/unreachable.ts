/** Why a host could not be reached, or was lost: one class, one line, one cause. */

/**
 * - `dns`: the name does not resolve
 * - `refused`: nothing listens there, or there is no route
 * - `timeout`: no answer in time
 * - `hostkey`: the host's key is unknown, changed or revoked; never retried
 * - `auth`: the host did not accept the user; never retried
 * - `protocol`: what answered does not speak SSH as we do
 * - `lost`: the link ended while work was under way; whether that work finished is unknown
 * - `shell`: the host was reached but gave no working `/bin/sh`
 * - `become`: the host was reached but did not let us become the other user; never retried
 * - `settings`: what was asked for cannot be done with this kind of connection; never retried
 */
export type UnreachableKind =
  | 'dns'
  | 'refused'
  | 'timeout'
  | 'hostkey'
  | 'auth'
  | 'protocol'
  | 'lost'
  | 'shell'
  | 'become'
  | 'settings';

const brand = Symbol.for('kplay.unreachable');
const final: ReadonlySet<UnreachableKind> = new Set(['hostkey', 'auth', 'become', 'settings']);

/** A host that cannot be worked with. `message` is one line; `hint` says what to do about it. */
export class Unreachable extends Error {
  readonly [brand] = true;
  readonly kind: UnreachableKind;
  readonly hint: string | undefined;

  constructor(kind: UnreachableKind, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(oneLine(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Unreachable';
    this.kind = kind;
    this.hint = options.hint;
  }

  /** False when trying again cannot help, or could lock an account. */
  get retryable(): boolean {
    return !final.has(this.kind);
  }
}

/** True for an {@link Unreachable} of this or any other installed copy of kplay. */
export function isUnreachable(error: unknown): error is Unreachable {
  return typeof error === 'object' && error !== null && brand in error;
}

/** The text on one line, and no longer than a line should be. */
export function oneLine(text: string, limit = 400): string {
  const line = text.replace(/\s*[\r\n]+\s*/g, '; ').trim();
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}
