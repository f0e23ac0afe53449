/** Any command that yields a shell as a way to a host: `docker exec -i web sh`, `nsenter -t 1 -a sh`. */

import { spawn } from 'node:child_process';
import { childShell } from './child-shell.ts';
import type { Connection, ConnectionSettings, ShellStreams } from './connection.ts';
import { Unreachable } from './unreachable.ts';
import { splitWords } from './words.ts';

/** The command is split into words here; no shell of this machine reads it. Throws {@link Unreachable} when there is none. */
export function connectExec(settings: ConnectionSettings): Connection {
  const [command, ...args] = splitWords(settings.command ?? '');
  if (command === undefined) throw new Unreachable('settings', `${settings.host}: the exec connection needs a command`);
  return spawnedConnection('exec', `exec ${settings.host}`, () => ({ command, args }), settings);
}

/** A connection whose every shell is a process of its own, in a process group of its own. */
export function spawnedConnection(
  kind: 'exec' | 'openssh',
  label: string,
  commandLine: () => { readonly command: string; readonly args: readonly string[] },
  settings: ConnectionSettings,
): Connection {
  const shells = new Set<ShellStreams>();
  return {
    kind,
    label,
    lost: new Promise(() => {}),
    async start() {
      const { command, args } = commandLine();
      const child = spawn(command, args, {
        stdio: 'pipe',
        detached: true,
        ...(settings.environment && { env: { ...settings.environment } }),
      });
      const shell = childShell(child, child);
      shells.add(shell);
      void shell.ended.then(() => shells.delete(shell));
      return shell;
    },
    async close() {
      for (const shell of shells) shell.kill();
    },
  };
}
