/** Keeps the head and the tail of an output of any length, in bounded memory. */

/** What was kept of an output, and how much there was. */
export interface Captured {
  readonly bytes: Buffer;
  readonly total: number;
  readonly truncated: boolean;
}

/** Holds at most `limit` bytes: the first half as it came, the last half in a ring that is allocated only when needed. */
export class Capture {
  readonly #headLimit: number;
  readonly #tailLimit: number;
  readonly #head: Buffer[] = [];
  #headBytes = 0;
  #ring: Buffer | undefined;
  #tailBytes = 0;

  constructor(limit: number) {
    this.#headLimit = Math.ceil(limit / 2);
    this.#tailLimit = Math.floor(limit / 2);
  }

  push(bytes: Buffer): void {
    const room = Math.min(this.#headLimit - this.#headBytes, bytes.length);
    if (room > 0) {
      this.#head.push(bytes.subarray(0, room));
      this.#headBytes += room;
    }
    if (bytes.length > room) this.#pushTail(bytes.subarray(room));
  }

  #pushTail(bytes: Buffer): void {
    const size = this.#tailLimit;
    if (size > 0) {
      this.#ring ??= Buffer.allocUnsafe(size);
      const kept = bytes.subarray(Math.max(0, bytes.length - size));
      const at = (this.#tailBytes + bytes.length - kept.length) % size;
      const copied = kept.copy(this.#ring, at);
      kept.copy(this.#ring, 0, copied);
    }
    this.#tailBytes += bytes.length;
  }

  result(): Captured {
    const total = this.#headBytes + this.#tailBytes;
    const truncated = this.#tailBytes > this.#tailLimit;
    return { bytes: Buffer.concat([...this.#head, ...this.#tail(truncated)]), total, truncated };
  }

  #tail(truncated: boolean): Buffer[] {
    if (this.#ring === undefined) return [];
    if (!truncated) return [this.#ring.subarray(0, this.#tailBytes)];
    const at = this.#tailBytes % this.#tailLimit;
    return [this.#ring.subarray(at), this.#ring.subarray(0, at)];
  }
}
