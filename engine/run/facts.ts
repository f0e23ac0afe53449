/** Fact gathering: only what the play mentions, in one round trip a host. */
import { Unreachable } from '../connection/unreachable.ts';
import { anyFact } from '../plan/mentions.ts';
import { ModuleFailure } from '../target/failure.ts';
import { expandSubsets, subsetKeys, subsetsFor } from '../target/queries/facts.ts';
import type { Environment } from '../template/environment.ts';
import { renderValue } from '../template/render.ts';
import { becomeOf, rendered, truth } from './connection-settings.ts';
import type { HostState, PlayRun } from './context.ts';
import { count } from './count.ts';
import { each } from './each.ts';
import { hostEnvironment } from './environment.ts';
import type { TaskLabel } from './events.ts';
import { mayBeFact } from './fact-names.ts';
import { messageOf } from './once.ts';
import { trafficSince } from './traffic.ts';

/** The implicit first task of a play: connects to every host, and gathers the facts that will be asked for. */
export async function gatherFacts(play: PlayRun, hosts: readonly HostState[]): Promise<void> {
  const { run } = play;
  const { play: written } = play.variables.play;
  const wanted = written.gatherFacts
    ? truth(rendered(written.gatherFacts, hostEnvironment(run, hosts[0]!, play)))
    : run.options.gatherFacts;
  if (!wanted) return;
  const subsets = () => subsetsOf(play, hosts[0]!);
  const unknown = run.options.smartGathering ? hosts.filter((host) => !isGathered(host, subsets)) : hosts;
  if (unknown.length === 0) return;
  const label = run.label('Gathering Facts', 'setup', written.at, false);
  run.emit({ type: 'task_start', task: label, hosts: unknown.map(({ name }) => name) });
  await each(unknown, run.options.forks, async (host) => {
    if (!run.options.signal.aborted) await play.pace(written, 0)(() => gather(play, host, subsets, label));
  });
}

/** What `gather_subset` asks for; without it, what the play's own files mention. */
function subsetsOf(play: PlayRun, host: HostState): readonly string[] {
  const { play: written, mentions } = play.variables.play;
  if (written.gatherSubset !== undefined) {
    const asked = renderValue(
      written.gatherSubset.value,
      hostEnvironment(play.run, host, play),
      written.gatherSubset.at,
    );
    return expandSubsets((Array.isArray(asked) ? asked : [asked]).map(String));
  }
  // who keeps facts keeps them for whoever asks later
  if (mentions.has(anyFact) || play.run.factCache) return expandSubsets(['all']);
  return subsetsFor([...mentions].filter(mayBeFact));
}

/** Whether all that is wanted of a host was gathered before, in this run or, as the cache has it, in one before. */
function isGathered({ variables }: HostState, wanted: () => readonly string[]): boolean {
  const before = variables.facts.get('gather_subset');
  if (!Array.isArray(before) || variables.facts.get('module_setup') !== true) return false;
  return before.includes('all') || wanted().every((subset) => before.includes(subset));
}

/** The play's `fact_path` and `gather_timeout`. */
function limitsOf({ variables }: PlayRun, environment: Environment): { factPath?: string; timeout?: number } {
  const { factPath, gatherTimeout } = variables.play.play;
  return {
    ...(factPath && { factPath: String(rendered(factPath, environment)) }),
    ...(gatherTimeout && { timeout: Math.ceil(Number(rendered(gatherTimeout, environment))) }),
  };
}

async function gather(play: PlayRun, host: HostState, wanted: () => readonly string[], task: TaskLabel): Promise<void> {
  const { run } = play;
  const started = performance.now();
  const before = run.traffic(host.name);
  run.emit({ type: 'host_start', host: host.name, task });
  const tell = (status: 'ok' | 'failed' | 'unreachable', result: Record<string, unknown>, ignored = false) => {
    count(host, { status, result, ignored });
    run.emit({
      type: 'outcome',
      outcome: {
        host: host.name,
        task,
        status,
        result: run.secrets.scrubFields(result),
        diffs: [],
        ignored,
        seconds: (performance.now() - started) / 1000,
        traffic: trafficSince(before, run.traffic(host.name)),
      },
    });
  };
  try {
    const subsets = wanted();
    const environment = hostEnvironment(run, host, play);
    const target = await run
      .machine(host.name, play.variables.play.play.inherited, { play })
      .target(becomeOf(play.variables.play.play.inherited, environment, run.options.defaults), 'live');
    const facts = subsets.length > 0 ? await target.facts(subsetKeys(subsets, limitsOf(play, environment))) : {};
    for (const [name, value] of Object.entries(facts)) host.variables.facts.set(name, value);
    host.variables.facts.set('gather_subset', [...subsets]);
    host.variables.facts.set('module_setup', true);
    host.learned = true;
    tell('ok', { changed: false });
  } catch (error) {
    if (error instanceof Unreachable) {
      const keyword = rendered(play.variables.play.play.inherited.ignore_unreachable, hostEnvironment(run, host, play));
      const ignored = keyword !== undefined && truth(keyword);
      if (!ignored) host.gone = 'unreachable';
      tell('unreachable', { unreachable: true, changed: false, msg: messageOf(error) }, ignored);
      return;
    }
    host.gone = 'failed';
    tell('failed', {
      failed: true,
      msg: (error as Error).message,
      ...(error instanceof ModuleFailure ? error.result : {}),
    });
  }
}
