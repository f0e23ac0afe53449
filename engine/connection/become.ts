/** Another user's shell in place of the one a connection started: sudo or su, with the password on stdin alone. */

import { awaitMark, describeEnd, lastWords, type MarkSeen } from './await-mark.ts';
import type { Become, Connection, ShellStreams } from './connection.ts';
import { nonce, printMark } from './framing.ts';
import { quote } from './quote.ts';
import { Unreachable } from './unreachable.ts';
import { splitWords } from './words.ts';

export interface EnterOptions {
  readonly become?: Become | undefined;
  /** Milliseconds for the shell, and for becoming the user. Default 30000. */
  readonly readyTimeoutMs?: number | undefined;
}

/** A fresh shell of the connection, already the user asked for. Throws {@link Unreachable}. */
export async function startShell(connection: Connection, options: EnterOptions): Promise<ShellStreams> {
  const streams = await connection.start();
  if (options.become === undefined) return streams;
  try {
    await enter(connection, streams, options.become, options.readyTimeoutMs ?? 30_000);
    return streams;
  } catch (error) {
    streams.kill();
    throw error;
  }
}

/** Nothing may be sent behind the command before its mark came: the first shell reads stdin in blocks, and would eat it. */
async function enter(connection: Connection, streams: ShellStreams, become: Become, timeoutMs: number): Promise<void> {
  const mark = nonce();
  const prompt = nonce();
  const shell = `${printMark(mark)};exec /bin/sh`;
  let answered = false;
  let wrong = false;
  let heard = 0;
  streams.stdin.write(`exec ${becomeCommand(become, prompt, shell)}\n`);
  const result = await awaitMark(streams, mark, {
    timeoutMs,
    onWords(words, stop) {
      if (!asksForPassword(become, words.slice(heard), prompt)) return;
      wrong = answered;
      if (answered || become.password === undefined) return stop();
      answered = true;
      heard = words.length;
      streams.stdin.write(`${become.password}\n`);
    },
  });
  if (!result.seen) throw refusal(connection, become, result, { prompt, answered, wrong });
}

/** The command line that becomes the user and runs `/bin/sh -c shell`. It never holds the password. */
export function becomeCommand(become: Become, prompt: string, shell: string): string {
  // `sudo su -` is a way to say it
  const exe = splitWords(become.exe ?? become.method)
    .map(quote)
    .join(' ');
  const given = become.flags === undefined ? undefined : splitWords(become.flags);
  if (become.method === 'su') {
    return [exe, ...(given ?? []).map(quote), quote(become.user), '-c', quote(shell)].join(' ');
  }
  const flags = (given ?? ['-H']).flatMap(becomeFlag).map(quote);
  const asking = become.password === undefined ? ['-n'] : ['-S', '-p', prompt];
  return [exe, ...flags, ...asking, '-u', quote(become.user), '/bin/sh', '-c', quote(shell)].join(' ');
}

/** -S and -n follow from whether there is a password, whatever the flags said. */
function becomeFlag(flag: string): readonly string[] {
  if (flag === '--stdin' || flag === '--non-interactive') return [];
  if (!/^-[A-Za-z]+$/.test(flag) || /[CDghprTtUu]/.test(flag)) return [flag];
  const rest = flag.replace(/[Sn]/g, '');
  return rest === '-' ? [] : [rest];
}

/** sudo prints the prompt it was given; su prints one of its own, in the host's language, and no newline. */
function asksForPassword(become: Become, words: string, prompt: string): boolean {
  if (become.method === 'sudo') return words.includes(prompt);
  return /(:|\xef\xbc\x9a)\s?$/.test(words.slice(words.lastIndexOf('\n') + 1));
}

function refusal(
  connection: Connection,
  become: Become,
  result: Extract<MarkSeen, { seen: false }>,
  asked: { prompt: string; answered: boolean; wrong: boolean },
): Unreachable {
  const said = lastWords(result.words.replaceAll(asked.prompt, ''), 2);
  const where = `${connection.label}: ${become.method} to ${become.user}`;
  if (typeof result.why === 'object') {
    const known = connection.explain?.(result.why, result.words);
    if (known !== undefined) return known;
    if (result.why.code === null && result.why.signal === null) {
      return new Unreachable('lost', `${where}: the connection was lost${said}`);
    }
  }
  if (/must have a tty|must be run from a terminal/.test(result.words)) {
    const hint = `take requiretty out of the host's sudoers for this user`;
    return new Unreachable('become', `${where} needs a terminal${said}`, { hint });
  }
  if (asked.wrong || (asked.answered && typeof result.why === 'object')) {
    const hint = 'it was tried once only, so that the account is not locked';
    return new Unreachable('become', `${where}: wrong password`, { hint });
  }
  if (result.why === 'stopped' || /password is required/.test(result.words)) {
    return new Unreachable('become', `${where} needs a password`, {
      hint: 'set become_password, or ask for it with -K',
    });
  }
  if (result.why === 'timeout') return new Unreachable('become', `${where}: no answer in time${said}`);
  return new Unreachable('become', `${where} was refused (ended ${describeEnd(result.why)})${said}`);
}
