/** The statements of a plan, one by one. */
import type { PlannedPlay, PlannedStatement } from './plan.ts';

/** A statement and everything inside it, in the order written. */
export function* walk(statement: PlannedStatement): Generator<PlannedStatement> {
  yield statement;
  const lists =
    statement.kind === 'block'
      ? [statement.block, statement.rescue, statement.always]
      : statement.kind === 'role'
        ? [statement.statements]
        : [];
  for (const list of lists) for (const inner of list) yield* walk(inner);
}

/** The statements of a play in the order they run, handlers last. */
export function* walkPlay(
  play: Pick<PlannedPlay, 'preTasks' | 'tasks' | 'postTasks' | 'handlers'>,
): Generator<PlannedStatement> {
  for (const list of [play.preTasks, play.tasks, play.postTasks]) for (const statement of list) yield* walk(statement);
  for (const handler of play.handlers) yield handler.task;
}
