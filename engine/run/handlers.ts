/** Handlers: those notified on a host run once a flush, in the order they are defined. */
import type { PlannedHandler } from '../plan/plan.ts';
import { noAhead } from './ahead.ts';
import type { HostState, PlayRun } from './context.ts';
import { runInclude } from './include.ts';
import { runStatements, runTaskOn, type Section, takesPart } from './strategy.ts';

/** Handlers that an include brings. What is included again takes the place of what it brought before. */
export function addHandlers(play: PlayRun, brought: readonly PlannedHandler[]): void {
  const { handlers } = play;
  for (const one of brought) {
    const { at } = one.task;
    const known = handlers.findIndex(
      ({ task }) => task.at.file === at.file && task.at.line === at.line && task.at.column === at.column,
    );
    handlers[known < 0 ? handlers.length : known] = one;
  }
}

/** Runs what is due on each host. A handler notified by one before it runs in this flush, by one after it in the next. */
export async function flushHandlers(
  play: PlayRun,
  hosts: readonly HostState[],
  { force = false, guarded = false }: Partial<Pick<Section, 'force' | 'guarded'>> = {},
): Promise<ReadonlySet<HostState>> {
  const fallen = new Set<HostState>();
  const section: Section = {
    ahead: noAhead,
    leftRole: new Set(),
    guarded,
    handlers: true,
    force,
  };
  for (let index = 0; index < play.handlers.length; index += 1) {
    const due = hosts.filter((host) => host.notified.has(index) && !fallen.has(host) && takesPart(host, section));
    if (due.length === 0 || play.run.options.signal.aborted) continue;
    for (const host of due) host.notified.delete(index);
    const { task } = play.handlers[index]!;
    // whoever was notified runs, whatever tags were asked for
    const failed =
      task.kind === 'task'
        ? await runTaskOn(play, due, task, section)
        : task.kind === 'include'
          ? await runInclude(play, due, task, section)
          : await runStatements(play, due, [task], section);
    for (const host of failed) fallen.add(host);
  }
  return fallen;
}
