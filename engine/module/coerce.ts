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
  const given = Object.entries(values).map(([name, value]) => {
    const options = Object.hasOwn(args, name) ? args[name]!.options : undefined;
    if (options === undefined) return [name, value] as const;
    const filled = (item: unknown) => (isPlain(item) ? withDefaults(options, item) : item);
    return [name, Array.isArray(value) ? value.map(filled) : filled(value)] as const;
  });
  const absent = Object.entries(args)
    .filter(([name, literal]) => literal.default !== undefined && !Object.hasOwn(values, name))
    .map(([name, literal]) => [name, structuredClone(literal.default)] as const);
  return Object.fromEntries([...absent, ...given]);
}
