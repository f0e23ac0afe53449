/**
 * How an unquoted word of YAML is read. Roles are written for YAML 1.1 as PyYAML reads it, `0644` as octal among it; kplay
 * differs in two places, because each has cost people dearly: `22:22` stays text (never base 60) and dates stay text.
 */

import { type Float, float } from './float.ts';

const booleans = new Map<string, boolean>();
for (const [word, value] of [
  ['yes', true],
  ['on', true],
  ['true', true],
  ['no', false],
  ['off', false],
  ['false', false],
] as const) {
  booleans.set(word, value);
  booleans.set(word.toUpperCase(), value);
  booleans.set(word[0]!.toUpperCase() + word.slice(1), value);
}

const nulls = new Set(['', '~', 'null', 'Null', 'NULL']);
const integer = /^[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*)$/;
const written = /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|[-+]?\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?)$/;
const infinity = /^[-+]?\.(?:inf|Inf|INF)$/;
const notNumber = /^\.(?:nan|NaN|NAN)$/;

/** The first characters a word must have to be read as anything but text ('' is the empty word). */
export const firstCharacters = {
  null: ['', '~', 'n', 'N'],
  boolean: [...'yYnNtTfFoO'],
  integer: [...'-+0123456789'],
  float: [...'-+.0123456789'],
} as const;

/** True for a word that means null; a missing value does too. */
export function isNull(text: string): boolean {
  return nulls.has(text);
}

/** `yes no on off true false` in lower case, UPPER CASE or Capitalised; `y` and `n` are text. */
export function readBoolean(text: string): boolean | undefined {
  return booleans.get(text);
}

/** Decimal, octal (`0644`), `0x` and `0b`, with underscores; beyond 2^53 a bigint, so that no digit is lost. */
export function readInteger(text: string): number | bigint | undefined {
  if (!integer.test(text)) return undefined;
  const digits = text
    .replaceAll('_', '')
    .replace(/^[-+]/, '')
    .replace(/^0(?=[0-7])/, '0o');
  if (digits === '0b' || digits === '0x') return undefined;
  const value = text.startsWith('-') ? -Number(digits) : Number(digits);
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value;
  return text.startsWith('-') ? -BigInt(digits) : BigInt(digits);
}

/** `8.0` stays a float, although its value is a whole number. */
export function readFloat(text: string): number | Float | undefined {
  if (written.test(text)) return float(Number.parseFloat(text.replaceAll('_', '')));
  if (infinity.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return notNumber.test(text) ? Number.NaN : undefined;
}

/** What an unquoted word means. */
export function readPlainScalar(text: string): string | number | Float | bigint | boolean | null {
  if (isNull(text)) return null;
  return readBoolean(text) ?? readInteger(text) ?? readFloat(text) ?? text;
}
