/** One item of a task, as often as `until` and `retries` ask. */
import type { Result } from '../module/definition.ts';
import { expandHomes } from '../module/home.ts';
import type { PlannedTask } from '../plan/plan.ts';
import { ModuleFailure, UnknownState } from '../target/failure.ts';
import type { Target } from '../target/target.ts';
import { act } from './act.ts';
import { actAsync, asyncLimits } from './async.ts';
import { boundTarget } from './bound-target.ts';
import { judge } from './conditions.ts';
import { rendered } from './connection-settings.ts';
import { controllerFor } from './controller.ts';
import { Interrupted } from './interruption.ts';
import { learn } from './learn.ts';
import { doubt, failedOnce, judgedOnce, type Once, once, skippedOnce, undoneOnce, unknownOnce } from './once.ts';
import { pause } from './pause.ts';
import { type Prepared, prepare } from './prepare.ts';
import { holds, isSilent, type Turn, turnEnvironment } from './turn.ts';

/** Does the task until it is done. Throws what is wrong with its templates or arguments. */
export async function attempt(turn: Turn): Promise<Once> {
  const { play, host, task, label, momentary } = turn;
  const prepared = prepare(play, host, task, momentary);
  if (prepared.kind === 'skip') return skippedOnce(prepared.clause);
  const most = 1 + retriesOf(task, prepared);
  const delayMs = Number(rendered(task.delay, prepared.environment) ?? 5) * 1000;
  for (let run = 1; ; run += 1) {
    const done = await doOnce(turn, prepared, most > 1 ? run : undefined);
    if (isSettled(turn, done) || most === 1) return { ...done, notify: prepared.notify };
    if (run >= most || play.run.options.signal.aborted) {
      const result = exhausted(task, done.result, run);
      // whether the task failed is for failed_when to say, as in Ansible, though the result says what it is
      if (task.failedWhen && done.status !== 'failed') return { ...done, result, notify: prepared.notify };
      return { ...done, status: 'failed', ignored: holds(turn, 'ignore_errors'), result };
    }
    const said = isSilent(turn) ? '' : String(done.result['msg'] ?? done.result['stderr'] ?? '');
    const message = play.run.secrets.scrub(said);
    play.run.emit({ type: 'retry', host: host.name, task: label, attempt: run, left: most - run, message });
    await pause(delayMs, play.run.options.signal);
    play.run.waited = true;
    play.run.unsettle();
  }
}

function retriesOf(task: PlannedTask, { environment }: Prepared): number {
  if (task.retries === undefined) return task.until ? 3 : 0;
  return Math.max(0, Math.floor(Number(rendered(task.retries, environment))));
}

/** No further attempt is due: `until` holds, or without it the task did not fail. */
function isSettled(turn: Turn, done: Once): boolean {
  if (['unreachable', 'skipped'].includes(done.status) || done.unknown !== undefined) return true;
  if (turn.play.run.options.stop?.aborted) return true;
  if (!turn.task.until) return done.status !== 'failed';
  return judge(turn.task.until, turnEnvironment(turn, done.result), turn.play.run).holds !== false;
}

/** The last result of a task that never became so. `attempts` are the retries made, as Ansible counts them. */
function exhausted(task: PlannedTask, result: Result, runs: number): Result {
  const awaited = (task.until ?? []).map((clause) => clause.expression).join(' and ');
  const msg = result['msg'] ?? `after ${runs} attempts it is still not so: ${awaited || 'the task does not fail'}`;
  return { ...result, failed: true, attempts: runs - 1, msg };
}

async function doOnce(turn: Turn, prepared: Prepared, run: number | undefined): Promise<Once> {
  const delegatedTo = prepared.runsOn === turn.host.name ? undefined : prepared.runsOn;
  try {
    const { result: said, diffs } = await turn.play.run.interruption.during(() => perform(turn, prepared));
    const result: Result = run === undefined ? said : { ...said, attempts: run };
    learn(turn, prepared, result);
    return { ...judgedOnce(turn, result), diffs, delegatedTo, unknown: prepared.unknown };
  } catch (error) {
    if (error instanceof Interrupted)
      return { ...once('failed', { changed: false, failed: true, msg: error.message }), delegatedTo };
    const why = error instanceof UnknownState ? error.reason : doubt(turn, prepared, error);
    if (why === undefined) return { ...failedOnce(turn, error, run), delegatedTo };
    // only check mode may leave it at that; a real run has nobody left to find out
    if (!prepared.simulated) return { ...failedOnce(turn, new ModuleFailure(why), run), delegatedTo };
    const leave = turn.play.run.options.check ? unknownOnce : undoneOnce;
    return { ...leave(turn, why, prepared), delegatedTo };
  }
}

async function perform(turn: Turn, prepared: Prepared) {
  const { play, host, task } = turn;
  const { module, args, diff, simulated, unknown } = prepared;
  if (unknown !== undefined && ('action' in module || !simulated)) throw new UnknownState(unknown);
  const controller = controllerFor(play, host, task, prepared);
  const limits = asyncLimits(turn, prepared);
  // what only concerns the controller needs no connection
  if ('action' in module && module.action === 'controller') return act({ module, args, controller, diff });
  const machine = prepared.machine();
  const reach = () => machine.target(prepared.become, simulated ? 'simulated' : 'live');
  if ('reconnects' in module && module.reconnects) {
    const observe: Target['observe'] = async (command) => (await reach()).observe(command);
    const mutate: Target['mutate'] = async (mutation) => (await reach()).mutate(mutation);
    return act({ module, args, controller, diff, target: { host: machine.place, observe, mutate } as Target });
  }
  if (limits && (!simulated || limits.pollMs === 0)) {
    const registered = task.register !== undefined;
    return actAsync(turn, prepared, limits, machine, { module, args, controller, diff, registered });
  }
  const target = await reach();
  return turn.ahead.perform(turn, prepared, controller, async () =>
    act({
      module,
      args: await expandHomes(module, args, target),
      controller,
      diff,
      registered: task.register !== undefined,
      target: boundTarget(target, prepared.variables, prepared.timeoutMs),
    }),
  );
}
