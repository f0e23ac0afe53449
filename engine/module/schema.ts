/** The one door to ajv: arguments as JSON Schema, and what a schema has against given values. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { Float } from '../source/float.ts';
import { remembered } from '../source/remembered.ts';
import { closest } from '../source/suggest.ts';
import { define } from '../template/python/dicts.ts';
import type { ArgLiteral, ArgsLiteral, ArgType } from './arguments.ts';
import { convert, isPlain, type Opaque } from './convert.ts';
import type { AnyModule, ArgRules } from './definition.ts';
import { arePlainlyRight } from './plainly-right.ts';
import { type ArgumentProblem, dotted, shown, wrongType } from './problem.ts';
import { type Rule, rulesOf } from './rules.ts';

/** What arguments are judged by: the part of a module that says so. */
export type Judged = Pick<AnyModule, 'args' | 'rules' | 'otherArgs'>;

type JsonSchema = Readonly<Record<string, unknown>>;

const symbolicMode = '[ugoa]*(?:[-+=](?:[rwxXst]*|[ugo]))+';

/** The JSON Schema (2020-12) of arguments under their real names; no coercion, nothing beyond what is declared. */
export function toJsonSchema(args: ArgsLiteral, rules: ArgRules = {}, otherArgs?: ArgLiteral): JsonSchema {
  const required = Object.keys(args).filter((name) => args[name]!.required);
  const relations = rulesOf(args, rules).map((rule) => rule.schema);
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(args).map(([name, literal]) => [name, schemaOf(literal)])),
    additionalProperties: otherArgs ? schemaOf(otherArgs) : false,
    ...(required.length > 0 && { required }),
    ...(relations.length > 0 && { allOf: relations }),
  };
}

function schemaOf(literal: ArgLiteral): JsonSchema {
  const type = literal.type ?? 'str';
  const described = {
    ...(literal.description !== undefined && { description: literal.description }),
    ...(literal.default !== undefined && { default: literal.default }),
  };
  if (type !== 'list') return { ...described, ...typeSchema(type, literal), ...choicesOf(literal) };
  const elements = literal.elements ?? (literal.options ? 'dict' : 'raw');
  return { ...described, type: 'array', items: { ...typeSchema(elements, literal), ...choicesOf(literal) } };
}

function choicesOf(literal: ArgLiteral): JsonSchema {
  return literal.choices ? { enum: [...literal.choices] } : {};
}

function typeSchema(type: ArgType, literal: ArgLiteral): JsonSchema {
  switch (type) {
    case 'int':
      return { type: 'integer' };
    case 'float':
      return { type: 'number' };
    case 'bool':
      return { type: 'boolean' };
    case 'list':
      return { type: 'array' };
    case 'dict':
      return literal.options ? toJsonSchema(literal.options) : { type: 'object' };
    case 'mode': {
      const modes = ['[0-7]{4}', `${symbolicMode}(?:,${symbolicMode})*`, ...(literal.words ?? [])];
      return { type: 'string', pattern: `^(?:${modes.join('|')})$` };
    }
    case 'raw':
      return {};
    default:
      return { type: 'string' };
  }
}

/** The schemas are our own, made above: a spec judges them, so that no run compiles what would; nor is their code polished. */
const trusting = { meta: false, validateSchema: false, code: { optimize: false } } as const;

let ajv: Ajv2020 | undefined;
const compiled = new WeakMap<ArgsLiteral, ValidateFunction>();

function validatorOf({ args, rules, otherArgs }: Judged): ValidateFunction {
  const known = compiled.get(args);
  if (known) return known;
  ajv ??= new Ajv2020({
    allErrors: true,
    strict: true,
    strictRequired: false,
    strictTypes: false,
    verbose: true,
    ...trusting,
  });
  const validate = ajv.compile(toJsonSchema(args, rules, otherArgs));
  compiled.set(args, validate);
  return validate;
}

/** Values under their real names, converted, and all that is wrong with them. */
export function examine(
  judged: Judged,
  name: string,
  values: Readonly<Record<string, unknown>>,
  opaque: Opaque,
): { readonly values: Readonly<Record<string, unknown>>; readonly problems: readonly ArgumentProblem[] } {
  const { named, written, problems } = realNames(judged, name, values, opaque);
  if (arePlainlyRight(judged, named, opaque)) return { values: named, problems };
  const validate = validatorOf(judged);
  if (!validate(named)) {
    const context = { judged, name, values: named, written };
    problems.push(...readable(validate.errors ?? [], opaque, named).map((error) => say(error, context)));
  }
  return { values: named, problems: unique(problems) };
}

/** Problems of arguments as they stand in a playbook. With `skip`, values that hold templates are not judged. */
export function checkArguments(
  module: Judged,
  name: string,
  values: Readonly<Record<string, unknown>>,
  options: { readonly templates: 'skip' | 'none' },
): readonly ArgumentProblem[] {
  return examine(module, name, values, options.templates === 'skip' ? templateOrForeign : foreign).problems;
}

/** Not plain data: a value not known yet, an encrypted one, one marked by a YAML tag. */
export function foreign(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isPlain(value)) return false;
  return !(value instanceof Float);
}

function templateOrForeign(value: unknown): boolean {
  return typeof value === 'string' ? /\{[{%#]/.test(value) : foreign(value);
}

/** The names that aliases stand for. */
const aliasesOf = remembered(
  (args: ArgsLiteral): ReadonlyMap<string, string> =>
    new Map(Object.entries(args).flatMap(([name, { aliases = [] }]) => aliases.map((alias) => [alias, name] as const))),
);

/** Aliases folded to the names they stand for, null left out, values converted. `written` leads from these names back to the aliases. */
function realNames(
  { args, otherArgs }: Judged,
  module: string,
  values: Readonly<Record<string, unknown>>,
  opaque: Opaque,
) {
  const real = aliasesOf(args);
  let written: Map<string, string> | undefined;
  const problems: ArgumentProblem[] = [];
  const named: Record<string, unknown> = {};
  for (const word of Object.keys(values)) {
    const value = values[word];
    const name = Object.hasOwn(args, word) ? word : (real.get(word) ?? word);
    const literal = Object.hasOwn(args, name) ? args[name] : otherArgs;
    if (value === undefined || (value === null && literal !== otherArgs)) continue;
    if (Object.hasOwn(named, name)) {
      const twin = written?.get(name) ?? name;
      problems.push({
        path: [word],
        onKey: true,
        message: `${twin} and ${word} of ${module} are the same argument`,
        hint: 'keep one of them',
      });
      continue;
    }
    if (word !== name) {
      written ??= new Map();
      written.set(name, word);
    }
    define(named, name, literal ? convert(value, literal, opaque) : value);
  }
  return { named: named as Readonly<Record<string, unknown>>, written, problems };
}

/** Errors about values that may be judged; of several about one value, the one about its type. */
function readable(errors: readonly ErrorObject[], opaque: Opaque, values: unknown): readonly ErrorObject[] {
  const mistyped = new Set(errors.filter((error) => error.keyword === 'type').map((error) => error.instancePath));
  return errors.filter((error) => {
    if (mistyped.has(error.instancePath) && error.keyword !== 'type') return false;
    let value = values;
    for (const step of pathOf(error)) {
      value = (value as Record<string | number, unknown>)[step];
      if (opaque(value)) return false;
    }
    return true;
  });
}

/** A JSON pointer as steps; items of lists as numbers. */
function pathOf(error: ErrorObject): (string | number)[] {
  return error.instancePath
    .split('/')
    .slice(1)
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step.replaceAll('~1', '/').replaceAll('~0', '~')));
}

interface Context {
  readonly judged: Judged;
  readonly name: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly written: ReadonlyMap<string, string> | undefined;
}

function say(error: ErrorObject, context: Context): ArgumentProblem {
  const { judged, name, written } = context;
  const rule = ruleAt(error, judged);
  if (rule) return { path: [], onKey: true, message: rule.message(name), hint: rule.hint };
  const real = pathOf(error);
  const path = real.map((step, depth) => (depth === 0 ? (written?.get(String(step)) ?? step) : step));
  const { literal, args, type } = literalAt(judged, real);
  const owner = path.length === 0 ? name : dotted(path);
  switch (error.keyword) {
    case 'additionalProperties': {
      const word = String(error.params['additionalProperty']);
      return {
        path: [...path, word],
        onKey: true,
        message: `${owner} has no argument "${word}"`,
        hint: nearest(word, args),
      };
    }
    case 'required': {
      const missing = String(error.params['missingProperty']);
      return { path, onKey: true, message: `${owner} needs ${missing}`, hint: args[missing]?.description };
    }
    case 'enum': {
      const choices = (error.params['allowedValues'] as unknown[]).map(String);
      const found = literal.secret ? 'what is given' : shown(error.data);
      const near = typeof error.data === 'string' && error.data.length > 2 ? closest(error.data, choices) : undefined;
      const hint = near === undefined ? undefined : `Did you mean "${near}"?`;
      return { path, onKey: false, message: `${owner} must be one of ${choices.join(', ')}; not ${found}`, hint };
    }
    default:
      return wrongType(path, literal, type, error.data);
  }
}

function ruleAt(error: ErrorObject, { args, rules = {} }: Judged): Rule | undefined {
  const index = /^#\/allOf\/(\d+)\//.exec(error.schemaPath)?.[1];
  return index === undefined ? undefined : rulesOf(args, rules)[Number(index)];
}

/** The literal a path leads to, the type of the value there, and the keys a mapping there may have. */
function literalAt({ args, otherArgs = {} }: Judged, path: readonly (string | number)[]) {
  let [literal, options, type]: [ArgLiteral, ArgsLiteral, ArgType] = [{}, args, 'dict'];
  for (const step of path) {
    if (typeof step === 'number') {
      type = literal.elements ?? (literal.options ? 'dict' : 'raw');
      continue;
    }
    literal = Object.hasOwn(options, step) ? options[step]! : otherArgs;
    type = literal.type ?? 'str';
    options = literal.options ?? {};
  }
  return { literal, args: options, type };
}

function nearest(word: string, args: ArgsLiteral): string | undefined {
  const names = Object.entries(args).flatMap(([name, { aliases = [] }]) => [name, ...aliases]);
  const near = closest(word, names);
  if (near !== undefined) return `Did you mean "${near}"?`;
  const known = Object.keys(args);
  return known.length === 0 ? 'it takes none' : known.length <= 12 ? `it takes ${known.join(', ')}` : undefined;
}

function unique(problems: readonly ArgumentProblem[]): readonly ArgumentProblem[] {
  const seen = new Set<string>();
  return problems.filter((problem) => {
    const key = `${problem.path.join('/')} ${problem.message}`;
    return !seen.has(key) && seen.add(key);
  });
}
