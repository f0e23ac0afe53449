/** `meta:` actions: what a playbook says to the run itself. */
import type { PlannedMeta } from '../plan/plan.ts';
import { judge } from './conditions.ts';
import type { HostState, PlayRun } from './context.ts';
import { count } from './count.ts';
import { hostEnvironment } from './environment.ts';
import { flushHandlers } from './handlers.ts';
import type { Section } from './strategy.ts';

/** Actions that are one for all hosts: the first of them is asked whether the condition holds. */
const forAll: ReadonlySet<PlannedMeta['action']> = new Set([
  ...(['clear_facts', 'clear_host_errors', 'end_play', 'end_batch', 'refresh_inventory'] as const),
]);

/** Does it on the hosts whose condition holds; answers with the hosts that fell. */
export async function runMeta(
  play: PlayRun,
  hosts: readonly HostState[],
  meta: PlannedMeta,
  section: Section,
): Promise<ReadonlySet<HostState>> {
  const fallen = new Set<HostState>();
  const asked = forAll.has(meta.action) ? hosts.slice(0, 1) : hosts;
  const holding = asked.filter((host) => {
    try {
      return judge(meta.when, hostEnvironment(play.run, host, play, meta.lexical), play.run).holds === true;
    } catch (error) {
      fallen.add(host);
      tellFailure(play, host, meta, error as Error);
      return false;
    }
  });
  if (holding.length === 0) return fallen;
  const wanted = forAll.has(meta.action) ? hosts : holding;
  switch (meta.action) {
    case 'flush_handlers':
      return new Set([...fallen, ...(await flushHandlers(play, wanted, { guarded: section.guarded }))]);
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
      for (const host of wanted) {
        host.variables.facts.clear();
        play.run.factCache?.forget(host.name);
      }
      break;
    case 'clear_host_errors':
      for (const host of play.allHosts) if (host.gone || play.lost.has(host)) clearErrors(host);
      break;
    case 'reset_connection':
      await Promise.all(
        wanted.map((host) => play.run.machine(host.name, meta.inherited, { play, lexical: meta.lexical }).close()),
      );
      break;
    case 'refresh_inventory':
      try {
        play.run.refreshInventory();
      } catch (error) {
        for (const host of wanted) {
          fallen.add(host);
          tellFailure(play, host, meta, error as Error);
        }
      }
      break;
    case 'noop':
      break;
  }
  return fallen;
}

/** The plays to come have the host again. In this one it takes no further part, but in what its blocks always do. */
function clearErrors(host: HostState): void {
  host.ended ||= host.gone !== undefined;
  host.gone = undefined;
  host.cleared = true;
}

function tellFailure(play: PlayRun, host: HostState, meta: PlannedMeta, error: Error): void {
  const task = play.run.label(meta.name ?? 'meta', 'meta', meta.at, false);
  const result = { failed: true, changed: false, msg: play.run.secrets.scrub(error.message) };
  const outcome = { host: host.name, task, status: 'failed', result, diffs: [], ignored: false, seconds: 0 } as const;
  count(host, outcome);
  play.run.emit({ type: 'outcome', outcome });
}
