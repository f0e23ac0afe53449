/** Waits until a shell has printed a mark on stdout, and leaves its streams as they were. */

import type { ShellEnd, ShellStreams } from './connection.ts';

/** `words` is what the host printed meanwhile on both streams, at most its last 4 KiB. */
export type MarkSeen =
  | { readonly seen: true; readonly words: string }
  | { readonly seen: false; readonly why: ShellEnd | 'timeout' | 'stopped'; readonly words: string };

export interface AwaitMarkOptions {
  readonly timeoutMs: number;
  /** Called with all the words so far whenever some come; `stop()` gives up. */
  readonly onWords?: (words: string, stop: () => void) => void;
}

/** Resolves once `mark` and its newline have come; bytes behind them are put back, and both streams are paused. */
export function awaitMark(streams: ShellStreams, mark: string, options: AwaitMarkOptions): Promise<MarkSeen> {
  return new Promise((resolve) => {
    let seen = Buffer.alloc(0);
    let words = '';
    const settle = (result: MarkSeen): void => {
      clearTimeout(timer);
      streams.stdout.off('data', onStdout).pause();
      streams.stderr.off('data', onStderr).pause();
      resolve(result);
    };
    const hear = (bytes: Buffer): void => {
      words = (words + bytes.toString('latin1')).slice(-4096);
      options.onWords?.(words, () => settle({ seen: false, why: 'stopped', words }));
    };
    const onStdout = (bytes: Buffer): void => {
      seen = Buffer.concat([seen, bytes]);
      const at = seen.indexOf(`${mark}\n`);
      if (at >= 0) {
        settle({ seen: true, words });
        const rest = seen.subarray(at + mark.length + 1);
        if (rest.length > 0) streams.stdout.unshift(rest);
        return;
      }
      seen = seen.subarray(Math.max(0, seen.length - mark.length));
      hear(bytes);
    };
    const onStderr = (bytes: Buffer): void => hear(bytes);
    const timer = setTimeout(() => settle({ seen: false, why: 'timeout', words }), options.timeoutMs);
    streams.stdout.on('data', onStdout).resume();
    streams.stderr.on('data', onStderr).resume();
    void streams.ended.then((why) => settle({ seen: false, why, words }));
  });
}

/** `: ` and the last lines that a host said, when it said any. */
export function lastWords(words: string, lines = 1): string {
  const said = words.split('\n').map((line) => printable(line).trim());
  const last = said.filter((line) => line !== '').slice(-lines);
  return last.length === 0 ? '' : `: ${last.join('; ')}`;
}

/** A host's words as one may print them: UTF-8 where they are, without control characters. */
function printable(text: string): string {
  return Buffer.from(text, 'latin1')
    .toString('utf8')
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, '');
}

/** How a shell ended, in words. */
export function describeEnd(end: ShellEnd): string {
  if (end.signal !== null) return `killed by ${end.signal}`;
  return end.code === null ? 'without an exit code' : `with exit code ${end.code}`;
}
