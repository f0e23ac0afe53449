/** Expressions compiled to closures: the tree is walked once, the closures run as often as wanted. */
import { TemplateError } from '../errors.ts';
import { dictOf } from '../python/dicts.ts';
import type { Arithmetic } from '../python/numbers.ts';
import { operate, signed } from '../python/operators.ts';
import { toText } from '../python/text.ts';
import { isTrue } from '../python/truth.ts';
import { Nothing, tuple, Undefined } from '../python/types.ts';
import type { Binary, Dict, Expression, LookupVal, Position, Test } from '../syntax/nodes.ts';
import { attribute, slice, subscript } from './access.ts';
import { compileArguments, type Evaluate } from './arguments.ts';
import { compileCall } from './call.ts';
import { compileCompare } from './comparison.ts';
import type { Frame } from './frame.ts';
import { fresh } from './fresh.ts';
import { compileName } from './name.ts';
import { filterNamed, testNamed } from './names.ts';

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
      const otherwise = node.else_
        ? compileExpression(node.else_)
        : () => new Nothing('the inline `if` has no `else`, and its condition is false');
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
function compileOther(
  node: Exclude<
    Expression,
    { typename: 'Literal' | 'Symbol' | 'Array' | 'Group' | 'Dict' | 'InlineIf' | 'And' | 'Or' | 'Not' }
  >,
): Evaluate {
  switch (node.typename) {
    case 'LookupVal':
      return compileLookup(node);
    case 'FunCall':
      return compileCall(node, compileExpression);
    case 'Filter': {
      const { name } = node;
      const [input, given] = [compileExpression(node.input!), compileArguments(node.args, compileExpression)];
      return (frame) => filterNamed(frame.session, name)(frame.session, input(frame), given(frame));
    }
    case 'Is':
      return compileTest(node);
    case 'Compare':
      return compileCompare(node, compileExpression);
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

function compileDict(node: Dict): Evaluate {
  const pairs = node.children.map(({ key, value }) => [compileExpression(key), compileExpression(value)] as const);
  return (frame) =>
    fresh(dictOf(pairs.map(([key, value]) => [frame.session.known(key(frame)), value(frame)] as const)));
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
  const position = (value: unknown, { template }: Frame) => {
    if (!(value instanceof Undefined) || value.position) return value;
    value.position = place;
    value.source = template.source;
    return value;
  };
  if (node.val.typename === 'Slice') {
    const parts = [node.val.start, node.val.stop, node.val.step].map((part) =>
      part ? compileExpression(part) : () => null,
    );
    return (frame) => {
      const [start, stop, step] = parts.map((part) => frame.session.known(part(frame)));
      return slice(frame.session, target(frame), [start, stop, step]);
    };
  }
  if (node.dotted && node.val.typename === 'Literal') {
    const name = String(node.val.value);
    return (frame) => position(attribute(frame.session, target(frame), name), frame);
  }
  const key = compileExpression(node.val);
  return (frame) => position(subscript(frame.session, target(frame), key(frame)), frame);
}

function compileTest(node: Test): Evaluate {
  const { name, negated } = node;
  const [input, given] = [compileExpression(node.input), compileArguments(node.args, compileExpression)];
  return (frame) => isTrue(testNamed(frame.session, name)(frame.session, input(frame), given(frame))) !== negated;
}

const symbols: Readonly<Record<Binary['typename'], Arithmetic>> = {
  Add: '+',
  Sub: '-',
  Mul: '*',
  Div: '/',
  FloorDiv: '//',
  Mod: '%',
  Pow: '**',
};

function compileBinary(node: Binary): Evaluate {
  const [left, right] = [compileExpression(node.left), compileExpression(node.right)];
  const operator = symbols[node.typename];
  if (operator === '+') return (frame) => fresh(add(frame, left(frame), right(frame)));
  return (frame) =>
    operate(operator, frame.session.resolve(left(frame)), frame.session.resolve(right(frame)), frame.session.meter);
}

/** Lists are joined without asking for what they hold. */
function add(frame: Frame, left: unknown, right: unknown): unknown {
  return operate('+', frame.session.known(left), frame.session.known(right), frame.session.meter);
}
