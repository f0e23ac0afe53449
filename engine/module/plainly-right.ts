/**
 * Most arguments are right, and can be seen to be: then no schema need be compiled, which takes longer than reading the playbook.
 * Only the schema finds fault; whatever is not plainly right here is left to it.
 */
import { remembered } from '../source/remembered.ts';
import type { ArgLiteral, ArgsLiteral, ArgType } from './arguments.ts';
import type { Opaque } from './convert.ts';
import type { ArgRules } from './definition.ts';
import { type Rule, rulesOf } from './rules.ts';

type Values = Readonly<Record<string, unknown>>;

/** True only for converted values, under their real names, that the schema of these arguments has nothing against. */
export function arePlainlyRight(
  {
    args,
    rules,
    otherArgs,
  }: { readonly args: ArgsLiteral; readonly rules?: ArgRules; readonly otherArgs?: ArgLiteral },
  values: Values,
  opaque: Opaque,
): boolean {
  return areKnown(args, values, opaque, otherArgs) && relationsOf(args, rules).every((rule) => rule.isKept(values));
}

function areKnown(args: ArgsLiteral, values: Values, opaque: Opaque, otherArgs?: ArgLiteral): boolean {
  for (const name of requiredOf(args)) if (!Object.hasOwn(values, name)) return false;
  for (const name of Object.keys(values)) {
    const value = values[name];
    const literal = Object.hasOwn(args, name) ? args[name] : otherArgs;
    if (literal === undefined || !suits(value, literal, opaque)) return false;
  }
  return true;
}

function suits(value: unknown, literal: ArgLiteral, opaque: Opaque): boolean {
  if (opaque(value)) return true;
  if (literal.type !== 'list') return isOf(literal.type ?? 'str', value, literal, opaque);
  const elements = literal.elements ?? (literal.options ? 'dict' : 'raw');
  return Array.isArray(value) && value.every((item) => opaque(item) || isOf(elements, item, literal, opaque));
}

function isOf(type: ArgType, value: unknown, literal: ArgLiteral, opaque: Opaque): boolean {
  if (literal.choices && !literal.choices.includes(value as string)) return false;
  switch (type) {
    case 'int':
      return Number.isInteger(value);
    case 'float':
      return Number.isFinite(value);
    case 'bool':
      return typeof value === 'boolean';
    case 'list':
      return Array.isArray(value);
    case 'dict':
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
      return literal.options === undefined || areKnown(literal.options, value as Values, opaque);
    case 'mode':
      return typeof value === 'string' && (/^[0-7]{4}$/.test(value) || literal.words?.includes(value) === true);
    case 'raw':
      return true;
    default:
      return typeof value === 'string';
  }
}

const requiredOf = remembered((args: ArgsLiteral) => Object.keys(args).filter((name) => args[name]!.required));

const relations = new WeakMap<ArgRules, readonly Rule[]>();

function relationsOf(args: ArgsLiteral, rules: ArgRules | undefined): readonly Rule[] {
  if (!rules) return [];
  const known = relations.get(rules) ?? rulesOf(args, rules);
  relations.set(rules, known);
  return known;
}
