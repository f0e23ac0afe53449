/** How the unknown ends an expression: the forcing of it throws this, and the door which caught it answers the unknown. */
import type { Unknown } from '../values.ts';

/** Thrown, but not an error: it has no stack and is never shown. */
export class Forced {
  readonly unknown: Unknown;
  constructor(unknown: Unknown) {
    this.unknown = unknown;
  }
}
