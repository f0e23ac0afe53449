/** The types of keyword values: what is accepted, and what it is read as. */
import { Float, unboxed } from '../source/float.ts';
import { didYouMean } from '../source/suggest.ts';
import type { Clause, Positioned, VarsBlock } from './ast.ts';
import { mergeVars } from './merge-vars.ts';
import {
  child,
  clause,
  complain,
  complainOfKey,
  describe,
  isCollection,
  isMapping,
  items,
  keys,
  type Node,
  positioned,
  varsBlock,
} from './node.ts';

export type ValueType = keyof typeof types;

interface Type {
  /** For `… must be …`. */
  readonly is: string;
  accepts(value: unknown): boolean;
}

const identifier = /^[A-Za-z_]\w*$/;
const isText = (value: unknown) => !isCollection(value);
const isTexts = (value: unknown) =>
  Array.isArray(value) ? value.every((item) => item != null && isText(item)) : isText(value);

const types = {
  any: { is: 'a value', accepts: () => true },
  text: { is: 'text', accepts: isText },
  bool: { is: 'true or false', accepts: (value) => holdsTemplate(value) || readBool(value) !== undefined },
  number: { is: 'a number', accepts: (value) => holdsTemplate(value) || isNumber(value) },
  /** A list of texts, or one text with commas. */
  texts: { is: 'text or a list of texts', accepts: isTexts },
  /** A list of texts, or one text that is one of them. */
  names: { is: 'text or a list of texts', accepts: (value) => isTexts(Array.isArray(value) ? value.flat() : value) },
  identifier: {
    is: 'the name of a variable',
    accepts: (value) => typeof value === 'string' && (identifier.test(value) || holdsTemplate(value)),
  },
  clauses: { is: 'a condition or a list of conditions', accepts: isTexts },
  vars: {
    is: 'a mapping of variables',
    accepts: (value) => isMapping(value) || (Array.isArray(value) && value.every(isMapping)),
  },
  mapping: { is: 'a mapping', accepts: isMapping },
  mappings: {
    is: 'a mapping or a list of mappings',
    accepts: (value) =>
      (Array.isArray(value) ? value : [value]).every((item) => isMapping(item) || holdsTemplate(item)),
  },
  args: { is: 'a mapping', accepts: (value) => isMapping(value) || typeof value === 'string' },
  list: { is: 'a list', accepts: Array.isArray },
} as const satisfies Readonly<Record<string, Type>>;

/** Complains when a keyword's value has the wrong type; nothing at all is as good as the keyword left out. */
export function checkType(node: Node, name: string, type: ValueType, choices?: readonly string[]): boolean {
  const { value } = node;
  if (value === null || value === undefined) return true;
  if (!types[type].accepts(value)) {
    complain(node, `${name} must be ${types[type].is}, not ${describe(value)}.`);
    return false;
  }
  if (choices && !holdsTemplate(value) && !choices.includes(String(value))) {
    complain(
      node,
      `${name} must be one of ${choices.join(', ')}, not ${describe(value)}.${didYouMean(String(value), choices)}`,
    );
    return false;
  }
  return type !== 'vars' || checkNames(node);
}

/** Names of variables are identifiers, since templates could not name anything else. */
function checkNames(node: Node): boolean {
  if (Array.isArray(node.value)) return items(node).every(checkNames);
  const wrong = keys(node).filter((key) => !identifier.test(key));
  for (const key of wrong) {
    complainOfKey(
      child(node, key),
      `"${key}" cannot be the name of a variable.`,
      'letters, digits and _ only, no digit first',
    );
  }
  return wrong.length === 0;
}

/** True for text in which a template may stand. */
export function holdsTemplate(value: unknown): value is string {
  return typeof value === 'string' && (value.includes('{{') || value.includes('{%'));
}

/** Ansible's words for booleans; undefined for anything else. */
export function readBool(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const plain = unboxed(value);
  const word = typeof plain === 'string' || typeof plain === 'number' ? String(plain).toLowerCase() : '';
  if (['yes', 'on', 'true', 't', 'y', '1'].includes(word)) return true;
  return ['no', 'off', 'false', 'f', 'n', '0'].includes(word) ? false : undefined;
}

function isNumber(value: unknown): boolean {
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Float) return true;
  return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value));
}

export function readText(node: Node): string | undefined {
  return node.value == null || !isText(node.value) ? undefined : String(node.value);
}

/** One text or a list (of lists) of texts, each with its place. */
export function readNames(node: Node): readonly Positioned<string>[] {
  if (Array.isArray(node.value)) return items(node).flatMap(readNames);
  const value = readText(node);
  return value === undefined ? [] : [positioned(node, value)];
}

/** Tags: a list, or text with commas. Templates among them are kept whole. */
export function readTags(node: Node): readonly string[] {
  return readNames(node)
    .flatMap(({ value }) => (value.includes('{{') ? [value] : value.split(',')))
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}

export function readClauses(node: Node): readonly Clause[] {
  if (Array.isArray(node.value)) return items(node).flatMap(readClauses);
  if (node.value == null || isCollection(node.value)) return [];
  return [clause(node, typeof node.value === 'boolean' ? node.value : bare(String(node.value)))];
}

/**
 * People write `when: "{{ x }} == 1"` although the whole text is an expression already; the braces then stand for parentheses
 * (of the same width, so that positions hold).
 */
function bare(expression: string): string {
  if (!expression.includes('{{')) return expression;
  return expression
    .replaceAll(/(['"])\{\{((?:(?!\}\}).)*)\}\}\1/gs, ' (($2)|string) ')
    .replaceAll(/\{\{((?:(?!\}\}).)*)\}\}/gs, ' ($1) ');
}

/** A mapping, or as people wrote it long ago, a list of mappings. */
export function readVars(node: Node): VarsBlock | undefined {
  if (Array.isArray(node.value)) return mergeVars(items(node).flatMap((item) => readVars(item) ?? []));
  return isMapping(node.value) ? varsBlock(node) : undefined;
}

/** A mapping or a list of mappings, or templates that yield them. */
export function readMappings<T>(node: Node): readonly Positioned<T>[] {
  if (node.value == null) return [];
  return (Array.isArray(node.value) ? items(node) : [node]).map((item) => positioned<T>(item));
}
