/** A TCP connection, or the one clear reason why there is none. */

import { connect, type Socket } from 'node:net';
import { Busy } from './ssh-errors.ts';
import { Unreachable, type UnreachableKind } from './unreachable.ts';

export interface DialOptions {
  readonly label: string;
  readonly host: string;
  readonly port: number;
  /** Milliseconds for name and connection. */
  readonly timeoutMs: number;
}

const kinds: Readonly<Record<string, readonly [UnreachableKind, string]>> = {
  ENOTFOUND: ['dns', 'no such host name'],
  EAI_AGAIN: ['dns', 'the name service does not answer'],
  ECONNREFUSED: ['refused', 'connection refused'],
  EHOSTUNREACH: ['refused', 'no route to the host'],
  ENETUNREACH: ['refused', 'no route to the network'],
  EADDRNOTAVAIL: ['refused', 'no such address'],
  EACCES: ['refused', 'connection not permitted'],
  ECONNRESET: ['protocol', 'the peer hung up before the ssh handshake'],
  ETIMEDOUT: ['timeout', 'no answer'],
};

/** Connects, without Nagle's delay: each frame is one small write. Throws {@link Unreachable}. */
export function dial({ label, host, port, timeoutMs }: DialOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true, autoSelectFamily: true, autoSelectFamilyAttemptTimeout: 1000 });
    const where = `${host} port ${port}`;
    const fail = (kind: UnreachableKind, why: string, cause?: NodeJS.ErrnoException): void => {
      clearTimeout(timer);
      socket.destroy();
      const Reason = cause?.code === 'ECONNRESET' ? Busy : Unreachable;
      reject(new Reason(kind, `${label}: ${why} (${where})`, { cause }));
    };
    const timer = setTimeout(() => fail('timeout', `no answer in ${timeoutMs} ms`), timeoutMs);
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const [kind, why] = kinds[error.code ?? ''] ?? ['refused', error.message];
      fail(kind, why, error);
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error').on('error', () => {});
      resolve(socket);
    });
  });
}
