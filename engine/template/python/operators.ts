/** `+ - * / // % **` and the signs. */
import { float } from '../../source/float.ts';
import { TemplateError } from '../errors.ts';
import { type Arithmetic, asNumber, calculate, isNumeric } from './numbers.ts';
import { percentFormat } from './percent-format.ts';
import { Instance, isFloat, isInt, Tuple, tuple, typeName } from './types.ts';

/** What bounds a repetition. */
export interface Bounds {
  items(count: number): void;
  characters(count: number): void;
}

/** One operation on two values known to the depth. Throws when their kinds do not allow it. */
export function operate(operator: Arithmetic, left: unknown, right: unknown, bounds: Bounds): unknown {
  if (isNumeric(left) && isNumeric(right)) return calculate(operator, left, right);
  const result = otherThanNumbers(operator, left, right, bounds);
  if (result !== undefined) return result;
  const hint =
    operator === '+' && (typeof left === 'string' || typeof right === 'string') ? 'use ~ to join texts' : undefined;
  throw new TemplateError(`'${operator}' is not supported between ${typeName(left)} and ${typeName(right)}`, { hint });
}

function otherThanNumbers(operator: Arithmetic, left: unknown, right: unknown, bounds: Bounds): unknown {
  if (operator === '+') return added(left, right, bounds);
  if (operator === '%' && typeof left === 'string') return percentFormat(left, right);
  if (operator === '*') {
    if (isInt(right) || typeof right === 'boolean') return repeated(left, Number(right), bounds);
    if (isInt(left) || typeof left === 'boolean') return repeated(right, Number(left), bounds);
  }
  return left instanceof Instance ? left.abilities.operate?.(operator, right) : undefined;
}

function added(left: unknown, right: unknown, bounds: Bounds): unknown {
  if (typeof left === 'string' && typeof right === 'string') {
    bounds.characters(left.length + right.length);
    return left + right;
  }
  if (Array.isArray(left) && Array.isArray(right) && left instanceof Tuple === right instanceof Tuple) {
    bounds.items(left.length + right.length);
    return left instanceof Tuple ? tuple([...left, ...right]) : [...left, ...right];
  }
  return left instanceof Instance ? left.abilities.operate?.('+', right) : undefined;
}

function repeated(value: unknown, count: number, bounds: Bounds): unknown {
  const times = Math.max(0, count);
  if (typeof value === 'string') {
    bounds.characters(value.length * times);
    return value.repeat(times);
  }
  if (!Array.isArray(value)) return undefined;
  bounds.items(value.length * times);
  const items = Array.from({ length: times }, () => [...value]).flat();
  return value instanceof Tuple ? tuple(items) : items;
}

/** `-value` or `+value`. */
export function signed(sign: '-' | '+', value: unknown): unknown {
  if (!isNumeric(value)) throw new TemplateError(`'${sign}' needs a number, not ${typeName(value)}`);
  if (isFloat(value)) return float(sign === '-' ? -asNumber(value) : asNumber(value));
  return calculate(sign, 0, value);
}
