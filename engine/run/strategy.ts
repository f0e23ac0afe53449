/** The linear strategy: every host finishes a task before the next begins; blocks, roles and includes in their order. */
import type { PlannedBlock, PlannedMeta, PlannedRole, PlannedStatement, PlannedTask } from '../plan/plan.ts';
import { selectedByTags } from '../plan/tags.ts';
import { renderValue } from '../template/render.ts';
import type { Ahead } from './ahead.ts';
import { judge } from './conditions.ts';
import { rendered, truth } from './connection-settings.ts';
import type { HostState, PlayRun } from './context.ts';
import { each } from './each.ts';
import { hostEnvironment } from './environment.ts';
import { flushHandlers, notify } from './handlers.ts';
import { runInclude } from './include.ts';
import { runTask, type TaskOutcome } from './task.ts';

/** The statements at work: what reads ahead of them, and who has left the role they belong to. */
export interface Section {
  readonly ahead: Ahead;
  readonly leftRole: Set<HostState>;
  readonly handlers: boolean;
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
    const active = hosts.filter(
      (host) => !fallen.has(host) && !host.gone && !host.ended && !section.leftRole.has(host),
    );
    if (active.length === 0) break;
    for (const host of await runStatement(play, active, statement, section)) fallen.add(host);
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
    const role = statement.lexical.role?.name;
    const names = [statement.name, role && statement.name ? `${role} : ${statement.name}` : undefined];
    if (
      !names.some(
        (name) =>
          name !== undefined && (name === startAtTask || (startAtTask.includes('*') && glob(startAtTask).test(name))),
      )
    )
      return false;
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
  const { run } = play;
  const first = hosts[0]!;
  const environment = hostEnvironment(run, first, play, task.lexical);
  const once = task.inherited.run_once !== undefined && truth(rendered(task.inherited.run_once, environment));
  const workers = once ? [first] : hosts;
  const label = run.label(labelOf(play, first, task), task.module, task.at, section.handlers);
  run.emit({ type: 'task_start', task: label, hosts: workers.map(({ name }) => name) });
  const throttle = Number(rendered(task.inherited.throttle, environment) ?? 0);
  const limit = Math.min(run.options.forks, throttle > 0 ? throttle : Number.POSITIVE_INFINITY);
  const outcomes = await each(workers, limit, async (host) => {
    section.ahead.at(host, task);
    const outcome = await runTask({ play, host, task, label });
    count(host, outcome);
    if (outcome.status === 'changed') notify(play, host, task);
    return outcome;
  });
  const fallen = new Set<HostState>();
  workers.forEach((host, index) => {
    const outcome = outcomes[index]!;
    if (outcome.ignored) return;
    if (outcome.status === 'unreachable') host.gone = 'unreachable';
    if (outcome.status === 'failed' || outcome.status === 'unreachable') fallen.add(host);
    if (outcome.status === 'failed') rememberFailure(host, task, label.name, outcome);
  });
  if (once && task.register !== undefined)
    for (const host of hosts.slice(1))
      host.variables.registered.set(task.register, first.variables.registered.get(task.register));
  if (once && hosts.length > 1) shareFacts(first, hosts, task, outcomes[0]!);
  const fatal =
    fallen.size > 0 &&
    (once ||
      (task.inherited.any_errors_fatal !== undefined && truth(rendered(task.inherited.any_errors_fatal, environment))));
  return fatal ? new Set(hosts) : fallen;
}

/** What a rescue may ask about. */
function rememberFailure(host: HostState, task: PlannedTask, name: string, outcome: TaskOutcome): void {
  host.variables.registered.set('ansible_failed_task', { name: task.name ?? name, action: task.module, args: {} });
  host.variables.registered.set('ansible_failed_result', outcome.result);
}

/** What a `run_once` set_fact learnt is known to every host of the batch. */
function shareFacts(first: HostState, hosts: readonly HostState[], task: PlannedTask, outcome: TaskOutcome): void {
  const facts = outcome.result['ansible_facts'];
  if (task.module !== 'set_fact' || typeof facts !== 'object' || facts === null) return;
  for (const host of hosts)
    for (const name of Object.keys(facts))
      if (host !== first) host.variables.registered.set(name, first.variables.registered.get(name));
}

async function runBlock(
  play: PlayRun,
  hosts: readonly HostState[],
  block: PlannedBlock,
  section: Section,
): Promise<ReadonlySet<HostState>> {
  const fallen = new Set(await runStatements(play, hosts, block.block, section));
  const rescuable = [...fallen].filter((host) => host.gone !== 'unreachable');
  if (block.rescue.length > 0 && rescuable.length > 0) {
    const fallenAgain = await runStatements(play, rescuable, block.rescue, section);
    for (const host of rescuable) {
      if (fallenAgain.has(host)) continue;
      fallen.delete(host);
      host.recap.rescued += 1;
      host.recap.failed -= 1;
    }
  }
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
  const key = role.onceKey;
  const due = key === undefined ? hosts : hosts.filter((host) => !host.rolesDone.has(key));
  const fallen = await runStatements(play, due, role.statements, { ...section, leftRole: new Set() });
  if (key !== undefined) for (const host of due) host.rolesDone.add(key);
  return fallen;
}

async function runMeta(
  play: PlayRun,
  hosts: readonly HostState[],
  meta: PlannedMeta,
  section: Section,
): Promise<ReadonlySet<HostState>> {
  const wanted = hosts.filter(
    (host) => judge(meta.when, hostEnvironment(play.run, host, play, meta.lexical)).holds === true,
  );
  if (wanted.length === 0) return new Set();
  switch (meta.action) {
    case 'flush_handlers':
      return flushHandlers(play, wanted);
    case 'end_play':
    case 'end_batch':
      for (const host of play.batch) host.ended = true;
      if (meta.action === 'end_play') play.ended = true;
      break;
    case 'end_host':
      for (const host of wanted) host.ended = true;
      break;
    case 'end_role':
      for (const host of wanted) section.leftRole.add(host);
      break;
    case 'clear_facts':
      for (const host of wanted) host.variables.facts.clear();
      play.run.version += 1;
      break;
    case 'clear_host_errors':
      for (const host of play.allHosts) host.gone = undefined;
      break;
    case 'reset_connection':
      await Promise.all(wanted.map((host) => play.run.machine(host.name).close()));
      break;
    case 'refresh_inventory':
      play.run.emit({
        type: 'warning',
        message: 'meta: refresh_inventory is not supported: the inventory stays as it was read',
        at: meta.at,
      });
      break;
    case 'noop':
      break;
  }
  return new Set();
}

/** Counts an outcome in the host's recap line. */
export function count(
  { recap }: HostState,
  { status, ignored, result }: Pick<TaskOutcome, 'status' | 'ignored' | 'result'>,
): void {
  if (status === 'ok' || status === 'changed') recap.ok += 1;
  if (status === 'changed') recap.changed += 1;
  if (status === 'skipped') recap.skipped += 1;
  if (status === 'failed' && !ignored) recap.failed += 1;
  if (status === 'failed' && ignored) {
    recap.ok += 1;
    recap.ignored += 1;
    if (result['changed'] === true) recap.changed += 1;
  }
  if (status === 'unreachable' && ignored) recap.skipped += 1;
  else if (status === 'unreachable') recap.unreachable += 1;
}

/** `role : name`, templates rendered as far as the first host can. */
export function labelOf(play: PlayRun, host: HostState, task: PlannedTask): string {
  const role = task.lexical.role?.name;
  const plain = task.name ?? task.module;
  let name = plain;
  try {
    const value = renderValue(plain, hostEnvironment(play.run, host, play, task.lexical), task.at);
    if (typeof value === 'string' || typeof value === 'number') name = String(value);
  } catch {
    // a name that needs what is not there yet is shown as written
  }
  return play.run.secrets.scrub(role === undefined ? name : `${role} : ${name}`);
}

const glob = (pattern: string) =>
  new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\?]/g, '\\$&').replaceAll('*', '.*')}$`);
