/**
 * Argument specs of roles, checked before the first connection as far as the values are known: what hosts answer, and what
 * tasks before the role may set, is not. The role's first task checks them all once more, on entering it.
 */
import type { Problem } from '../errors.ts';
import { settleArguments } from '../module/coerce.ts';
import { literalOf } from '../module/literal.ts';
import type { PlannedPlay, PlannedStatement, PlannedTask } from '../plan/plan.ts';
import { selectedByTags } from '../plan/tags.ts';
import type { Environment } from '../template/environment.ts';
import { evaluateExpression } from '../template/render.ts';
import { missing, Unknown } from '../template/values.ts';
import { silent } from './ahead.ts';
import { judge } from './conditions.ts';
import type { HostState, PlayRun, Run } from './context.ts';
import { hostEnvironment } from './environment.ts';
import { hostsOf, playRunOf } from './play.ts';
import { holdsUnknown } from './prepare.ts';
import { steadyOnly } from './steady.ts';
import { placeOf } from './variables.ts';

/** So many hosts of a play are looked at: most say the same. */
const mostHosts = 50;

/** Everything that is wrong for certain. */
export function specProblems(run: Run): readonly Problem[] {
  if (run.options.startAtTask !== undefined) return [];
  const found = new Map<string, { readonly problem: Problem; readonly hosts: string[] }>();
  const set = new Set<string>();
  for (const [position, planned] of run.options.plan.plays.entries()) {
    const play = steadyOnly(silent(playRunOf(run, planned, position, [])));
    const hosts = knownHosts(play.run, planned).slice(0, mostHosts);
    const handlers = planned.handlers.map(({ task }) => task);
    if (!barriers(handlers, set).next().done) return list(found);
    for (const statements of [planned.preTasks, planned.tasks, planned.postTasks])
      for (const task of certain(statements, set)) {
        if (task === undefined) return list(found);
        for (const host of hosts)
          for (const problem of problemsOf(play, host, task, set)) {
            const key = JSON.stringify([problem.message, problem.at]);
            const same = found.get(key) ?? { problem, hosts: [] };
            same.hosts.push(host.name);
            found.set(key, same);
          }
      }
  }
  return list(found);
}

function list(found: ReadonlyMap<string, { readonly problem: Problem; readonly hosts: readonly string[] }>) {
  return [...found.values()].map(({ problem, hosts }): Problem => {
    const shown = hosts.length > 3 ? `${hosts.slice(0, 3).join(', ')} and ${hosts.length - 3} more` : hosts.join(', ');
    return { ...problem, message: `${problem.message} (on ${shown})` };
  });
}

function knownHosts(run: Run, planned: PlannedPlay): readonly HostState[] {
  try {
    return hostsOf(run, planned);
  } catch {
    return []; // a pattern of what only the run brings
  }
}

/**
 * The validations that are sure to come, in order, while `set` gathers what tasks before them may set; undefined where from
 * then on nothing is sure: the statements of an include, another's variables, an end before the end.
 */
function* certain(statements: readonly PlannedStatement[], set: Set<string>): Generator<PlannedTask | undefined> {
  for (const one of statements) {
    if (one.kind === 'role') yield* certain(one.statements, set);
    else if (one.kind === 'block') {
      yield* one.rescue.length === 0 ? certain(one.block, set) : barriers(one.block, set);
      yield* barriers([...one.rescue, ...one.always], set);
    } else if (one.kind === 'task' && one.module === 'validate_argument_spec') {
      if (one.inherited.ignore_errors === undefined) yield one;
    } else if (one.kind === 'task' && !bringsMore(one)) {
      if (one.register !== undefined) set.add(one.register);
      if (one.module === 'set_fact') for (const name of Object.keys(one.args.values)) set.add(name);
    } else if (one.kind !== 'meta' || one.action.startsWith('end_') || one.action === 'refresh_inventory') {
      yield undefined;
    }
  }
}

/** What is not sure to be refused, or to come at all: only what it may set, and whether anything is sure behind it. */
function* barriers(statements: readonly PlannedStatement[], set: Set<string>): Generator<undefined> {
  for (const task of certain(statements, set)) if (task === undefined) yield undefined;
}

const bringsMore = ({ module, args }: PlannedTask) =>
  ['include_vars', 'add_host', 'group_by'].includes(module) || (module === 'set_fact' && args.template !== undefined);

function problemsOf(play: PlayRun, host: HostState, task: PlannedTask, set: ReadonlySet<string>): readonly Problem[] {
  const { tags, skipTags } = play.run.options;
  if (!selectedByTags(task.tags, tags, skipTags)) return [];
  const environment = beforeTheRun(hostEnvironment(play.run, host, play, task.lexical), set);
  if (!holds(play, task, environment)) return [];
  const literal = literalOf(task.args.values['argument_spec']);
  const given: Record<string, unknown> = {};
  for (const name of Object.entries(literal).flatMap(([one, { aliases = [] }]) => [one, ...aliases])) {
    const value = settledValue(name, environment);
    if (value !== missing) given[name] = value;
  }
  const role = task.lexical.role?.name ?? 'the role';
  const { sources, secrets } = play.run;
  return settleArguments({ args: literal }, given, role).problems.map(({ path, message, hint }) => {
    const at = attempt(() => placeOf(sources, host.name, String(path[0]), play.variables, task.lexical)) ?? task.at;
    return { message: secrets.scrub(`the role ${role} does not take this: ${message}`), at, hint: secrets.scrub(hint) };
  });
}

/** The conditions hold already now. */
function holds(play: PlayRun, task: PlannedTask, environment: Environment): boolean {
  return attempt(() => judge(task.when, environment, play.run).holds === true) ?? false;
}

/** What it comes to, {@link missing} where nobody defines it, unknown where that needs more than is there. */
function settledValue(name: string, environment: Environment): unknown {
  const unknown = new Unknown('only the run can tell');
  if (attempt(() => environment.scope.get(name) === missing)) return missing;
  const value = attempt(() => evaluateExpression(name, environment));
  return value === undefined || holdsUnknown(value) ? unknown : value;
}

/** The same, but for what the run is still to bring. */
function beforeTheRun(environment: Environment, set: ReadonlySet<string>): Environment {
  const { scope } = environment;
  const live = new Set(['hostvars', 'vars', 'ansible_facts']);
  return {
    ...environment,
    scope: {
      get(name) {
        if (set.has(name) || live.has(name)) return new Unknown(`${name} is set by the run`);
        const value = scope.get(name);
        return value === missing && name.startsWith('ansible_') ? new Unknown(`${name} may be a fact`) : value;
      },
      names: () => scope.names(),
    },
  };
}

function attempt<T>(body: () => T): T | undefined {
  try {
    return body();
  } catch {
    return undefined;
  }
}
