/** Statements on hosts that go in step: every one finishes a task before the next begins. A host on its own goes in step with itself. */
import type { PlannedBlock, PlannedRole, PlannedStatement, PlannedTask } from '../plan/plan.ts';
import { selectedByTags } from '../plan/tags.ts';
import type { Environment } from '../template/environment.ts';
import { isTemplate } from '../template/render.ts';
import type { Ahead } from './ahead.ts';
import { rendered, truth } from './connection-settings.ts';
import type { HostState, PlayRun } from './context.ts';
import { count, rememberFailure } from './count.ts';
import { each } from './each.ts';
import { hostEnvironment } from './environment.ts';
import { runInclude } from './include.ts';
import { labelOf } from './label.ts';
import { share } from './learn.ts';
import { exceededMaxFail } from './max-fail.ts';
import { runMeta } from './meta.ts';
import { namedTasks } from './named-by-template.ts';
import { notify } from './notify.ts';
import { inStep } from './pace.ts';
import { tellableArguments } from './prepare.ts';
import { matchesName, namesOf } from './start-at.ts';
import { runTask } from './task.ts';
import { unsettle } from './unsettle.ts';

/** The statements at work: what reads ahead of them, and who has left the role they belong to. */
export interface Section {
  readonly ahead: Ahead;
  readonly leftRole: Set<HostState>;
  /** A rescue is to come. */
  readonly guarded: boolean;
  readonly handlers: boolean;
  /** Failed hosts take part as well: handlers under `force_handlers`. */
  readonly force: boolean;
}

/** Whether a host still takes part in what a section does. */
export function takesPart(host: HostState, { force }: Pick<Section, 'force'>): boolean {
  return force ? host.gone !== 'unreachable' : !host.gone && !host.ended;
}

/** Runs statements on hosts; answers with the hosts that fell on the way. Those that fell no longer take part. */
export async function runStatements(
  play: PlayRun,
  hosts: readonly HostState[],
  statements: readonly PlannedStatement[],
  section: Section,
): Promise<ReadonlySet<HostState>> {
  const fallen = new Set<HostState>();
  for (const statement of statements) {
    if (play.ended || play.run.options.signal.aborted) break;
    const active = hosts.filter((host) => !fallen.has(host) && takesPart(host, section) && !section.leftRole.has(host));
    if (active.length === 0) break;
    for (const host of await runStatement(play, active, statement, section)) {
      fallen.add(host);
      if (!section.guarded) play.lost.add(host);
    }
  }
  return fallen;
}

async function runStatement(
  play: PlayRun,
  hosts: readonly HostState[],
  statement: PlannedStatement,
  section: Section,
): Promise<ReadonlySet<HostState>> {
  switch (statement.kind) {
    case 'block':
      return runBlock(play, hosts, statement, section);
    case 'role':
      return runRole(play, hosts, statement, section);
    case 'task':
      return selected(play, statement) ? runTaskOn(play, hosts, statement, section) : new Set();
    case 'include':
      return selected(play, statement) ? runInclude(play, hosts, statement, section) : new Set();
    case 'meta':
      return selected(play, statement) ? runMeta(play, hosts, statement, section) : new Set();
  }
}

/** Tags as asked for, and `--start-at-task`. */
function selected(play: PlayRun, statement: PlannedStatement): boolean {
  const { tags, skipTags, startAtTask } = play.run.options;
  if (play.run.waiting && startAtTask !== undefined) {
    if (!namesOf(statement).some((name) => matchesName(startAtTask, name))) return false;
    play.run.waiting = false;
  }
  return selectedByTags(statement.tags, tags, skipTags);
}

/** Runs one task on the hosts, all at once as far as forks and throttle allow. */
export async function runTaskOn(
  play: PlayRun,
  hosts: readonly HostState[],
  task: PlannedTask,
  section: Section,
): Promise<ReadonlySet<HostState>> {
  if (isTemplate(task.module)) {
    const fallen: HostState[] = [];
    for (const [named, who] of await namedTasks(play, hosts, task))
      fallen.push(...(await runTaskOn(play, who, named, section)));
    return new Set(fallen);
  }
  const { run } = play;
  const first = hosts[0]!;
  const environment = hostEnvironment(run, first, play, task.lexical);
  const { once, throttle, anyFatal, wrong } = keywordsOf(play, task, environment);
  const workers = once ? [first] : hosts;
  const label = run.label(labelOf(play, first, task), task.module, task.at, section.handlers, task.lexical.role?.name);
  if (run.options.step && !(await run.options.step(label.name))) return new Set();
  run.emit({ type: 'task_start', task: label, hosts: workers.map(({ name }) => name) });
  if (run.jobs.stir()) run.unsettle();
  const limit = Math.min(run.options.forks, throttle > 0 ? throttle : Number.POSITIVE_INFINITY);
  const outcomes = await each(workers, limit, async (host) => {
    if (run.options.signal.aborted) return undefined; // interrupted: nothing new is begun
    section.ahead.at(host, task);
    const outcome = await play.pace(
      task,
      throttle,
    )(() => runTask({ play, host, task, label, ahead: section.ahead }, wrong));
    count(host, outcome);
    if (outcome.status === 'changed') notify(play, host, outcome.notify ?? []);
    return outcome;
  });
  unsettle(play, task, outcomes);
  const fallen = new Set<HostState>();
  workers.forEach((host, index) => {
    const outcome = outcomes[index];
    if (outcome === undefined || outcome.ignored) return;
    if (outcome.status === 'unreachable') host.gone = 'unreachable';
    if (outcome.status === 'failed' || outcome.status === 'unreachable') fallen.add(host);
    if (outcome.status === 'failed' && section.guarded)
      rememberFailure(
        host,
        { name: task.name ?? label.name, action: task.module, args: tellableArguments(play, host, task) },
        outcome.result,
      );
  });
  if (once && task.register !== undefined)
    for (const host of hosts.slice(1))
      host.variables.registered.set(task.register, first.variables.registered.get(task.register));
  if (once && outcomes[0]) share(hosts.slice(1), task, outcomes[0].result, environment);
  if (!section.guarded) for (const host of fallen) play.lost.add(host);
  const fatal = fallen.size > 0 && (once || anyFatal || (play.pace === inStep && exceededMaxFail(play) !== undefined));
  return fatal ? new Set(hosts) : fallen;
}

/** What is one for all hosts; when it cannot be read, that is `wrong` on all of them. */
function keywordsOf({ run }: PlayRun, { inherited, module }: PlannedTask, environment: Environment) {
  try {
    const known = run.options.modules.get(module);
    return {
      once: ('once' in known && known.once === true) || truth(rendered(inherited.run_once, environment) ?? false),
      throttle: Math.trunc(Number(rendered(inherited.throttle, environment) ?? 0)),
      anyFatal: truth(rendered(inherited.any_errors_fatal, environment) ?? run.options.anyErrorsFatal ?? false),
    };
  } catch (wrong) {
    return { once: false, throttle: 0, anyFatal: false, wrong };
  }
}

async function runBlock(
  play: PlayRun,
  hosts: readonly HostState[],
  block: PlannedBlock,
  section: Section,
): Promise<ReadonlySet<HostState>> {
  const guarded = section.guarded || block.rescue.length > 0;
  const failedBefore = new Map(hosts.map((host) => [host, host.recap.failed]));
  const fallen = new Set(await runStatements(play, hosts, block.block, { ...section, guarded }));
  const rescuable = [...fallen].filter((host) => host.gone !== 'unreachable');
  if (block.rescue.length > 0 && rescuable.length > 0 && !play.run.options.signal.aborted) {
    for (const host of rescuable) {
      const before = failedBefore.get(host) ?? 0;
      // whoever fell with another has no failure of its own to take back
      if (host.recap.failed > before) host.recap.rescued += 1;
      host.recap.failed = before;
    }
    const fallenAgain = await runStatements(play, rescuable, block.rescue, section);
    for (const host of rescuable) if (!fallenAgain.has(host)) fallen.delete(host);
  }
  if (!section.guarded) for (const host of fallen) play.lost.add(host);
  if (block.always.length > 0) {
    const present = hosts.filter((host) => host.gone !== 'unreachable');
    for (const host of await runStatements(play, present, block.always, section)) fallen.add(host);
  }
  return fallen;
}

async function runRole(
  play: PlayRun,
  hosts: readonly HostState[],
  role: PlannedRole,
  section: Section,
): Promise<ReadonlySet<HostState>> {
  const due = role.once ? hosts.filter((host) => !host.rolesDone.has(role.key)) : hosts;
  const fallen = await runStatements(play, due, role.statements, { ...section, leftRole: new Set() });
  for (const host of due) host.rolesDone.add(role.key);
  return fallen;
}
