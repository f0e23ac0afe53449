/** Which names a condition vouches for: `x is defined and x.y`. */
import type { Expression } from './syntax/nodes.ts';
import { childNodes } from './syntax/walk.ts';

export type Path = readonly string[];

/** `a.b['c'].0` as a path, up to the first key which is computed. Undefined when the expression begins with no name. */
export function pathOf(node: Expression): Path | undefined {
  return chainOf(node)?.path;
}

function chainOf(node: Expression): { readonly path: Path; readonly computed: boolean } | undefined {
  if (node.typename === 'Symbol') return { path: [node.value], computed: false };
  const before = node.typename === 'LookupVal' ? chainOf(node.target) : undefined;
  if (node.typename !== 'LookupVal' || !before || before.computed) return before;
  if (node.val.typename !== 'Literal') return { path: before.path, computed: true };
  return { path: [...before.path, String(node.val.value)], computed: false };
}

/** The names which must exist where the condition turned out as `truth`. */
export function vouchedBy(cond: Expression, truth: boolean): readonly Path[] {
  switch (cond.typename) {
    case 'Not':
      return vouchedBy(cond.target, !truth);
    case 'And':
    case 'Or': {
      // Both sides hold where an `and` is true or an `or` is false; otherwise it may have been either of them.
      const both = (cond.typename === 'And') === truth;
      return both ? [...vouchedBy(cond.left, truth), ...vouchedBy(cond.right, truth)] : [];
    }
    case 'Is': {
      const says = cond.name === 'defined' ? !cond.negated : cond.name === 'undefined' ? cond.negated : undefined;
      if (says === undefined) return truth ? defaulted(cond.input) : [];
      const path = pathOf(cond.input);
      return path && says === truth ? [path] : [];
    }
    case 'Compare': {
      const [operand] = cond.ops;
      const inVars =
        operand?.expr.typename === 'Symbol' && operand.expr.value === 'vars' && cond.expr.typename === 'Literal';
      const says = operand?.type === 'in' ? true : operand?.type === 'not in' ? false : undefined;
      if (inVars && says === truth)
        return [[String((cond.expr as Extract<Expression, { typename: 'Literal' }>).value)]];
      return truth ? defaulted(cond) : [];
    }
    default:
      return truth ? defaulted(cond) : [];
  }
}

/** What is true although it has a default is taken to exist, as in `x | default(false)`. */
function defaulted(node: Expression): readonly Path[] {
  if (node.typename === 'Filter' && node.input && isDefault(node.name)) {
    const path = pathOf(node.input);
    return path ? [path] : defaulted(node.input);
  }
  return childNodes(node).flatMap((child) =>
    child.typename === 'Filter' || child.typename === 'CompareOperand' || child.typename === 'LookupVal'
      ? defaulted(child as Expression)
      : [],
  );
}

export function isDefault(name: string): boolean {
  return name === 'default' || name === 'd' || name === 'ansible.builtin.default';
}

/** Whether one path is vouched for by another: `a` and `a.b` vouch for each other. */
export function covers(guard: Path, path: Path): boolean {
  return guard.slice(0, path.length).every((step, index) => step === path[index]);
}
