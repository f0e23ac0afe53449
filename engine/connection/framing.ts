/** The frame on the wire: how a script is wrapped, and how its output is found again among whatever else a host prints. */

import { randomBytes } from 'node:crypto';
import { quote } from './quote.ts';

/** 128 random bits that no output can guess. */
export function nonce(): string {
  return randomBytes(16).toString('hex');
}

/** A word of shell that prints the mark; the mark itself stands nowhere in it, so that an echo of the text is not the mark. */
export function printMark(mark: string): string {
  return `printf '%s%s\\n' ${mark.slice(0, 16)} ${mark.slice(16)}`;
}

/**
 * Sent once, before the first frame. The shell's own stderr becomes fd 3, so that its remarks on killed scripts (which
 * quote the script) are not output; and a script that signals its process group must not end the shell. USR1 ends it,
 * once the script under way is over.
 */
export const preamble = 'exec 3>&2 2>/dev/null;trap : HUP INT TERM;trap exit USR1\n';

/**
 * How a frame stands in a train: what the `first` exits with decides whether the `next` runs, and so on. Frames that belong
 * to no train may stand between them.
 */
export type InTrain = 'first' | 'next';

/** The exit code of a frame that did not run: no process can have it. */
export const didNotRun = 256;

/**
 * The script as one line for the shell: a subshell (forked, nothing executed) evaluates it as one quoted word, with an
 * empty stdin, so that neither `exit`, `cd`, traps nor a syntax error outlive it. The line NONCE<pid opens
 * and NONCE>code closes the frame, on stdout and on stderr. The pid of the subshell is told when `timed`, by /proc,
 * since the shell has no word for it. `c` is the code of the train's last frame.
 */
export function wrapFrame(mark: string, script: string, timed: boolean, inTrain?: InTrain): string {
  const word = quote(script);
  const begin = timed
    ? `(read -r k l 2>/dev/null </proc/self/stat;printf '${mark}<%s\\n' "$k";unset k l;eval ${word})`
    : `printf '${mark}<\\n';(eval ${word})`;
  const run = `${begin}</dev/null 2>&3 3>&-;k=$?${inTrain ? ';c=$k' : ''}`;
  const whole = inTrain === 'next' ? `if [ "$c" = 0 ];then ${run};else printf '${mark}<\\n';k=${didNotRun};fi` : run;
  const end = `printf '${mark}>%d\\n' $k`;
  return `printf '${mark}<\\n'>&3;${whole};${end};${end}>&3\n`;
}

/** Something that waits for its marks on a stream. */
export interface Marked {
  readonly mark: string;
}

export interface FrameEvents<F extends Marked> {
  /** `pid` is empty when the frame is not timed. */
  begin(frame: F, pid: string): void;
  output(frame: F, bytes: Buffer): void;
  end(frame: F, code: number): void;
  /** Bytes outside any frame. */
  noise(bytes: Buffer): void;
}

/** Finds the frames expected, in their order, in one stream of bytes. */
export class FrameReader<F extends Marked> {
  readonly #events: FrameEvents<F>;
  readonly #expected: F[] = [];
  #inside = false;
  #rest = Buffer.alloc(0);

  constructor(events: FrameEvents<F>) {
    this.#events = events;
  }

  expect(frame: F): void {
    this.#expected.push(frame);
  }

  push(chunk: Buffer): void {
    let data = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    this.#rest = Buffer.alloc(0);
    while (data.length > 0) {
      const frame = this.#expected[0];
      if (frame === undefined) {
        this.#events.noise(data);
        return;
      }
      const mark = Buffer.from(frame.mark + (this.#inside ? '>' : '<'), 'latin1');
      const at = data.indexOf(mark);
      const lineEnd = at < 0 ? -1 : data.indexOf(0x0a, at + mark.length);
      const before = at < 0 ? data.length - overlap(data, mark) : at;
      if (before > 0) this.#emit(frame, data.subarray(0, before));
      if (lineEnd < 0) {
        this.#rest = Buffer.from(data.subarray(before));
        return;
      }
      this.#turn(frame, data.toString('latin1', at + mark.length, lineEnd));
      data = data.subarray(lineEnd + 1);
    }
  }

  #emit(frame: F, bytes: Buffer): void {
    if (this.#inside) this.#events.output(frame, bytes);
    else this.#events.noise(bytes);
  }

  #turn(frame: F, text: string): void {
    this.#inside = !this.#inside;
    if (this.#inside) {
      this.#events.begin(frame, text);
    } else {
      this.#expected.shift();
      this.#events.end(frame, Number(text));
    }
  }
}

/** How many bytes at the end of the data may be the start of the mark. */
function overlap(data: Buffer, mark: Buffer): number {
  const first = mark[0]!;
  let at = data.indexOf(first, Math.max(0, data.length - mark.length + 1));
  while (at >= 0 && data.compare(mark, 0, data.length - at, at) !== 0) at = data.indexOf(first, at + 1);
  return at < 0 ? 0 : data.length - at;
}
