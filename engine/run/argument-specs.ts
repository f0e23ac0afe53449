/**
 * Argument specs of roles, checked before the first connection as far as the values are known: what hosts answer, and what
 * tasks before the role may set, is not. The role's first task checks them all once more, on entering it.
 */
import type { Problem } from '../errors.ts';
import { settleArguments } from '../module/coerce.ts';
import { type AnyModule, isAction } from '../module/definition.ts';
import { literalOf } from '../module/literal.ts';
import type { PlannedPlay, PlannedStatement, PlannedTask } from '../plan/plan.ts';
import { selectedByTags } from '../plan/tags.ts';
import { factsOf } from '../plan/well-known.ts';
import type { Environment } from '../template/environment.ts';
import { evaluateExpression, isTemplate } from '../template/render.ts';
import { missing, Unknown } from '../template/values.ts';
import { silent } from './ahead.ts';
import { judge } from './conditions.ts';
import { connectionSettings } from './connection-settings.ts';
import type { HostState, PlayRun, Run } from './context.ts';
import { definedEnvironment, hostEnvironment } from './environment.ts';
import { hostsOf, playRunOf } from './play.ts';
import { holdsUnknown } from './prepare.ts';
import { steadyOnly } from './steady.ts';
import { placeOf } from './variables.ts';

/** So many hosts of a play are looked at: most say the same. */
const mostHosts = 50;

/** What the tasks so far may have brought. */
interface Brought {
  readonly names: Set<string>;
  /** Names that nobody knows before. */
  facts: boolean;
  /** Files of the controller, those of variables among them. */
  files: boolean;
}

/** Everything that is wrong for certain. */
export function specProblems(run: Run): readonly Problem[] {
  if (run.options.startAtTask !== undefined) return [];
  const found = new Map<string, { readonly problem: Problem; readonly hosts: string[] }>();
  const brought: Brought = { names: new Set(), facts: false, files: false };
  for (const [position, planned] of run.options.plan.plays.entries()) {
    const play = steadyOnly(silent(playRunOf(run, planned, position, [])));
    const hosts = knownHosts(play);
    const judged = brought.files && readsFiles(planned) ? [] : hosts.slice(0, mostHosts);
    const writers = run.options.plan.plays.slice(position + 1).some(readsFiles) ? hosts : [];
    const note = (task: PlannedTask) => noteOf(play, writers, task, brought);
    const handlers = planned.handlers.map(({ task }) => task);
    if (!barriers(handlers, note).next().done) return list(found);
    for (const statements of [planned.preTasks, planned.tasks, planned.postTasks])
      for (const task of certain(statements, note)) {
        if (task === undefined) return list(found);
        for (const host of judged)
          for (const problem of problemsOf(play, host, task, brought)) {
            const key = JSON.stringify([problem.message, problem.at]);
            const same = found.get(key) ?? { problem, hosts: [] };
            same.hosts.push(host.name);
            found.set(key, same);
          }
      }
  }
  return list(found);
}

const readsFiles = ({ play }: PlannedPlay) => play.varsFiles.length > 0;

function list(found: ReadonlyMap<string, { readonly problem: Problem; readonly hosts: readonly string[] }>) {
  return [...found.values()].map(({ problem, hosts }): Problem => {
    const shown = hosts.length > 3 ? `${hosts.slice(0, 3).join(', ')} and ${hosts.length - 3} more` : hosts.join(', ');
    return { ...problem, message: `${problem.message} (on ${shown})` };
  });
}

function knownHosts(play: PlayRun): readonly HostState[] {
  try {
    return hostsOf(play);
  } catch {
    return []; // a pattern of what only the run brings
  }
}

type Note = (task: PlannedTask) => void;

/**
 * The validations that are sure to come, in order, while `note` is told of the tasks before them; undefined where from then
 * on nothing is sure: the statements of an include, another's variables, an end before the end.
 */
function* certain(statements: readonly PlannedStatement[], note: Note): Generator<PlannedTask | undefined> {
  for (const one of statements) {
    if (one.kind === 'role') yield* certain(one.statements, note);
    else if (one.kind === 'block') {
      yield* one.rescue.length === 0 ? certain(one.block, note) : barriers(one.block, note);
      yield* barriers([...one.rescue, ...one.always], note);
    } else if (one.kind === 'task' && one.implicit) {
      if (one.inherited.ignore_errors === undefined) yield one;
    } else if (one.kind === 'task' && !bringsMore(one)) {
      note(one);
    } else if (one.kind !== 'meta' || one.action.startsWith('end_') || one.action === 'refresh_inventory') {
      yield undefined;
    }
  }
}

/** What is not sure to be refused, or to come at all: only what it may bring, and whether anything is sure behind it. */
function* barriers(statements: readonly PlannedStatement[], note: Note): Generator<undefined> {
  for (const task of certain(statements, note)) if (task === undefined) yield undefined;
}

/** Variables of names that only the run knows, in place of others. */
const bringsMore = ({ module, args }: PlannedTask) =>
  ['include_vars', 'add_host', 'group_by'].includes(module) ||
  (module === 'set_fact' &&
    (args.template !== undefined || args.freeForm !== undefined || Object.keys(args.values).some(isTemplate)));

function noteOf(play: PlayRun, writers: readonly HostState[], task: PlannedTask, brought: Brought): void {
  const module = attempt(() => play.run.options.modules.get(task.module));
  if (task.register !== undefined) brought.names.add(task.register);
  const facts = task.module === 'set_fact' ? Object.keys(task.args.values) : factsOf.get(task.module);
  for (const name of facts ?? []) brought.names.add(name);
  if (!facts && (module?.returns === undefined || 'ansible_facts' in module.returns)) brought.facts = true;
  if (!brought.files && writers.some((host) => mayWriteHere(play, host, task, module))) brought.files = true;
}

/** Something on the controller, be it only because the task is done there. */
function mayWriteHere(play: PlayRun, host: HostState, task: PlannedTask, module: AnyModule | undefined): boolean {
  if (task.module === 'fetch') return true;
  if (module !== undefined && isAction(module) && module.action !== 'changes') return false;
  const { run } = play;
  const { inventory, defaults } = run.options;
  const isLocal = () => {
    const implicit = inventory.host(host.name)?.implicit ?? false;
    const environment = definedEnvironment(run, host, play, task.lexical);
    return connectionSettings(host.name, implicit, task.inherited, environment, defaults).kind === 'local';
  };
  return task.inherited.delegate_to !== undefined || (attempt(isLocal) ?? true);
}

function problemsOf(play: PlayRun, host: HostState, task: PlannedTask, brought: Brought): readonly Problem[] {
  const { tags, skipTags } = play.run.options;
  if (!selectedByTags(task.tags, tags, skipTags)) return [];
  const environment = beforeTheRun(hostEnvironment(play.run, host, play, task.lexical), brought);
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
function beforeTheRun(environment: Environment, { names, facts }: Brought): Environment {
  const { scope } = environment;
  const live = new Set(['hostvars', 'vars', 'ansible_facts']);
  return {
    ...environment,
    scope: {
      get(name) {
        if (names.has(name) || live.has(name)) return new Unknown(`${name} is set by the run`);
        const value = scope.get(name);
        return value === missing && (facts || name.startsWith('ansible_'))
          ? new Unknown(`${name} may be a fact`)
          : value;
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
