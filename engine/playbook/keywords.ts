/** Every keyword of the language: where it may stand and what it takes. One table; all else is read from it. */
import { didYouMean } from '../source/suggest.ts';
import { child, complainOfKey, keys, type Node } from './node.ts';
import { checkType, type ValueType } from './values.ts';

/** Letters for where a keyword may stand. */
export const levels = {
  P: 'a play',
  R: 'a role entry',
  B: 'a block',
  T: 'a task',
  H: 'a handler',
  I: 'an include',
  L: 'import_playbook',
} as const;
export type Level = keyof typeof levels;

interface Keyword {
  /** {@link Level} letters. */
  readonly on: string;
  readonly type: ValueType;
  readonly choices?: readonly string[];
}

export const keywords = {
  name: { on: 'PRBTHIL', type: 'text' },
  vars: { on: 'PRBTHIL', type: 'vars' },
  tags: { on: 'PRBTHIL', type: 'texts' },
  when: { on: 'RBTHIL', type: 'clauses' },
  collections: { on: 'PRBTHI', type: 'texts' },
  no_log: { on: 'PRBTHI', type: 'bool' },
  run_once: { on: 'PRBTHI', type: 'bool' },
  ignore_errors: { on: 'PRBTHI', type: 'bool' },
  timeout: { on: 'PRBTHI', type: 'number' },
  debugger: {
    on: 'PRBTHI',
    type: 'text',
    choices: ['always', 'on_failed', 'on_unreachable', 'on_skipped', 'never'],
  },
  connection: { on: 'PRBTH', type: 'text' },
  port: { on: 'PRBTH', type: 'number' },
  remote_user: { on: 'PRBTH', type: 'text' },
  become: { on: 'PRBTH', type: 'bool' },
  become_method: { on: 'PRBTH', type: 'text' },
  become_user: { on: 'PRBTH', type: 'text' },
  become_flags: { on: 'PRBTH', type: 'text' },
  become_exe: { on: 'PRBTH', type: 'text' },
  environment: { on: 'PRBTH', type: 'mappings' },
  module_defaults: { on: 'PRBTH', type: 'mappings' },
  check_mode: { on: 'PRBTH', type: 'bool' },
  diff: { on: 'PRBTH', type: 'bool' },
  any_errors_fatal: { on: 'PRBTH', type: 'bool' },
  ignore_unreachable: { on: 'PRBTH', type: 'bool' },
  throttle: { on: 'PRBTH', type: 'number' },
  delegate_to: { on: 'RBTH', type: 'text' },
  delegate_facts: { on: 'RBTH', type: 'bool' },
  notify: { on: 'BTH', type: 'names' },
  // Play only.
  hosts: { on: 'P', type: 'names' },
  user: { on: 'P', type: 'text' },
  gather_facts: { on: 'P', type: 'bool' },
  gather_subset: { on: 'P', type: 'names' },
  gather_timeout: { on: 'P', type: 'number' },
  fact_path: { on: 'P', type: 'text' },
  vars_files: { on: 'P', type: 'any' },
  vars_prompt: { on: 'P', type: 'any' },
  roles: { on: 'P', type: 'list' },
  handlers: { on: 'P', type: 'list' },
  pre_tasks: { on: 'P', type: 'list' },
  tasks: { on: 'P', type: 'list' },
  post_tasks: { on: 'P', type: 'list' },
  force_handlers: { on: 'P', type: 'bool' },
  max_fail_percentage: { on: 'P', type: 'number' },
  serial: { on: 'P', type: 'any' },
  strategy: { on: 'P', type: 'text', choices: ['linear', 'free', 'host_pinned', 'debug'] },
  order: {
    on: 'P',
    type: 'text',
    choices: ['inventory', 'reverse_inventory', 'sorted', 'reverse_sorted', 'shuffle'],
  },
  role: { on: 'R', type: 'text' },
  // Blocks.
  block: { on: 'B', type: 'list' },
  rescue: { on: 'B', type: 'list' },
  always: { on: 'B', type: 'list' },
  // Tasks and handlers.
  action: { on: 'TH', type: 'any' },
  local_action: { on: 'TH', type: 'any' },
  args: { on: 'THI', type: 'args' },
  loop: { on: 'THI', type: 'any' },
  loop_control: { on: 'THI', type: 'mapping' },
  register: { on: 'THI', type: 'identifier' },
  async: { on: 'TH', type: 'number' },
  poll: { on: 'TH', type: 'number' },
  changed_when: { on: 'TH', type: 'clauses' },
  failed_when: { on: 'TH', type: 'clauses' },
  until: { on: 'TH', type: 'clauses' },
  retries: { on: 'TH', type: 'number' },
  delay: { on: 'TH', type: 'number' },
  listen: { on: 'H', type: 'names' },
  // Top level.
  import_playbook: { on: 'L', type: 'text' },
} as const satisfies Readonly<Record<string, Keyword>>;

const table = new Map<string, Keyword>(Object.entries(keywords));

export function keywordsOf(level: Level): readonly string[] {
  return [...table].filter(([, keyword]) => keyword.on.includes(level)).map(([name]) => name);
}

/** A keyword at this level, `with_<lookup>` included. */
export function isKeyword(name: string, level: Level): boolean {
  return table.get(name)?.on.includes(level) ?? (name.startsWith('with_') && 'THI'.includes(level));
}

const alsoModules = new Set(['user', 'gather_facts', 'import_playbook']);

/** A keyword at some level, hence hardly a module; `user` and `gather_facts` are both. */
export function isAnyKeyword(name: string): boolean {
  return (table.has(name) && !alsoModules.has(name)) || name.startsWith('with_');
}

/**
 * Complains about every key that is no keyword of this level, and every value of the wrong type. `besides` are keys that mean
 * something else here, such as the task's module.
 */
export function checkKeywords(node: Node, level: Level, besides: readonly string[] = []): void {
  for (const key of keys(node)) {
    if (besides.includes(key)) continue;
    const at = child(node, key);
    const keyword = table.get(key);
    if (!isKeyword(key, level)) complainOfKey(at, ...misplaced(key, level));
    else if (keyword) checkType(at, key, keyword.type, keyword.choices);
  }
}

function misplaced(key: string, level: Level): [message: string, hint?: string] {
  const elsewhere = table.get(key)?.on ?? (key.startsWith('with_') ? 'T' : '');
  const message = `"${key}" is not a keyword of ${levels[level]}.`;
  if (elsewhere === '') return [message + didYouMean(key, keywordsOf(level))];
  if (level === 'I' && elsewhere.includes('B'))
    return [message, `put it under "apply:" to give it to what is included`];
  if ((level === 'B' && /^(loop|with_|until|retries|register)/.test(key)) || elsewhere === 'T') {
    return [message, 'put the tasks in a file and loop over include_tasks'];
  }
  return [message, `it belongs to ${[...elsewhere].map((letter) => levels[letter as Level]).join(', ')}`];
}
