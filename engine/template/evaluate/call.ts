/** Calls of functions, macros and methods. */
import { TemplateError } from '../errors.ts';
import { Callable, Instance, typeName } from '../python/types.ts';
import type { Expression, FunCall } from '../syntax/nodes.ts';
import { Unknown } from '../values.ts';
import { attribute } from './access.ts';
import { compileArguments, type Evaluate } from './arguments.ts';
import type { Frame } from './frame.ts';
import { isFresh } from './fresh.ts';
import { methodsOf, mutating } from './methods.ts';

type Compile = (node: Expression) => Evaluate;

/** How a call is evaluated, given how an expression is compiled. */
export function compileCall(node: FunCall, compile: Compile): Evaluate {
  const given = compileArguments(node.args, compile);
  if (node.name.typename === 'LookupVal' && node.name.dotted && node.name.val.typename === 'Literal') {
    return compileMethod(node.name.target, String(node.name.val.value), given, compile);
  }
  const callee = compile(node.name);
  return (frame) => call(frame, callee(frame), given);
}

function compileMethod(
  targetNode: Expression,
  name: string,
  given: ReturnType<typeof compileArguments>,
  compile: Compile,
): Evaluate {
  const evaluate = compile(targetNode);
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
  throw new TemplateError('this belongs to the variables, and cannot be changed in place', {
    hint: 'build a new value, with + or combine',
  });
}

function call(frame: Frame, callee: unknown, given: ReturnType<typeof compileArguments>): unknown {
  const target = frame.session.force(callee);
  if (target instanceof Unknown) return target;
  if (target instanceof Callable) return target.call(given(frame));
  if (target instanceof Instance && target.abilities.call) return target.abilities.call(given(frame));
  throw new TemplateError(`${typeName(frame.session.known(target))} cannot be called`);
}
