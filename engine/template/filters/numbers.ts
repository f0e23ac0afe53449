/** Filters on numbers and sizes. */

import { float } from '../../source/float.ts';
import { TemplateError } from '../errors.ts';
import { anything, integer, lazy, must, type Native, native, number, string, truth } from '../evaluate/native.ts';
import { asNumber, calculate, isNumeric, toFloat, toInteger } from '../python/numbers.ts';
import { fixed } from '../python/percent-format.ts';
import { isFloat, isInt, typeName } from '../python/types.ts';

/** The integer a value stands for, or the default. */
const int = native(anything, { default: lazy, base: integer }, (value, { default: fallback = 0, base = 10 }) => {
  const whole = toInteger(value, base);
  if (whole !== undefined) return whole;
  const real = typeof value === 'string' ? toFloat(value) : undefined;
  return real === undefined ? fallback : (toInteger(float(real)) ?? fallback);
});

const toFloatFilter = native(anything, { default: lazy }, (value, { default: fallback = float(0) }) => {
  const real = toFloat(value);
  return real === undefined ? fallback : float(real);
});

const round = native(
  anything,
  { precision: integer, method: string },
  (input, { precision = 0, method = 'common' }) => {
    if (!isNumeric(input)) throw new TemplateError(`round needs a number, not ${typeName(input)}`);
    const value = asNumber(input);
    if ((isInt(input) || typeof input === 'boolean') && method === 'common' && precision >= 0)
      return calculate('+', 0, input);
    const scale = 10 ** precision;
    if (method === 'ceil') return float(Math.ceil(value * scale) / scale);
    if (method === 'floor') return float(Math.floor(value * scale) / scale);
    if (method !== 'common') throw new TemplateError('round knows the methods common, ceil and floor');
    if (precision >= 0) return float(Number(fixed(value, precision)));
    const rounded = Number(fixed(value * scale, 0)) * 10 ** -precision;
    return isInt(input) ? rounded : float(rounded);
  },
);

const abs = native(anything, {}, (value) => {
  if (!isNumeric(value)) throw new TemplateError(`abs needs a number, not ${typeName(value)}`);
  if (isFloat(value)) return float(Math.abs(asNumber(value)));
  return asNumber(value) < 0 ? calculate('-', 0, value) : calculate('+', 0, value);
});

const filesizeformat = native(anything, { binary: truth }, (value, { binary = false }) => {
  const bytes = toFloat(value);
  if (bytes === undefined) throw new TemplateError(`filesizeformat needs a number, not ${typeName(value)}`);
  const base = binary ? 1024 : 1000;
  if (bytes === 1) return '1 Byte';
  if (bytes < base) return `${Math.trunc(bytes)} Bytes`;
  const units = binary
    ? ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB']
    : ['kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'];
  const index = units.findIndex((_, power) => bytes < base ** (power + 2));
  const power = index < 0 ? units.length - 1 : index;
  return `${fixed(bytes / base ** (power + 1), 1)} ${units[power]}`;
});

const ranges: readonly (readonly [string, number])[] = [
  ['Y', 2 ** 80],
  ['Z', 2 ** 70],
  ['E', 2 ** 60],
  ['P', 2 ** 50],
  ['T', 2 ** 40],
  ['G', 2 ** 30],
  ['M', 2 ** 20],
  ['K', 2 ** 10],
  ['B', 1],
];

const humanReadable = native(anything, { isbits: truth, unit: string }, (value, { isbits = false, unit }) => {
  const size = toFloat(value);
  if (size === undefined) throw new TemplateError(`human_readable needs a number, not ${typeName(value)}`);
  const base = isbits ? 'bits' : 'Bytes';
  const wanted = unit?.toUpperCase();
  const found =
    ranges.find(([name, limit]) => (wanted === undefined ? size >= limit : wanted === name)) ?? ranges.at(-1)!;
  const [name, limit] = found;
  const suffix = limit === 1 ? base : isbits ? `${name}b` : `${name}B`;
  return `${fixed(size / limit, 2)} ${suffix}`;
});

const humanToBytes = native(
  anything,
  { default_unit: string, isbits: truth },
  (value, { default_unit: defaultUnit, isbits = false }) => {
    const match = /^\s*([\d.]+)\s*([a-zA-Z]+)?\s*$/.exec(String(isNumeric(value) ? asNumber(value) : value));
    if (!match) throw new TemplateError(`human_to_bytes cannot read "${String(value)}"`);
    const unit = match[2] ?? defaultUnit ?? 'B';
    const range = ranges.find(([name]) => name === unit[0]!.toUpperCase());
    const [letter, word] = isbits ? ['b', 'bit'] : ['B', 'byte'];
    const known = unit.length === 1 || unit[1] === letter || unit.toLowerCase().includes(word);
    if (!range || !known) throw new TemplateError(`human_to_bytes does not know the unit "${unit}"`);
    return Math.round(Number(match[1]) * range[1]);
  },
);

const log = native(number, { base: number }, (value, { base }) => {
  if (value <= 0) throw new TemplateError('log needs a number above 0');
  if (base === undefined) return float(Math.log(value));
  return float(base === 10 ? Math.log10(value) : base === 2 ? Math.log2(value) : Math.log(value) / Math.log(base));
});

export const numberFilters: Readonly<Record<string, Native>> = {
  int,
  float: toFloatFilter,
  round,
  abs,
  filesizeformat,
  human_readable: humanReadable,
  human_to_bytes: humanToBytes,
  log,
  pow: native(number, { y: must(number) }, (value, { y }) => float(value ** y)),
  root: native(number, { base: number }, (value, { base = 2 }) =>
    float(base === 2 ? Math.sqrt(value) : value ** (1 / base)),
  ),
};
