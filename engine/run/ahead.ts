/**
 * Reading ahead: while a task runs, the reading half of the tasks after it is already done, so that their state is known
 * when their turn comes. It only warms the memory of the target; a change on the host drops that memory, and the next
 * tasks are then read in the same trip as the change's own reply.
 */

import { isAction } from '../module/definition.ts';
import { expandHomes } from '../module/home.ts';
import type { PlannedStatement, PlannedTask } from '../plan/plan.ts';
import { isTemplate } from '../template/render.ts';
import { readAhead } from './act.ts';
import { NotAhead, readOnlyTarget } from './bound-target.ts';
import type { Follower, HostState, PlayRun } from './context.ts';
import { controllerFor } from './controller.ts';
import { loopItems } from './loop.ts';
import { type Preparation, prepare } from './prepare.ts';
import { type Trains, trainsOf } from './train.ts';
import type { Momentary } from './variables.ts';

/** How many tasks are read ahead at most; fewer right after a change, doubling while nothing changes. */
const widest = 64;
const narrowest = 24;
const mostItems = 64;

export interface Ahead extends Trains {
  /** Something on the host changed: what was read is void, read on from where it stands. */
  again(host: HostState): void;
  /** What was read is void: read on when the host is at its next task. */
  later(host: HostState): void;
}

export const noAhead: Ahead = {
  at: () => {},
  again: () => {},
  later: () => {},
  perform: (_turn, _prepared, _controller, act) => act(),
};

/** Reads ahead through a list of statements, in the order they stand; an include ends the view. */
export function aheadOf(playing: PlayRun, statements: readonly PlannedStatement[]): Ahead {
  if (!playing.run.options.readAhead) return noAhead;
  const play = silent(playing);
  const tasks = inOrder(statements);
  const index = new Map(tasks.map((task, position) => [task, position]));
  const hosts = new Map<HostState, View>();

  const trains = trainsOf(playing, play, statements, (host, task) => {
    viewOf(host).position = index.get(task) ?? viewOf(host).position;
  });

  const viewOf = (host: HostState) => {
    const view = hosts.get(host) ?? { position: -1, horizon: 0, window: widest, barrier: undefined };
    hosts.set(host, view);
    return view;
  };

  /** The next reading begins where the host stands. */
  function startOver(host: HostState): void {
    const view = viewOf(host);
    view.horizon = 0;
    view.barrier = undefined;
    view.window = narrowest;
  }

  function read(host: HostState): void {
    const view = viewOf(host);
    const end = Math.min(tasks.length, view.position + 1 + view.window);
    for (view.horizon = Math.max(view.horizon, view.position + 1); view.horizon < end; view.horizon += 1) {
      if (view.barrier !== undefined) return;
      const task = tasks[view.horizon];
      if (task === undefined || !readTask(play, host, task)) view.barrier = view.horizon;
    }
  }

  return {
    perform: trains.perform,
    at(host, task) {
      trains.at(host, task);
      const position = index.get(task);
      if (position === undefined) return;
      const view = viewOf(host);
      view.position = position;
      if (playing.run.jobs.underWay) return startOver(host);
      if (view.barrier !== undefined && view.barrier < position) view.barrier = undefined;
      view.window = Math.min(widest, view.window + 2);
      read(host);
    },
    again(host) {
      startOver(host);
      // what is read while something goes on beside the play may be so no more when it is asked for
      if (!playing.run.jobs.underWay) read(host);
    },
    later: startOver,
  };
}

/** How far a host has come, and how far ahead of it has been read. */
interface View {
  position: number;
  /** The first task not read yet. */
  horizon: number;
  /** Tasks read ahead at most. */
  window: number;
  /** A task behind which nothing can be known before it is done: a command, an include. */
  barrier: number | undefined;
}

/** While `work` goes on, whatever changes where a host is lets `ahead` read on for it. */
export async function following<T>(
  play: PlayRun,
  hosts: readonly HostState[],
  ahead: Ahead,
  work: () => Promise<T>,
): Promise<T> {
  const { run, variables } = play;
  const outer = run.followers;
  const own = new Map<string, Follower[]>();
  for (const host of hosts) {
    try {
      const { place } = run.machine(host.name, variables.play.play.inherited, { play });
      own.set(place, [...(own.get(place) ?? []), { again: () => ahead.again(host), later: () => ahead.later(host) }]);
    } catch {
      // settings that make no sense fail the host's first task, with its reason
    }
  }
  run.followers = new Map([...outer, ...own]);
  try {
    return await work();
  } finally {
    // hosts on their own come and go in any order: only one's own is taken back
    const rest = new Map(run.followers);
    for (const place of own.keys()) {
      const before = outer.get(place);
      if (before) rest.set(place, before);
      else rest.delete(place);
    }
    run.followers = rest;
  }
}

/** The play for those who only prepare: they warn of nothing, and run nothing on the controller. */
export function silent(play: PlayRun): PlayRun {
  const lookups = { ...play.run.lookups, pipe: notYet, lines: notYet, password: notYet };
  return { ...play, run: { ...play.run, lookups, emit: () => {} } };
}

const notYet = (): never => {
  throw new NotAhead('only reading is done ahead');
};

/** Starts the reading of one task; false where what follows may be void once it is done. */
function readTask(play: PlayRun, host: HostState, task: PlannedTask): boolean {
  if (isTemplate(task.module)) return false;
  if (task.inherited.delegate_to !== undefined) return true;
  const module = play.run.options.modules.get(task.module);
  const changes = isAction(module) && (module.action === 'changes' || module.waits === true);
  if (isAction(module) && module.action === 'controller' && !changes) return true;
  try {
    if (task.loop === undefined) return !(start(play, host, task) && changes);
    const loop = loopItems(play, host, task);
    const items = loop.kind === 'items' ? loop.items.slice(0, mostItems) : [];
    const runs = items.filter((item) => start(play, host, task, item.variables)).length > 0;
    return !(runs && changes);
  } catch {
    // what cannot be prepared yet is prepared in its turn, and fails there if it must
    return !changes;
  }
}

/** Starts reading; false when there is nothing to do, or nothing that will really be done (check mode). */
function start(play: PlayRun, host: HostState, task: PlannedTask, momentary?: Momentary): boolean {
  const prepared: Preparation = prepare(play, host, task, momentary);
  if (prepared.kind === 'skip') return false;
  const looks = isAction(prepared.module) && prepared.module.looks?.(prepared.args as never) === true;
  if (prepared.unknown !== undefined || prepared.runsOn !== host.name) return !prepared.simulated;
  void prepared
    .machine()
    .target(prepared.become, prepared.simulated ? 'simulated' : 'live')
    .then(async (target) =>
      readAhead({
        module: prepared.module,
        args: await expandHomes(prepared.module, prepared.args, target),
        target: readOnlyTarget(target),
        controller: Object.assign(controllerFor(play, host, task, prepared), { job: notYet, local: notYet }),
        diff: false,
      }),
    )
    .catch(() => {}); // its turn will tell
  return !prepared.simulated && !looks;
}

/** The tasks as they stand, through blocks and roles; `undefined` marks where only the run knows what comes. */
function inOrder(statements: readonly PlannedStatement[]): readonly (PlannedTask | undefined)[] {
  return statements.flatMap((statement): readonly (PlannedTask | undefined)[] => {
    if (statement.kind === 'task') return [statement];
    if (statement.kind === 'block') return inOrder(statement.block);
    if (statement.kind === 'role') return inOrder(statement.statements);
    return statement.kind === 'include' ? [undefined] : [];
  });
}
