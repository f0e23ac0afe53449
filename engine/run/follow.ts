import type { Ahead } from './ahead.ts';
import type { HostState, PlayRun } from './context.ts';

/** While `work` goes on, `ahead` is told when something changes where these hosts are; then whoever was told before. */
export async function following<T>(
  play: PlayRun,
  hosts: readonly HostState[],
  ahead: Ahead,
  work: () => Promise<T>,
): Promise<T> {
  const { followers } = play.run;
  const before = [...followers];
  followers.clear();
  for (const host of hosts) follow(play, host, () => ahead.again(host));
  try {
    return await work();
  } finally {
    followers.clear();
    for (const [place, told] of before) followers.set(place, told);
  }
}

function follow(play: PlayRun, host: HostState, again: () => void): void {
  const { run, variables } = play;
  try {
    const { place } = run.machine(host.name, variables.play.play.inherited);
    run.followers.set(place, (run.followers.get(place) ?? new Set()).add(again));
  } catch {
    // settings that make no sense fail the host's first task, with its reason
  }
}
