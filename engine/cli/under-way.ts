/** What is under way and where, by what the run tells. */
import { cleanLine } from '../report/clean.ts';
import type { RunEvent } from '../run/events.ts';

/** Hosts named for each task. */
const most = 5;

export interface UnderWay {
  hear(event: RunEvent): void;
  /** `"build" on web1, web2`; empty when nothing is. */
  words(): string;
}

export function underWay(): UnderWay {
  const tasks = new Map<number, { readonly name: string; readonly hosts: Set<string> }>();
  return {
    hear(event) {
      if (event.type === 'host_start') {
        const task = tasks.get(event.task.id) ?? { name: event.task.name, hosts: new Set() };
        task.hosts.add(event.host);
        tasks.set(event.task.id, task);
      } else if (event.type === 'outcome') {
        const { task, host } = event.outcome;
        const known = tasks.get(task.id);
        known?.hosts.delete(host);
        if (known?.hosts.size === 0) tasks.delete(task.id);
      }
    },
    words: () =>
      [...tasks.values()].map(({ name, hosts }) => cleanLine(`"${name}" on ${someOf([...hosts])}`)).join('; '),
  };
}

function someOf(hosts: readonly string[]): string {
  const rest = hosts.length - most;
  return hosts.slice(0, most).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
