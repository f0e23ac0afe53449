/**
 * What a task means to places it did not change itself. A command may reach further than its host (`kubectl`, an API), and
 * while a task waits the world goes on: what was read before it is forgotten.
 */
import { isAction } from '../module/definition.ts';
import type { PlannedTask } from '../plan/plan.ts';
import type { PlayRun } from './context.ts';
import type { TaskOutcome } from './task.ts';

/** A task is over on all its hosts. Where it changed anything itself, what is known was read behind that change. */
export function unsettle({ run }: PlayRun, task: PlannedTask, outcomes: readonly (TaskOutcome | undefined)[]): void {
  const module = run.options.modules.get(task.module);
  const done = outcomes.some((outcome) => outcome && outcome.status !== 'skipped');
  if (run.waited || (done && isAction(module) && module.waits)) run.unsettle();
  else if (run.stirred.size > 0) run.unsettle(run.stirred);
  run.stirred.clear();
  run.waited = false;
}
