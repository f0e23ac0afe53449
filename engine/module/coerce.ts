/** The arguments a module receives: rendered values under their real names, typed, defaulted and judged. */
import { remembered } from '../source/remembered.ts';
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
  const { plain, made, inside } = defaultsOf(args);
  const filled: Record<string, unknown> = { ...plain, ...values };
  for (const [name, value] of made) if (!Object.hasOwn(values, name)) filled[name] = fresh(value);
  for (const [name, options] of inside)
    if (Object.hasOwn(values, name)) filled[name] = withDefaultsInside(options, values[name]);
  return filled;
}

function withDefaultsInside(options: ArgsLiteral, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => withDefaultsInside(options, item));
  return isPlain(value) ? withDefaults(options, value) : value;
}

/** What an absent argument is: as it stands, or made anew; and the keys that are declared inside arguments. */
interface Defaults {
  readonly plain: Readonly<Record<string, unknown>>;
  readonly made: readonly (readonly [string, unknown])[];
  readonly inside: readonly (readonly [string, ArgsLiteral])[];
}

const defaultsOf = remembered((args: ArgsLiteral): Defaults => {
  const all = Object.entries(args).flatMap(([name, literal]) =>
    literal.default === undefined ? [] : [[name, literal.default] as const],
  );
  const isPart = (value: unknown) => typeof value === 'object' && value !== null;
  return {
    plain: Object.fromEntries(all.filter(([, value]) => !isPart(value))),
    made: all.filter(([, value]) => isPart(value)),
    inside: Object.entries(args).flatMap(([name, { options }]) => (options ? [[name, options] as const] : [])),
  };
});

/** A default of its own for every task: what is made of parts might be changed. */
function fresh(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fresh);
  return isPlain(value) ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fresh(one)])) : value;
}
