import type { Readable } from 'node:stream';
import { Unknown } from '../template/values.ts';

export { Unknown };

/** A file of the controller: read and hashed at most once in a run, streamed to as many hosts as want it. */
export interface LocalFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Permission bits, four octal digits. */
  readonly mode: string;
  sha256(): Promise<string>;
  sha1(): Promise<string>;
  bytes(): Promise<Buffer>;
  stream(): Readable;
}

/** What a file on a host shall hold. Unknown only under check, when a template needs a value that does not exist yet. */
export type Content = Buffer | LocalFile | Unknown;
