/** A shell that is, or is reached through, a process on this machine. */

import type { ChildProcess } from 'node:child_process';
import { kill } from 'node:process';
import type { Readable, Writable } from 'node:stream';
import type { ShellEnd, ShellStreams } from './connection.ts';

/** What a dead shell's pipes may still hold is read within this time; a grandchild can keep them open for ever. */
const drainMs = 250;

export interface Pipes {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
}

/** The child's streams as a shell's. A child that could not be started has ended with code 127 and says why on stderr. */
export function childShell(child: ChildProcess, pipes: Pipes): ShellStreams {
  const { stdin, stdout, stderr } = pipes;
  for (const stream of [stdin, stdout, stderr]) stream.on('error', () => {});
  const ended = new Promise<ShellEnd>((resolve) => {
    child.once('error', (error) => {
      stderr.unshift(Buffer.from(`${error.message}\n`));
      setImmediate(() => resolve({ code: 127, signal: null }));
    });
    child.once('exit', (code, signal) => setTimeout(() => resolve({ code, signal }), drainMs).unref());
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  return { stdin, stdout, stderr, ended, kill: () => killGroup(child) };
}

/** The child leads a process group of its own (`detached`), so what it started goes with it. */
function killGroup(child: ChildProcess): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  try {
    if (child.pid !== undefined) kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}
