/** Runs the built command in the checkout, as a user does at the prompt. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface Played {
  readonly code: number;
  /** Empty when the run was shown instead of kept. */
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

export interface PlayOptions {
  /** `shown` gives the run this terminal; `kept` collects what it says. */
  readonly output: 'shown' | 'kept';
  /** Each abort is a Ctrl-C for the run: the first lets running tasks end. */
  readonly signal: AbortSignal;
}

/**
 * `kplay …args`, to its end.
 * @throws the signal's reason, once the run has ended, when it was aborted meanwhile.
 */
export async function play(args: readonly string[], { output, signal }: PlayOptions): Promise<Played> {
  signal.throwIfAborted();
  const started = performance.now();
  // In a process group of its own, as Ctrl-C would otherwise reach it twice: from the terminal and from here.
  const child = spawn(process.execPath, [join(process.cwd(), 'dist/kplay.js'), ...args], {
    detached: true,
    stdio: ['ignore', output === 'shown' ? 'inherit' : 'pipe', output === 'shown' ? 'inherit' : 'pipe'],
  });
  const interrupt = () => void child.kill('SIGINT');
  signal.addEventListener('abort', interrupt);
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exit) => resolve(exit ?? 1));
  });
  signal.removeEventListener('abort', interrupt);
  signal.throwIfAborted();
  const text = (chunks: readonly Buffer[]) => Buffer.concat(chunks).toString();
  return { code, stdout: text(stdout), stderr: text(stderr), seconds: (performance.now() - started) / 1000 };
}

/** The recap's lines, as they were printed. */
export function recapLines(stdout: string): readonly string[] {
  return stdout.split('\n').filter((line) => /^\S+\s+: ok=\d+/.test(line));
}

/** One column of the recap, summed over all hosts. */
export function total(stdout: string, column: string): number {
  const counts = recapLines(stdout).map((line) => new RegExp(`\\b${column}=(\\d+)`).exec(line)?.[1]);
  return counts.reduce((sum, count) => sum + Number(count ?? 0), 0);
}
