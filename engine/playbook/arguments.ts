/** Which module a task names, and the arguments it gives it. */
import { closest } from '../source/suggest.ts';
import type { Arguments, Positioned } from './ast.ts';
import { parseKeyValues } from './key-value.ts';
import { isAnyKeyword, keywordsOf, type Level } from './keywords.ts';
import {
  child,
  complain,
  complainOfKey,
  describe,
  has,
  isCollection,
  isMapping,
  keyLocationOf,
  keys,
  locationOf,
  type Node,
  pathTo,
  positioned,
} from './node.ts';
import { holdsTemplate } from './values.ts';

/** The module a task names, and the node that holds its arguments. */
export interface ModuleUse {
  readonly module: string;
  /** The key it stands under in the task. */
  readonly key: string;
  readonly node: Node;
  /** Text behind the module's name in `action: copy src=a`. */
  readonly text?: string;
  /** Arguments inside `action: {module: copy, src: a}`. */
  readonly except?: readonly string[];
  /** `local_action` means delegation to localhost. */
  readonly local: boolean;
}

const collections = /^(?:ansible\.(?:builtin|legacy|posix)|community\.(?:general|docker)|kubernetes\.core)\.(?=[^.]+$)/;

/** A module's name without the collections whose modules kplay ships itself. */
export function bareModuleName(name: string): string {
  return name.replace(collections, '');
}

/** The one key of a task that is no keyword; complains and answers undefined when there is none, or more than one. */
export function findModule(task: Node, level: Level): ModuleUse | undefined {
  const strangers = keys(task).filter((key) => !isAnyKeyword(key));
  const actions = ['action', 'local_action'].filter((key) => has(task, key));
  const modules = strangers.length > 1 ? withoutTypos(strangers, level) : strangers;
  if (modules.length + actions.length > 1) {
    const [first, second] = [...actions, ...modules] as [string, string];
    complainOfKey(
      child(task, second),
      `A task has one module, but this one has "${first}" and "${second}".`,
      hintFor(modules, level),
    );
    return undefined;
  }
  if (actions[0]) return readAction(child(task, actions[0]), actions[0]);
  if (!modules[0]) {
    complain(
      task,
      'This task names no module.',
      keys(task).length > 0 ? 'a task is keywords and the name of one module' : undefined,
    );
    return undefined;
  }
  const key = modules[0];
  return { module: bareModuleName(key), key, node: child(task, key), local: false };
}

/** When all but one of the strangers look like mistyped keywords, the one is the module. */
function withoutTypos(strangers: readonly string[], level: Level): readonly string[] {
  const modules = strangers.filter((key) => key.includes('.') || closest(key, keywordsOf(level)) === undefined);
  return modules.length === 1 ? modules : strangers;
}

function hintFor(names: readonly string[], level: Level): string | undefined {
  for (const name of names) {
    const keyword = closest(name, keywordsOf(level));
    if (keyword !== undefined) return `did you mean "${keyword}" by "${name}"?`;
  }
  return 'is one of them mistyped, or is a "-" missing before it?';
}

function readAction(node: Node, key: string): ModuleUse | undefined {
  const local = key === 'local_action';
  if (isMapping(node.value) && typeof node.value['module'] === 'string') {
    const [name, text] = parted(node.value['module']);
    return { module: bareModuleName(name), key, node, except: ['module'], local, ...(text !== '' && { text }) };
  }
  if (typeof node.value === 'string' && node.value.trim() !== '') {
    const [name, text] = parted(node.value);
    return { module: bareModuleName(name), key, node, text, local };
  }
  complain(node, `${key} must be a module's name and its arguments, not ${describe(node.value)}.`);
  return undefined;
}

/** The first word and the rest; a template is a word. */
function parted(text: string): [first: string, rest: string] {
  const match = /^\s*((?:\{\{.*?\}\}|\S)+)\s*([\s\S]*)$/.exec(text);
  return [match?.[1] ?? text, match?.[2] ?? ''];
}

/** The arguments of a task: what stands under its module, then `args:`. */
export function readArguments(task: Node, use: ModuleUse): Arguments {
  const values: Record<string, unknown> = {};
  const homes = new Map<string, Node>();
  let freeForm: string | undefined;
  let template: Positioned<string> | undefined;
  const home = use.node;
  const take = (node: Node, except: readonly string[] = []) => {
    for (const name of keys(node).filter((key) => !except.includes(key))) {
      const value = child(node, name);
      if (name === '_raw_params') freeForm = String(value.value ?? '');
      else values[name] = value.value;
      homes.set(name, value);
    }
  };
  const takeText = (node: Node, text: string) => {
    const parsed = parseKeyValues(text, use.module);
    if (parsed.unclosed !== undefined) complain(node, `A quote is opened and never closed: ${parsed.unclosed}`);
    for (const [name, value] of Object.entries(parsed.values)) {
      values[name] = value;
      homes.set(name, node);
    }
    if (parsed.rest === '') return;
    freeForm = parsed.rest;
    homes.set('_raw_params', node);
  };

  const args = child(task, 'args');
  if (holdsTemplate(args.value) && use.key !== 'args' && /^\s*\{\{/.test(args.value))
    template = positioned<string>(args);
  else if (typeof args.value === 'string') takeText(args, args.value);
  else take(args);
  if (isMapping(home.value)) take(home, use.except);
  if (use.text !== undefined) takeText(home, use.text);
  else if (!isCollection(home.value) && home.value != null) takeText(home, String(home.value));
  else if (Array.isArray(home.value)) {
    complain(home, `The arguments of ${use.module} must be a mapping or text, not a list.`);
  }

  const nodeOf = (path: readonly (string | number)[]): Node => {
    const start = homes.get(String(path[0])) ?? home;
    const written = start === home || start === args || path.length < 2;
    return written ? start : path.slice(1).reduce<Node>((node, key) => child(node, key), start);
  };
  return {
    values,
    at: locationOf(home),
    ...(freeForm !== undefined && { freeForm }),
    ...(template && { template }),
    locate: (path) => locationOf(nodeOf(path)),
    locateKey: (name) => keyLocationOf(homes.get(name) ?? home),
    locateText: (path, offset) => {
      const node = nodeOf(path);
      const written = typeof node.value === 'string' ? node.value : '';
      const text = path[0] === '_raw_params' ? freeForm : values[String(path[0])];
      const shift = typeof text === 'string' ? Math.max(written.indexOf(text), 0) : 0;
      return task.document.locateText(pathTo(node), offset + shift);
    },
  };
}
