/** A task over its loop: every item in turn, one result for all. */
import { ModuleFailure } from '../target/failure.ts';
import { Unknown } from '../template/values.ts';
import { attempt } from './attempt.ts';
import type { Status } from './events.ts';
import type { Loop } from './loop.ts';
import { failedOnce, type Once, unknownOnce } from './once.ts';
import { outcomeOf } from './outcome.ts';
import { pause } from './pause.ts';
import type { Turn } from './turn.ts';

export async function runLoop(turn: Turn, loop: Exclude<Loop, { kind: 'skipped' }>, silent: boolean): Promise<Once> {
  const { play } = turn;
  if (loop.kind === 'unknown') {
    const why = `the loop's list is not known yet: ${loop.reason}`;
    return play.run.options.check ? unknownOnce(turn, why) : failedOnce(turn, new ModuleFailure(why));
  }
  const results: unknown[] = [];
  const all: Once[] = [];
  for (const item of loop.items) {
    const started = performance.now();
    const own: Turn = { ...turn, momentary: item.variables };
    const done = await attempt(own).catch((error: unknown) => failedOnce(own, error));
    const seconds = (performance.now() - started) / 1000;
    all.push(done);
    results.push(done.unknown === undefined ? { ...done.result, ...item.variables } : new Unknown(done.unknown));
    const label = silent ? '(censored)' : play.run.secrets.scrub(item.label());
    play.run.emit({ type: 'item', outcome: outcomeOf(turn, done, { silent, seconds }), label });
    if (done.status === 'unreachable' || item.breakWhen({ ...done.result, ...item.variables })) break;
    if (play.run.options.signal.aborted) break;
    await pause(item.pauseMs, play.run.options.signal);
  }
  return whole(all, results);
}

/** The result of the loop as a whole, as Ansible words it. */
function whole(all: readonly Once[], results: readonly unknown[]): Once {
  const failures = all.filter((one) => one.status === 'failed');
  const status = statusOf(all);
  const changed = all.some((one) => one.status === 'changed');
  return {
    status,
    result: {
      results,
      changed,
      msg: messageOf(all, status),
      ...(failures.length > 0 ? { failed: true } : {}),
      skipped: status === 'skipped',
      ...(all.length === 0 ? { skipped_reason: 'No items in the list' } : {}),
    },
    ignored: failures.length > 0 && failures.every((one) => one.ignored),
    diffs: [],
    notify: all.flatMap((one) => (one.status === 'changed' ? (one.notify ?? []) : [])),
    unknown: all.find((one) => one.unknown !== undefined)?.unknown,
  };
}

function statusOf(all: readonly Once[]): Status {
  if (all.some((one) => one.status === 'unreachable' && !one.ignored)) return 'unreachable';
  if (all.some((one) => one.status === 'failed')) return 'failed';
  if (all.every((one) => one.status === 'skipped')) return 'skipped';
  return all.some((one) => one.status === 'changed') ? 'changed' : 'ok';
}

function messageOf(all: readonly Once[], status: Status): string {
  if (status === 'failed') return 'One or more items failed';
  if (all.length === 0) return 'No items in the list';
  return status === 'skipped' ? 'All items skipped' : 'All items completed';
}
