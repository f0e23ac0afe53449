/** The environment a template of a task is rendered in: its scope with Ansible's magic variables, and its lookups. */
import { roleFileCandidates } from '../plan/find-file.ts';
import type { Lexical } from '../plan/plan.ts';
import type { Environment } from '../template/environment.ts';
import { missing, type Scope } from '../template/values.ts';
import type { HostState, PlayRun, Run } from './context.ts';
import { howReached } from './how-reached.ts';
import { loadTemplate } from './lookups.ts';
import { magicNames, magicValue } from './magic.ts';
import { type Momentary, taskScope } from './variables.ts';

const emptyLexical: Lexical = { vars: [], includeParams: [] };

/** Of each host of a play the environment last used: most tasks stand in the same place as the task before. */
const lastUsed = new WeakMap<PlayRun, WeakMap<HostState, Placed>>();

interface Placed {
  readonly lexical: Lexical;
  readonly environment: Environment;
}

/** The environment of a task on a host; without a play only what the inventory and the host say is seen. */
export function hostEnvironment(
  run: Run,
  host: HostState,
  play?: PlayRun,
  lexical?: Lexical,
  momentary?: Momentary,
): Environment {
  if (play?.run !== run || lexical === undefined || momentary)
    return newEnvironment(run, host, play, lexical, momentary);
  const ofPlay = lastUsed.get(play) ?? new WeakMap<HostState, Placed>();
  lastUsed.set(play, ofPlay);
  const last = ofPlay.get(host);
  if (last?.lexical === lexical) return last.environment;
  const environment = newEnvironment(run, host, play, lexical);
  ofPlay.set(host, { lexical, environment });
  return environment;
}

function newEnvironment(
  run: Run,
  host: HostState,
  play?: PlayRun,
  lexical?: Lexical,
  momentary?: Momentary,
): Environment {
  return definedEnvironment(run, host, play, lexical, momentary, (name, defined) =>
    lexical
      ? howReached(name, {
          run,
          host,
          lexical,
          defined,
          elsewhere: (other) => hostEnvironment(run, other, play, lexical, momentary).scope,
        })
      : missing,
  );
}

/** The same without what keywords and flags say of the connection; `otherwise` tells what a name means that nobody defines. */
export function definedEnvironment(
  run: Run,
  host: HostState,
  play?: PlayRun,
  lexical: Lexical = emptyLexical,
  momentary?: Momentary,
  otherwise?: (name: string, defined: Scope) => unknown,
): Environment {
  const place = { run, host, play, lexical };
  const playbookDir = play?.variables.play.playbookDir ?? run.options.cwd;
  return {
    scope: taskScope(run.sources, host.name, {
      ...(play ? { play: play.variables } : {}),
      lexical,
      ...(momentary ? { momentary } : {}),
      magic: (name) => magicValue(name, place),
      magicNames,
      ...(otherwise && { otherwise }),
    }),
    lookups: run.lookups,
    filters: run.filters,
    tests: run.tests,
    load: loadTemplate((name) => roleFileCandidates('templates', name, { lexical, playbookDir, cwd: run.options.cwd })),
  };
}
