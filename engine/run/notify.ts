/** Notifications: what a changed task asks of handlers, found by name or topic. */
import type { PlannedHandler } from '../plan/plan.ts';
import { isTemplate, renderValue, toText } from '../template/render.ts';
import type { HostState, PlayRun } from './context.ts';
import { hostEnvironment } from './environment.ts';
import type { Once } from './once.ts';
import type { Notification } from './prepare.ts';

/** The handlers a notification is for, as indices. The last handler of a name wins; every one that listens to a topic is due. */
export function notified(play: PlayRun, host: HostState, { name }: Notification): readonly number[] {
  const named = play.handlers.findLastIndex((handler) => namesOf(play, host, handler).includes(name));
  const listening = play.handlers.flatMap(({ listen }, index) => (listen.includes(name) ? [index] : []));
  return named < 0 ? listening : [...new Set([named, ...listening])].sort((a, b) => a - b);
}

/** The names of a handler as the host sees them. */
function namesOf(play: PlayRun, host: HostState, { names, task }: PlannedHandler): readonly string[] {
  if (!names.some(isTemplate)) return names;
  try {
    const environment = hostEnvironment(play.run, host, play, task.lexical);
    return names.map((name) => toText(renderValue(name, environment, task.at)));
  } catch {
    return []; // a name that cannot be told is nobody's
  }
}

/** Stores what a changed task notifies. */
export function notify(play: PlayRun, host: HostState, notifications: readonly Notification[]): void {
  for (const one of notifications) for (const index of notified(play, host, one)) host.notified.add(index);
}

/** A changed task that notifies nobody has failed, whatever errors it ignores. Under check that is a warning: an include may be left out. */
export function answered(play: PlayRun, host: HostState, done: Once): Once {
  const missing = done.status === 'changed' && done.notify?.find((one) => notified(play, host, one).length === 0);
  if (!missing) return done;
  const message = `no handler is named "${missing.name}", and none listens to it`;
  if (play.run.options.check) {
    play.run.emit({ type: 'warning', message, at: missing.at });
    return done;
  }
  return { ...done, status: 'failed', ignored: false, result: { ...done.result, failed: true, msg: message } };
}
