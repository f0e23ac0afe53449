/** One play, or the import of a playbook. */
import { didYouMean } from '../source/suggest.ts';
import { bareModuleName } from './arguments.ts';
import type { Play, PlaybookEntry, PlaybookImport, Positioned } from './ast.ts';
import { readKeywords } from './inherited.ts';
import { checkKeywords } from './keywords.ts';
import {
  child,
  complain,
  complainOfKey,
  describe,
  has,
  isMapping,
  items,
  keys,
  type Node,
  positioned,
} from './node.ts';
import { readRoleEntries } from './role-entry.ts';
import { readStatements } from './statement.ts';
import { holdsTemplate, readNames, readText } from './values.ts';

/** An entry of a playbook; broken ones are complained about and, where nothing is left of them, answered with undefined. */
export function readPlaybookEntry(node: Node): PlaybookEntry | undefined {
  if (!isMapping(node.value)) {
    complain(node, `A play must be a mapping, not ${describe(node.value)}.`);
    return undefined;
  }
  const imported = keys(node).find((key) => bareModuleName(key) === 'import_playbook');
  return imported === undefined ? readPlay(node) : readImport(node, imported);
}

function readImport(node: Node, key: string): PlaybookImport | undefined {
  checkKeywords(node, 'L', [key]);
  const file = child(node, key);
  if (typeof file.value !== 'string' || file.value.trim() === '') {
    complain(file, `import_playbook must be the name of a file, not ${describe(file.value)}.`);
    return undefined;
  }
  return { kind: 'playbook', ...readKeywords(node), file: positioned<string>(file) };
}

function readPlay(node: Node): Play {
  checkKeywords(node, 'P');
  if (!has(node, 'hosts')) {
    const tasks = !keys(node).some((key) => /^(pre_|post_)?tasks$|^roles$|^handlers$/.test(key));
    complain(
      node,
      'This play has no hosts.',
      tasks ? 'is this a file of tasks rather than of plays?' : 'write "hosts: all"',
    );
  } else if (readNames(child(node, 'hosts')).length === 0) complain(child(node, 'hosts'), 'hosts is empty.');
  const keywords = readKeywords(node);
  const { user, ...only } = playKeywords(node);
  return {
    kind: 'play',
    ...keywords,
    ...(user && { inherited: { remote_user: user, ...keywords.inherited } }),
    hosts: positioned(child(node, 'hosts')),
    ...only,
    varsFiles: readVarsFiles(child(node, 'vars_files')),
    varsPrompt: readVarsPrompt(child(node, 'vars_prompt')),
    roles: readRoleEntries(child(node, 'roles')),
    preTasks: readStatements(child(node, 'pre_tasks')),
    tasks: readStatements(child(node, 'tasks')),
    postTasks: readStatements(child(node, 'post_tasks')),
    handlers: readStatements(child(node, 'handlers'), 'handlers'),
    serial: readSerial(child(node, 'serial')),
  };
}

const single = {
  user: 'user',
  gather_facts: 'gatherFacts',
  gather_subset: 'gatherSubset',
  gather_timeout: 'gatherTimeout',
  fact_path: 'factPath',
  force_handlers: 'forceHandlers',
  max_fail_percentage: 'maxFailPercentage',
  strategy: 'strategy',
  order: 'order',
} as const;

function playKeywords(node: Node): { readonly [K in (typeof single)[keyof typeof single]]?: Positioned } {
  const found = Object.entries(single).filter(([keyword]) => has(node, keyword));
  return Object.fromEntries(found.map(([keyword, field]) => [field, positioned(child(node, keyword))]));
}

/** Each entry is a file, or a list of files of which the first that exists counts. */
function readVarsFiles(node: Node): readonly Positioned[] {
  if (node.value == null) return [];
  const entries = Array.isArray(node.value) ? items(node) : [node];
  return entries
    .filter((entry) => {
      const files = Array.isArray(entry.value) ? entry.value : [entry.value];
      const fine = files.every((file) => typeof file === 'string');
      if (!fine) complain(entry, `vars_files takes the names of files, not ${describe(entry.value)}.`);
      return fine;
    })
    .map((entry) => positioned(entry));
}

const promptOptions = ['name', 'prompt', 'default', 'private', 'confirm', 'encrypt', 'salt', 'salt_size', 'unsafe'];

function readVarsPrompt(node: Node): Play['varsPrompt'] {
  if (node.value != null && !Array.isArray(node.value))
    complain(node, `vars_prompt must be a list, not ${describe(node.value)}.`);
  return items(node).flatMap((item) => {
    if (!isMapping(item.value) || readText(child(item, 'name')) === undefined) {
      complain(item, 'An entry of vars_prompt needs the name of a variable.');
      return [];
    }
    for (const key of keys(item)) {
      if (!promptOptions.includes(key))
        complainOfKey(child(item, key), `vars_prompt has no "${key}".${didYouMean(key, promptOptions)}`);
    }
    return [positioned<Readonly<Record<string, unknown>>>(item)];
  });
}

function readSerial(node: Node): readonly Positioned[] {
  if (node.value == null) return [];
  const sizes = Array.isArray(node.value) ? items(node) : [node];
  for (const size of sizes) {
    if (!holdsTemplate(size.value) && !/^\d+(\.\d+)?%?$/.test(String(size.value))) {
      complain(size, `serial must be a number of hosts or a percentage, not ${describe(size.value)}.`);
    }
  }
  return sizes.map((size) => positioned(size));
}
