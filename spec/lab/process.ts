import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open, readFile, writeFile } from 'node:fs/promises';

/**
 * Starts a program which goes on when this process ends, and notes its id in `pidFile`. What it says goes to `logFile`.
 * @returns its process id.
 */
export async function startDetached(argv: readonly string[], pidFile: string, logFile: string): Promise<number> {
  const [program, ...rest] = argv as [string, ...string[]];
  const log = await open(logFile, 'a');
  try {
    const child = spawn(program, rest, { detached: true, stdio: ['ignore', log.fd, log.fd] });
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    child.unref();
    await writeFile(pidFile, `${child.pid} ${await startTime(child.pid!)}`);
    return child.pid!;
  } finally {
    await log.close();
  }
}

/** The process noted in a pid file; undefined when it ended, also when its number is another process's by now. */
export async function runningPid(pidFile: string): Promise<number | undefined> {
  if (!existsSync(pidFile)) return undefined;
  const [pid, start] = (await readFile(pidFile, 'utf8')).split(' ');
  return (await startTime(Number(pid))) === start ? Number(pid) : undefined;
}

/** Kills a process, or with a negative number a process group, unless it has ended. */
export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

export const parentOf = async (pid: number): Promise<number> => Number((await statOf(pid))[3]);

/** A process's start, in clock ticks since the machine's; undefined for one that ended. */
async function startTime(pid: number): Promise<string | undefined> {
  const fields = await statOf(pid);
  return fields[2] === 'Z' ? undefined : fields[21];
}

/** The fields of /proc/PID/stat (proc(5)), with the name, which may hold blanks, as one; empty when it ended. */
async function statOf(pid: number): Promise<string[]> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const close = text.lastIndexOf(')');
  if (close < 0) return [];
  return [
    String(pid),
    text.slice(text.indexOf('(') + 1, close),
    ...text
      .slice(close + 2)
      .trim()
      .split(' '),
  ];
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
