/** Opens the kind of connection the settings name; each kind's library is loaded only when it is used. */

import type { Connection, ConnectionSettings } from './connection.ts';

/** Connects to one host. Throws {@link Unreachable}; a local kind cannot fail before its first shell. */
export async function connect(settings: ConnectionSettings): Promise<Connection> {
  switch (settings.kind) {
    case 'ssh':
      return (await import('./ssh.ts')).connectSsh(settings);
    case 'openssh':
      return (await import('./openssh.ts')).connectOpenssh(settings);
    case 'local':
      return (await import('./local.ts')).connectLocal(settings);
    case 'exec':
      return (await import('./exec.ts')).connectExec(settings);
  }
}
