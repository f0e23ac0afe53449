/** The environment a template of a task is rendered in: its scope with Ansible's magic variables, and its lookups. */
import type { Lexical } from '../plan/plan.ts';
import type { Environment } from '../template/environment.ts';
import type { HostState, PlayRun, Run } from './context.ts';
import { searchPaths } from './controller.ts';
import { loadTemplate } from './lookups.ts';
import { magicNames, magicValue } from './magic.ts';
import { type Momentary, taskScope } from './variables.ts';

const emptyLexical: Lexical = { vars: [], includeParams: [] };

/** The environment of a task on a host; without a play only what the inventory and the host say is seen. */
export function hostEnvironment(
  run: Run,
  host: HostState,
  play?: PlayRun,
  lexical: Lexical = emptyLexical,
  momentary?: Momentary,
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
    }),
    lookups: run.lookups,
    filters: run.filters,
    tests: run.tests,
    load: loadTemplate((name) => searchPaths({ lexical, playbookDir, cwd: run.options.cwd }, 'templates', name)),
  };
}
