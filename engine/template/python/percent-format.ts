/** `'%s' % value`: Python's printf-like formatting. */
import { TemplateError } from '../errors.ts';
import { hasKey, valueAt } from './dicts.ts';
import { asNumber, isNumeric, toInteger } from './numbers.ts';
import { toRepr, toText } from './text.ts';
import { isDict, Tuple, typeName } from './types.ts';

const conversion = /%(?:\(([^)]*)\))?([#0\- +]*)(\*|\d+)?(?:\.(\*|\d+))?[hlL]?([diouxXeEfFgGcrsa%])/g;

export const widest = 10_000;
export const mostDigits = 100;

/** Formats a tuple's items, a dict's values (`%(key)s`) or one value. Throws when they do not fit. */
export function percentFormat(format: string, values: unknown): string {
  const list: readonly unknown[] = values instanceof Tuple ? values : [values];
  let next = 0;
  const take = () => {
    if (next >= list.length) throw new TemplateError('not enough values for the format');
    return list[next++];
  };
  const leftover = format.replace(conversion, '').includes('%');
  if (leftover) throw new TemplateError(`"${format}" is no valid format`);
  const result = format.replace(
    conversion,
    (
      _,
      key: string | undefined,
      flags: string,
      width: string | undefined,
      precision: string | undefined,
      type: string,
    ) => {
      if (type === '%') return '%';
      const wide = width === '*' ? Number(take()) : Number(width ?? 0);
      if (wide > widest || Number(precision ?? 0) > mostDigits)
        throw new TemplateError('the width or precision of a format is too large');
      const exact = precision === '*' ? Number(take()) : precision === undefined ? undefined : Number(precision);
      const value = key === undefined ? take() : keyed(values, key);
      return pad(converted(type, value, exact, flags), flags, wide, 'diouxXeEfFgG'.includes(type));
    },
  );
  const unused = next < list.length && !isDict(values) && (values instanceof Tuple || !Array.isArray(values));
  if (unused) throw new TemplateError('not all values were used by the format');
  return result;
}

function keyed(values: unknown, key: string): unknown {
  if (isDict(values) && hasKey(values, key)) return valueAt(values, key);
  throw new TemplateError(isDict(values) ? `the format needs the key '${key}'` : 'the format needs a dict');
}

function converted(type: string, value: unknown, precision: number | undefined, flags: string): string {
  if (type === 's' || type === 'r' || type === 'a')
    return (type === 's' ? toText(value) : toRepr(value)).slice(0, precision);
  if (type === 'c') return typeof value === 'string' ? value : String.fromCodePoint(Number(value));
  if (!isNumeric(value)) throw new TemplateError(`%${type} needs a number, not ${typeName(value)}`);
  const text = 'diouxX'.includes(type)
    ? integerText(type, value, precision, flags)
    : floatText(type, asNumber(value), precision ?? 6, flags);
  return !text.startsWith('-') && flags.includes('+')
    ? `+${text}`
    : !text.startsWith('-') && flags.includes(' ')
      ? ` ${text}`
      : text;
}

function integerText(type: string, value: unknown, precision: number | undefined, flags: string): string {
  const whole = BigInt(toInteger(value) ?? 0);
  const base = type === 'o' ? 8 : type === 'x' || type === 'X' ? 16 : 10;
  let digits = (whole < 0n ? -whole : whole).toString(base).padStart(precision ?? 0, '0');
  if (flags.includes('#')) digits = (type === 'o' ? '0o' : base === 16 ? '0x' : '') + digits;
  return (whole < 0n ? '-' : '') + (type === 'X' ? digits.toUpperCase() : digits);
}

/** A float in one of Python's forms `e f g`, upper case for `E F G`. */
export function floatText(type: string, value: number, precision: number, flags = ''): string {
  const form = type.toLowerCase();
  let text: string;
  if (!Number.isFinite(value)) text = Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  else if (form === 'f') text = fixed(value, precision);
  else if (form === 'e') text = twoDigits(value.toExponential(precision));
  else text = general(value, precision === 0 ? 1 : precision, flags.includes('#'));
  return type === form ? text : text.toUpperCase();
}

/** JavaScript rounds exact decimal ties up; Python rounds the binary value, ties to even. */
export function fixed(value: number, digits: number): string {
  if (Math.abs(value) >= 1e21) return BigInt(value).toString() + (digits > 0 ? `.${'0'.repeat(digits)}` : '');
  const text = value.toFixed(Math.min(digits, 100));
  if (digits > 15) return text;
  const scaled = Math.abs(value) * 10 ** digits;
  const tie =
    scaled < 2 ** 52 &&
    scaled - Math.floor(scaled) === 0.5 &&
    value
      .toFixed(Math.min(100, digits + 20))
      .replace(/0+$/, '')
      .endsWith('5');
  if (!tie || Math.floor(scaled) % 2 !== 0) return text;
  return (Math.sign(value) * (Math.floor(scaled) / 10 ** digits)).toFixed(digits);
}

function twoDigits(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

function general(value: number, precision: number, keepZeros: boolean): string {
  if (value === 0) return '0';
  const exponent = Number(value.toExponential(precision - 1).split('e')[1]);
  const scientific = exponent < -4 || exponent >= precision;
  const text = scientific ? value.toExponential(precision - 1) : value.toFixed(Math.max(0, precision - 1 - exponent));
  const trimmed = keepZeros ? text : text.replace(/(\.\d*?)0+(?=e|$)/, '$1').replace(/\.(?=e|$)/, '');
  return twoDigits(trimmed);
}

function pad(text: string, flags: string, width: number, numeric: boolean): string {
  if (text.length >= width) return text;
  if (flags.includes('-')) return text.padEnd(width);
  if (!flags.includes('0') || !numeric) return text.padStart(width);
  const [, sign = '', digits = ''] = /^([+\- ]?)(.*)$/.exec(text) ?? [];
  return sign + digits.padStart(width - sign.length, '0');
}
