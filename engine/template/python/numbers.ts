/** Python's numbers: integers of any size (bigint beyond 2^53), floats kept apart from them. */
import { Float, float } from '../../source/float.ts';
import { TemplateError } from '../errors.ts';
import { isFloat, isInt, typeName } from './types.ts';

export type Numeric = number | bigint | Float | boolean;

/** An integer in its smallest form. */
export function integer(value: bigint): number | bigint {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/** Booleans count as 0 and 1, as in Python. */
export function isNumeric(value: unknown): value is Numeric {
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint' || value instanceof Float;
}

/** The value as a JavaScript number, for float arithmetic and comparison. */
export function asNumber(value: Numeric): number {
  return value instanceof Float ? value.value : Number(value);
}

export type Arithmetic = '+' | '-' | '*' | '/' | '//' | '%' | '**';

/** One operation on two numbers. Throws on a division by zero. */
export function calculate(operator: Arithmetic, left: Numeric, right: Numeric): unknown {
  if (operator === '/') return float(asNumber(left) / nonZero(asNumber(right)));
  if (isFloat(left) || isFloat(right)) return float(floats(operator, asNumber(left), asNumber(right)));
  const exact =
    typeof left !== 'bigint' && typeof right !== 'bigint' ? integers(operator, Number(left), Number(right)) : undefined;
  if (exact !== undefined && Number.isSafeInteger(exact)) return exact === 0 ? 0 : exact;
  return bigIntegers(operator, BigInt(left), BigInt(right));
}

function nonZero<T extends number | bigint>(value: T): T {
  if (Number(value) === 0) throw new TemplateError('division by zero');
  return value;
}

function floats(operator: Arithmetic, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '//':
      return Math.floor(left / nonZero(right));
    case '%':
      return left - right * Math.floor(left / nonZero(right));
    default:
      return left ** right;
  }
}

function integers(operator: Arithmetic, left: number, right: number): number | undefined {
  if (operator === '**') return right >= 0 ? left ** right : undefined;
  if (operator === '%') {
    const rest = left % nonZero(right);
    return rest !== 0 && rest < 0 !== right < 0 ? rest + right : rest;
  }
  return floats(operator, left, right);
}

function bigIntegers(operator: Arithmetic, left: bigint, right: bigint): unknown {
  switch (operator) {
    case '+':
      return integer(left + right);
    case '-':
      return integer(left - right);
    case '*':
      return integer(left * right);
    case '**':
      if (right < 0n) return float(Number(left) ** Number(right));
      if (right > 10_000n) throw new TemplateError('the exponent is too large');
      return integer(left ** right);
    default: {
      const rest = ((left % nonZero(right)) + right) % right;
      return integer(operator === '%' ? rest : (left - rest) / right);
    }
  }
}

/** The integer a value stands for, cut towards zero, as Python's `int()` reads it; undefined when it stands for none. */
export function toInteger(value: unknown, base = 10): number | bigint | undefined {
  if (typeof value === 'boolean') return Number(value);
  if (isInt(value)) return value;
  if (isFloat(value)) {
    const whole = Math.trunc(asNumber(value));
    return Number.isFinite(whole) ? integer(BigInt(whole)) : undefined;
  }
  return typeof value === 'string' ? parseInteger(value, base) : undefined;
}

const prefixes: Readonly<Record<number, RegExp>> = { 2: /^0b/i, 8: /^0o/i, 16: /^0x/i };

function parseInteger(text: string, base: number): number | bigint | undefined {
  const match = /^([+-]?)(.*)$/.exec(text.trim().replace(/(?<=[\da-z])_(?=[\da-z])/gi, ''));
  if (!match) return undefined;
  let digits = match[2]!;
  let radix = base;
  if (base === 0) {
    const found = Object.entries(prefixes).find(([, pattern]) => pattern.test(digits));
    radix = found ? Number(found[0]) : 10;
  }
  digits = digits.replace(prefixes[radix] ?? /^$/, '').toLowerCase();
  if (digits === '') return undefined;
  let value = 0n;
  for (const digit of digits) {
    const number = '0123456789abcdefghijklmnopqrstuvwxyz'.indexOf(digit);
    if (number < 0 || number >= radix) return undefined;
    value = value * BigInt(radix) + BigInt(number);
  }
  return integer(match[1] === '-' ? -value : value);
}

/** The float a value stands for, as Python's `float()` reads it; undefined when it stands for none. */
export function toFloat(value: unknown): number | undefined {
  if (isNumeric(value)) return asNumber(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim().replace(/(?<=\d)_(?=\d)/g, '');
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  const special = /^([+-]?)(inf(?:inity)?|nan)$/i.exec(text);
  if (!special) return undefined;
  return special[2]!.toLowerCase() === 'nan' ? Number.NaN : special[1] === '-' ? -Infinity : Infinity;
}

/** A number for an operation which needs one. Throws for anything else. */
export function numericOr(value: unknown, what: string): Numeric {
  if (isNumeric(value)) return value;
  throw new TemplateError(`${what} needs a number, not ${typeName(value)}`);
}
