/** Handlers: tasks with names and topics by which they are notified. */
import type { Statement } from '../playbook/ast.ts';
import { inherit } from './inherit.ts';
import type { PlannedHandler, PlannedStatement, Surroundings } from './plan.ts';
import type { Planning } from './planning.ts';
import { enter, findTasksFile, isDynamic, planStatement } from './statements.ts';

/** Plans a list of handlers in order; those of imported files stand in place of the import. */
export function planHandlers(
  statements: readonly Statement[],
  around: Surroundings,
  planning: Planning,
): readonly PlannedHandler[] {
  return statements.flatMap((statement) => {
    if (statement.kind === 'tasks_file' && !isDynamic(statement, statement.file.value)) {
      const path = findTasksFile(statement.file.value, statement.file.at, around, planning);
      const effective = inherit(around.effective, statement);
      const inside =
        path === undefined ? undefined : enter(path, { ...around, effective }, statement.file.at, planning);
      if (path === undefined || !inside) return [];
      return planHandlers(planning.documents.tasks(path, 'handlers', planning.problems), inside, planning);
    }
    const topics = 'listen' in statement ? statement.listen : [];
    return planStatement(statement, around, planning).flatMap((planned) =>
      handler(planned, statement.name, topics, around),
    );
  });
}

function handler(
  planned: PlannedStatement,
  name: string | undefined,
  topics: readonly string[],
  around: Surroundings,
): readonly PlannedHandler[] {
  if (planned.kind === 'block' || planned.kind === 'role') return [];
  const role = around.effective.lexical.role?.name;
  const alsoWithRole = (word: string) => (role === undefined ? [word] : [word, `${role} : ${word}`]);
  return [{ task: planned, names: name === undefined ? [] : alsoWithRole(name), listen: topics.flatMap(alsoWithRole) }];
}
