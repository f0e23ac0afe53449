/** A task's turn on a host: who does what, and the variables of the moment (loop item, result so far). */
import type { Result } from '../module/definition.ts';
import type { PlannedTask } from '../plan/plan.ts';
import type { Environment } from '../template/environment.ts';
import { renderValue } from '../template/render.ts';
import { isUnknown } from '../template/values.ts';
import type { Ahead } from './ahead.ts';
import { truth } from './connection-settings.ts';
import type { HostState, PlayRun } from './context.ts';
import { hostEnvironment } from './environment.ts';
import type { TaskLabel } from './events.ts';
import type { Momentary } from './variables.ts';

export interface Turn {
  readonly play: PlayRun;
  readonly host: HostState;
  readonly task: PlannedTask;
  readonly label: TaskLabel;
  readonly momentary?: Momentary | undefined;
  /** Where the task may have been done before its turn. */
  readonly ahead: Ahead;
}

/** What the task's templates see; `result` stands under the name it is registered by. */
export function turnEnvironment({ play, host, task, momentary }: Turn, result?: Result | object): Environment {
  const registered = result === undefined || task.register === undefined ? {} : { [task.register]: result };
  return hostEnvironment(play.run, host, play, task.lexical, { ...momentary, ...registered });
}

/** A boolean keyword of the task. Unknown counts as not set. */
export function holds(turn: Turn, keyword: 'ignore_errors' | 'ignore_unreachable' | 'no_log'): boolean {
  const written = turn.task.inherited[keyword];
  if (written === undefined) return false;
  const value = renderValue(written.value, turnEnvironment(turn), written.at);
  return !isUnknown(value) && truth(value);
}

/** A `no_log` that cannot be read is taken at its word. */
export function isSilent(turn: Turn): boolean {
  try {
    return holds(turn, 'no_log');
  } catch {
    return true;
  }
}
