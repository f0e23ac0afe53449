/** This machine as a host, by way of zx; the only file that imports it. */

import { type ChildProcess, spawn } from 'node:child_process';
import { $ } from 'zx/core';
import { childShell, type Pipes } from './child-shell.ts';
import type { Connection, ConnectionSettings, ShellStreams } from './connection.ts';
import { quote } from './quote.ts';
import { Unreachable } from './unreachable.ts';

export function connectLocal(settings: ConnectionSettings): Connection {
  const shells = new Set<ShellStreams>();
  return {
    kind: 'local',
    label: 'local',
    lost: new Promise(() => {}),
    async start() {
      const shell = startLocalShell(settings);
      shells.add(shell);
      void shell.ended.then(() => shells.delete(shell));
      return shell;
    },
    async close() {
      for (const shell of shells) shell.kill();
    },
  };
}

/**
 * zx keeps all output in memory and decodes it, so it is given a child without streams: the bytes are the caller's.
 * Every setting which ZX_* variables could change is set here, and the command is constant.
 */
function startLocalShell(settings: ConnectionSettings): ShellStreams {
  let child: ChildProcess | undefined;
  let pipes: Pipes | undefined;
  const keepStreams = ((command: string, args: readonly string[], options: object) => {
    const spawned = spawn(command, args, { ...options, stdio: 'pipe' });
    pipes = { stdin: spawned.stdin, stdout: spawned.stdout, stderr: spawned.stderr };
    child = spawned;
    return Object.assign(spawned, { stdin: null, stdout: null, stderr: null });
  }) as unknown as typeof spawn;
  const running = $({
    spawn: keepStreams,
    shell: '/bin/sh',
    prefix: '',
    postfix: '',
    quote,
    nothrow: true,
    quiet: true,
    verbose: false,
    preferLocal: false,
    detached: true,
    halt: false,
    ...(settings.environment && { env: { ...settings.environment } }),
  })`exec /bin/sh`;
  running.catch(() => {});
  if (child === undefined || pipes === undefined) throw new Unreachable('shell', 'local: /bin/sh could not be started');
  return childShell(child, pipes);
}
