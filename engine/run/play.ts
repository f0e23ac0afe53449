/** One play: its hosts, its batches, its sections in order, and the handlers between them. */
import { patternText, selectHosts } from '../inventory/select-hosts.ts';
import type { PlannedPlay, PlannedStatement, Role } from '../plan/plan.ts';
import type { Positioned } from '../playbook/ast.ts';
import { renderValue, toText } from '../template/render.ts';
import { isUnknown } from '../template/values.ts';
import { aheadOf, following } from './ahead.ts';
import { rendered, truth } from './connection-settings.ts';
import { atWork, type HostState, type PlayRun, type Run } from './context.ts';
import { each } from './each.ts';
import { hostEnvironment } from './environment.ts';
import { gatherFacts } from './facts.ts';
import { flushHandlers } from './handlers.ts';
import { exceededMaxFail } from './max-fail.ts';
import { inStep, onTheirOwn } from './pace.ts';
import { runStatements, type Section } from './strategy.ts';
import { varsFilesOf } from './vars-files.ts';

/** A play that was run: its name, and whether the run goes on. */
interface Ended {
  readonly name: string;
  readonly on: boolean;
}

/** Runs a play on every batch of its hosts. When a whole batch is lost the run is over, as in Ansible. */
export async function runPlay(run: Run, planned: PlannedPlay, position: number): Promise<Ended> {
  const nobody = playRunOf(run, planned, position, []);
  const hosts = hostsOf(nobody);
  const name = nameOf(nobody);
  if (hosts.length === 0) {
    run.emit({ type: 'no_hosts_matched', name });
    return { name, on: true };
  }
  const base = playRunOf(run, { ...planned, name }, position, hosts);
  for (const host of hosts) {
    host.ended = false;
    host.cleared = false;
    host.rolesDone.clear();
    host.notified.clear();
  }
  for (const batch of batches(base, hosts)) {
    const play: PlayRun = { ...base, batch, lost: new Set() };
    run.emit({ type: 'play_start', name, hosts: batch.map(({ name }) => name), at: planned.play.at });
    const before = batch.filter(({ gone }) => !gone).length;
    await runBatch(play);
    for (const message of await run.jobs.join()) run.emit({ type: 'warning', message, at: planned.play.at });
    if (play.ended || run.options.signal.aborted) return { name, on: true };
    const lost = before - batch.filter(({ gone }) => !gone).length;
    if (before > 0 && lost === before) return { name, on: false };
  }
  return { name, on: true };
}

/** The play before any of it is run, on all its hosts. */
export function playRunOf(run: Run, planned: PlannedPlay, position: number, hosts: readonly HostState[]): PlayRun {
  const publicRoles: Role[] = [...planned.publicRoles];
  const base: PlayRun = {
    run,
    variables: {
      play: planned,
      varsFiles: varsFilesOf(run, planned, () => base),
      prompts: run.options.prompts(position),
      publicRoles: () => publicRoles,
      addPublicRole: (role) => void publicRoles.push(role),
    },
    allHosts: hosts,
    batch: hosts,
    lost: new Set(),
    handlers: [...planned.handlers],
    pace: inStep,
    ended: false,
  };
  return base;
}

async function runBatch(play: PlayRun): Promise<void> {
  const { play: planned } = play.variables;
  const force =
    play.run.options.forceHandlers ||
    truth(rendered(planned.play.forceHandlers, hostEnvironment(play.run, play.batch[0]!, play)) ?? false);
  const { forks, strategy: usual } = play.run.options;
  const strategy = rendered(planned.play.strategy, hostEnvironment(play.run, play.batch[0]!, play)) ?? usual;
  if (strategy !== 'free' && strategy !== 'host_pinned') return runHosts(play, play.batch, force);
  const alone: PlayRun = { ...play, pace: onTheirOwn(forks) };
  // a host that is pinned keeps its place until it has ended
  const atOnce = strategy === 'free' ? play.batch.length : forks;
  await each(play.batch, atOnce, (host) => runHosts(alone, [host], force));
  play.ended = alone.ended;
}

/** The whole play on these hosts, in step. */
async function runHosts(play: PlayRun, hosts: readonly HostState[], force: boolean): Promise<void> {
  const { play: planned } = play.variables;
  if (atWork(hosts).length > 0) await gatherFacts(play, atWork(hosts));
  for (const statements of [planned.preTasks, planned.tasks, planned.postTasks]) {
    await runSection(play, atWork(hosts), statements);
    if (!play.ended || force) {
      const fallen = await flushHandlers(play, force ? hosts : atWork(hosts), { force });
      settle(play, fallen);
      // whoever fell in it has had its flush: there is none to force any more
      for (const host of fallen) host.notified.clear();
    }
    if (play.ended || (play.pace === inStep && tooManyFailed(play))) return;
  }
}

async function runSection(
  play: PlayRun,
  hosts: readonly HostState[],
  statements: readonly PlannedStatement[],
): Promise<void> {
  if (hosts.length === 0 || statements.length === 0) return;
  const section: Section = {
    ahead: aheadOf(play, statements),
    leftRole: new Set(),
    guarded: false,
    handlers: false,
    force: false,
  };
  settle(play, await following(play, hosts, section.ahead, () => runStatements(play, hosts, statements, section)));
}

/** Hosts that fell and were not rescued are out of the run; those whose errors were cleared since, of the play. */
function settle({ lost }: PlayRun, fallen: ReadonlySet<HostState>): void {
  for (const host of fallen) {
    if (host.cleared) {
      host.ended = true;
      lost.delete(host);
    } else host.gone ??= 'failed';
  }
}

function tooManyFailed(play: PlayRun): boolean {
  const { play: written, name } = play.variables.play;
  const most = exceededMaxFail(play);
  if (most === undefined) return false;
  play.run.emit({
    type: 'warning',
    message: `more than ${most} % of the hosts failed: the play "${name}" ends here`,
    at: written.at,
  });
  for (const host of play.batch) host.gone ??= 'failed';
  return true;
}

/** The name as those see it who are told of the play; a template that cannot be read stays one. */
function nameOf(play: PlayRun): string {
  const { name, play: written } = play.variables.play;
  try {
    const rendered = renderValue(name, hostEnvironment(play.run, play.run.host('localhost'), play), written.at);
    return isUnknown(rendered) ? name : toText(rendered);
  } catch {
    return name;
  }
}

/** The hosts of a play, in its order, those that are out of the run left out. */
export function hostsOf(play: PlayRun): readonly HostState[] {
  const { run } = play;
  const { play: planned } = play.variables;
  const { inventory, limit } = run.options;
  const environment = hostEnvironment(run, run.host('localhost'), play);
  const pattern = renderValue(planned.play.hosts.value, environment, planned.play.hosts.at);
  const { at } = planned.play.hosts;
  const names = selectHosts(inventory, patternText(pattern), {
    at,
    // a group that add_host or group_by would have made, had there been anything to put into it
    onUnknown: ({ problems }) => {
      for (const { message } of problems) run.emit({ type: 'warning', message, at });
    },
  });
  const states = names
    .filter((name) => !limit || limit.has(name))
    .map((name) => run.host(name))
    .filter((host) => !host.gone);
  return ordered(
    states,
    planned.play.order === undefined
      ? 'inventory'
      : String(renderValue(planned.play.order.value, environment, planned.play.order.at)),
  );
}

function ordered(hosts: readonly HostState[], order: string): readonly HostState[] {
  const byName = (a: HostState, b: HostState) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  if (order === 'reverse_inventory') return hosts.toReversed();
  if (order === 'sorted') return hosts.toSorted(byName);
  if (order === 'reverse_sorted') return hosts.toSorted(byName).reverse();
  if (order === 'shuffle')
    return hosts
      .map((host) => [Math.random(), host] as const)
      .sort(([a], [b]) => a - b)
      .map(([, host]) => host);
  return hosts;
}

/** `serial`: numbers and percentages; the last one repeats. */
function* batches(play: PlayRun, hosts: readonly HostState[]): Generator<readonly HostState[]> {
  const { serial } = play.variables.play.play;
  const sizes = serial
    .flatMap((one: Positioned) => [rendered(one, hostEnvironment(play.run, hosts[0]!, play))].flat())
    .map((size) => batchSize(size, hosts.length));
  if (sizes.length === 0) {
    yield hosts;
    return;
  }
  for (let from = 0, turn = 0; from < hosts.length; turn += 1) {
    const size = sizes[Math.min(turn, sizes.length - 1)]!;
    yield hosts.slice(from, from + size);
    from += size;
  }
}

function batchSize(size: unknown, all: number): number {
  const text = String(size).trim();
  const number = text.endsWith('%') ? Math.floor((Number(text.slice(0, -1)) / 100) * all) : Math.trunc(Number(text));
  return number <= 0 ? (text.endsWith('%') ? 1 : all) : number;
}
