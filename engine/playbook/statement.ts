/** The statements of a list of tasks or handlers. */
import { findModule, type ModuleUse, readArguments } from './arguments.ts';
import type { Block, Statement, Task } from './ast.ts';
import { readMeta, readRoleUse, readTasksFile } from './include.ts';
import { readKeywords } from './inherited.ts';
import { checkKeywords, isAnyKeyword, type Level } from './keywords.ts';
import { readLoop } from './loop.ts';
import {
  child,
  complain,
  complainOfKey,
  describe,
  has,
  isMapping,
  items,
  keyLocationOf,
  keys,
  type Node,
  positioned,
} from './node.ts';
import { readClauses, readNames, readText } from './values.ts';

export type ListOf = 'tasks' | 'handlers';

/** Every statement of a list; the broken ones are complained about and left out. */
export function readStatements(list: Node, of: ListOf = 'tasks'): readonly Statement[] {
  if (list.value == null) return [];
  if (!Array.isArray(list.value)) {
    if (list.key === undefined)
      complain(
        list,
        `A file of ${of} must be a list, not ${describe(list.value)}.`,
        `begin each of the ${of} with "- "`,
      );
    return [];
  }
  return items(list).flatMap((item) => readStatement(item, of) ?? []);
}

function readStatement(node: Node, of: ListOf): Statement | undefined {
  if (!isMapping(node.value)) {
    complain(node, `A ${of === 'tasks' ? 'task' : 'handler'} must be a mapping, not ${describe(node.value)}.`);
    return undefined;
  }
  if (['block', 'rescue', 'always'].some((key) => key in (node.value as object))) return readBlock(node, of);
  const level: Level = of === 'tasks' ? 'T' : 'H';
  const use = findModule(node, level);
  if (!use) {
    checkKeywords(
      node,
      level,
      keys(node).filter((key) => !isAnyKeyword(key)),
    );
    return undefined;
  }
  const engine = engineStatements.get(use.module);
  if (!engine) return readTask(node, use, level);
  if (use.module === 'include_tasks' || use.module === 'include_role')
    checkKeywords(node, 'I', [use.key, ...listenOf(of)]);
  else checkKeywords(node, level, [use.key]);
  if (of === 'handlers' && isForbiddenInHandlers(use)) {
    complainOfKey(
      use.node,
      `${use.module}${use.module === 'meta' ? ': flush_handlers' : ''} cannot be a handler.`,
      'include_tasks can',
    );
    return undefined;
  }
  return engine(node, use);
}

/** A handler that includes may listen as any other. */
function listenOf(of: ListOf): readonly string[] {
  return of === 'handlers' ? ['listen'] : [];
}

function isForbiddenInHandlers(use: ModuleUse): boolean {
  return use.module.endsWith('_role') || (use.module === 'meta' && use.node.value === 'flush_handlers');
}

type Reader = (task: Node, use: ModuleUse) => Statement | undefined;

const engineStatements = new Map<string, Reader>([
  ['include_tasks', readTasksFile],
  ['import_tasks', readTasksFile],
  ['include_role', readRoleUse],
  ['import_role', readRoleUse],
  ['meta', readMeta],
  ['include', (_, use) => refuse(use, 'include is no more.', 'use include_tasks or import_tasks')],
  ['import_playbook', (_, use) => refuse(use, 'import_playbook stands among plays, not among tasks.')],
]);

function refuse(use: ModuleUse, message: string, hint?: string): undefined {
  complainOfKey(use.node, message, hint);
  return undefined;
}

function readBlock(node: Node, of: ListOf): Block | undefined {
  checkKeywords(node, 'B');
  if (of === 'handlers') complain(node, 'A block cannot be a handler.', 'include_tasks can');
  if (!has(node, 'block') && !('block' in (node.value as object))) {
    complain(node, 'rescue and always need a block beside them.');
  }
  return {
    kind: 'block',
    ...readKeywords(node),
    block: readStatements(child(node, 'block')),
    rescue: readStatements(child(node, 'rescue')),
    always: readStatements(child(node, 'always')),
  };
}

function readTask(node: Node, use: ModuleUse, level: Level): Task {
  checkKeywords(node, level, [use.key]);
  const keywords = readKeywords(node);
  const loop = readLoop(node);
  const register = readText(child(node, 'register'));
  const local = { value: 'localhost', at: keyLocationOf(use.node) };
  return {
    kind: 'task',
    ...keywords,
    ...(use.local && { inherited: { delegate_to: local, ...keywords.inherited } }),
    module: use.module,
    args: readArguments(node, use),
    ...(loop && { loop }),
    ...(register !== undefined && { register }),
    ...(has(node, 'changed_when') && { changedWhen: readClauses(child(node, 'changed_when')) }),
    ...(has(node, 'failed_when') && { failedWhen: readClauses(child(node, 'failed_when')) }),
    ...(has(node, 'until') && { until: readClauses(child(node, 'until')) }),
    ...(has(node, 'retries') && { retries: positioned(child(node, 'retries')) }),
    ...(has(node, 'delay') && { delay: positioned(child(node, 'delay')) }),
    ...(has(node, 'async') && { async: positioned(child(node, 'async')) }),
    ...(has(node, 'poll') && { poll: positioned(child(node, 'poll')) }),
    listen: readNames(child(node, 'listen')).map(({ value }) => value),
  };
}
