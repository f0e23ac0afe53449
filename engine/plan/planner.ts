/** Includes whose name is known only during the run, resolved by the same rules as everything else. */
import { KplayError, type Problem } from '../errors.ts';
import type { RoleUse, TasksFile } from '../playbook/ast.ts';
import { planHandlers } from './handlers.ts';
import { inherit } from './inherit.ts';
import type { Effective, Included, PlannedInclude, Planner } from './plan.ts';
import { type Gathered, nothingGathered, type Planning } from './planning.ts';
import { planRole } from './roles.ts';
import { enter, findTasksFile, planStatements } from './statements.ts';

export interface IncludeResolver {
  /** What an include brings under a name, resolved once; undefined when there is nothing of that name. */
  resolve(statement: PlannedInclude, name: string): Resolution;
}

export interface Resolution {
  readonly included: Included | undefined;
  readonly problems: readonly Problem[];
  readonly gathered: Gathered;
}

/** Resolves over what has been read for the plan; each name once for a statement, whichever hosts ask for it. */
export function includeResolver(shared: Omit<Planning, 'problems' | 'gathered'>): IncludeResolver {
  const known = new WeakMap<object, Map<string, Resolution>>();
  return {
    resolve(statement, name) {
      const of = known.get(statement.around) ?? new Map<string, Resolution>();
      known.set(statement.around, of);
      const key = keyOf(statement, name);
      const before = of.get(key);
      if (before) return before;
      const problems: Problem[] = [];
      const gathered = nothingGathered();
      const included = resolveInclude(statement, name, { ...shared, problems, gathered });
      const resolution = { included, problems, gathered };
      of.set(key, resolution);
      return resolution;
    },
  };
}

/** The planner of a run. `check` finds what else is wrong with what was included; `tidy` readies problems to be shown. */
export function planner(
  { resolve }: IncludeResolver,
  check: (included: Included) => readonly Problem[],
  tidy: (problems: readonly Problem[]) => readonly Problem[],
): Planner {
  const checked = new WeakMap<Included, readonly Problem[]>();
  return {
    include(statement, name) {
      const { included, problems } = resolve(statement, name);
      if (!included) throw new KplayError(tidy(problems));
      const more = checked.get(included) ?? check(included);
      checked.set(included, more);
      if (problems.length + more.length > 0) throw new KplayError(tidy([...problems, ...more]));
      return included;
    },
  };
}

function keyOf({ include }: PlannedInclude, name: string): string {
  const { line, column, file } = include.at;
  const froms =
    include.kind === 'role' ? [include.tasksFrom, include.varsFrom, include.defaultsFrom, include.handlersFrom] : [];
  return [file, line, column, name, ...froms].join('\n');
}

/** What an include brings under a name; undefined when there is nothing of that name, which is then among the problems. */
function resolveInclude(statement: PlannedInclude, name: string, planning: Planning): Included | undefined {
  const { include } = statement;
  // Recursion is fine here: conditions end it.
  const around = { ...statement.around, effective: insideOf(statement), chain: [] };
  if (include.kind === 'role') {
    const use: RoleUse = { ...include, role: { ...include.role, value: name, at: include.role.at } };
    const planned = planRole(use, around.effective, around, planning);
    return planned && { statements: planned.statements, handlers: planning.gathered.handlers, role: planned.role };
  }
  return includeTasks(include, name, around, planning);
}

function includeTasks(
  include: TasksFile,
  name: string,
  around: PlannedInclude['around'],
  planning: Planning,
): Included | undefined {
  const path = findTasksFile(name, include.file.at, around, planning);
  const inside = path === undefined ? undefined : enter(path, around, include.file.at, planning);
  if (path === undefined || !inside) return undefined;
  const statements = planning.documents.tasks(path, around.handlers ? 'handlers' : 'tasks', planning.problems);
  const handlers = around.handlers ? planHandlers(statements, inside, planning) : [];
  const planned = planStatements(statements, inside, planning);
  return { statements: planned, handlers: [...handlers, ...planning.gathered.handlers] };
}

/**
 * What included statements inherit: of the include itself only its variables and `apply`. An import that became an include,
 * because its name is a template, hands down everything.
 */
function insideOf({ include, around }: PlannedInclude): Effective {
  const outer = around.effective;
  if (!include.dynamic) return inherit(outer, include);
  const { lexical } = outer;
  const handed = include.vars
    ? { ...outer, lexical: { ...lexical, includeParams: [...lexical.includeParams, include.vars] } }
    : outer;
  return include.apply ? inherit(handed, include.apply) : handed;
}
