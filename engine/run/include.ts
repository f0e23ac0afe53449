/** Dynamic includes: rendered per host, planned by the same rules as everything else, run by hosts that agree on them. */
import { isKplayError } from '../errors.ts';
import type { PlannedInclude, PlannedStatement } from '../plan/plan.ts';
import type { VarsBlock } from '../playbook/ast.ts';
import { valueKey } from '../source/value-key.ts';
import type { Environment } from '../template/environment.ts';
import { isTemplate, renderValue, toText } from '../template/render.ts';
import { unsafely } from '../template/unsafely.ts';
import { isUnknown, Unknown } from '../template/values.ts';
import { aheadOf, following } from './ahead.ts';
import { falseCondition, judge } from './conditions.ts';
import { rendered, truth } from './connection-settings.ts';
import type { HostState, PlayRun } from './context.ts';
import { count, rememberFailure } from './count.ts';
import { hostEnvironment } from './environment.ts';
import type { TaskLabel } from './events.ts';
import { addHandlers } from './handlers.ts';
import { loopItems } from './loop.ts';
import { runStatements, type Section, takesPart } from './strategy.ts';
import type { Momentary } from './variables.ts';

interface Wish {
  readonly name: string;
  /** The include with `tasks_from` and its kin as the host wants them. */
  readonly include: PlannedInclude;
  readonly momentary: Momentary | undefined;
  /** Hosts with equal keys include the same thing with the same item. */
  readonly key: string;
}

/** What came of asking a host for one item of the include: a wish, nothing because of its condition, or a doubt. */
interface Asked {
  readonly momentary: Momentary | undefined;
  readonly wish?: Wish;
  readonly unknown?: string;
}

export async function runInclude(
  play: PlayRun,
  hosts: readonly HostState[],
  include: PlannedInclude,
  section: Section,
): Promise<ReadonlySet<HostState>> {
  const { run } = play;
  const what = include.include.kind === 'role' ? 'include_role' : 'include_tasks';
  const role = include.lexical.role?.name;
  const label = run.label(
    `${role === undefined ? '' : `${role} : `}${include.name ?? what}`,
    what,
    include.at,
    section.handlers,
  );
  const once = isOnce(play, hosts[0]!, include);
  const asked = once === true ? hosts.slice(0, 1) : hosts;
  run.emit({ type: 'task_start', task: label, hosts: asked.map(({ name }) => name) });
  const register = (result: unknown, host: HostState) => {
    if (include.register === undefined) return;
    for (const one of once === true ? hosts : [host]) one.variables.registered.set(include.register, result);
  };
  const fallen = new Set<HostState>();
  const wishes = new Map<string, { readonly wish: Wish; readonly hosts: HostState[] }>();
  for (const host of asked) {
    try {
      if (once instanceof Error) throw once;
      const answers = wishesOf(play, host, include);
      const own = answers.flatMap(({ wish }) => wish ?? []);
      register(resultOf(include, answers), host);
      if (own.length === 0) told(play, host, label, section, 'skipped', { skip_reason: falseCondition });
      for (const wish of own) {
        const group = wishes.get(wish.key) ?? { wish, hosts: [] };
        group.hosts.push(host);
        wishes.set(wish.key, group);
      }
    } catch (error) {
      const result = { failed: true, changed: false, msg: (error as Error).message };
      register(result, host);
      told(play, host, label, section, 'failed', result);
      fallen.add(host);
    }
  }
  // who fails for all, fails all
  const alike = once === true ? hosts : undefined;
  if (alike && fallen.size > 0) return new Set(alike);
  for (const { wish, hosts: wishing } of wishes.values()) {
    const able = wishing.filter((host) => !fallen.has(host) && takesPart(host, section));
    if (able.length === 0) continue;
    for (const host of await runWish(play, able, include, wish, label, section, alike)) fallen.add(host);
  }
  return fallen;
}

/** `run_once`; an error where it cannot be read. */
function isOnce(play: PlayRun, first: HostState, include: PlannedInclude): boolean | Error {
  const { run_once: written } = include.inherited;
  try {
    return truth(rendered(written, hostEnvironment(play.run, first, play, include.lexical)) ?? false);
  } catch (error) {
    return error as Error;
  }
}

/** What a host wants included: one answer an item. */
function wishesOf(play: PlayRun, host: HostState, include: PlannedInclude): readonly Asked[] {
  const doubt = (reason: string, momentary?: Momentary): Asked => {
    const message = `${host.name}: what is included here is not known before the run: ${reason}`;
    play.run.emit({ type: 'warning', message, at: include.at });
    return { momentary, unknown: reason };
  };
  const loop = include.loop ? loopItems(play, host, include) : undefined;
  if (loop?.kind === 'skipped') return [{ momentary: undefined }];
  if (loop?.kind === 'unknown') return [doubt(loop.reason)];
  const items: readonly (Momentary | undefined)[] = loop ? loop.items.map(({ variables }) => variables) : [undefined];
  return items.map((momentary): Asked => {
    const environment = hostEnvironment(play.run, host, play, include.lexical, momentary);
    const verdict = judge(include.when, environment, play.run);
    if (verdict.holds === false) return { momentary };
    const { include: written } = include;
    const raw = written.kind === 'role' ? written.role : written.file;
    const name = renderValue(raw.value, environment, raw.at);
    if (isUnknown(name)) return doubt(name.reason, momentary);
    const handed = withParts(include, environment);
    const key = valueKey([name, momentary, partsOf(handed)]);
    return { momentary, wish: { name: toText(name), include: handed, momentary, key } };
  });
}

/** What is registered of an include: what was asked for, before any of it is done. */
function resultOf({ include, loop }: PlannedInclude, answers: readonly Asked[]): unknown {
  const doubt = answers.find(({ unknown }) => unknown !== undefined)?.unknown;
  if (doubt !== undefined) return new Unknown(doubt);
  const results = answers.map(({ wish, momentary }) => ({
    changed: false,
    ...(!wish && { skipped: true, skip_reason: falseCondition }),
    ...(wish && include.kind === 'role' && { include_args: { name: wish.name } }),
    ...(wish && include.kind === 'tasks_file' && { include: wish.name, include_args: {} }),
    ...momentary,
  }));
  if (!loop) return results[0];
  const skipped = answers.every(({ wish }) => !wish);
  const msg = skipped ? 'All items skipped' : 'All items completed';
  return { results, changed: false, msg, ...(skipped && { skipped }) };
}

async function runWish(
  play: PlayRun,
  hosts: readonly HostState[],
  include: PlannedInclude,
  wish: Wish,
  label: TaskLabel,
  section: Section,
  /** For whom `run_once` lets these hosts include it. */
  alike?: readonly HostState[],
): Promise<ReadonlySet<HostState>> {
  const { run } = play;
  const { include: written } = include;
  // what is run_once by a block around, or is an import, is so in its tasks too: what they learn is for all
  const handsDown = !written.dynamic || written.inherited.run_once === undefined;
  const takers = alike && handsDown ? alike : hosts;
  try {
    const handed = wish.momentary ? withItem(wish.include, wish.momentary) : wish.include;
    const included = run.options.planner.include(handed, wish.name, play.variables.play);
    if (included.role && include.include.kind === 'role' && include.include.public)
      play.variables.addPublicRole(included.role);
    await run.options.modules.load(modulesOf(included.statements));
    run.emit({ type: 'included', file: wish.name, hosts: hosts.map(({ name }) => name), task: label });
    addHandlers(play, included.handlers);
    // as in Ansible, whose include_role is not counted
    if (written.kind === 'tasks_file') for (const host of hosts) host.recap.ok += 1;
    const statements = included.statements;
    const ahead = aheadOf(play, statements);
    const leftRole = included.role ? new Set<HostState>() : section.leftRole;
    return await following(play, takers, ahead, () =>
      runStatements(play, takers, statements, { ...section, ahead, leftRole }),
    );
  } catch (error) {
    if (!isKplayError(error)) throw error;
    for (const host of hosts) told(play, host, label, section, 'failed', { failed: true, msg: error.message });
    return new Set(alike ?? hosts);
  }
}

function told(
  play: PlayRun,
  host: HostState,
  task: TaskLabel,
  { guarded }: Section,
  status: 'skipped' | 'failed',
  result: Record<string, unknown>,
): void {
  count(host, { status, result, ignored: false });
  if (status === 'failed' && guarded) rememberFailure(host, { name: task.name, action: task.module, args: {} }, result);
  play.run.emit({
    type: 'outcome',
    outcome: {
      host: host.name,
      task,
      status,
      result: play.run.secrets.scrubFields(result),
      diffs: [],
      ignored: false,
      seconds: 0,
    },
  });
}

/** Every module that statements name, however deep. */
export function modulesOf(statements: readonly PlannedStatement[]): readonly string[] {
  return statements.flatMap((statement): readonly string[] => {
    if (statement.kind === 'task') return [statement.module];
    if (statement.kind === 'block') return modulesOf([...statement.block, ...statement.rescue, ...statement.always]);
    return statement.kind === 'role' ? modulesOf(statement.statements) : [];
  });
}

const partNames = ['tasksFrom', 'varsFrom', 'defaultsFrom', 'handlersFrom'] as const;

function partsOf({ include }: PlannedInclude): readonly string[] {
  return include.kind === 'role' ? partNames.map((part) => include[part]) : [];
}

/** `tasks_from` and its kin, rendered. */
function withParts(include: PlannedInclude, environment: Environment): PlannedInclude {
  const { include: written } = include;
  if (written.kind !== 'role' || !partNames.some((part) => isTemplate(written[part]))) return include;
  const rendered = Object.fromEntries(
    partNames.map((part) => [part, toText(renderValue(written[part], environment, written.at))]),
  );
  return { ...include, include: { ...written, ...rendered } };
}

/** The include as seen from inside its loop. */
function withItem(include: PlannedInclude, momentary: Momentary): PlannedInclude {
  const { effective } = include.around;
  const lexical = {
    ...effective.lexical,
    includeParams: [...effective.lexical.includeParams, asBlock(momentary, include)],
  };
  return { ...include, around: { ...include.around, effective: { ...effective, lexical } } };
}

/** A loop item handed into an include is data: whatever braces it holds are no template. */
function asBlock(momentary: Momentary, include: PlannedInclude): VarsBlock {
  return {
    values: Object.fromEntries(Object.entries(momentary).map(([name, value]) => [name, unsafely(value)])),
    file: include.at.file,
    locate: () => include.at,
  };
}
