/** `meta:` actions: what a playbook says to the run itself. */
import type { PlannedMeta } from '../plan/plan.ts';
import { judge } from './conditions.ts';
import type { HostState, PlayRun } from './context.ts';
import { hostEnvironment } from './environment.ts';
import { flushHandlers } from './handlers.ts';
import type { Section } from './strategy.ts';

/** Does it on the hosts whose condition holds; answers with the hosts that fell. */
export async function runMeta(
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
