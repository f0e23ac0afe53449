/** Modules a plan names: whether there are such, and whether their arguments are right. */
import type { Location, Problem } from '../errors.ts';
import type { AnyModule } from '../module/definition.ts';
import { checkArguments } from '../module/schema.ts';
import { isAnyKeyword, keywordsOf } from '../playbook/keywords.ts';
import { isMapping } from '../playbook/node.ts';
import { holdsTemplate } from '../playbook/values.ts';
import { didYouMean } from '../source/suggest.ts';
import { defaultsOf } from './module-defaults.ts';
import type { PlannedTask } from './plan.ts';

/** The modules that can be named; see the catalog of the module room. */
export interface PlanModules {
  has(name: string): boolean;
  names(): readonly string[];
  /** What to tell someone who named a module that is not there. */
  explain?(name: string): string;
  load(names: readonly string[]): Promise<void>;
  /** A loaded module. Throws when it was not loaded. */
  get(name: string): AnyModule;
}

/** Carried out by the engine itself. */
const ofTheEngine = new Set(['validate_argument_spec']);

export function checkName(task: PlannedTask, modules: PlanModules): Problem | undefined {
  const { module, args } = task;
  if (ofTheEngine.has(module) || holdsTemplate(module) || modules.has(module)) return undefined;
  // What is no module may be a mistyped keyword.
  const keyword = isAnyKeyword(module) ? '' : didYouMean(module, keywordsOf('T'));
  const message = modules.explain?.(module) ?? `No module is named "${module}".${didYouMean(module, modules.names())}`;
  return { message: message.includes('Did you mean') ? message : message + keyword, at: keyOf(args.at, task) };
}

/** The module's own name, on the line of its arguments or above. */
function keyOf(at: Location, task: PlannedTask): Location {
  return task.args.locateKey('') ?? at;
}

/** Everything wrong with the arguments of a task, as far as can be told before templates are rendered. */
export function checkTaskArguments(task: PlannedTask, modules: PlanModules): readonly Problem[] {
  const { args, module: name } = task;
  if (ofTheEngine.has(name) || !modules.has(name) || args.template || hasUnclearDefaults(task)) return [];
  const module = modules.get(name);
  const values: Record<string, unknown> = { ...defaultsFor(task), ...args.values };
  if (args.freeForm !== undefined) {
    if (module.freeForm !== undefined) values[module.freeForm] = args.freeForm;
    else if (/^\s*\{\{[\s\S]*\}\}\s*$/.test(args.freeForm)) return [];
    else
      return [
        {
          message: `${name} does not understand "${args.freeForm}".`,
          at: args.at,
          hint: 'write its arguments as "name: value" below it',
        },
      ];
  }
  return checkArguments(module, name, values, { templates: 'skip' }).map(({ path, onKey, message, hint }) => ({
    message,
    hint,
    at: onKey
      ? keyLocation(task, path)
      : args.locate(module.freeForm === path[0] && !(String(path[0]) in args.values) ? ['_raw_params'] : path),
  }));
}

function keyLocation({ args }: PlannedTask, path: readonly (string | number)[]): Location {
  return path.length < 2 ? args.locateKey(String(path[0] ?? '')) : args.locate(path);
}

/** Defaults for a group of modules, or a template that yields defaults, may give any argument. */
function hasUnclearDefaults({ moduleDefaults }: PlannedTask): boolean {
  return moduleDefaults.some(
    ({ value }) => !isMapping(value) || Object.keys(value).some((name) => name.startsWith('group/')),
  );
}

/** What `module_defaults` give the task's module. */
export function defaultsFor({ moduleDefaults, module }: PlannedTask): Readonly<Record<string, unknown>> {
  return Object.assign({}, ...defaultsOf(module, moduleDefaults).map(({ value }) => (isMapping(value) ? value : {})));
}
