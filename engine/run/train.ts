/**
 * Trains of changes. While the plain file changes of a task are on their way, the tasks right behind it whose whole doing
 * follows from what is known already are done as well: their changes go out behind, each made on the host only if the one
 * before it was. A task's turn comes as ever, and then finds its own result waiting; a task whose change was not made is
 * done in its turn. In doubt a task waits for its turn.
 */

import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Become } from '../connection/connection.ts';
import { type Controller, isAction } from '../module/definition.ts';
import type { PlannedStatement, PlannedTask } from '../plan/plan.ts';
import { selectedByTags } from '../plan/tags.ts';
import type { PlainChange } from '../target/changes.ts';
import { NotMade } from '../target/failure.ts';
import type { LiveTarget } from '../target/live.ts';
import { isTemplate } from '../template/render.ts';
import type { Acted } from './act.ts';
import type { HostState, PlayRun } from './context.ts';
import { controllerFor } from './controller.ts';
import { intentOf, onlyFiles } from './intent.ts';
import type { Machine } from './machines.ts';
import { notified } from './notify.ts';
import { type Prepared, prepare } from './prepare.ts';
import { no, steadyController, steadyOnly, withoutIncludes } from './steady.ts';
import type { Turn } from './turn.ts';

export interface Trains {
  /** The host's turn at this task has come. */
  at(host: HostState, task: PlannedTask): void;
  /** Does a prepared task: as a carriage whose result is waiting, as the head of a new train, or as `act` does. */
  perform(turn: Turn, prepared: Prepared, controller: Controller, act: () => Promise<Acted>): Promise<Acted>;
}

/** A task done before its turn; one that was skipped has nothing to wait for. */
interface Carriage {
  readonly task: PlannedTask;
  readonly prepared?: Prepared;
  readonly acted?: Promise<Acted>;
}

interface Track {
  carriages: Carriage[];
  current: Carriage | undefined;
  /** Counts the tasks that found nothing waiting: whoever is still planning what comes behind an older one is late. */
  turn: number;
}

/** What a train needs to grow. */
interface Train {
  readonly machine: Machine;
  readonly live: LiveTarget;
  readonly become: Become | undefined;
  /** Settles with its last change so far. */
  readonly made: Promise<void>;
  /** What the files are called that it writes. */
  readonly names: Set<string>;
}

/** `passed` is told how far a host is done, before the changes of that task are sent. */
export function trainsOf(
  play: PlayRun,
  ahead: PlayRun,
  statements: readonly PlannedStatement[],
  passed: (host: HostState, task: PlannedTask) => void,
): Trains {
  const next = new Map(neighbours(statements));
  const tracks = new Map<HostState, Track>();
  const steady = steadyOnly(ahead);
  const known = new Map<PlannedTask, boolean>();

  // what each host would ask again
  const isPlain = (task: PlannedTask): boolean => {
    const plain = known.get(task) ?? isPlainIn(play, task);
    known.set(task, plain);
    return plain;
  };

  const trackOf = (host: HostState): Track => {
    const track = tracks.get(host) ?? { carriages: [], current: undefined, turn: 0 };
    tracks.set(host, track);
    return track;
  };

  async function follow(head: PlannedTask, host: HostState, train: Train) {
    const track = trackOf(host);
    const { turn } = track;
    let { made } = train;
    for (let task = next.get(head); task && isPlain(task); task = next.get(task)) {
      if (!selectedByTags(task.tags, play.run.options.tags, play.run.options.skipTags)) continue;
      const prepared = prepare(steady, host, task);
      if (prepared.kind === 'skip') {
        track.carriages.push({ task });
        continue;
      }
      if (prepared.machine() !== train.machine) return;
      if (!isSteady(play, host, prepared) || !isDeepStrictEqual(prepared.become, train.become)) return;
      const { module, args, diff } = prepared;
      const controller = steadyController(controllerFor(steady, host, task, withoutIncludes(prepared)), train.names);
      const planned = intentOf({ module, args, diff, controller }, host.name, async (kind, key) => {
        const known = train.live.reader.known(kind, key);
        return known ? known.value : no();
      });
      const before = made;
      const coupled = planned.then((intent) => {
        if (!intent || track.turn !== turn || play.run.options.signal.aborted) return undefined;
        passed(host, task);
        for (const name of namesOf(intent.changes)) train.names.add(name);
        const own = intent.changes.length > 0 ? train.live.train(intent.changes, 'next') : before.catch(notMade);
        own.catch(() => {}); // told in its turn, if that ever comes
        return { own, acted: intent.acted };
      });
      // its turn may come while it is still being planned: it waits for that
      const acted = coupled.then((one) => (one ? one.own.then(() => one.acted) : notMade()));
      acted.catch(() => {});
      track.carriages.push({ task, prepared, acted });
      const last = await coupled;
      if (!last) return;
      made = last.own;
    }
  }

  return {
    at(host, task) {
      const track = trackOf(host);
      track.current = track.carriages.shift();
      if (track.current?.task === task) return;
      track.current = undefined;
      track.carriages = [];
      track.turn += 1;
    },
    async perform({ host, task }, prepared, controller, act) {
      const { acted, prepared: was } = trackOf(host).current ?? {};
      if (acted) {
        try {
          const result = await acted;
          if (was && isSame(was, prepared)) return result;
        } catch (error) {
          if (!(error instanceof NotMade)) throw error;
        }
        return act();
      }
      const heads = next.has(task) && onlyFiles(prepared.module) && isPlain(task);
      if (!heads || play.run.jobs.underWay || !isSteady(play, host, prepared)) return act();
      const machine = prepared.machine();
      // files of the controller itself are what other tasks are made of
      if (machine.place === 'localhost') return act();
      const live = await machine.live(prepared.become);
      const { module, args, diff } = prepared;
      const intent = await intentOf({ module, args, diff, controller }, host.name, live.reader.query);
      if (!intent) return act();
      if (intent.changes.length === 0) return intent.acted;
      const made = live.train(intent.changes, 'first');
      const train = { machine, live, become: prepared.become, made, names: new Set(namesOf(intent.changes)) };
      follow(task, host, train).catch(() => {}); // in its turn it will be told
      await made;
      return intent.acted;
    },
  };
}

const notMade = (): never => {
  throw new NotMade();
};

/**
 * A task whose doing depends on nothing that the tasks before it may still change, and that nobody waits for with
 * something else: what it does to files is all it does, or there is no other host to see the difference.
 */
function isPlainIn(play: PlayRun, task: PlannedTask): boolean {
  const { inherited } = task;
  if (isTemplate(task.module) || play.run.options.anyErrorsFatal || play.run.options.step) return false;
  const module = play.run.options.modules.get(task.module);
  const results = [task.register, task.changedWhen, task.failedWhen, task.until, task.retries, task.loop, task.async];
  const keywords = [inherited.delegate_to, inherited.run_once, inherited.throttle, inherited.any_errors_fatal];
  return (
    !isAction(module) &&
    (onlyFiles(module) || play.batch.length === 1) &&
    [...results, ...keywords, play.variables.play.play.maxFailPercentage].every((one) => one === undefined)
  );
}

function isSteady(play: PlayRun, host: HostState, prepared: Prepared): boolean {
  const { runsOn, simulated, unknown, variables, timeoutMs } = prepared;
  const own = runsOn === host.name && Object.keys(variables).length === 0 && timeoutMs === undefined;
  const heard = prepared.notify.every((one) => notified(play, host, one).length > 0);
  return own && heard && !simulated && unknown === undefined;
}

function isSame(one: Prepared, other: Prepared): boolean {
  const { args, become, runsOn, diff } = other;
  return isDeepStrictEqual([one.args, one.become, one.runsOn, one.diff], [args, become, runsOn, diff]);
}

const namesOf = (changes: readonly PlainChange[]) =>
  changes.flatMap(({ touched }) => (touched.entry ? [basename(touched.entry.path)] : []));

/** Each task with the one that follows it for certain: none where a block ends, or where anything else stands between. */
function* neighbours(statements: readonly PlannedStatement[]): Generator<readonly [PlannedTask, PlannedTask]> {
  for (const [index, one] of statements.entries()) {
    const other = statements[index + 1];
    if (one.kind === 'task' && other?.kind === 'task') yield [one, other];
    if (one.kind === 'block') yield* neighbours(one.block);
    if (one.kind === 'role') yield* neighbours(one.statements);
  }
}
