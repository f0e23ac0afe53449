import type { PlannedTask } from '../plan/plan.ts';
import { renderValue, toText } from '../template/render.ts';
import { isUnknown } from '../template/values.ts';
import type { HostState, PlayRun } from './context.ts';
import { hostEnvironment } from './environment.ts';

/** `role : name`, templates rendered as far as the first host can. */
export function labelOf(play: PlayRun, host: HostState, task: PlannedTask): string {
  const role = task.lexical.role?.name;
  const plain = task.name ?? task.module;
  let name = plain;
  try {
    const value = renderValue(plain, hostEnvironment(play.run, host, play, task.lexical), task.at);
    if (!isUnknown(value)) name = toText(value);
  } catch {
    // a name that needs what is not there yet is shown as written
  }
  return play.run.secrets.scrub(role === undefined ? name : `${role} : ${name}`);
}
