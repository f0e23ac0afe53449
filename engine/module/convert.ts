/** Ansible's lossless conversions: what a person plainly meant becomes the type an argument has. */

import { Float, unboxed } from '../source/float.ts';
import { octalMode } from '../target/octal-mode.ts';
import { readJson } from '../template/python/read-json.ts';
import { toText as pythonText } from '../template/python/text.ts';
import type { ArgLiteral, ArgsLiteral, ArgType } from './arguments.ts';
import { isBits } from './mode.ts';
import { parsePairs } from './pairs.ts';

/** True for values that are to be left as they are: a template before it is rendered, a value not known yet. */
export type Opaque = (value: unknown) => boolean;

/**
 * The value as the type its argument has, wherever that loses nothing; otherwise the value unchanged, for the schema to refuse.
 */
export function convert(value: unknown, literal: ArgLiteral, opaque: Opaque): unknown {
  if (opaque(value)) return value;
  const type = literal.type ?? 'str';
  if (type === 'list') return toList(value, literal, opaque);
  if (type === 'dict') return toDict(value, literal, opaque);
  return toScalar(value, type, literal.choices);
}

function toScalar(value: unknown, type: ArgType, choices: ArgLiteral['choices']): unknown {
  switch (type) {
    case 'bool':
      return toBoolean(value) ?? value;
    case 'int':
      return toInteger(unboxed(value));
    case 'float':
      if (value instanceof Float) return value.value;
      return typeof value === 'string' && /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(value)
        ? Number(value)
        : value;
    case 'str':
    case 'path':
      return (typeof value === 'boolean' && booleanChoice(value, choices)) || toText(value);
    case 'mode':
      return typeof value === 'number' ? modeOfBits(value) : typeof value === 'string' ? toMode(value) : value;
    default:
      return value;
  }
}

const truthy = new Set(['yes', 'on', 'true', 'y', 't', '1']);
const falsy = new Set(['no', 'off', 'false', 'n', 'f', '0']);

/** yes/no, on/off, true/false, y/n, t/f, 1/0 in any case; anything else is undefined. */
export function toBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const plain = unboxed(value);
  if (typeof plain !== 'string' && typeof plain !== 'number') return undefined;
  const word = String(plain).trim().toLowerCase();
  return truthy.has(word) ? true : falsy.has(word) ? false : undefined;
}

/** YAML reads the choice `yes` as true: the one choice that is a yes-word is then meant. */
function booleanChoice(value: boolean, choices: ArgLiteral['choices']): unknown {
  const meant = choices?.filter((choice) => toBoolean(choice) === value) ?? [];
  return meant.length === 1 ? meant[0] : undefined;
}

function toInteger(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[-+]?\d+(\.0+)?\s*$/.test(value)) return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** As Python writes it. */
function toText(value: unknown): unknown {
  return typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint' || value instanceof Float
    ? pythonText(value)
    : value;
}

/** Digits become four octal digits; symbolic modes and other words stay. */
function toMode(value: string): string {
  const digits = /^\s*(?:0o?)?([0-7]{1,4})\s*$/.exec(value)?.[1];
  return digits === undefined ? value.trim() : digits.padStart(4, '0');
}

/** Any other number stays, for the schema to refuse. */
function modeOfBits(value: number): unknown {
  return isBits(value) ? octalMode(value) : value;
}

function toList(value: unknown, literal: ArgLiteral, opaque: Opaque): unknown {
  const items = Array.isArray(value) ? value : listed(value);
  const { elements, options } = literal;
  if (items === undefined) return value;
  if (elements === undefined) return options ? items.map((item) => toDict(item, literal, opaque)) : items;
  return items.map((item) => convert(item, { type: elements, ...(options && { options }) }, opaque));
}

/** A scalar stands for a list of one; text is split at its commas. */
function listed(value: unknown): readonly unknown[] | undefined {
  if (['number', 'bigint', 'boolean'].includes(typeof unboxed(value))) return [value];
  if (typeof value !== 'string') return undefined;
  return value.trim() === '' ? [] : value.split(',').map((item) => item.trim());
}

function toDict(value: unknown, literal: ArgLiteral, opaque: Opaque): unknown {
  const dict = typeof value === 'string' ? mapping(value) : value;
  if (literal.options === undefined || !isPlain(dict)) return unboxed(dict ?? value);
  return convertAll(dict, literal.options, opaque);
}

/** Known keys converted, the others kept for the schema to refuse; null is as good as absent. */
export function convertAll(values: Readonly<Record<string, unknown>>, args: ArgsLiteral, opaque: Opaque): unknown {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => [name, Object.hasOwn(args, name) ? convert(value, args[name]!, opaque) : value]),
  );
}

function mapping(text: string): unknown {
  if (!text.trimStart().startsWith('{')) return parsePairs(text);
  try {
    return readJson(text);
  } catch {
    return undefined;
  }
}

/** True for a mapping as YAML or JSON gives it. */
export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
