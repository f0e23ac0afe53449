/** All statements a play can come to, as far as names are written out: dynamic includes are entered before the run. */
import type { Problem } from '../errors.ts';
import { holdsTemplate } from '../playbook/values.ts';
import type { Included, PlannedHandler, PlannedInclude, PlannedPlay, PlannedStatement } from './plan.ts';
import type { IncludeResolver } from './planner.ts';
import type { Gathered } from './planning.ts';
import { bringsItsTerms, possibleTexts } from './possible.ts';
import { walk, walkPlay } from './walk.ts';

export interface Expansion {
  readonly statements: readonly PlannedStatement[];
  readonly handlers: readonly PlannedHandler[];
  /** Some include has a name that only the run knows. */
  readonly open: boolean;
  readonly gathered: readonly Gathered[];
  readonly problems: readonly Problem[];
  /** Files and roles that are missing, where a condition may keep anyone from asking for them. */
  readonly warnings: readonly Problem[];
}

/** Enough to check any real playbook, and an end to those that include themselves in many ways. */
const limit = 100_000;

export function expand(
  play: Pick<PlannedPlay, 'preTasks' | 'tasks' | 'postTasks' | 'handlers'>,
  { resolve }: IncludeResolver,
): Expansion {
  const statements: PlannedStatement[] = [];
  const handlers: PlannedHandler[] = [...play.handlers];
  const gathered: Gathered[] = [];
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  let open = false;

  const visit = (statement: PlannedStatement, leading: readonly object[], conditional: boolean) => {
    statements.push(statement);
    if (statement.kind !== 'include') return;
    const names = namesOf(statement);
    if (!names) open = true;
    if (leading.includes(statement.include) || statements.length > limit) return;
    const doubtful = conditional || statement.when.length > 0;
    for (const name of names ?? []) {
      const resolution = resolve(statement, name);
      if (resolution.included) problems.push(...resolution.problems);
      else (doubtful ? warnings : problems).push(...resolution.problems);
      if (!resolution.included) continue;
      gathered.push(resolution.gathered);
      handlers.push(...resolution.included.handlers);
      for (const inner of insideOf(resolution.included)) visit(inner, [...leading, statement.include], doubtful);
    }
  };
  for (const statement of walkPlay(play)) visit(statement, [], false);
  return { statements, handlers, open, gathered, problems, warnings };
}

/** The names an include may come to; undefined when only the run knows, be it the name or the role's entry point. */
export function namesOf({ include, loop }: PlannedInclude): readonly string[] | undefined {
  if (!bringsItsTerms(loop)) return undefined;
  if (include.kind === 'tasks_file') return possibleTexts(include.file.value, loop);
  const { tasksFrom, varsFrom, defaultsFrom, handlersFrom } = include;
  if ([tasksFrom, varsFrom, defaultsFrom, handlersFrom].some(holdsTemplate)) return undefined;
  return possibleTexts(include.role.value, loop);
}

function* insideOf(included: Included): Generator<PlannedStatement> {
  for (const statement of included.statements) yield* walk(statement);
  for (const handler of included.handlers) yield handler.task;
}
