/** One task on one host: its loop, its attempts, its result, and what the result means for the host. */
import { Unreachable } from '../connection/unreachable.ts';
import { isKplayError } from '../errors.ts';
import type { Diff, Result } from '../module/definition.ts';
import type { PlannedTask } from '../plan/plan.ts';
import { ModuleFailure, UnknownState } from '../target/failure.ts';
import type { Environment } from '../template/environment.ts';
import { renderValue } from '../template/render.ts';
import { isUnknown, Unknown } from '../template/values.ts';
import { act } from './act.ts';
import { boundTarget } from './bound-target.ts';
import { judge } from './conditions.ts';
import { rendered, truth } from './connection-settings.ts';
import type { HostState, PlayRun } from './context.ts';
import { taskController } from './controller.ts';
import { hostEnvironment } from './environment.ts';
import type { Outcome, Status, TaskLabel } from './events.ts';
import { learn } from './learn.ts';
import { loopItems, type Loop } from './loop.ts';
import { prepare, type Prepared } from './prepare.ts';
import type { Momentary } from './variables.ts';

/** What a task came to on a host: `result` as registered, unscrubbed. */
export interface TaskOutcome {
  readonly status: Status;
  readonly result: Result;
  readonly ignored: boolean;
  readonly unknown?: string | undefined;
}

interface Once extends TaskOutcome {
  readonly diffs: readonly Diff[];
  readonly delegatedTo?: string | undefined;
}

/** Runs a task on a host, tells the events, registers the result. Never throws for what a host or template does wrong. */
export async function runTask(play: PlayRun, host: HostState, task: PlannedTask, label: TaskLabel): Promise<TaskOutcome> {
  const { run } = play;
  const started = performance.now();
  run.emit({ type: 'host_start', host: host.name, task: label });
  const silent = isSilent(play, host, task);
  let once: Once;
  try {
    const loop = task.loop ? loopItems(play, host, task) : undefined;
    once = loop === undefined ? await runItem(play, host, task, label) : await runLoop(play, host, task, label, loop, silent);
  } catch (error) {
    once = failed(play, host, task, error);
  }
  if (task.register !== undefined) register(play, host, task, once);
  const seconds = (performance.now() - started) / 1000;
  run.emit({ type: 'outcome', outcome: outcomeOf(play, host, label, once, silent, seconds) });
  return once;
}

async function runLoop(play: PlayRun, host: HostState, task: PlannedTask, label: TaskLabel, loop: Loop, silent: boolean): Promise<Once> {
  if (loop.kind === 'unknown') return unknownOnce(play, task, `the loop's list is not known yet: ${loop.reason}`);
  const results: unknown[] = [];
  const all: Once[] = [];
  for (const item of loop.items) {
    const started = performance.now();
    let once: Once;
    try {
      once = await runItem(play, host, task, label, item.variables);
    } catch (error) {
      once = failed(play, host, task, error);
    }
    all.push(once);
    const registered = isUnknownResult(once) ? new Unknown(once.unknown ?? '') : { ...once.result, ...item.variables };
    results.push(registered);
    play.run.emit({ type: 'item', outcome: outcomeOf(play, host, label, once, silent, (performance.now() - started) / 1000), label: silent ? '(censored)' : play.run.secrets.scrub(item.label()) });
    if (once.status === 'unreachable') break;
    if (item.breakWhen({ ...once.result, ...item.variables })) break;
    await pause(item.pauseMs, play.run.options.signal);
  }
  return wholeLoop(all, results);
}

/** The result of the loop as a whole, as Ansible words it. */
function wholeLoop(all: readonly Once[], results: readonly unknown[]): Once {
  const failures = all.filter((once) => once.status === 'failed');
  const skipped = all.every((once) => once.status === 'skipped');
  const changed = all.some((once) => once.status === 'changed');
  const unreachable = all.some((once) => once.status === 'unreachable' && !once.ignored);
  const status: Status = unreachable ? 'unreachable' : failures.length > 0 ? 'failed' : skipped ? 'skipped' : changed ? 'changed' : 'ok';
  const none = all.length === 0 ? { skipped_reason: 'No items in the list' } : {};
  const message = failures.length > 0 ? 'One or more items failed' : all.length === 0 ? 'No items in the list' : skipped ? 'All items skipped' : 'All items completed';
  return {
    status,
    result: { results, changed, msg: message, ...(failures.length > 0 ? { failed: true } : {}), ...(skipped ? { skipped: true, ...none } : {}) },
    ignored: failures.length > 0 && failures.every((once) => once.ignored),
    diffs: [],
    unknown: all.find((once) => once.unknown !== undefined)?.unknown,
  };
}

async function runItem(play: PlayRun, host: HostState, task: PlannedTask, label: TaskLabel, momentary?: Momentary): Promise<Once> {
  const prepared = prepare(play, host, task, momentary);
  if (prepared.kind === 'skip') return { status: 'skipped', result: { changed: false, skipped: true, skip_reason: 'Conditional result was False', false_condition: prepared.clause }, ignored: false, diffs: [] };
  const attempts = 1 + retriesOf(task, prepared.environment);
  const delayMs = Number(rendered(task.delay, prepared.environment) ?? 5) * 1000;
  for (let attempt = 1; ; attempt += 1) {
    const once = await attemptOnce(play, host, task, prepared, momentary, attempts > 1 ? attempt : undefined);
    const done = once.status === 'unreachable' || once.unknown !== undefined || settled(play, host, task, once, momentary);
    if (done || attempt >= attempts || play.run.options.signal.aborted) {
      if (done || attempts === 1) return once;
      const ignored = ignores(play, host, task, momentary);
      return { ...once, status: 'failed', ignored, result: exhausted(task, once.result, attempt) };
    }
    const message = String(once.result['msg'] ?? once.result['stderr'] ?? '');
    play.run.emit({ type: 'retry', host: host.name, task: label, attempt, left: attempts - attempt, message: play.run.secrets.scrub(message) });
    await pause(delayMs, play.run.options.signal);
  }
}

/** The last result of a task that never became so. `attempts` are the retries made, as Ansible counts them. */
function exhausted(task: PlannedTask, result: Result, runs: number): Result {
  const awaited = (task.until ?? []).map((clause) => clause.expression).join(' and ');
  const message = `after ${runs} attempts it is still not so: ${awaited || 'the task does not fail'}`;
  return { ...result, failed: true, attempts: runs - 1, ...(result['msg'] === undefined ? { msg: message } : {}) };
}

/** True when no further attempt is due: `until` holds, or without `until` the task did not fail. */
function settled(play: PlayRun, host: HostState, task: PlannedTask, once: Once, momentary: Momentary | undefined): boolean {
  if (!task.until) return once.status !== 'failed' || once.ignored;
  const verdict = judge(task.until, resultEnvironment(play, host, task, once.result, momentary));
  return verdict.holds !== false;
}

function retriesOf(task: PlannedTask, environment: Environment): number {
  if (task.retries === undefined) return task.until ? 3 : 0;
  return Math.max(0, Math.floor(Number(rendered(task.retries, environment))));
}

async function attemptOnce(play: PlayRun, host: HostState, task: PlannedTask, prepared: Prepared, momentary: Momentary | undefined, attempt: number | undefined): Promise<Once> {
  const delegatedTo = prepared.runsOn === host.name ? undefined : prepared.runsOn;
  try {
    const acted = await perform(play, host, task, prepared);
    const result: Result = { ...acted.result, ...(attempt === undefined ? {} : { attempts: attempt }) };
    learn(play, host, task, prepared, result);
    return { ...judged(play, host, task, result, momentary), diffs: acted.diffs, delegatedTo, unknown: prepared.unknown };
  } catch (error) {
    if (error instanceof UnknownState) return { ...unknownOnce(play, task, error.reason, prepared, host, momentary), delegatedTo };
    const why = doubtful(play, host, prepared, error);
    if (why !== undefined) return { ...unknownOnce(play, task, why, prepared, host, momentary), delegatedTo };
    const once = failed(play, host, task, error, momentary, attempt);
    return { ...once, delegatedTo };
  }
}

async function perform(play: PlayRun, host: HostState, task: PlannedTask, prepared: Prepared) {
  const { run } = play;
  if (prepared.unknown !== undefined && 'action' in prepared.module) throw new UnknownState(prepared.unknown);
  const machine = run.machine(prepared.runsOn, task.inherited);
  const touchesHost = !('action' in prepared.module && prepared.module.action === 'controller');
  const target = touchesHost
    ? boundTarget(await machine.target(prepared.become, prepared.simulated ? 'simulated' : 'live'), prepared.variables, prepared.timeoutMs)
    : (undefined as never);
  return act({ module: prepared.module, args: prepared.args, target, controller: controllerFor(play, host, task, prepared), diff: prepared.diff });
}

/** The controller as a prepared task's module sees it. */
export function controllerFor(play: PlayRun, host: HostState, task: PlannedTask, prepared: Prepared) {
  const { run } = play;
  return taskController({
    host: host.name,
    lexical: task.lexical,
    playbookDir: play.variables.play.playbookDir,
    cwd: run.options.cwd,
    environment: prepared.environment,
    files: run.files,
    secrets: run.secrets,
    world: run.world,
    simulated: prepared.simulated,
    verbosity: run.options.verbosity,
  });
}

/** `failed` and `changed` as the module said, then as `changed_when` and `failed_when` say. */
function judged(play: PlayRun, host: HostState, task: PlannedTask, result: Result, momentary: Momentary | undefined): Omit<Once, 'diffs'> {
  if (result['skipped'] === true) return { status: 'skipped', result: { changed: false, ...result }, ignored: false };
  let final: Record<string, unknown> = { ...result, failed: result['failed'] ?? (typeof result['rc'] === 'number' && result['rc'] !== 0), changed: result['changed'] ?? false };
  if (task.changedWhen) {
    const verdict = judge(task.changedWhen, resultEnvironment(play, host, task, final, momentary));
    final = { ...final, changed: verdict.holds !== false };
  }
  if (task.failedWhen) {
    const verdict = judge(task.failedWhen, resultEnvironment(play, host, task, final, momentary));
    final = { ...final, failed: verdict.holds === true, ...(verdict.holds === true ? { failed_when_result: true } : { failed_when_result: false }) };
  }
  const status: Status = final['failed'] === true ? 'failed' : final['changed'] === true ? 'changed' : 'ok';
  return { status, result: final, ignored: status === 'failed' && ignores(play, host, task, momentary) };
}

function resultEnvironment(play: PlayRun, host: HostState, task: PlannedTask, result: Result, momentary: Momentary | undefined): Environment {
  const extra = { ...momentary, ...(task.register === undefined ? {} : { [task.register]: result }) };
  return hostEnvironment(play.run, host, play, task.lexical, extra);
}

/** Under check: why a failure may be no failure in the run, because something that was not done comes before it. */
function doubtful(play: PlayRun, host: HostState, prepared: Prepared, error: unknown): string | undefined {
  if (!prepared.simulated || !(error instanceof ModuleFailure)) return undefined;
  if (prepared.unknown !== undefined) return prepared.unknown;
  const { brings, unrun } = play.run.prediction(prepared.runsOn);
  const doubt = brings[0] ?? unrun[0];
  return doubt === undefined ? undefined : `as things stand it would fail (${error.message}), but ${doubt} comes first`;
}

/** The outcome of what only the run can tell. Unless `changed_when` says otherwise, it may change something. */
function unknownOnce(play: PlayRun, task: PlannedTask, reason: string, prepared?: Prepared, host?: HostState, momentary?: Momentary): Once {
  let changed = prepared ? !('action' in prepared.module && prepared.module.action !== 'changes') : true;
  if (task.changedWhen && host) {
    const verdict = judge(task.changedWhen, hostEnvironment(play.run, host, play, task.lexical, { ...momentary, ...(task.register ? { [task.register]: new Unknown(reason) } : {}) }));
    changed = verdict.holds !== false;
  }
  if (changed && prepared) {
    play.run.world.pending ??= `${task.module} on ${prepared.runsOn}`;
    play.run.prediction(prepared.runsOn).unrun.push(`${task.name ?? task.module}`);
  }
  return { status: changed ? 'changed' : 'ok', result: { changed, msg: `would run: ${reason}` }, ignored: false, diffs: [], unknown: reason };
}

function failed(play: PlayRun, host: HostState, task: PlannedTask, error: unknown, momentary?: Momentary, attempt?: number): Once {
  if (error instanceof Unreachable) {
    const ignored = truthOf(play, host, task, 'ignore_unreachable', momentary);
    return { status: 'unreachable', result: { unreachable: true, changed: false, msg: error.message }, ignored, diffs: [] };
  }
  const base = error instanceof ModuleFailure ? error.result : {};
  const message = error instanceof Error ? error.message : String(error);
  const known = error instanceof ModuleFailure || isKplayError(error) || (error instanceof Error && /^(Template|Undefined)Error$/.test(error.name));
  const result: Result = { ...base, changed: false, failed: true, msg: message, ...(attempt === undefined ? {} : { attempts: attempt }), ...(known || !(error instanceof Error) ? {} : { exception: error.stack }) };
  if (task.failedWhen && error instanceof ModuleFailure) {
    return { ...judged(play, host, task, { ...result, failed: true }, momentary), diffs: [] };
  }
  return { status: 'failed', result, ignored: ignores(play, host, task, momentary), diffs: [] };
}

function ignores(play: PlayRun, host: HostState, task: PlannedTask, momentary?: Momentary): boolean {
  return truthOf(play, host, task, 'ignore_errors', momentary);
}

function truthOf(play: PlayRun, host: HostState, task: PlannedTask, keyword: 'ignore_errors' | 'ignore_unreachable' | 'no_log', momentary?: Momentary): boolean {
  const written = task.inherited[keyword];
  if (written === undefined) return false;
  const value = renderValue(written.value, hostEnvironment(play.run, host, play, task.lexical, momentary), written.at);
  return !isUnknown(value) && truth(value);
}

function isSilent(play: PlayRun, host: HostState, task: PlannedTask): boolean {
  try {
    return truthOf(play, host, task, 'no_log');
  } catch {
    return true; // a no_log that cannot be read is taken at its word
  }
}

function register(play: PlayRun, host: HostState, task: PlannedTask, once: Once): void {
  host.variables.registered.set(task.register!, isUnknownResult(once) ? new Unknown(once.unknown ?? '') : once.result);
  play.run.version += 1;
}

const isUnknownResult = (once: Once) => once.unknown !== undefined && !('results' in once.result);

function outcomeOf(play: PlayRun, host: HostState, task: TaskLabel, once: Once, silent: boolean, seconds: number): Outcome {
  const { secrets } = play.run;
  const censored = { censored: 'the output has been hidden due to the fact that no_log: true was specified for this result', changed: once.result['changed'] === true };
  return {
    host: host.name,
    task,
    status: once.status,
    result: silent ? censored : secrets.scrub(once.result),
    diffs: silent ? [] : secrets.scrub([...once.diffs]),
    ignored: once.ignored,
    ...(once.unknown === undefined ? {} : { unknown: secrets.scrub(once.unknown) }),
    ...(once.delegatedTo === undefined ? {} : { delegatedTo: once.delegatedTo }),
    seconds,
  };
}

export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
