/** Runs the built command as a user would, and reads what it said. */
import { spawn } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
  /** The recap lines as numbers: host to column to count. */
  readonly recap: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface KplayOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Text for stdin; without it stdin is empty. */
  readonly input?: string;
  /** The bundle to run. */
  readonly bundle?: string;
}

/** Where kplay keeps its own compiled form: a run with a home of its own begins as soon as any other. */
const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');

/** `kplay …args`, from the bundle that users run, or from the one that KPLAY_BUNDLE names. */
export async function kplay(args: readonly string[], options: KplayOptions = {}): Promise<Said> {
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [options.bundle ?? process.env['KPLAY_BUNDLE'] ?? join(process.cwd(), 'dist/kplay.js'), ...args],
    {
      cwd: options.cwd ?? process.cwd(),
      env: { ...process.env, NO_COLOR: '1', XDG_CACHE_HOME: cache, ...options.env },
    },
  );
  child.stdin.end(options.input ?? '');
  const [stdout, stderr] = ['', ''].map(() => [] as Buffer[]) as [Buffer[], Buffer[]];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const text = Buffer.concat(stdout).toString('utf8');
  return {
    code,
    stdout: text,
    stderr: Buffer.concat(stderr).toString('utf8'),
    seconds: (performance.now() - started) / 1000,
    recap: recapOf(text),
  };
}

/** The recap as Ansible prints it. */
export function recapOf(text: string): Said['recap'] {
  const recap: Record<string, Record<string, number>> = {};
  for (const [, host, counts] of text.matchAll(/^(\S+)\s+: (ok=\d+\s.*)$/gm)) {
    recap[host!] = Object.fromEntries(
      [...counts!.matchAll(/(\w+)=(\d+)/g)].map(([, name, count]) => [name!, Number(count)]),
    );
  }
  return recap;
}

/** One column of the recap, summed over all hosts. */
export function total(said: Said, column: string): number {
  return Object.values(said.recap).reduce((sum, line) => sum + (line[column] ?? 0), 0);
}

/** What a failed expectation needs to be understood: what failed on which host, then the end of both streams. */
export function tail(said: Said, lines = 60): string {
  const end = (text: string) => text.split('\n').slice(-lines).join('\n');
  const failures = said.stdout.split('\n').filter((line) => /^(fatal|failed): \[/.test(line));
  return [`exit ${said.code}`, ...failures, end(said.stdout), '--- stderr', end(said.stderr)].join('\n');
}
