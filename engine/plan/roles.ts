/** Uses of roles: dependencies first, then the role's own tasks, with the variables and handlers it brings. */
import { dirname } from 'node:path';
import type { Arguments, RoleUse, VarsBlock } from '../playbook/ast.ts';
import { valueKey } from '../source/value-key.ts';
import { planHandlers } from './handlers.ts';
import { inherit } from './inherit.ts';
import type { Effective, PlannedRole, PlannedStatement, PlannedTask, Role, Surroundings } from './plan.ts';
import type { Planning } from './planning.ts';
import { findRole, type RoleFolder, readRole, type Specification } from './role.ts';
import { enter, inFile, isDynamic, planStatements } from './statements.ts';

export interface RoleInUse {
  /** Those of its dependencies, then the role itself. */
  readonly statements: readonly PlannedStatement[];
  readonly role: Role;
}

/** The entries of `roles:`. */
export function planRoles(
  uses: readonly RoleUse[],
  around: Surroundings,
  planning: Planning,
): readonly PlannedStatement[] {
  return uses.flatMap((use) => {
    const effective = inherit(around.effective, use);
    if (!isDynamic(use, use.role.value)) return planRole(use, effective, around, planning)?.statements ?? [];
    return [{ ...effective, kind: 'include', include: use, around } as const];
  });
}

/**
 * Plans one use of a role. `effective` is what its tasks inherit; `leading` are the roles whose dependency it is. Undefined when
 * the role cannot be found, which is then among the problems.
 */
export function planRole(
  use: RoleUse,
  effective: Effective,
  around: Surroundings,
  planning: Planning,
  leading: readonly RoleFolder[] = [],
): RoleInUse | undefined {
  const folder = folderOf(use, around, planning);
  if (!folder) return undefined;
  const again = leading.findIndex((each) => each.path === folder.path);
  if (again !== -1) {
    const circle = [...leading.slice(again), folder].map((each) => each.name);
    planning.problems.push({ message: `These roles depend on each other: ${circle.join(' → ')}`, at: use.role.at });
    return undefined;
  }
  const parent = effective.lexical.role;
  const dependency = leading.length > 0;
  const withoutDependencies = roleOf(folder, use, { parent, dependency, dependencies: [] });
  const dependent = { ...effective, lexical: { ...effective.lexical, role: withoutDependencies } };
  const dependencies = folder.dependencies.flatMap(
    (needed) => planRole(needed, inherit(dependent, needed), around, planning, [...leading, folder]) ?? [],
  );
  const role = roleOf(folder, use, { parent, dependency, dependencies: dependencies.map(({ role }) => role) });
  planning.gathered.folders.add(folder.path);
  if (use.public) planning.gathered.publicRoles.push(role);

  const inside = { ...effective, lexical: { ...effective.lexical, role } };
  const planned: PlannedRole = {
    ...inside,
    kind: 'role',
    role,
    statements: [...validation(folder, inside, use), ...tasksOf(folder, use, inside, around, planning)],
    key: keyOf(folder, use),
    once: !(use.allowDuplicates ?? folder.allowDuplicates),
  };
  gatherHandlers(folder, use, inside, around, planning);
  return { statements: [...dependencies.flatMap((dependency) => dependency.statements), planned], role };
}

function folderOf(use: RoleUse, around: Surroundings, planning: Planning): RoleFolder | undefined {
  const { documents, cwd, rolesPath, problems } = planning;
  const beside = (around.effective.lexical.role?.searchPath ?? []).map(dirname);
  const found = findRole(documents, { playbookDir: around.playbookDir, cwd, rolesPath, beside }, use, problems);
  if (!found) return undefined;
  const key = JSON.stringify([found, use.tasksFrom, use.varsFrom, use.defaultsFrom, use.handlersFrom, use.validate]);
  const known = planning.roleFolders.get(key);
  if (known) return known;
  const read = readRole(documents, found, use, problems);
  planning.roleFolders.set(key, read);
  return read;
}

/** Variables of the roles it depends on, then of those that led to it, then its own: the last one wins. */
function roleOf(
  folder: RoleFolder,
  use: RoleUse,
  {
    parent,
    dependency,
    dependencies,
  }: { readonly parent: Role | undefined; readonly dependency: boolean; readonly dependencies: readonly Role[] },
): Role {
  const byTasks = parent && !dependency ? [parent] : [];
  const gather = (own: readonly VarsBlock[], of: (role: Role) => readonly VarsBlock[]) =>
    unique([...dependencies.flatMap(of), ...(parent ? of(parent) : []), ...own]);
  return {
    name: folder.name,
    path: folder.path,
    defaults: gather(folder.defaults, (role) => role.defaults),
    vars: gather(folder.vars, (role) => role.vars),
    searchPath: [...new Set([folder.path, ...(parent?.searchPath ?? [])])],
    params: [...(parent?.params ?? []), ...(use.params ? [use.params] : [])],
    dependency,
    parents: [...byTasks.map(({ name }) => name), ...(parent?.parents ?? [])],
    parentPaths: [...byTasks.map(({ path }) => path), ...(parent?.parentPaths ?? [])],
  };
}

/** Each once, at its last place. */
function unique<T>(list: readonly T[]): readonly T[] {
  return [...new Set(list.toReversed())].reverse();
}

/** A role with the same name, parameters, `when` and `tags` is the same role again. */
function keyOf(folder: RoleFolder, use: RoleUse): string {
  const parts = [
    folder.path,
    use.tasksFrom,
    use.params?.values,
    use.vars?.values,
    use.when.map((clause) => clause.expression),
    use.tags,
  ];
  return valueKey(parts);
}

function tasksOf(
  folder: RoleFolder,
  use: RoleUse,
  effective: Effective,
  around: Surroundings,
  planning: Planning,
): readonly PlannedStatement[] {
  if (folder.tasks === undefined) return [];
  const inside = enter(folder.tasks, { ...around, effective, handlers: false }, use.role.at, planning);
  if (!inside) return [];
  return planStatements(planning.documents.tasks(folder.tasks, 'tasks', planning.problems), inside, planning);
}

function gatherHandlers(
  folder: RoleFolder,
  use: RoleUse,
  effective: Effective,
  around: Surroundings,
  planning: Planning,
): void {
  const { gathered, documents, problems } = planning;
  const key = `${keyOf(folder, use)} ${folder.handlers}`;
  if (folder.handlers === undefined || gathered.handlersOf.has(key)) return;
  gathered.handlersOf.add(key);
  const inside = inFile(folder.handlers, { ...around, effective, chain: [], handlers: true });
  gathered.handlers.push(...planHandlers(documents.tasks(folder.handlers, 'handlers', problems), inside, planning));
}

/** The implicit first task of a role that declares its arguments. */
function validation(folder: RoleFolder, effective: Effective, use: RoleUse): readonly PlannedTask[] {
  const { specification } = folder;
  if (!specification) return [];
  const { entryPoint, summary, at } = specification;
  return [
    {
      ...effective,
      name: `Validating arguments against arg spec '${entryPoint}'${summary === undefined ? '' : ` - ${summary}`}`,
      at,
      tags: [...new Set([...effective.tags, 'always'])],
      kind: 'task',
      implicit: true,
      module: 'validate_argument_spec',
      args: validationArguments(folder, specification, use),
    },
  ];
}

function validationArguments(folder: RoleFolder, specification: Specification, use: RoleUse): Arguments {
  const { at, entryPoint, options } = specification;
  const context = { type: 'role', name: folder.name, argument_spec_name: entryPoint, path: folder.path };
  return {
    values: {
      argument_spec: options,
      ...(use.params && { provided_arguments: use.params.values }),
      validate_args_context: context,
    },
    at,
    locate: () => at,
    locateKey: () => at,
  };
}
