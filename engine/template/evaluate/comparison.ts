/** Comparisons, chained and of membership. */
import { contains, equal, order } from '../python/compare.ts';
import { isDict } from '../python/types.ts';
import type { Compare, Expression } from '../syntax/nodes.ts';
import { missing, ScopeDict, Unknown } from '../values.ts';
import type { Evaluate } from './arguments.ts';
import type { Frame } from './frame.ts';
import { Forced } from './unknown.ts';

const orders: Readonly<Record<string, (order: number) => boolean>> = {
  '<': (value) => value < 0,
  '>': (value) => value > 0,
  '<=': (value) => value <= 0,
  '>=': (value) => value >= 0,
};

function compare(operator: string, left: unknown, right: unknown): boolean {
  switch (operator) {
    case '==':
      return equal(left, right);
    case '!=':
      return !equal(left, right);
    default:
      return orders[operator]!(order(left, right, operator));
  }
}

/** The values of a dict are not asked for: only its keys matter. */
function isMember(frame: Frame, item: unknown, container: unknown): boolean {
  if (container instanceof ScopeDict) return container.scope.get(String(item)) !== missing;
  if (!Array.isArray(container))
    return contains(isDict(container) ? container : frame.session.resolve(container), item);
  return isAmong(frame, item, container);
}

/** An item found settles it; only when none is do those not known matter. */
function isAmong({ session }: Frame, item: unknown, list: readonly unknown[]): boolean {
  let unknown: Unknown | undefined;
  for (const element of list) {
    const value = session.force(element);
    if (value instanceof Unknown) unknown ??= value;
    else if (equal(session.resolve(value), item)) return true;
  }
  if (unknown) throw new Forced(unknown);
  return false;
}

/** `a < b < c` holds when each neighbouring pair does. */
export function compileCompare(node: Compare, compile: (node: Expression) => Evaluate): Evaluate {
  const first = compile(node.expr);
  const rest = node.ops.map(({ expr, type }) => ({ evaluate: compile(expr), type }));
  return (frame) => {
    let left = frame.session.resolve(first(frame));
    for (const { evaluate, type } of rest) {
      const membership = type === 'in' || type === 'not in';
      const right = membership ? frame.session.known(evaluate(frame)) : frame.session.resolve(evaluate(frame));
      const holds = membership ? isMember(frame, left, right) === (type === 'in') : compare(type, left, right);
      if (!holds) return false;
      left = right;
    }
    return true;
  };
}
