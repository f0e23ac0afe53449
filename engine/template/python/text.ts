/** Python's `str()` and `repr()`. */

import { Float, floatText } from '../../source/float.ts';
import { TemplateError } from '../errors.ts';
import { omit, ScopeDict, Unknown, Unsafe } from '../values.ts';
import { entriesOf } from './dicts.ts';
import { Callable, Instance, isDict, Nothing, Tuple, Undefined } from './types.ts';

/** Text of a value, as Python's `str()` writes it. Throws for what is undefined, and for `omit`. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Unsafe) return value.text;
  if (value instanceof Nothing) return '';
  return toRepr(value);
}

/** Text of a value, as Python's `repr()` writes it. */
export function toRepr(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'boolean':
      return value ? 'True' : 'False';
    case 'bigint':
      return String(value);
    case 'number':
      return Number.isInteger(value) ? integerText(value) : floatText(value);
    case 'undefined':
      return 'None';
    case 'object':
      return value === null ? 'None' : objectText(value);
    default:
      throw new TemplateError('this value has no text');
  }
}

function integerText(value: number): string {
  return Number.isSafeInteger(value) ? String(value === 0 ? 0 : value) : BigInt(value).toString();
}

function objectText(value: object): string {
  if (value instanceof Float) return floatText(value.value);
  if (value instanceof Tuple) return `(${value.map(toRepr).join(', ')}${value.length === 1 ? ',' : ''})`;
  if (Array.isArray(value)) return `[${value.map(toRepr).join(', ')}]`;
  if (value instanceof Undefined) return value.fail();
  if (value === omit) throw new TemplateError('`omit` has no text: it can only be a whole value');
  if (isDict(value)) {
    const pairs = entriesOf(value).map(([key, item]) => `${toRepr(key)}: ${toRepr(item)}`);
    return `{${pairs.join(', ')}}`;
  }
  if (value instanceof Unsafe) return quote(value.text);
  if (value instanceof Instance) {
    return value.abilities.text ?? `<${value.type}>`;
  }
  if (value instanceof Callable) throw new TemplateError(`"${value.name}" is a function: call it with ()`);
  if (value instanceof Date)
    return value
      .toISOString()
      .replace('T', ' ')
      .replace(/\.000Z$|Z$/, '');
  if (value instanceof Unknown || value instanceof ScopeDict) throw new TemplateError('this value has no text');
  return String(value);
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inside = text.replace(/[\\\n\r\t\x00-\x1f\x7f-\xa0\xad]|'/g, (character) => {
    if (character === "'") return mark === "'" ? "\\'" : "'";
    return escapes[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return mark + inside + mark;
}
