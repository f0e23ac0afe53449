/** Who is at which task, and for how long: a line below the output on a terminal, a plain line now and then elsewhere. */
import type { RunEvent, TaskLabel } from '../run/events.ts';
import { cleanLine } from './clean.ts';
import type { Output } from './report.ts';

/** Milliseconds. On a terminal a task shows after `patience`; elsewhere after `first`, then every `again`. */
const patience = 1000;
const first = 10_000;
const again = 30_000;

const spinner = [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'];

export interface Progress {
  observe(event: RunEvent): void;
  /** Shows how things are now; to be called every {@link Progress.every} milliseconds. */
  tick(): void;
  readonly every: number;
  /** Takes the line off the terminal; the next tick draws it again. */
  hide(): void;
}

interface Working {
  readonly task: TaskLabel;
  /** By host, when it began; in that order. */
  readonly hosts: Map<string, number>;
  /** When to print a line about it, where there is no terminal. */
  nextLine: number;
}

const since = ({ hosts }: Working) => Math.min(...hosts.values());

export function progress({ err, clock }: { readonly err: Output; readonly clock: () => number }): Progress {
  const working = new Map<number, Working>();
  let drawn = '';
  let turn = 0;

  function observe(event: RunEvent): void {
    if (event.type === 'host_start') {
      const now = clock();
      const { task } = event;
      const known = working.get(task.id) ?? { task, hosts: new Map(), nextLine: now + first };
      known.hosts.set(event.host, now);
      working.set(task.id, known);
    } else if (event.type === 'outcome') {
      const known = working.get(event.outcome.task.id);
      known?.hosts.delete(event.outcome.host);
      if (known?.hosts.size === 0) working.delete(event.outcome.task.id);
    }
  }

  /** The task with the host that works the longest. */
  function longest(): Working | undefined {
    return [...working.values()].reduce<Working | undefined>(
      (found, one) => (found === undefined || since(one) < since(found) ? one : found),
      undefined,
    );
  }

  function hide(): void {
    if (drawn !== '') err.write('\r\x1b[2K');
    drawn = '';
  }

  function draw(): void {
    const now = clock();
    const oldest = longest();
    if (oldest === undefined || now - since(oldest) < patience) {
      hide();
      return;
    }
    turn += 1;
    const mark = spinner[turn % spinner.length];
    const text = `${mark} [${duration(now - since(oldest))}] ${nameOf(oldest.task)}: ${names([...oldest.hosts.keys()], 2)}`;
    drawn = fitted(text, (err.columns || 80) - 1);
    err.write(`\r\x1b[2K${drawn}`);
  }

  function mention(): void {
    const now = clock();
    for (const one of working.values()) {
      if (now < one.nextLine) continue;
      const taken = now - since(one);
      one.nextLine = now + again;
      err.write(`still running after ${duration(taken)}: ${nameOf(one.task)} on ${names([...one.hosts.keys()], 5)}\n`);
    }
  }

  return { observe, tick: err.isTTY ? draw : mention, every: err.isTTY ? 100 : 1000, hide };
}

const nameOf = (task: TaskLabel) => cleanLine(task.name);

function names(hosts: readonly string[], most: number): string {
  const more = hosts.length > most ? ` (+${hosts.length - most})` : '';
  return hosts.slice(0, most).map(cleanLine).join(', ') + more;
}

/** Milliseconds for people: `40 s`, `3 min 5 s`. */
export function duration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Cut so that it takes one line of a terminal; characters which may be wide count as two. */
function fitted(text: string, width: number): string {
  let taken = 0;
  let cut = '';
  for (const character of text) {
    taken += character.codePointAt(0)! >= 0x1100 && !spinner.includes(character) ? 2 : 1;
    if (taken > width) return cut;
    cut += character;
  }
  return cut;
}
