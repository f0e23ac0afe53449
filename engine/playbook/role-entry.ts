/** The entries of `roles:` in a play and of `dependencies:` in a role's meta. */
import type { RoleUse } from './ast.ts';
import { readKeywords } from './inherited.ts';
import { checkKeywords, isKeyword } from './keywords.ts';
import { child, complain, describe, isMapping, items, keys, type Node, positioned, varsBlock } from './node.ts';
import { readText } from './values.ts';

export function readRoleEntries(list: Node): readonly RoleUse[] {
  return items(list).flatMap((item) => readRoleEntry(item) ?? []);
}

const byDefault = {
  kind: 'role',
  dynamic: false,
  tasksFrom: 'main',
  varsFrom: 'main',
  defaultsFrom: 'main',
  handlersFrom: 'main',
  public: true,
  validate: true,
} as const;

function readRoleEntry(node: Node): RoleUse | undefined {
  if (typeof node.value === 'string') return { ...byDefault, ...readKeywords(node), role: positioned<string>(node) };
  const named = ['role', 'name'].map((key) => child(node, key)).find((name) => readText(name) !== undefined);
  if (!isMapping(node.value) || !named) {
    complain(
      node,
      `A role entry needs the name of a role, but this is ${describe(node.value)}.`,
      'write "- role: name"',
    );
    return undefined;
  }
  // Whatever is not a keyword is a parameter of the role.
  const params = keys(node).filter((key) => !isKeyword(key, 'R'));
  checkKeywords(node, 'R', params);
  const values = node.value;
  const block = params.length > 0 && varsBlock(node, Object.fromEntries(params.map((key) => [key, values[key]])));
  return {
    ...byDefault,
    ...readKeywords(node),
    role: positioned(named, String(named.value)),
    ...(block && { params: block }),
  };
}
