/** The arguments of a call, compiled. */
import { TemplateError } from '../errors.ts';
import { define, entriesOf } from '../python/dicts.ts';
import { type Given, isDict, typeName } from '../python/types.ts';
import type { Arguments, Expression, Splat } from '../syntax/nodes.ts';
import type { Frame } from './frame.ts';
import { itemsOf } from './native.ts';

export type Evaluate = (frame: Frame) => unknown;

const nothing: Given = { positional: [], named: {} };

/** How the arguments are evaluated, given how an expression is compiled. */
export function compileArguments(args: Arguments, compile: (node: Expression) => Evaluate): (frame: Frame) => Given {
  const { positional, named, splats } = args;
  if (positional.length === 0 && named.length === 0 && splats.length === 0) return () => nothing;
  const first = positional.map((node) =>
    node.typename === 'Splat' ? compileSplat(node, compile) : one(compile(node)),
  );
  const values = named.map(({ name, value }) => ({ name, evaluate: compile(value) }));
  const spread = splats.map((splat) => compile(splat.value));
  const plain = positional.every((node) => node.typename !== 'Splat')
    ? positional.map((node) => compile(node as Expression))
    : undefined;
  return (frame) => {
    const list = plain ? plain.map((evaluate) => evaluate(frame)) : first.flatMap((evaluate) => evaluate(frame));
    if (values.length === 0 && spread.length === 0) return { positional: list, named: nothing.named };
    const options: Record<string, unknown> = {};
    for (const { name, evaluate } of values) define(options, name, evaluate(frame));
    for (const evaluate of spread) {
      const dict = frame.session.known(evaluate(frame));
      if (!isDict(dict)) throw new TemplateError(`only a dict can follow **, not ${typeName(dict)}`);
      for (const [key, value] of entriesOf(dict)) define(options, String(key), value);
    }
    return { positional: list, named: options };
  };
}

function one(evaluate: Evaluate): (frame: Frame) => readonly unknown[] {
  return (frame) => [evaluate(frame)];
}

function compileSplat(splat: Splat, compile: (node: Expression) => Evaluate): (frame: Frame) => readonly unknown[] {
  const evaluate = compile(splat.value);
  return (frame) => {
    const value = frame.session.known(evaluate(frame));
    const items = itemsOf(value);
    if (!items) throw new TemplateError(`only a list can follow *, not ${typeName(value)}`);
    return items;
  };
}
