/** `'{:>5}'.format(value)`: Python's format strings. Attributes are read through the function which is handed in. */
import { TemplateError } from '../errors.ts';
import { asNumber, isNumeric, toInteger } from './numbers.ts';
import { floatText, mostDigits, widest } from './percent-format.ts';
import { toRepr, toText } from './text.ts';
import { type Given, isFloat, typeName } from './types.ts';

export interface Reader {
  /** What `.key` or `[key]` behind an argument names. */
  part(value: unknown, key: unknown): unknown;
  resolve(value: unknown): unknown;
}

/** Formats by the arguments of `format`. Throws when the format is not valid or asks for an argument which was not given. */
export function braceFormat(format: string, given: Given, reader: Reader): string {
  let automatic = 0;
  const field = (source: string): string => {
    const match = /^([^.[!:]*)((?:\.\w+|\[[^\]]*\])*)(?:!([rsa]))?(?::([\s\S]*))?$/.exec(source);
    if (!match) throw new TemplateError(`"{${source}}" is no valid field of a format`);
    const [, name = '', path = '', conversion, spec = ''] = match;
    let value = argument(name === '' ? String(automatic++) : name, given);
    for (const step of path.matchAll(/\.(\w+)|\[([^\]]*)\]/g)) {
      const key = step[2] !== undefined && /^\d+$/.test(step[2]) ? Number(step[2]) : step[2];
      value = reader.part(value, step[1] ?? key);
    }
    const resolved = reader.resolve(value);
    const shown = conversion === undefined ? resolved : conversion === 's' ? toText(resolved) : toRepr(resolved);
    return formatted(
      shown,
      spec.replace(/\{([^{}]*)\}/g, (_, inner: string) => field(inner)),
    );
  };
  return format.replace(/\{\{|\}\}|\{((?:[^{}]|\{[^{}]*\})*)\}|[{}]/g, (all, inner: string | undefined) => {
    if (all === '{{') return '{';
    if (all === '}}') return '}';
    if (inner === undefined)
      throw new TemplateError(`single "${all}" in a format: write "${all}${all}" for the character itself`);
    return field(inner);
  });
}

function argument(name: string, given: Given): unknown {
  if (/^\d+$/.test(name)) {
    if (Number(name) < given.positional.length) return given.positional[Number(name)];
    throw new TemplateError(`the format asks for argument ${name}, which was not given`);
  }
  if (Object.hasOwn(given.named, name)) return given.named[name];
  throw new TemplateError(`the format asks for "${name}", which was not given`);
}

const specification = /^(?:([\s\S])?([<>=^]))?([+\- ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([bcdeEfFgGnosxX%])?$/u;

/** One value by a format specification such as `>10`, `05d` or `.2f`. */
export function formatted(value: unknown, spec: string): string {
  if (spec === '') return toText(value);
  const match = specification.exec(spec);
  if (!match) throw new TemplateError(`"${spec}" is no valid format specification`);
  const [, fill = ' ', align, sign = '-', alternate, zero, width = '0', group, precision, type] = match;
  if (Number(width) > widest || Number(precision ?? 0) > mostDigits)
    throw new TemplateError('the width or precision of a format is too large');
  const numeric = isNumeric(value) && typeof value !== 'boolean';
  const body = numeric ? numberText(value, type, precision, group, sign, alternate) : plainText(value, type, precision);
  const filler = zero && fill === ' ' ? '0' : fill;
  const side = align ?? (zero && numeric ? '=' : numeric ? '>' : '<');
  return aligned(body, side, filler, Number(width));
}

function plainText(value: unknown, type: string | undefined, precision: string | undefined): string {
  if (type !== undefined && type !== 's') {
    if (typeof value === 'boolean') return numberText(Number(value), type, precision, undefined, '-', undefined);
    throw new TemplateError(`format "${type}" needs a number, not ${typeName(value)}`);
  }
  return precision === undefined ? toText(value) : toText(value).slice(0, Number(precision));
}

const bases: Readonly<Record<string, readonly [number, string]>> = {
  b: [2, '0b'],
  o: [8, '0o'],
  x: [16, '0x'],
  X: [16, '0X'],
};

function numberText(
  value: unknown,
  type: string | undefined,
  precision: string | undefined,
  group: string | undefined,
  sign: string,
  alternate: string | undefined,
): string {
  let text: string;
  if (type === 'c') return String.fromCodePoint(Number(toInteger(value)));
  if (type !== undefined && Object.hasOwn(bases, type)) {
    const [base, prefix] = bases[type]!;
    const whole = BigInt(toInteger(value) ?? 0);
    const digits = (whole < 0n ? -whole : whole).toString(base);
    text = (whole < 0n ? '-' : '') + (alternate ? prefix : '') + (type === 'X' ? digits.toUpperCase() : digits);
  } else if (type === 'd' || (type === undefined && !isFloat(value) && precision === undefined)) {
    if (isFloat(value)) throw new TemplateError('format "d" needs an integer');
    text = toText(toInteger(value));
  } else if (type === '%') text = `${floatText('f', asNumber(value as number) * 100, Number(precision ?? 6))}%`;
  else if (type === undefined && precision === undefined) text = toText(value);
  else
    text = floatText(
      type === undefined || type === 'n' ? 'g' : type,
      asNumber(value as number),
      Number(precision ?? 6),
    );
  if (group)
    text = text.replace(
      /^(-?)(\d+)/,
      (_, minus: string, digits: string) => minus + digits.replace(/\B(?=(\d{3})+$)/g, group),
    );
  return sign !== '-' && !text.startsWith('-') ? sign + text : text;
}

function aligned(text: string, side: string, fill: string, width: number): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (side === '<') return text + fill.repeat(missing);
  if (side === '>') return fill.repeat(missing) + text;
  if (side === '^') return fill.repeat(Math.floor(missing / 2)) + text + fill.repeat(Math.ceil(missing / 2));
  const [, sign = '', digits = ''] = /^([+\- ]?(?:0[bxo])?)(.*)$/i.exec(text) ?? [];
  return sign + fill.repeat(missing) + digits;
}
