/** What a connection is: something that starts `/bin/sh` on a host and gives its streams. All else is built above. */

import type { Readable, Writable } from 'node:stream';
import type { Unreachable } from './unreachable.ts';

export type ConnectionKind = 'ssh' | 'openssh' | 'local' | 'exec';

/** How a shell ended. `code` and `signal` are both null when the link went down before the host could say. */
export interface ShellEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

/** The three streams of one `/bin/sh` on the host. */
export interface ShellStreams {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when the process or the channel has ended, however that came. Never rejects. */
  readonly ended: Promise<ShellEnd>;
  /** Drops the shell at once. What it started may run on, on the host. */
  kill(): void;
}

/** A way to one host. */
export interface Connection {
  readonly kind: ConnectionKind;
  /** For messages: `ssh deploy@web1:22`, `local`. */
  readonly label: string;
  /** Starts a fresh `exec /bin/sh`. Throws {@link Unreachable}. */
  start(): Promise<ShellStreams>;
  /** Ends the connection and every shell on it. Idempotent. */
  close(): Promise<void>;
  /** Resolves with the reason when the link goes down by itself; pending for ever otherwise, also after close(). */
  readonly lost: Promise<Unreachable>;
  /** What the end of a shell means, when this kind of connection can tell from its exit code and its last words. */
  explain?(end: ShellEnd, words: string): Unreachable | undefined;
}

/** How to check the host's key: `accept-new` trusts an unknown host once and remembers it. A changed key is never accepted, save by `off`. */
export type HostKeyChecking = 'strict' | 'accept-new' | 'off';

export interface ConnectionSettings {
  readonly kind: ConnectionKind;
  /** Name or address; an IPv6 address without brackets. Looked up in `configFile` first. */
  readonly host: string;
  /** Default: the ssh configuration's, then 22. */
  readonly port?: number | undefined;
  /** Default: the ssh configuration's, then `localUser`. */
  readonly user?: string | undefined;
  readonly privateKeyFile?: string | undefined;
  readonly passphrase?: string | undefined;
  readonly password?: string | undefined;
  /** Searched first, and where `accept-new` writes. Default: `<home>/.ssh/known_hosts`. */
  readonly knownHostsFile?: string | undefined;
  readonly hostKeyChecking: HostKeyChecking;
  /** Milliseconds for one whole attempt: name, socket and handshake. */
  readonly connectTimeoutMs: number;
  /** Milliseconds between keepalives; three unanswered ones are a lost link. Default 15000. */
  readonly keepaliveMs?: number | undefined;
  /** `openssh` only: words for ssh's command line, split as a shell would. */
  readonly sshCommonArgs?: string | undefined;
  readonly sshExtraArgs?: string | undefined;
  /** `exec` only: a command line which yields a shell reading its script from stdin, as `docker exec -i web sh`. */
  readonly command?: string | undefined;
  /** The agent's socket: the value of SSH_AUTH_SOCK. */
  readonly agent?: string | undefined;
  /** Default: `<home>/.ssh/config`. */
  readonly configFile?: string | undefined;
  /** The controller user's home directory; without it there is no default key, known_hosts or configuration. */
  readonly home?: string | undefined;
  /** The controller's user name, for when no other is given. */
  readonly localUser?: string | undefined;
  /** The environment of local processes (`local`, `exec`, `openssh`). Default: node's own. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Told once when `accept-new` has remembered a key. */
  readonly onAcceptedHostKey?: ((accepted: AcceptedHostKey) => void) | undefined;
}

export interface AcceptedHostKey {
  readonly host: string;
  /** `SHA256:…`, as ssh prints it. */
  readonly fingerprint: string;
  readonly file: string;
}

/** Another user to be on the host. */
export interface Become {
  readonly method: 'sudo' | 'su';
  readonly user: string;
  readonly password?: string | undefined;
  /** Flags in place of the method's own default ones (`-H`), split as a shell would. */
  readonly flags?: string | undefined;
  /** The executable, when it is not simply the method's name. */
  readonly exe?: string | undefined;
}
