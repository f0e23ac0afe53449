/** Relations between arguments: as JSON Schema, and as people say them. */
import type { ArgsLiteral } from './arguments.ts';
import type { ArgRules } from './definition.ts';

type Values = Readonly<Record<string, unknown>>;

/** One relation: the schema that holds when it is kept, and what to say when it is not. */
export interface Rule {
  readonly schema: Readonly<Record<string, unknown>>;
  /** What the schema says, of converted values under their real names. */
  isKept(values: Values): boolean;
  message(module: string): string;
  readonly hint?: string;
}

/** Every relation as one rule, in a fixed order. */
export function rulesOf(args: ArgsLiteral, rules: ArgRules): readonly Rule[] {
  return [
    ...(rules.requiredOneOf ?? []).map(oneOf),
    ...(rules.mutuallyExclusive ?? []).flatMap((names) => pairs(names).map(exclusive)),
    ...(rules.requiredTogether ?? []).map(together),
    ...(rules.requiredIf ?? []).map(([name, value, needed]) => when(args, name, value, needed)),
  ];
}

function oneOf(names: readonly string[]): Rule {
  return {
    schema: { anyOf: names.map((name) => ({ required: [name] })) },
    isKept: (values) => names.some(isGiven(values)),
    message: (module) => `${module} needs one of ${names.join(', ')}`,
  };
}

function pairs(names: readonly string[]): readonly (readonly [string, string])[] {
  return names.flatMap((first, index) => names.slice(index + 1).map((second) => [first, second] as const));
}

function exclusive([first, second]: readonly [string, string]): Rule {
  return {
    schema: { not: { required: [first, second] } },
    isKept: (values) => ![first, second].every(isGiven(values)),
    message: (module) => `${first} and ${second} of ${module} exclude each other`,
    hint: 'keep one of them',
  };
}

function together(names: readonly string[]): Rule {
  const needed = Object.fromEntries(names.map((name) => [name, names.filter((other) => other !== name)]));
  return {
    schema: { dependentRequired: needed },
    isKept: (values) => names.every(isGiven(values)) || !names.some(isGiven(values)),
    message: (module) => `${names.join(', ')} of ${module} go together`,
    hint: 'give all of them or none',
  };
}

/** An argument left out has its default. */
function when(args: ArgsLiteral, name: string, value: unknown, needed: readonly string[]): Rule {
  const byDefault = args[name]?.default === value;
  return {
    schema: {
      if: { properties: { [name]: { const: value } }, ...(!byDefault && { required: [name] }) },
      then: { required: [...needed] },
    },
    isKept: (values) =>
      (Object.hasOwn(values, name) ? values[name] !== value : !byDefault) || needed.every(isGiven(values)),
    message: (module) => `${module} with ${name} ${String(value)} needs ${needed.join(', ')}`,
  };
}

const isGiven = (values: Values) => (name: string) => Object.hasOwn(values, name);
