/** One task on one host, from its beginning to what is registered and told. */
import { Unknown } from '../template/values.ts';
import { attempt } from './attempt.ts';
import { loopItems } from './loop.ts';
import { runLoop } from './looped.ts';
import { answered } from './notify.ts';
import { failedOnce, type Once, skippedOnce } from './once.ts';
import { outcomeOf } from './outcome.ts';
import { trafficSince } from './traffic.ts';
import { isSilent, type Turn } from './turn.ts';

export type TaskOutcome = Omit<Once, 'diffs'>;

/**
 * Runs a task on a host, or says what is `wrong` with it. Never throws for what a host or a template does wrong: that is
 * the host's own failure.
 */
export async function runTask(turn: Turn, wrong?: unknown): Promise<TaskOutcome> {
  const { play, host, task, label } = turn;
  const started = performance.now();
  const before = play.run.traffic(host.name);
  play.run.emit({ type: 'host_start', host: host.name, task: label });
  const silent = isSilent(turn);
  const doing = wrong === undefined ? perform(turn, silent) : Promise.reject(wrong);
  const done = answered(play, host, await doing.catch((error: unknown) => failedOnce(turn, error)));
  if (task.register !== undefined) {
    const unknown = done.unknown !== undefined && !('results' in done.result);
    host.variables.registered.set(task.register, unknown ? new Unknown(done.unknown ?? '') : done.result);
  }
  const seconds = (performance.now() - started) / 1000;
  const traffic = trafficSince(before, play.run.traffic(host.name));
  play.run.emit({ type: 'outcome', outcome: { ...outcomeOf(turn, done, { silent, seconds }), traffic } });
  return done;
}

async function perform(turn: Turn, silent: boolean): Promise<Once> {
  if (turn.task.loop === undefined) return attempt(turn);
  const loop = loopItems(turn.play, turn.host, turn.task);
  return loop.kind === 'skipped' ? skippedOnce(loop.clause) : runLoop(turn, loop, silent);
}
