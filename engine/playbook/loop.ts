/** `loop:` and `with_<lookup>:`, with `loop_control:`. */
import { didYouMean } from '../source/suggest.ts';
import type { Loop, LoopControl } from './ast.ts';
import { child, complain, complainOfKey, has, keys, type Node, positioned } from './node.ts';
import { checkType, readBool, readClauses, readText } from './values.ts';

const controls = {
  loop_var: 'identifier',
  index_var: 'identifier',
  label: 'any',
  pause: 'number',
  extended: 'bool',
  extended_allitems: 'bool',
  break_when: 'clauses',
} as const;

/** The loop of a task, if it has one; complains about a second. */
export function readLoop(task: Node): Loop | undefined {
  const loops = keys(task).filter((key) => (key === 'loop' || key.startsWith('with_')) && has(task, key));
  const [first, second] = loops;
  if (first !== undefined && second !== undefined) {
    complainOfKey(child(task, second), `A task has one loop, but this one has "${first}" and "${second}".`);
  }
  const control = readControl(child(task, 'loop_control'));
  if (first === undefined) return undefined;
  const lookup = first === 'loop' ? undefined : first.slice('with_'.length).replace(/^ansible\.(builtin|legacy)\./, '');
  return { ...(lookup !== undefined && { lookup }), terms: positioned(child(task, first)), control };
}

function readControl(node: Node): LoopControl {
  for (const key of keys(node)) {
    if (Object.hasOwn(controls, key))
      checkType(child(node, key), `loop_control.${key}`, controls[key as keyof typeof controls]);
    else complainOfKey(child(node, key), `loop_control has no "${key}".${didYouMean(key, Object.keys(controls))}`);
  }
  const indexVar = readText(child(node, 'index_var'));
  const extended = readBool(child(node, 'extended').value);
  if (has(node, 'extended') && extended === undefined)
    complain(child(node, 'extended'), 'extended must be true or false.');
  return {
    loopVar: readText(child(node, 'loop_var')) ?? 'item',
    ...(indexVar !== undefined && { indexVar }),
    ...(has(node, 'label') && { label: positioned(child(node, 'label')) }),
    ...(has(node, 'pause') && { pause: positioned(child(node, 'pause')) }),
    extended: extended ?? false,
    extendedAllItems: readBool(child(node, 'extended_allitems').value) ?? true,
    breakWhen: readClauses(child(node, 'break_when')),
  };
}
