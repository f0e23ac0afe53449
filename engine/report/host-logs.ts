/** The log of a run per host: each task with its time, its end and what it said, to find the cause of a failure afterwards. */
import type { Outcome, Recap, RunEvent, TaskLabel } from '../run/events.ts';
import { cleanLine, cleanText } from './clean.ts';
import { jsonText } from './json-text.ts';
import { paint } from './paint.ts';
import { recapLines } from './recap.ts';
import type { Report } from './report.ts';
import { paintDiff, unifiedDiff } from './unified-diff.ts';

export interface HostLogOptions {
  /** Adds text to the log of a host. */
  readonly write: (host: string, text: string) => void;
  /** Show how files and settings change. */
  readonly diff: boolean;
  /** What was called for, told at the beginning of a run. */
  readonly title: string;
  /** Milliseconds, never going back. */
  readonly clock?: () => number;
}

const plain = paint(0);

/** A host's log begins with its first event, so that hosts of no play have none. */
export function hostLogs({ write, diff, title, clock = () => performance.now() }: HostLogOptions): Report {
  const begun = new Set<string>();
  const looped = new Set<string>();
  let start: { readonly at: number; readonly clock: number; readonly check: boolean } | undefined;
  let play = { name: '' };
  const playOf = new Map<string, typeof play>();

  const now = () => new Date(start ? start.at + clock() - start.clock : 0).toISOString();

  function line(host: string, text: string): void {
    if (!begun.has(host)) {
      begun.add(host);
      write(host, `${now()} RUN ${cleanLine(title)}${start?.check ? ' (nothing is changed)' : ''}\n`);
    }
    write(host, `${now()} ${text}\n`);
  }

  /** The play a task belongs to stands above it once. */
  function task(host: string, text: string): void {
    if (playOf.get(host) !== play) {
      playOf.set(host, play);
      line(host, `PLAY ${cleanLine(play.name)}`);
    }
    line(host, text);
  }

  function told(outcome: Outcome, label?: string): void {
    task(outcome.host, headOf(outcome, label));
    for (const one of detailsOf(outcome)) write(outcome.host, `    ${one}\n`.replace(/[ \t]+\n$/, '\n'));
    if (diff) for (const one of outcome.diffs) write(outcome.host, indented(paintDiff(unifiedDiff(one), plain)));
  }

  function end(recap: Recap, ended: string): void {
    for (const host of begun) {
      const counts = recap[host];
      if (counts)
        line(
          host,
          `${ended} ${recapLines({ [host]: counts }, plain)[0]!
            .replace(/^.*? : /, '')
            .trimEnd()}`,
        );
      else line(host, ended);
    }
    begun.clear();
    playOf.clear();
  }

  function emit(event: RunEvent): void {
    switch (event.type) {
      case 'run_start':
        start = { at: Date.parse(event.at), clock: clock(), check: event.check };
        break;
      case 'play_start':
        play = { name: event.name };
        break;
      case 'item':
        looped.add(`${event.outcome.task.id} ${event.outcome.host}`);
        told(event.outcome, event.label);
        break;
      case 'outcome': {
        // A loop was told item by item: its end repeats none of it.
        const { outcome } = event;
        const { results, ...rest } = outcome.result;
        const items = looped.delete(`${outcome.task.id} ${outcome.host}`) && results !== undefined;
        told(items ? { ...outcome, diffs: [], result: rest } : outcome);
        break;
      }
      case 'retry':
        task(
          event.host,
          `retrying    ${named(event.task)}: ${event.left} left${event.message && `: ${cleanLine(event.message)}`}`,
        );
        break;
      case 'included':
        for (const host of event.hosts) task(host, `included    ${cleanLine(event.file)}`);
        break;
      case 'run_end':
        end(event.recap, `END after ${event.seconds.toFixed(1)} s:`);
        break;
    }
  }

  return { emit, close: () => end({}, 'END: the run broke off') };
}

const named = ({ name, at, handler }: TaskLabel) =>
  `${handler ? 'handler ' : ''}[${cleanLine(name)}] ${cleanLine(at.file)}:${at.line}`;

function headOf({ status, seconds, task, ignored, unknown, delegatedTo }: Outcome, label?: string): string {
  return [
    status.padEnd(11),
    `${seconds.toFixed(3)} s`,
    named(task),
    ...(label === undefined ? [] : [`(item=${cleanLine(label)})`]),
    ...(delegatedTo === undefined ? [] : [`on ${cleanLine(delegatedTo)}`]),
    ...(unknown === undefined ? [] : [`would run: ${cleanLine(unknown)}`]),
    ...(ignored ? ['(ignored)'] : []),
  ].join(' ');
}

/** What a task said; of a failure, everything that is in its result. */
function detailsOf({ result, status }: Outcome): readonly string[] {
  const bad = status === 'failed' || status === 'unreachable';
  const streams = ['msg', 'censored', 'warnings', 'stdout', 'stderr', 'exception'].flatMap((name) =>
    block(name, result[name]),
  );
  const rest = Object.entries(result).filter(([name]) => !said.has(name) && !name.startsWith('_ansible_'));
  const others = bad && rest.length > 0 ? [`result: ${jsonText(Object.fromEntries(rest))}`] : [];
  return [...streams, ...others];
}

const said = new Set(
  'msg censored warnings stdout stderr exception stdout_lines stderr_lines changed failed unreachable'.split(' '),
);

function block(name: string, value: unknown): readonly string[] {
  const text = cleanText(typeof value === 'string' ? value : value === undefined ? '' : jsonText(value)).trimEnd();
  if (text === '') return [];
  const lines = text.split('\n');
  return lines.length === 1 ? [`${name}: ${text}`] : [`${name}:`, ...lines.map((one) => `  ${one}`)];
}

function indented(text: string): string {
  return text.replace(/^/gm, '    ').concat('\n');
}
