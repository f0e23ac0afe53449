/** Why hosts are broken at the end of a run: the last failure of each that counts. */
import type { Outcome, Recap, RunEvent } from '../run/events.ts';
import { cleanLine, cleanText } from './clean.ts';
import { jsonText } from './json-text.ts';
import { shortLine } from './shorten.ts';

export interface BrokenHost {
  readonly host: string;
  readonly status: 'failed' | 'unreachable';
  readonly task: string;
  /** The first line of what it said. */
  readonly reason: string;
}

export interface Failures {
  hear(event: RunEvent): void;
  /** The hosts that the recap counts as failed or unreachable, by name. */
  broken(recap: Recap): readonly BrokenHost[];
}

/** Remembers failures. One that was ignored or rescued leaves no trace in the recap, and so none here. */
export function rememberFailures(): Failures {
  const last = new Map<string, BrokenHost>();
  return {
    hear(event) {
      if (event.type !== 'item' && event.type !== 'outcome') return;
      const { outcome } = event;
      if (outcome.ignored || (outcome.status !== 'failed' && outcome.status !== 'unreachable')) return;
      // Of a loop the items say why; its end only counts them.
      if (event.type === 'outcome' && 'results' in outcome.result && last.get(outcome.host)?.task === outcome.task.name)
        return;
      const { host, status, task } = outcome;
      last.set(host, { host, status, task: task.name, reason: reasonOf(outcome) });
    },
    broken: (recap) =>
      Object.keys(recap)
        .filter((host) => recap[host]!.failed > 0 || recap[host]!.unreachable > 0)
        .sort()
        .flatMap((host) => last.get(host) ?? []),
  };
}

/** `h5 unreachable at "Gathering Facts": connection refused` */
export function brokenLine({ host, status, task, reason }: BrokenHost): string {
  return `${cleanLine(host)} ${status} at "${cleanLine(task)}": ${reason}`;
}

function reasonOf({ result }: Outcome): string {
  const { msg, stderr, censored } = result;
  const said = typeof msg === 'string' ? msg : msg === undefined ? '' : jsonText(msg);
  const lines = (text: unknown) =>
    cleanText(String(text ?? ''))
      .split('\n')
      .filter((line) => line.trim() !== '');
  const [message = typeof censored === 'string' ? censored : 'it says nothing'] = lines(said);
  // A command's own last words say more than that its code was not zero.
  const words = lines(stderr).at(-1);
  return shortLine(words === undefined || message.includes(words.trim()) ? message : `${message}: ${words.trim()}`);
}
