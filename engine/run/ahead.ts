/**
 * Reading ahead: while a task runs, the reading half of the tasks after it is already done, so that their state is known
 * when their turn comes. It only warms the memory of the target; a change on the host drops that memory, and the next
 * tasks are then read in the same trip as the change's own reply.
 */

import { isAction } from '../module/definition.ts';
import { expandHomes } from '../module/home.ts';
import type { PlannedStatement, PlannedTask } from '../plan/plan.ts';
import { readAhead } from './act.ts';
import { NotAhead, readOnlyTarget } from './bound-target.ts';
import type { HostState, PlayRun } from './context.ts';
import { controllerFor } from './controller.ts';
import { loopItems } from './loop.ts';
import { type Preparation, prepare } from './prepare.ts';

import type { Momentary } from './variables.ts';

/** How many tasks are read ahead at most; fewer right after a change, doubling while nothing changes. */
const widest = 64;
const narrowest = 8;
const mostItems = 64;

export interface Ahead {
  /** The host is about to do this task: read what follows it, as far as not done yet. */
  at(host: HostState, task: PlannedTask): void;
  /** Something on the host changed: what was read is void, read on from where it stands. */
  again(host: HostState): void;
}

export const noAhead: Ahead = { at: () => {}, again: () => {} };

/** Reads ahead through a list of statements, in the order they stand; an include ends the view. */
export function aheadOf(playing: PlayRun, statements: readonly PlannedStatement[]): Ahead {
  if (!playing.run.options.readAhead) return noAhead;
  const play = silent(playing);
  const tasks = inOrder(statements);
  const index = new Map(tasks.map((task, position) => [task, position]));
  const hosts = new Map<HostState, { position: number; horizon: number; window: number }>();

  const stateOf = (host: HostState) => {
    const state = hosts.get(host) ?? { position: -1, horizon: 0, window: widest };
    hosts.set(host, state);
    return state;
  };

  function read(host: HostState): void {
    const state = stateOf(host);
    const end = Math.min(tasks.length, state.position + 1 + state.window);
    for (let next = Math.max(state.horizon, state.position + 1); next < end; next += 1) {
      state.horizon = next + 1;
      const task = tasks[next];
      if (task === undefined) return;
      if (!readTask(play, host, task)) {
        state.horizon = Math.max(state.horizon, end);
        return;
      }
    }
  }

  return {
    at(host, task) {
      const position = index.get(task);
      if (position === undefined) return;
      const state = stateOf(host);
      state.position = position;
      if (state.horizon <= position) {
        state.horizon = position + 1;
        state.window = Math.min(widest, state.window * 2);
      }
      read(host);
    },
    again(host) {
      const state = stateOf(host);
      state.horizon = state.position + 1;
      state.window = narrowest;
      read(host);
    },
  };
}

/** The play for those who only prepare: they warn of nothing, and run nothing on the controller. */
function silent(play: PlayRun): PlayRun {
  const notYet = () => {
    throw new NotAhead('only reading is done ahead');
  };
  const lookups = { ...play.run.lookups, pipe: notYet, lines: notYet, password: notYet };
  return { ...play, run: { ...play.run, lookups, emit: () => {} } };
}

/** Starts the reading of one task; false where what follows would be void anyway. */
function readTask(play: PlayRun, host: HostState, task: PlannedTask): boolean {
  if (task.inherited.delegate_to !== undefined) return true;
  const module = play.run.options.modules.get(task.module);
  const acts = isAction(module);
  if (acts && module.action === 'controller') return true;
  try {
    if (task.loop) {
      const loop = loopItems(play, host, task);
      if (loop.kind === 'items')
        for (const item of loop.items.slice(0, mostItems)) start(play, host, task, item.variables);
    } else start(play, host, task);
  } catch {
    // what cannot be prepared yet is prepared in its turn, and fails there if it must
  }
  return !(acts && module.action === 'changes');
}

function start(play: PlayRun, host: HostState, task: PlannedTask, momentary?: Momentary): void {
  const prepared: Preparation = prepare(play, host, task, momentary);
  if (prepared.kind === 'skip' || prepared.unknown !== undefined || prepared.runsOn !== host.name) return;
  void play.run
    .machine(prepared.runsOn, task.inherited)
    .target(prepared.become, prepared.simulated ? 'simulated' : 'live')
    .then(async (target) =>
      readAhead({
        module: prepared.module,
        args: await expandHomes(prepared.module, prepared.args, target),
        target: readOnlyTarget(target),
        controller: controllerFor(play, host, task, prepared),
        diff: false,
      }),
    )
    .catch(() => {}); // its turn will tell
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
