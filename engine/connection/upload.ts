/** Large files, each on a shell of its own, so that its bytes need no framing. */

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { awaitMark, describeEnd, lastWords } from './await-mark.ts';
import { type EnterOptions, startShell } from './become.ts';
import type { Connection, ShellEnd, ShellStreams } from './connection.ts';
import { nonce, printMark } from './framing.ts';
import { quote } from './quote.ts';
import { Unreachable } from './unreachable.ts';

/** The host could not read or write the file; `words` are its own. */
export class TransferError extends Error {
  readonly code: number;
  readonly words: string;

  constructor(path: string, code: number, words: string) {
    super(`${path}${lastWords(words) || `: exit code ${code}`}`);
    this.name = 'TransferError';
    this.code = code;
    this.words = words;
  }
}

/**
 * Writes the source to the path on the host, byte for byte; a new file is for its owner alone (umask 077).
 * Throws {@link TransferError} when the host cannot, {@link Unreachable} when it is lost, and what the source throws.
 */
export async function upload(
  connection: Connection,
  path: string,
  source: Readable | Buffer,
  options: EnterOptions = {},
): Promise<void> {
  const shell = await openFile(connection, `umask 077;exec 4>${quote(path)}`, 'exec cat >&4 4>&-', path, options);
  try {
    const bytes = Buffer.isBuffer(source) ? Readable.from([source]) : source;
    let broken: unknown;
    const sent = pipeline(bytes, shell.streams.stdin).catch((error: unknown) => {
      broken = error;
      if (bytes.errored !== null && !isPipeError(bytes.errored)) shell.streams.kill();
    });
    shell.streams.stderr.on('data', shell.hear).resume();
    shell.streams.stdout.resume();
    const end = await shell.streams.ended;
    if (!bytes.destroyed) bytes.destroy();
    await sent;
    if (broken !== undefined && !isPipeError(broken) && end.code !== 0) throw broken;
    throwUnlessDone(connection, path, end, shell.words());
  } finally {
    shell.streams.kill();
  }
}

/** The bytes of a file on the host, as they come. Throws as {@link upload} does, the stream likewise if it breaks off later. */
export async function download(connection: Connection, path: string, options: EnterOptions = {}): Promise<Readable> {
  const shell = await openFile(connection, `exec 4<${quote(path)}`, 'exec cat <&4 4<&-', path, options);
  shell.streams.stderr.on('data', shell.hear).resume();
  async function* bytes(): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of shell.streams.stdout) yield chunk as Buffer;
      throwUnlessDone(connection, path, await shell.streams.ended, shell.words());
    } finally {
      shell.streams.kill();
    }
  }
  return Readable.from(bytes(), { objectMode: false });
}

interface OpenFile {
  readonly streams: ShellStreams;
  readonly hear: (bytes: Buffer) => void;
  readonly words: () => string;
}

/** Opens the file first, marks, then moves bytes: a path that cannot be opened fails before any byte is sent. */
async function openFile(
  connection: Connection,
  open: string,
  move: string,
  path: string,
  options: EnterOptions,
): Promise<OpenFile> {
  const mark = nonce();
  const streams = await startShell(connection, options);
  streams.stdin.write(`${open}&&${printMark(mark)}&&${move};exit\n`);
  const result = await awaitMark(streams, mark, { timeoutMs: options.readyTimeoutMs ?? 30_000 });
  if (!result.seen) {
    streams.kill();
    if (result.why === 'timeout' || result.why === 'stopped') {
      throw new Unreachable('shell', `${connection.label}: /bin/sh gave no answer in time${lastWords(result.words)}`);
    }
    throwUnlessDone(connection, path, result.why, result.words);
    throw new TransferError(path, 0, result.words);
  }
  let words = '';
  const hear = (bytes: Buffer): void => {
    words = (words + bytes.toString('latin1')).slice(-4096);
  };
  return { streams, hear, words: () => words };
}

function throwUnlessDone(connection: Connection, path: string, end: ShellEnd, words: string): void {
  if (end.code === 0) return;
  const known = connection.explain?.(end, words);
  if (known !== undefined) throw known;
  if (end.code === null) {
    throw new Unreachable('lost', `${connection.label}: ${path}: the transfer broke off, ${describeEnd(end)}`);
  }
  throw new TransferError(path, end.code, words);
}

/** The host closed its end; why is in its own words. */
function isPipeError(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return (
    code === 'EPIPE' ||
    code === 'ECONNRESET' ||
    code === 'ERR_STREAM_PREMATURE_CLOSE' ||
    code === 'ERR_STREAM_DESTROYED'
  );
}
