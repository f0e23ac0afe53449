/** One long-lived shell on a host, to which framed scripts are sent and from which whole replies come. */

import { constants } from 'node:os';
import { describeEnd, lastWords } from './await-mark.ts';
import { type EnterOptions, startShell } from './become.ts';
import { Capture } from './capture.ts';
import type { Connection, ShellEnd, ShellStreams } from './connection.ts';
import { didNotRun, FrameReader, type InTrain, nonce, preamble, wrapFrame } from './framing.ts';
import { killShell, killTree } from './kill-tree.ts';
import { Unreachable } from './unreachable.ts';

export type { Become } from './connection.ts';

/** One script for the shell. */
export interface Frame {
  /**
   * POSIX sh, in a subshell with an empty stdin: nothing it does to itself outlives it. What it leaves running in the
   * background must have its output redirected, or that output will be taken for a later frame's.
   */
  readonly script: string;
  /** Milliseconds from when it begins to run on the host; then it and all it started are killed. Default: no limit. */
  readonly timeoutMs?: number | undefined;
  /** Bytes kept of each stream: the first half and the last half. Default 1 MiB. */
  readonly outputLimit?: number | undefined;
  /** Part of a train: the `next` runs only if the one before it exited with 0, and else has the code {@link didNotRun}. */
  readonly inTrain?: InTrain | undefined;
}

/** What became of a frame. */
export interface Reply {
  /** The script's exit code; 128+n when it died by signal n; -1 when it timed out and could not be killed. */
  readonly code: number;
  /** `SIGKILL` and the like, when the code says so. */
  readonly signal?: string | undefined;
  readonly timedOut: boolean;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** Bytes that the script wrote, kept or not. */
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
  readonly stdoutTruncated: boolean;
  readonly stderrTruncated: boolean;
}

export type ShellOptions = EnterOptions;

export interface Shell {
  /**
   * Runs the script after all those given before it; scripts given in one tick, or while others are under way, go out at
   * once. Rejects with {@link Unreachable} `lost` when the shell ended before the script did: its fate is then unknown.
   */
  run(frame: Frame): Promise<Reply>;
  /** How often something was written while nothing was under way; what is written behind a frame under way shares its trip. */
  readonly roundTrips: number;
  readonly bytesOut: number;
  readonly bytesIn: number;
  /**
   * Ends the shell and whatever its frames under way have started on the host, as a timeout would, within about three
   * seconds. Those frames reject with {@link Unreachable} `lost`, which says whether that could be done. Never rejects.
   */
  abort(): Promise<void>;
  /** Ends the shell; frames under way reject. Idempotent. */
  close(): Promise<void>;
}

const defaultOutputLimit = 1024 * 1024;
/** From the kill to giving the shell up. */
const killGraceMs = 6000;
/** For the second shell and its killing, when a shell is aborted. */
const abortMs = 3000;

/** Starts a shell of the connection, becomes the user asked for, and waits for its first reply. Throws {@link Unreachable}. */
export async function openShell(connection: Connection, options: ShellOptions = {}): Promise<Shell> {
  const streams = await startShell(connection, options);
  const shell = new FramedShell(connection, options, streams);
  await shell.hello(options.readyTimeoutMs ?? 30_000);
  return shell;
}

interface Flight {
  readonly mark: string;
  readonly frame: Frame;
  readonly stdout: Capture;
  readonly stderr: Capture;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (reason: Unreachable) => void;
  ends: number;
  code: number;
  timedOut: boolean;
  timer?: NodeJS.Timeout;
}

class FramedShell implements Shell {
  readonly #connection: Connection;
  readonly #options: ShellOptions;
  readonly #streams: ShellStreams;
  readonly #flights: Flight[] = [];
  readonly #stdout = this.#reader('stdout');
  readonly #stderr = this.#reader('stderr');
  #outgoing: string[] = [];
  #words = '';
  #pid = 0;
  #greeted = false;
  #over: Unreachable | undefined;
  roundTrips = 0;
  bytesOut = 0;
  bytesIn = 0;

  constructor(connection: Connection, options: ShellOptions, streams: ShellStreams) {
    this.#connection = connection;
    this.#options = options;
    this.#streams = streams;
    streams.stdout.on('data', (bytes: Buffer) => this.#hear(this.#stdout, bytes)).resume();
    streams.stderr.on('data', (bytes: Buffer) => this.#hear(this.#stderr, bytes)).resume();
    void streams.ended.then((end) => this.#ended(end));
  }

  async hello(timeoutMs: number): Promise<void> {
    this.#outgoing.push(preamble);
    const timer = setTimeout(() => {
      const hint = 'a start-up file of the account may wait for input';
      const message = `${this.#connection.label}: /bin/sh gave no answer in ${timeoutMs} ms${lastWords(this.#words)}`;
      this.#end(new Unreachable('shell', message, { hint }));
    }, timeoutMs);
    try {
      const { stdout } = await this.run({ script: 'echo $$' });
      this.#pid = Number(stdout.toString('latin1'));
      this.#greeted = true;
    } finally {
      clearTimeout(timer);
    }
  }

  run(frame: Frame): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#over !== undefined) throw this.#over;
      const mark = nonce();
      const text = wrapFrame(mark, frame.script, frame.timeoutMs !== undefined, frame.inTrain);
      const limit = frame.outputLimit ?? defaultOutputLimit;
      const captures = { stdout: new Capture(limit), stderr: new Capture(limit) };
      const flight: Flight = { mark, frame, ...captures, resolve, reject, ends: 0, code: -1, timedOut: false };
      if (this.#flights.length === 0) this.roundTrips++;
      this.#flights.push(flight);
      this.#stdout.expect(flight);
      this.#stderr.expect(flight);
      this.#outgoing.push(text);
      queueMicrotask(() => this.#flush());
    });
  }

  async abort(): Promise<void> {
    if (this.#over !== undefined) return;
    const { label } = this.#connection;
    this.#over = new Unreachable('lost', `${label}: what ran there was ended`);
    if (this.#flights.length === 0 || (await inTime(abortMs, this.#kill(this.#pid, killShell)))) this.#end(this.#over);
    else this.#end(new Unreachable('lost', `${label}: what runs there could not be ended in time, and may run on`));
  }

  async close(): Promise<void> {
    this.#end(new Unreachable('lost', `${this.#connection.label}: the shell was closed`), false);
    this.#streams.stdin.end();
    const timer = setTimeout(() => this.#streams.kill(), 500);
    await this.#streams.ended;
    clearTimeout(timer);
  }

  #flush(): void {
    if (this.#outgoing.length === 0 || this.#over !== undefined) return;
    const bytes = Buffer.from(this.#outgoing.join(''));
    this.#outgoing = [];
    this.bytesOut += bytes.length;
    this.#streams.stdin.write(bytes);
  }

  #reader(name: 'stdout' | 'stderr'): FrameReader<Flight> {
    return new FrameReader<Flight>({
      begin: (flight, pid) => {
        if (name === 'stdout') this.#startTimer(flight, pid);
      },
      output: (flight, bytes) => flight[name].push(bytes),
      end: (flight, code) => {
        flight.code = code;
        if (++flight.ends === 2) this.#finish(flight);
      },
      noise: (bytes) => {
        if (!this.#greeted) this.#words = (this.#words + bytes.toString('latin1')).slice(-4096);
      },
    });
  }

  #hear(reader: FrameReader<Flight>, bytes: Buffer): void {
    this.bytesIn += bytes.length;
    reader.push(bytes);
  }

  #startTimer(flight: Flight, pid: string): void {
    if (flight.frame.timeoutMs === undefined) return;
    flight.timer = setTimeout(() => void this.#timeOut(flight, Number(pid)), flight.frame.timeoutMs);
  }

  /** A second shell kills what the frame runs, so that this one goes on; when that does not help, this one is given up. */
  async #timeOut(flight: Flight, pid: number): Promise<void> {
    flight.timedOut = true;
    flight.timer = setTimeout(() => this.#giveUp(flight), killGraceMs);
    try {
      await this.#kill(pid, killTree);
    } catch {
      if (this.#flights.includes(flight)) this.#giveUp(flight);
    }
  }

  async #kill(pid: number, script: (pid: number) => string): Promise<void> {
    if (!(pid > 1)) throw new Error(`${this.#connection.label}: not a process: ${pid}`);
    const killer = await openShell(this.#connection, this.#options);
    try {
      await killer.run({ script: script(pid) });
    } finally {
      void killer.close();
    }
  }

  #giveUp(flight: Flight): void {
    this.#finish(flight);
    this.#end(new Unreachable('lost', `${this.#connection.label}: the shell was given up after a timeout`));
  }

  #finish(flight: Flight): void {
    clearTimeout(flight.timer);
    const at = this.#flights.indexOf(flight);
    if (at < 0) return;
    this.#flights.splice(at, 1);
    const stdout = flight.stdout.result();
    const stderr = flight.stderr.result();
    flight.resolve({
      code: flight.code,
      signal: signalOf(flight.code),
      timedOut: flight.timedOut,
      stdout: stdout.bytes,
      stderr: stderr.bytes,
      stdoutBytes: stdout.total,
      stderrBytes: stderr.total,
      stdoutTruncated: stdout.truncated,
      stderrTruncated: stderr.truncated,
    });
  }

  async #ended(end: ShellEnd): Promise<void> {
    if (this.#over !== undefined) return;
    this.#end(await this.#explain(end), false);
  }

  async #explain(end: ShellEnd): Promise<Unreachable> {
    const { label } = this.#connection;
    const known = this.#connection.explain?.(end, this.#words);
    if (known !== undefined) return known;
    if (end.code === null && end.signal === null) {
      const soon = new Promise<undefined>((resolve) => setTimeout(resolve, 50, undefined));
      const reason = await Promise.race([this.#connection.lost, soon]);
      return reason ?? new Unreachable('lost', `${label}: the connection was lost`);
    }
    if (this.#greeted) return new Unreachable('lost', `${label}: the shell ended ${describeEnd(end)}`);
    const message = `${label}: /bin/sh ended ${describeEnd(end)} before its first reply${lastWords(this.#words)}`;
    const hint = /not available|nologin/.test(this.#words) ? 'the account has no login shell' : undefined;
    return new Unreachable('shell', message, hint === undefined ? {} : { hint });
  }

  #end(reason: Unreachable, kill = true): void {
    this.#over ??= reason;
    for (const flight of this.#flights.splice(0)) {
      clearTimeout(flight.timer);
      flight.reject(reason);
    }
    if (kill) this.#streams.kill();
  }
}

/** Whether the work succeeds within so many milliseconds. */
async function inTime(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  const done = work.then(
    () => true,
    () => false,
  );
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}

/** Shells report a death by signal n as 128+n. */
function signalOf(code: number): string | undefined {
  if (code <= 128 || code === didNotRun) return undefined;
  return Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0];
}
