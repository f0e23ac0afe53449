/** What ssh2's errors, and its silence, mean. */

import { oneLine, Unreachable } from './unreachable.ts';

/** A server at its limit of unfinished logins (MaxStartups) hangs up, and newer ones say so; worth another try. */
export class Busy extends Unreachable {}

export interface Handshake {
  readonly label: string;
  /** The first that the peer had sent when it ended. */
  readonly heard: string;
  readonly timeoutMs: number;
  /** ssh2 overwrites its own timeout error with a later one. */
  readonly timedOut: boolean;
  /** What was tried to log in. */
  readonly tried: string;
}

/** The cause of a handshake that came to nothing. `error` is null when the peer closed without one, and may be a string. */
export function explainHandshake(error: unknown, { label, heard, timeoutMs, timedOut, tried }: Handshake): Unreachable {
  const { message, level, code } = facts(error);
  const make = (kind: 'auth' | 'timeout' | 'protocol', text: string, hint?: string): Unreachable =>
    new Unreachable(kind, `${label}: ${text}`, { cause: error, ...(hint !== undefined && { hint }) });
  if (level === 'client-authentication' || /authentication failures|authentications/i.test(message)) {
    return make('auth', `the host did not let us in: ${tried}`, 'check the user, the key and what the agent holds');
  }
  if (timedOut || level === 'client-timeout') return make('timeout', `no ssh handshake in ${timeoutMs} ms`);
  if (heard === '' || heard.startsWith('Exceeded MaxStartups')) {
    return new Busy('protocol', `${label}: the peer hung up before the ssh handshake`, { cause: error });
  }
  if (/no matching/i.test(message)) {
    const hint = 'connection: openssh knows more algorithms';
    return make('protocol', `no common algorithm: ${message.replace(/^Handshake failed: /, '')}`, hint);
  }
  if (/identification|before handshake|greeting/i.test(message)) {
    const words = oneLine(heard.replace(/[^\x20-\x7e\n]/g, '?'), 60);
    return make('protocol', `what answers there is no ssh server: ${words}`, 'check the port');
  }
  if (code === 'ECONNRESET' || message === '')
    return new Busy('protocol', `${label}: the host broke off the ssh handshake`);
  return make('protocol', message);
}

/** Why a link that had been up went down. */
export function explainLoss(error: unknown, label: string, keepaliveMs: number): Unreachable {
  const { message, level } = facts(error);
  const silent = level === 'client-timeout';
  const why = silent ? `no answer to keepalives for ${(keepaliveMs * 3) / 1000} s` : message || 'closed by the host';
  return new Unreachable('lost', `${label}: the connection was lost: ${why}`, { cause: error });
}

function facts(error: unknown): { message: string; level: string; code: unknown } {
  if (typeof error === 'string') return { message: error, level: '', code: undefined };
  if (!(error instanceof Error)) return { message: '', level: '', code: undefined };
  const { level = '', code } = error as Error & { level?: string; code?: unknown };
  return { message: error.message, level, code };
}
