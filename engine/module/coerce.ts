/** The arguments a module receives: rendered values under their real names, typed, defaulted and judged. */
import type { ArgsLiteral } from './arguments.ts';
import { isPlain } from './convert.ts';
import type { ArgumentProblem } from './problem.ts';
import { examine, foreign, type Judged } from './schema.ts';

export interface SettledArguments {
  /** Complete only when there are no problems. A value not known yet (`Unknown`) stays what it is. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly problems: readonly ArgumentProblem[];
}

/** Folds aliases, converts what a person plainly meant, fills defaults, and judges the outcome strictly. */
export function settleArguments(
  module: Judged,
  values: Readonly<Record<string, unknown>>,
  name = 'the module',
): SettledArguments {
  const { values: converted, problems } = examine(module, name, values, foreign);
  return { args: withDefaults(module.args, converted), problems };
}

/** Absent arguments get their default; mappings with declared keys get theirs, however deep. */
export function withDefaults(
  args: ArgsLiteral,
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const filled: (readonly [string, unknown])[] = [];
  for (const [name, value] of defaultsOf(args)) if (!Object.hasOwn(values, name)) filled.push([name, fresh(value)]);
  for (const [name, value] of Object.entries(values)) {
    const options = Object.hasOwn(args, name) ? args[name]!.options : undefined;
    filled.push([name, options === undefined ? value : withDefaultsInside(options, value)]);
  }
  return Object.fromEntries(filled);
}

function withDefaultsInside(options: ArgsLiteral, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => withDefaultsInside(options, item));
  return isPlain(value) ? withDefaults(options, value) : value;
}

const known = new WeakMap<ArgsLiteral, readonly (readonly [string, unknown])[]>();

/** The arguments that have a default, and which; looked for once, as every task on every host asks. */
function defaultsOf(args: ArgsLiteral): readonly (readonly [string, unknown])[] {
  const found =
    known.get(args) ??
    Object.entries(args).flatMap(([name, literal]) =>
      literal.default === undefined ? [] : [[name, literal.default] as const],
    );
  known.set(args, found);
  return found;
}

/** A default of its own for every task: what is made of parts might be changed. */
function fresh(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fresh);
  return isPlain(value) ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fresh(one)])) : value;
}
