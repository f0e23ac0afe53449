import { exitCodes } from '../errors.ts';
import { listPlan } from '../plan/listing.ts';
import type { CliOptions } from './options.ts';
import type { Planned } from './planned.ts';

/** `--list-hosts`, `--list-tasks`, `--list-tags`: the corridor left before the run. */
export function printListing(
  options: CliOptions,
  planned: Planned,
  limit: ReadonlySet<string> | undefined,
  out: { write(text: string): unknown },
): number {
  const chosen = (name: string) => !limit || limit.has(name);
  out.write(
    listPlan(
      { plays: planned.plan.plays.map(planned.named) },
      {
        tasks: options.listTasks,
        tags: options.listTags,
        only: options.tags,
        skip: options.skipTags,
        ...(options.listHosts ? { hosts: (play) => planned.hostsOf(play).filter(chosen) } : {}),
      },
    ),
  );
  return exitCodes.ok;
}
