/** `async` and `poll`: what a task does to its host by commands is done by jobs there, which outlive the connection. */
import { randomInt } from 'node:crypto';
import { Unreachable } from '../connection/unreachable.ts';
import { isAction, type Result } from '../module/definition.ts';
import { expandHomes } from '../module/home.ts';
import { ModuleFailure } from '../target/failure.ts';
import { clearJob, endJob, jobPath, jobWithoutResult, lookAtJob, startJob, usualFolder } from '../target/jobs.ts';
import type { Perform } from '../target/live.ts';
import type { Completed, Target } from '../target/target.ts';
import { type Acted, type Action, act } from './act.ts';
import { boundTarget } from './bound-target.ts';
import { rendered, variable } from './connection-settings.ts';
import { Interrupted } from './interruption.ts';
import type { Going } from './jobs.ts';
import type { Machine } from './machines.ts';
import { failedOnce } from './once.ts';
import { pause } from './pause.ts';
import type { Prepared } from './prepare.ts';
import type { Turn } from './turn.ts';

/** `async: 300`, `poll: 15`, both in milliseconds. A poll of 0 goes on at once. */
export interface AsyncLimits {
  readonly limitMs: number;
  readonly pollMs: number;
}

/** First pauses between looks are short, so that what is soon over is soon told. */
const firstPauseMs = 250;
/** Between looks at what nobody polls, but whose module has still something to do. */
const unpolledMs = 2000;
/** What a host may be late with ending a job itself. */
const graceMs = 15_000;

/** The task's limits, undefined where it is an ordinary one. Throws ModuleFailure for what cannot be done so. */
export function asyncLimits({ task }: Turn, { environment, module }: Prepared): AsyncLimits | undefined {
  const seconds = Number(rendered(task.async, environment) ?? 0);
  const poll = Number(rendered(task.poll, environment) ?? 15);
  if (Number.isNaN(seconds) || Number.isNaN(poll) || poll < 0)
    throw new ModuleFailure('async and poll are numbers of seconds');
  if (seconds <= 0) return undefined;
  if (isAction(module) && (module.action === 'controller' || module.reconnects === true))
    throw new ModuleFailure(`${task.module} cannot have async: there is nothing that runs on the host by itself`);
  return { limitMs: seconds * 1000, pollMs: poll * 1000 };
}

/** Does the task by jobs: to its end, or with `poll: 0` only as far as that it is begun. */
export async function actAsync(
  turn: Turn,
  prepared: Prepared,
  limits: AsyncLimits,
  machine: Machine,
  action: Omit<Action, 'target'>,
): Promise<Acted> {
  const { run } = turn.play;
  const { become, environment, simulated, module } = prepared;
  const folder = String(variable(environment, 'ansible_async_dir') ?? usualFolder);
  const id = `j${randomInt(10 ** 11, 10 ** 12)}.${randomInt(1000, 100_000)}`;
  const waits = limits.pollMs > 0;
  const apart = !waits && isAction(module) && module.oneCommand === true;
  const jobs = jobsOn({
    turn,
    limits,
    folder,
    id,
    attended: !apart,
    reach: async () => (await machine.live(become)).target,
  });
  const said = { ansible_job_id: id, started: true };

  async function doing(): Promise<Acted> {
    const target = simulated
      ? await machine.target(become, 'simulated')
      : (await machine.live(become)).apart(jobs.perform);
    const args = await expandHomes(module, action.args, target);
    return act({ ...action, args, target: boundTarget(target, prepared.variables, prepared.timeoutMs) });
  }

  let asked = false;
  const going: Going = {
    until: Date.now() + limits.limitMs + graceMs,
    ...(!apart && { end: jobs.end }),
    ...(!apart && !waits && { join: () => told.then((one) => (asked ? undefined : complaint(turn, one))) }),
  };
  run.jobs.begin(going);
  const acting = doing().finally(() => {
    run.jobs.over(going);
    run.unsettle();
    run.waited = true;
  });
  const told = acting.then(
    ({ result }) => result,
    (error: unknown) => failedOnce(turn, error).result,
  );
  if (waits) {
    const { result, diffs } = await acting;
    return { result: { ...result, ...said, finished: true, results_file: jobs.path() }, diffs };
  }
  const first = await Promise.race([jobs.begun, acting]);
  let result: Result | undefined = first?.result;
  void told.then((one) => {
    result = one;
  });
  run.jobs.started.set(id, {
    get path() {
      return jobs.path();
    },
    async look() {
      if (result === undefined) await jobs.look(() => told);
      asked ||= result !== undefined;
      return result;
    },
  });
  const changed = first?.result['changed'] ?? true;
  return {
    result: { ...said, finished: first !== undefined, results_file: jobs.path(), changed },
    diffs: first?.diffs ?? [],
  };
}

interface JobsOptions {
  readonly turn: Turn;
  readonly limits: AsyncLimits;
  readonly folder: string;
  readonly id: string;
  /** Looked at time and again; otherwise only when asked. */
  readonly attended: boolean;
  reach(): Promise<Target>;
}

/** The jobs of one task: every command of its module is one, all within the task's time. */
function jobsOn({ turn, limits, folder, id, attended, reach }: JobsOptions) {
  const { options } = turn.play.run;
  const stop = options.stop ?? new AbortController().signal;
  const deadline = Date.now() + limits.limitMs;
  const mostMs = limits.pollMs || unpolledMs;
  let count = 0;
  let path = jobPath(folder, id);
  let under: string | undefined;
  let ask: (() => Promise<boolean>) | undefined;
  let tellBegun: (nothing: undefined) => void = () => {};
  const begun = new Promise<undefined>((resolve) => {
    tellBegun = resolve;
  });
  const outOfTime = (completed?: Completed) =>
    new ModuleFailure(`async task did not complete within the requested time of ${limits.limitMs / 1000} s`, {
      ansible_job_id: id,
      ...(completed && { stdout: String(completed.stdout).trimEnd(), stderr: String(completed.stderr).trimEnd() }),
    });

  async function look(job: string, frame: Parameters<Perform>[0]): Promise<Completed | undefined> {
    const state = await lookAtJob(await reach(), job, frame.outputLimit);
    if (state.kind === 'running') return Date.now() > deadline + graceMs ? Promise.reject(outOfTime()) : undefined;
    if (state.kind !== 'ended') throw jobWithoutResult();
    const { completed } = state;
    if (completed.timedOut && Date.now() >= deadline) throw outOfTime(completed);
    return completed;
  }

  /** Looks until it is over. A connection that is lost meanwhile is no harm as long as there is time. */
  async function attend(job: string, frame: Parameters<Perform>[0]): Promise<Completed> {
    for (let wait = Math.min(firstPauseMs, mostMs); ; wait = Math.min(mostMs, wait * 2)) {
      await pause(wait, stop);
      if (stop.aborted) throw new Interrupted();
      try {
        const completed = await look(job, frame);
        if (completed) return completed;
      } catch (error) {
        if (!(error instanceof Unreachable) || Date.now() > deadline + graceMs) throw error;
      }
    }
  }

  /** What it leaves is not worth a failure. */
  const clear = async (job: string) => clearJob(await reach(), job).catch(() => {});

  const perform: Perform = async (frame) => {
    const left = deadline - Date.now();
    if (left <= 0) throw outOfTime();
    count += 1;
    const seconds = Math.ceil(Math.min(left, frame.timeoutMs ?? left) / 1000);
    const name = count === 1 ? id : `${id}-${count}`;
    const job = await startJob(await reach(), { id: name, folder, seconds, script: frame.script });
    if (count === 1) path = job;
    under = job;
    tellBegun(undefined);
    if (!attended)
      return new Promise((resolve, reject) => {
        ask = () =>
          look(job, frame).then(
            (completed) => {
              if (completed) resolve(completed);
              return completed !== undefined;
            },
            (error: unknown) => {
              if (error instanceof Unreachable) throw error;
              reject(error);
              return true;
            },
          );
      });
    try {
      const completed = await attend(job, frame).catch(async (error: unknown) => {
        if (error instanceof ModuleFailure) await clear(job);
        throw error;
      });
      await clear(job);
      return completed;
    } finally {
      under = undefined;
    }
  };

  return {
    perform,
    /** Settles when the first job is started. */
    begun,
    path: () => path,
    /** Looks once at what is only looked at when asked; when that is over, so is `whole`. */
    async look(whole: () => Promise<unknown>) {
      if (await ask?.()) await whole();
    },
    async end() {
      const job = under; // nobody attends to it any more once the target is reached
      if (job !== undefined) await endJob(await reach(), job);
    },
  };
}

/** What the end of the play says of a task that failed and that nobody has asked about. */
function complaint({ host, label }: Turn, result: Result): string | undefined {
  return result['failed'] === true
    ? `"${label.name}" on ${host.name} failed in the background: ${result['msg']}`
    : undefined;
}
