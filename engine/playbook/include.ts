/** `include_tasks`, `import_tasks`, `include_role`, `import_role` and `meta`: statements the engine itself carries out. */
import { unboxed } from '../source/float.ts';
import { didYouMean } from '../source/suggest.ts';
import { type ModuleUse, readArguments } from './arguments.ts';
import {
  type Arguments,
  type Keywords,
  type Meta,
  metaActions,
  type Positioned,
  type RoleUse,
  type TasksFile,
} from './ast.ts';
import { readKeywords } from './inherited.ts';
import { checkKeywords } from './keywords.ts';
import { readLoop } from './loop.ts';
import {
  child,
  complain,
  complainOfKey,
  describe,
  has,
  isMapping,
  keyLocationOf,
  locationOf,
  type Node,
} from './node.ts';
import { readBool, readNames, readText } from './values.ts';

/** `include_tasks` and `import_tasks`. */
export function readTasksFile(task: Node, use: ModuleUse): TasksFile | undefined {
  const dynamic = use.module === 'include_tasks';
  const args = readArguments(task, use);
  checkOptions(use, args, dynamic ? ['file', 'apply'] : ['file']);
  const file = textOf(args, 'file', args.freeForm);
  if (!file) {
    complain(use.node, `${use.module} needs the name of a file.`);
    return undefined;
  }
  const loop = loopOf(task, use, dynamic);
  const register = readText(child(task, 'register'));
  return {
    kind: 'tasks_file',
    ...readKeywords(task),
    dynamic,
    file,
    ...(loop && { loop }),
    ...(register !== undefined && { register }),
    ...applyOf(task, use),
    listen: readNames(child(task, 'listen')).map(({ value }) => value),
  };
}

export const roleOptions = [
  'name',
  'tasks_from',
  'vars_from',
  'defaults_from',
  'handlers_from',
  'public',
  'allow_duplicates',
  'rolespec_validate',
];

/** `include_role` and `import_role`. */
export function readRoleUse(task: Node, use: ModuleUse): RoleUse | undefined {
  const dynamic = use.module === 'include_role';
  const args = readArguments(task, use);
  checkOptions(use, args, dynamic ? [...roleOptions, 'apply'] : roleOptions, ['role']);
  const role = textOf(args, 'name') ?? textOf(args, 'role');
  if (!role) {
    complain(use.node, `${use.module} needs the name of a role.`, `write ${use.module}: {name: …}`);
    return undefined;
  }
  const from = (name: string) => textOf(args, name)?.value ?? 'main';
  const flag = (name: string, fallback: boolean) => readBool(args.values[name]) ?? fallback;
  const loop = loopOf(task, use, dynamic);
  const register = readText(child(task, 'register'));
  return {
    kind: 'role',
    ...readKeywords(task),
    dynamic,
    role,
    tasksFrom: from('tasks_from'),
    varsFrom: from('vars_from'),
    defaultsFrom: from('defaults_from'),
    handlersFrom: from('handlers_from'),
    public: flag('public', !dynamic),
    allowDuplicates: flag('allow_duplicates', true),
    validate: flag('rolespec_validate', true),
    ...(loop && { loop }),
    ...(register !== undefined && { register }),
    ...applyOf(task, use),
  };
}

/** `meta: <action>`. */
export function readMeta(task: Node, use: ModuleUse): Meta | undefined {
  const { freeForm } = readArguments(task, use);
  const action = metaActions.find((known) => known === freeForm);
  if (action === undefined) {
    const given = freeForm === undefined ? 'nothing' : describe(freeForm);
    complain(
      use.node,
      `meta takes one of ${metaActions.join(', ')}, not ${given}.${didYouMean(freeForm ?? '', metaActions)}`,
    );
    return undefined;
  }
  return { kind: 'meta', ...readKeywords(task), action };
}

function textOf(args: Arguments, name: string, otherwise?: string): Positioned<string> | undefined {
  const given = args.values[name] ?? otherwise;
  if (given == null || typeof unboxed(given) === 'object' || given === '') return undefined;
  const path = args.values[name] == null ? '_raw_params' : name;
  return {
    value: String(given),
    at: args.locate([path]),
    ...(args.locateText && { locateText: (below, offset) => args.locateText!([path, ...below], offset) }),
  };
}

function checkOptions(
  use: ModuleUse,
  args: Arguments,
  options: readonly string[],
  aliases: readonly string[] = [],
): void {
  for (const name of Object.keys(args.values)) {
    if (options.includes(name) || aliases.includes(name)) continue;
    use.node.problems.push({
      message: `${use.module} has no option "${name}".${didYouMean(name, options)}`,
      at: args.locateKey(name),
      source: use.node.document.text,
    });
  }
  if (args.freeForm !== undefined && !options.includes('file')) {
    complain(
      use.node,
      `${use.module} does not understand ${describe(args.freeForm)}.`,
      `write ${use.module}: {name: …}`,
    );
  }
}

function loopOf(task: Node, use: ModuleUse, dynamic: boolean) {
  const loop = readLoop(task);
  if (!loop || dynamic) return loop;
  const at = { ...use.node, problems: task.problems };
  complainOfKey(at, `${use.module} cannot be looped over.`, `use ${use.module.replace('import', 'include')}`);
  return undefined;
}

/** `apply:` among the options or in `args:`. */
function applyOf(task: Node, use: ModuleUse): { apply?: Keywords } {
  const places = [use.node, child(task, 'args')].filter((node) => isMapping(node.value) && has(node, 'apply'));
  const apply = places[0] && child(places[0], 'apply');
  if (!apply) return {};
  if (!isMapping(apply.value)) {
    apply.problems.push({
      message: `apply must be a mapping of keywords, not ${describe(apply.value)}.`,
      at: keyLocationOf(apply),
    });
    return {};
  }
  checkKeywords(apply, 'B');
  return { apply: { ...readKeywords(apply), at: locationOf(apply) } };
}
