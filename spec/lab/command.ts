import { spawn } from 'node:child_process';

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Aborting ends the command, and `run` throws. */
  readonly signal?: AbortSignal | undefined;
  /** Receives each line of stdout as it comes. */
  readonly onLine?: (line: string) => void;
}

/** Runs a command to its end and returns what it said; a failure to exit with 0 is a result, not an error. */
export function attempt(argv: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const [program, ...rest] = argv as [string, ...string[]];
  const { signal } = options;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    // A process group of its own: an abort ends all that the command started, and the terminal's Ctrl-C reaches only us.
    const child = spawn(program, rest, { cwd: options.cwd, env: options.env, detached: true, stdio: 'pipe' });
    const stop = () => child.pid && process.kill(-child.pid, 'SIGTERM');
    signal?.addEventListener('abort', stop);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let line = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout.push(chunk);
      if (!options.onLine) return;
      const lines = (line + chunk.toString()).split('\n');
      line = lines.pop() ?? '';
      for (const whole of lines) options.onLine(whole);
    });
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on('error', () => {}); // a command may end before it has read its input
    child.on('error', reject);
    child.on('close', (code, signalName) => {
      signal?.removeEventListener('abort', stop);
      if (signal?.aborted) return reject(signal.reason);
      const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString();
      resolve({ code: code ?? (signalName ? 128 : 1), stdout: text(stdout), stderr: text(stderr) });
    });
    child.stdin.end(options.input ?? '');
  });
}

/**
 * Runs a command and returns its stdout.
 * @throws Error with the command and the end of what it said, when it exits with another code than 0.
 */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await attempt(argv, options);
  if (code === 0) return stdout;
  const said = (stderr.trim() || stdout.trim()).split('\n').slice(-15).join('\n');
  throw new Error(`${argv.join(' ').split('\n')[0]} failed with code ${code}:\n${said}`);
}

/** Runs a shell script that stops at its first failing command. */
export const runScript = (script: string, options: RunOptions = {}): Promise<string> =>
  run(['/bin/sh', '-eu'], { ...options, input: script });

/** Quotes a word for `/bin/sh`. */
export const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
