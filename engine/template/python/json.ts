/** Python's `json.dumps`. */
import { floatText } from '../../source/float.ts';
import { TemplateError } from '../errors.ts';
import { Unsafe } from '../values.ts';
import { codePointOrder } from './compare.ts';
import { entriesOf } from './dicts.ts';
import { toText } from './text.ts';
import { Float, Instance, isDict, typeName } from './types.ts';

export interface JsonOptions {
  readonly indent?: number | string | undefined;
  readonly sortKeys?: boolean | undefined;
  readonly ensureAscii?: boolean | undefined;
  readonly separators?: readonly [string, string] | undefined;
}

/** A value as JSON, with the blanks Python writes. Throws for what JSON cannot hold. */
export function dumpJson(value: unknown, options: JsonOptions = {}): string {
  const indent = typeof options.indent === 'number' ? ' '.repeat(Math.max(0, options.indent)) : options.indent;
  const [comma, colon] = options.separators ?? [indent === undefined ? ', ' : ',', ': '];
  const line = (depth: number) => (indent === undefined ? '' : `\n${indent.repeat(depth)}`);
  const block = (open: string, parts: readonly string[], close: string, depth: number) =>
    parts.length === 0
      ? open + close
      : `${open}${line(depth + 1)}${parts.join(comma + line(depth + 1))}${line(depth)}${close}`;
  const write = (item: unknown, depth: number): string => {
    if (Array.isArray(item))
      return block(
        '[',
        Array.from(item, (one) => write(one, depth + 1)),
        ']',
        depth,
      );
    if (!isDict(item)) return scalar(item, options.ensureAscii ?? true);
    const entries = entriesOf(item).map(([key, one]) => [keyText(key), one] as const);
    if (options.sortKeys) entries.sort(([left], [right]) => codePointOrder(left, right));
    const parts = entries.map(([key, one]) => quoted(key, options.ensureAscii ?? true) + colon + write(one, depth + 1));
    return block('{', parts, '}', depth);
  };
  return write(value, 0);
}

/** Without a blank, and letters as they are. */
export const compactJson = (value: unknown): string => dumpJson(value, { separators: [',', ':'], ensureAscii: false });

function keyText(key: unknown): string {
  if (key === null) return 'null';
  return typeof key === 'boolean' ? String(key) : toText(key);
}

function scalar(value: unknown, ascii: boolean): string {
  if (typeof value === 'string') return quoted(value, ascii);
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Float) return numberText(value);
  if (value instanceof Unsafe) return quoted(value.text, ascii);
  if (value instanceof Instance && value.abilities.text !== undefined) return quoted(value.abilities.text, ascii);
  if (value instanceof Date) return quoted(value.toISOString(), ascii);
  throw new TemplateError(`${typeName(value)} cannot be written as JSON`);
}

function numberText(value: number | bigint | Float): string {
  const number = value instanceof Float ? value.value : value;
  if (typeof number === 'number' && !Number.isFinite(number))
    return Number.isNaN(number) ? 'NaN' : number > 0 ? 'Infinity' : '-Infinity';
  return value instanceof Float ? floatText(value.value) : toText(value);
}

function quoted(text: string, ascii: boolean): string {
  const json = JSON.stringify(text);
  if (!ascii) return json;
  return json.replace(/[\x80-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
