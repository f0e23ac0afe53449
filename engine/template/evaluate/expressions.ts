/** Expressions compiled to closures: the tree is walked once, the closures run as often as wanted. */
import { closest } from '../../source/suggest.ts';
import { TemplateError } from '../errors.ts';
import { contains, equal, order } from '../python/compare.ts';
import { dictOf } from '../python/dicts.ts';
import type { Arithmetic } from '../python/numbers.ts';
import { operate, signed } from '../python/operators.ts';
import { toText } from '../python/text.ts';
import { isTrue } from '../python/truth.ts';
import { Callable, Instance, isDict, Nothing, tuple, typeName, Undefined } from '../python/types.ts';
import type { Binary, Compare, Dict, Expression, FunCall, LookupVal, Name, Position, Test } from '../syntax/nodes.ts';
import { missing, ScopeDict, Unknown } from '../values.ts';
import { attribute, slice, subscript } from './access.ts';
import { compileArguments, type Evaluate } from './arguments.ts';
import type { Frame } from './frame.ts';
import { fresh, isFresh } from './fresh.ts';
import { globalNamed, globalNames } from './globals.ts';
import { methodsOf, mutating } from './methods.ts';
import { filterNamed, testNamed } from './names.ts';
import { Forced } from './unknown.ts';

/** Compiles an expression. Errors which its evaluation throws carry the place of the innermost part that failed. */
export function compileExpression(node: Expression): Evaluate {
  switch (node.typename) {
    case 'Literal': {
      const { value } = node;
      return () => value;
    }
    case 'Symbol':
      return compileName(node);
    case 'Array': {
      const parts = node.children.map(compileExpression);
      return (frame) => fresh(parts.map((part) => part(frame)));
    }
    case 'Group': {
      const parts = node.children.map(compileExpression);
      return (frame) => tuple(parts.map((part) => part(frame)));
    }
    case 'Dict':
      return compileDict(node);
    case 'InlineIf': {
      const [cond, body] = [compileTruth(node.cond), compileExpression(node.body)];
      const otherwise = node.else_ ? compileExpression(node.else_) : () => new Nothing('the inline `if` has no `else`, and its condition is false');
      return (frame) => (cond(frame) ? body(frame) : otherwise(frame));
    }
    case 'And':
    case 'Or':
      return compileLogical(node.typename === 'And', node.left, node.right);
    case 'Not': {
      const target = compileTruth(node.target);
      return (frame) => !target(frame);
    }
    default:
      return located(node, compileOther(node));
  }
}

/** Steps are counted, and errors placed, where something can take time or fail. */
function compileOther(node: Exclude<Expression, { typename: 'Literal' | 'Symbol' | 'Array' | 'Group' | 'Dict' | 'InlineIf' | 'And' | 'Or' | 'Not' }>): Evaluate {
  switch (node.typename) {
    case 'LookupVal':
      return compileLookup(node);
    case 'FunCall':
      return compileCall(node);
    case 'Filter': {
      const { name } = node;
      const [input, given] = [compileExpression(node.input!), compileArguments(node.args, compileExpression)];
      return (frame) => filterNamed(frame.session, name)(frame.session, input(frame), given(frame));
    }
    case 'Is':
      return compileTest(node);
    case 'Compare':
      return compileCompare(node);
    case 'Concat': {
      const parts = node.children.map(compileExpression);
      return (frame) => {
        const text = parts.map((part) => toText(frame.session.resolve(part(frame)))).join('');
        frame.session.meter.characters(text.length);
        return text;
      };
    }
    case 'Neg':
    case 'Pos': {
      const target = compileExpression(node.target);
      const sign = node.typename === 'Neg' ? '-' : '+';
      return (frame) => signed(sign, frame.session.known(target(frame)));
    }
    case 'Slice':
      throw new TemplateError('a slice has its place in []', { position: { line: node.lineno, column: node.colno } });
    case 'Not':
      throw new TypeError('compiled above');
    default:
      return compileBinary(node);
  }
}

/** Gives the errors of a part its place, unless a part of it gave its own. */
export function located<Result>(node: Position, evaluate: (frame: Frame) => Result): (frame: Frame) => Result {
  const position = { line: node.lineno, column: node.colno };
  return (frame) => {
    try {
      frame.session.meter.step();
      return evaluate(frame);
    } catch (error) {
      if (error instanceof TemplateError) error.position ??= position;
      throw error;
    }
  };
}

/** The truth of an expression. */
export function compileTruth(node: Expression): (frame: Frame) => boolean {
  const evaluate = compileExpression(node);
  return located(node, (frame) => isTrue(frame.session.known(allowNothing(evaluate(frame)))));
}

/** An inline `if` without `else` is false and empty, while anything else undefined is an error. */
function allowNothing(value: unknown): unknown {
  return value instanceof Nothing ? false : value;
}

function compileName({ value: name, ...position }: Name): Evaluate {
  const place = { line: position.lineno, column: position.colno };
  return (frame) => {
    const bound = frame.find(name);
    if (bound !== undefined) return bound;
    frame.session.meter.step();
    const value = frame.template.isolated ? missing : variable(frame, name, place);
    if (value !== missing) return value;
    const builtIn = globalNamed(frame.session, name);
    if (builtIn !== undefined) return builtIn;
    const near = closest(name, [...frame.names(), ...frame.session.environment.scope.names(), ...globalNames]);
    const absent = new Undefined(`'${name}' is undefined`, name, near === undefined ? undefined : `Did you mean "${near}"?`);
    absent.position = place;
    return absent;
  };
}

function variable(frame: Frame, name: string, place: { line: number; column: number }): unknown {
  try {
    return frame.session.variable(name);
  } catch (error) {
    if (error instanceof TemplateError) error.position ??= place;
    throw error;
  }
}

function compileDict(node: Dict): Evaluate {
  const pairs = node.children.map(({ key, value }) => [compileExpression(key), compileExpression(value)] as const);
  return (frame) => fresh(dictOf(pairs.map(([key, value]) => [frame.session.known(key(frame)), value(frame)] as const)));
}

function compileLogical(and: boolean, leftNode: Expression, rightNode: Expression): Evaluate {
  const [left, right] = [compileExpression(leftNode), compileExpression(rightNode)];
  const test = located(leftNode, (frame: Frame) => {
    const value = left(frame);
    return { value, truth: isTrue(frame.session.known(allowNothing(value))) };
  });
  return (frame) => {
    const { value, truth } = test(frame);
    return truth === and ? right(frame) : value;
  };
}

function compileLookup(node: LookupVal): Evaluate {
  const target = compileExpression(node.target);
  const place = { line: node.lineno, column: node.colno };
  const position = (value: unknown) => {
    if (value instanceof Undefined) value.position ??= place;
    return value;
  };
  if (node.val.typename === 'Slice') {
    const parts = [node.val.start, node.val.stop, node.val.step].map((part) => (part ? compileExpression(part) : () => null));
    return (frame) => {
      const [start, stop, step] = parts.map((part) => frame.session.known(part(frame)));
      return slice(frame.session, target(frame), [start, stop, step]);
    };
  }
  if (node.dotted && node.val.typename === 'Literal') {
    const name = String(node.val.value);
    return (frame) => position(attribute(frame.session, target(frame), name));
  }
  const key = compileExpression(node.val);
  return (frame) => position(subscript(frame.session, target(frame), key(frame)));
}

function compileCall(node: FunCall): Evaluate {
  const given = compileArguments(node.args, compileExpression);
  if (node.name.typename === 'LookupVal' && node.name.dotted && node.name.val.typename === 'Literal') {
    return compileMethod(node.name.target, String(node.name.val.value), given);
  }
  const callee = compileExpression(node.name);
  return (frame) => call(frame, callee(frame), given);
}

function compileMethod(targetNode: Expression, name: string, given: ReturnType<typeof compileArguments>): Evaluate {
  const evaluate = compileExpression(targetNode);
  const variableName = targetNode.typename === 'Symbol' ? targetNode.value : undefined;
  return (frame) => {
    const { session } = frame;
    let target = session.force(evaluate(frame));
    if (target instanceof Unknown) return target;
    const methods = methodsOf(target);
    if (!methods || !Object.hasOwn(methods, name)) return call(frame, attribute(session, target, name), given);
    if (mutating.has(name) && !isFresh(target as object)) target = changeable(frame, variableName, target as object);
    return methods[name]!(session, target, given(frame));
  };
}

/** What may be changed in place: for a variable, a copy of it, for the rest of this template. */
function changeable(frame: Frame, name: string | undefined, target: object): unknown {
  if (name !== undefined && frame.find(name) === undefined) return frame.session.ownCopy(name, target);
  throw new TemplateError('this belongs to the variables, and cannot be changed in place', { hint: 'build a new value, with + or combine' });
}

function call(frame: Frame, callee: unknown, given: ReturnType<typeof compileArguments>): unknown {
  const target = frame.session.force(callee);
  if (target instanceof Unknown) return target;
  if (target instanceof Callable) return target.call(given(frame));
  if (target instanceof Instance && target.abilities.call) return target.abilities.call(given(frame));
  throw new TemplateError(`${typeName(frame.session.known(target))} cannot be called`);
}

function compileTest(node: Test): Evaluate {
  const { name, negated } = node;
  const [input, given] = [compileExpression(node.input), compileArguments(node.args, compileExpression)];
  return (frame) => isTrue(testNamed(frame.session, name)(frame.session, input(frame), given(frame))) !== negated;
}

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
  if (!Array.isArray(container)) return contains(isDict(container) ? container : frame.session.resolve(container), item);
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
function compileCompare(node: Compare): Evaluate {
  const first = compileExpression(node.expr);
  const rest = node.ops.map(({ expr, type }) => ({ evaluate: compileExpression(expr), type }));
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

const symbols: Readonly<Record<Binary['typename'], Arithmetic>> = { Add: '+', Sub: '-', Mul: '*', Div: '/', FloorDiv: '//', Mod: '%', Pow: '**' };

function compileBinary(node: Binary): Evaluate {
  const [left, right] = [compileExpression(node.left), compileExpression(node.right)];
  const operator = symbols[node.typename];
  if (operator === '+') return (frame) => fresh(add(frame, left(frame), right(frame)));
  return (frame) => operate(operator, frame.session.resolve(left(frame)), frame.session.resolve(right(frame)), frame.session.meter);
}

/** Lists are joined without asking for what they hold. */
function add(frame: Frame, left: unknown, right: unknown): unknown {
  return operate('+', frame.session.known(left), frame.session.known(right), frame.session.meter);
}
