/** Statements of the tree as statements of the plan: imports resolved, keywords inherited. */
import { dirname } from 'node:path';
import type { Location } from '../errors.ts';
import type { Block, Meta, RoleUse, Statement, Task, TasksFile } from '../playbook/ast.ts';
import { holdsTemplate } from '../playbook/values.ts';
import { didYouMean } from '../source/suggest.ts';
import { filesBelow } from './documents.ts';
import { tasksFileCandidates } from './find-file.ts';
import { inFolder, inherit } from './inherit.ts';
import type { PlannedBlock, PlannedInclude, PlannedMeta, PlannedStatement, PlannedTask, Surroundings } from './plan.ts';
import type { Planning } from './planning.ts';
import { planRole } from './roles.ts';

export function planStatements(
  statements: readonly Statement[],
  around: Surroundings,
  planning: Planning,
): readonly PlannedStatement[] {
  return statements.flatMap((statement) => planStatement(statement, around, planning));
}

export function planStatement(
  statement: Statement,
  around: Surroundings,
  planning: Planning,
): readonly PlannedStatement[] {
  switch (statement.kind) {
    case 'task':
      return [planTask(statement, around)];
    case 'block':
      return [planBlock(statement, around, planning)];
    case 'meta':
      return [planMeta(statement, around, planning)];
    case 'tasks_file':
      return isDynamic(statement, statement.file.value)
        ? [planInclude(statement, around)]
        : importTasks(statement, around, planning);
    case 'role':
      if (isDynamic(statement, statement.role.value)) return [planInclude(statement, around)];
      return planRole(statement, inherit(around.effective, statement), around, planning)?.statements ?? [];
  }
}

/** An import whose name is a template is resolved per host, when its variables are known. */
export function isDynamic(statement: TasksFile | RoleUse, name: string): boolean {
  return statement.dynamic || holdsTemplate(name) || (statement.kind === 'role' && holdsTemplate(statement.tasksFrom));
}

function planTask(task: Task, around: Surroundings): PlannedTask {
  const { kind, module, args } = task;
  return {
    ...inherit(around.effective, task),
    kind,
    module,
    args,
    ...(task.loop && { loop: task.loop }),
    ...(task.register !== undefined && { register: task.register }),
    ...(task.changedWhen && { changedWhen: task.changedWhen }),
    ...(task.failedWhen && { failedWhen: task.failedWhen }),
    ...(task.until && { until: task.until }),
    ...(task.retries && { retries: task.retries }),
    ...(task.delay && { delay: task.delay }),
    ...(task.async && { async: task.async }),
    ...(task.poll && { poll: task.poll }),
  };
}

function planBlock(block: Block, around: Surroundings, planning: Planning): PlannedBlock {
  const effective = inherit(around.effective, block);
  const inside = { ...around, effective };
  return {
    ...effective,
    kind: 'block',
    block: planStatements(block.block, inside, planning),
    rescue: planStatements(block.rescue, inside, planning),
    always: planStatements(block.always, inside, planning),
  };
}

function planMeta(meta: Meta, around: Surroundings, { problems }: Planning): PlannedMeta {
  if (meta.action === 'end_role' && (around.handlers || !around.effective.lexical.role))
    problems.push({
      message: `There is no role here for end_role to end${around.handlers ? ', but a handler' : ''}.`,
      at: meta.at,
      hint: 'end_host and end_play end more than a role',
    });
  return { ...inherit(around.effective, meta), kind: 'meta', action: meta.action };
}

function planInclude(include: TasksFile | RoleUse, around: Surroundings): PlannedInclude {
  return {
    ...inherit(around.effective, include),
    kind: 'include',
    include,
    ...(include.loop && { loop: include.loop }),
    ...(include.register !== undefined && { register: include.register }),
    around,
  };
}

function importTasks(statement: TasksFile, around: Surroundings, planning: Planning): readonly PlannedStatement[] {
  const path = findTasksFile(statement.file.value, statement.file.at, around, planning);
  if (path === undefined) return [];
  const inside = enter(
    path,
    { ...around, effective: inherit(around.effective, statement) },
    statement.file.at,
    planning,
  );
  if (!inside) return [];
  const statements = planning.documents.tasks(path, around.handlers ? 'handlers' : 'tasks', planning.problems);
  return planStatements(statements, inside, planning);
}

/** The file of tasks a statement names; complains with everywhere it was looked for when there is none. */
export function findTasksFile(
  name: string,
  at: Location,
  around: Surroundings,
  planning: Planning,
): string | undefined {
  const { documents, cwd, problems } = planning;
  const candidates = tasksFileCandidates(name, around, cwd);
  const path = candidates.find((candidate) => documents.files.read(candidate) !== undefined);
  if (path !== undefined) return path;
  const beside = filesBelow(documents.files, around.dir).map((file) => file.slice(around.dir.length + 1));
  problems.push({
    message: `There is no file "${name}".${didYouMean(name, beside)}`,
    at,
    hint: `searched for ${candidates.map(documents.shown).join(', ')}`,
  });
  return undefined;
}

/** The surroundings inside a file; complains when the file is being imported already. */
export function enter(path: string, around: Surroundings, at: Location, planning: Planning): Surroundings | undefined {
  const again = around.chain.indexOf(path);
  planning.gathered.files.add(path);
  if (again === -1) return inFile(path, around);
  const circle = [...around.chain.slice(again), path].map(planning.documents.shown);
  planning.problems.push({ message: `This import goes round in a circle: ${circle.join(' → ')}`, at });
  return undefined;
}

/** The surroundings of what stands in a file. */
export function inFile(path: string, around: Surroundings): Surroundings {
  const dir = dirname(path);
  return { ...around, effective: inFolder(dir, around.effective), dir, chain: [...around.chain, path] };
}
