/** Arguments as an editor judges them: as people write them in YAML, before templates are rendered and words converted. */
import type { ArgLiteral, ArgsLiteral, ArgType } from './arguments.ts';
import type { AnyModule } from './definition.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Text in which a template stands may be anything, once it is rendered. */
export const template: JsonSchema = { type: 'string', pattern: '\\{[{%]' };
export const scalar: JsonSchema = { type: ['string', 'number', 'boolean', 'null'] };
export const boolean: JsonSchema = {
  anyOf: [{ type: 'boolean' }, { enum: ['yes', 'no', 'on', 'off', 'true', 'false', 1, 0] }, template],
};

/** What may stand behind a module's name: a mapping, text of `k=v`, or nothing. */
export function argumentsSchema({ summary, args, otherArgs, freeForm }: AnyModule): JsonSchema {
  // what is missing may stand in `args:`, where the module takes text
  const mapping = mappingSchema(args, otherArgs, freeForm === undefined);
  return { description: summary, anyOf: [mapping, { type: ['string', 'null'] }] };
}

function mappingSchema(args: ArgsLiteral, otherArgs?: ArgLiteral, complete = true): JsonSchema {
  const properties = Object.entries(args).flatMap(([name, literal]) =>
    [name, ...(literal.aliases ?? [])].map((word) => [word, valueSchema(literal)] as const),
  );
  const required = Object.entries(args).filter(([, { required: needed }]) => needed && complete);
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    additionalProperties: otherArgs !== undefined,
    ...(required.length > 0 && { allOf: required.map(([name, { aliases = [] }]) => oneOf([name, ...aliases])) }),
  };
}

function oneOf(names: readonly string[]): JsonSchema {
  return { anyOf: names.map((name) => ({ required: [name] })) };
}

function valueSchema(literal: ArgLiteral): JsonSchema {
  const { type = 'str', description, default: fallback, choices, words, elements } = literal;
  const told = {
    ...(description !== undefined && { description }),
    ...(fallback !== undefined && { default: fallback }),
  };
  if (type === 'list') {
    const items = elements || literal.options ? oneSchema(elements ?? 'dict', literal) : {};
    return { ...told, anyOf: [{ type: 'array', items }, scalar] };
  }
  const one = oneSchema(type, literal);
  return choices || words
    ? { ...told, anyOf: [{ enum: [...(choices ?? []), ...(words ?? [])] }, one] }
    : { ...told, ...one };
}

function oneSchema(type: ArgType, { options, choices }: ArgLiteral): JsonSchema {
  switch (type) {
    case 'bool':
      return boolean;
    case 'int':
    case 'float':
      return {
        anyOf: [
          { type: type === 'int' ? 'integer' : 'number' },
          { type: 'string', pattern: '^\\s*[-+]?[\\d.]+|\\{[{%]' },
          { type: 'null' },
        ],
      };
    case 'dict':
      return { anyOf: [options ? mappingSchema(options) : { type: 'object' }, { type: ['string', 'null'] }] };
    case 'list':
      return { type: 'array' };
    case 'raw':
      return {};
    case 'mode':
      return { type: ['string', 'integer', 'null'] };
    default:
      return choices ? { anyOf: [{ enum: [...choices] }, template, { type: ['boolean', 'null'] }] } : scalar;
  }
}
