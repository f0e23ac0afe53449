/** Ansible's argument specs (meta/argument_specs.yml, `argument_spec`) as the literal kplay checks arguments by. */
import { unboxed } from '../source/float.ts';
import type { ArgLiteral, ArgsLiteral, ArgType } from './arguments.ts';
import { isPlain } from './convert.ts';

const types: Readonly<Record<string, ArgType>> = {
  str: 'str',
  path: 'path',
  int: 'int',
  float: 'float',
  bool: 'bool',
  list: 'list',
  dict: 'dict',
  raw: 'raw',
  json: 'raw',
  jsonarg: 'raw',
  bytes: 'raw',
  bits: 'raw',
};

/** The options of a spec, however deep; keys nobody knows are left out. */
export function literalOf(options: unknown): ArgsLiteral {
  if (!isPlain(options)) return {};
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => [name, argument(isPlain(option) ? option : {})]),
  );
}

function argument(option: Readonly<Record<string, unknown>>): ArgLiteral {
  const { required, choices, aliases, elements, options, no_log: secret, description } = option;
  const type = types[String(option['type'] ?? 'str')] ?? 'raw';
  const isNumber = [type, elements].some((one) => one === 'int' || one === 'float');
  return {
    type,
    ...(required === true && { required }),
    ...(option['default'] !== undefined && option['default'] !== null && { default: option['default'] }),
    ...(Array.isArray(choices) && { choices: isNumber ? choices.map(unboxed) : choices }),
    ...(Array.isArray(aliases) && { aliases: aliases.map(String) }),
    ...(typeof elements === 'string' && { elements: types[elements] ?? 'raw' }),
    ...(isPlain(options) && { options: literalOf(options) }),
    ...(secret === true && { secret }),
    ...(description !== undefined && { description: [description].flat().join(' ') }),
  };
}
