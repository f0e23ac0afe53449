/** The JSON Schema of playbooks and files of tasks, from the table of keywords and what the modules say they take. */
import type { AnyModule } from '../module/definition.ts';
import { argumentsSchema, boolean, type JsonSchema, scalar, template } from '../module/editor-schema.ts';
import { metaActions } from '../playbook/ast.ts';
import { roleOptions } from '../playbook/include.ts';
import { keywords, type Level, levels } from '../playbook/keywords.ts';
import type { ValueType } from '../playbook/values.ts';

/** Draft 07, which every editor's YAML server reads. */
export function editorSchema(modules: Readonly<Record<string, AnyModule>>): JsonSchema {
  const shipped = Object.entries(modules).map(([name, module]) => [name, argumentsSchema(module)] as const);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A playbook, or a file of tasks or handlers',
    type: ['array', 'null'],
    items: {
      if: { required: ['hosts'] },
      then: ref('play'),
      else: {
        if: { anyOf: ['import_playbook', 'ansible.builtin.import_playbook'].map((name) => ({ required: [name] })) },
        then: ref('import'),
        else: ref('statement'),
      },
    },
    definitions: {
      play: level('P', {
        roles: { type: ['array', 'null'], items: { anyOf: [{ type: 'string' }, ref('role')] } },
        ...lists(['pre_tasks', 'tasks', 'post_tasks', 'handlers']),
      }),
      import: level('L', { 'ansible.builtin.import_playbook': { type: 'string' } }),
      // a role's parameters stand among its keywords
      role: { ...level('R', { name: { type: 'string' } }), additionalProperties: true },
      statement: {
        if: { anyOf: ['block', 'rescue', 'always'].map((name) => ({ required: [name] })) },
        then: level('B', lists(['block', 'rescue', 'always'])),
        else: ref('task'),
      },
      task: task(Object.fromEntries([...shipped, ...engineStatements])),
    },
  };
}

function ref(name: string): JsonSchema {
  return { $ref: `#/definitions/${name}` };
}

function lists(names: readonly string[]): JsonSchema {
  return Object.fromEntries(names.map((name) => [name, { type: ['array', 'null'], items: ref('statement') }]));
}

/** What stands at one level of the language. */
function level(of: Level, own: JsonSchema): JsonSchema {
  return {
    type: 'object',
    description: levels[of],
    properties: { ...keywordsAt(of), ...own },
    additionalProperties: false,
  };
}

/** Handlers and includes are tasks here: a file does not tell which it is for. */
function task(modules: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return {
    type: 'object',
    description: 'a task: keywords, and the name of one module',
    properties: { ...keywordsAt('T'), ...keywordsAt('H'), ...modules },
    // a loop over any lookup, and modules by their full names
    patternProperties: { '^with_': {}, '^\\w+\\.\\w+\\.\\w+$': {} },
    additionalProperties: false,
  };
}

function keywordsAt(of: Level): Readonly<Record<string, JsonSchema>> {
  const own = Object.entries(keywords).filter(([, keyword]) => keyword.on.includes(of));
  return Object.fromEntries(
    own.map(([name, keyword]) => {
      const choices = 'choices' in keyword ? keyword.choices : undefined;
      return [name, choices ? { anyOf: [{ enum: [...choices] }, template, { type: 'null' }] } : types[keyword.type]];
    }),
  );
}

const texts: JsonSchema = {
  anyOf: [scalar, { type: 'array', items: { anyOf: [scalar, { type: 'array', items: scalar }] } }],
};
const mapping: JsonSchema = { type: ['object', 'null'] };
const number: JsonSchema = { type: ['number', 'string', 'null'] };

const types: Readonly<Record<ValueType, JsonSchema>> = {
  any: {},
  text: scalar,
  bool: { anyOf: [boolean, { type: 'null' }] },
  number,
  texts,
  names: texts,
  clauses: texts,
  identifier: { type: ['string', 'null'] },
  vars: { anyOf: [mapping, { type: 'array', items: mapping }] },
  mapping,
  mappings: { anyOf: [mapping, { type: 'string' }, { type: 'array', items: { type: ['object', 'string'] } }] },
  args: { type: ['object', 'string', 'null'] },
  list: { type: ['array', 'null'] },
};

/** What the engine carries out itself. */
const engineStatements: readonly (readonly [string, JsonSchema])[] = [
  ['meta', { enum: [...metaActions] }],
  ...['include_tasks', 'import_tasks'].map((name) => [name, options(['file', 'apply'])] as const),
  ...['include_role', 'import_role'].map((name) => [name, options([...roleOptions, 'role', 'apply'])] as const),
  ['validate_argument_spec', { type: 'object' }],
];

function options(names: readonly string[]): JsonSchema {
  const properties = Object.fromEntries(names.map((name) => [name, {}]));
  return { anyOf: [{ type: 'string' }, { type: 'object', properties, additionalProperties: false }] };
}
