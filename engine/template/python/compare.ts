/** Equality and order, as Python has them. */
import { TemplateError } from '../errors.ts';
import { Unsafe } from '../values.ts';
import { entriesOf, hasKey, sizeOf, valueAt } from './dicts.ts';
import { asNumber, isNumeric } from './numbers.ts';
import { Instance, isDict, isFloat, Tuple, typeName } from './types.ts';

/** `a == b`: numbers by value (`True == 1`), lists and dicts by content; other kinds never equal each other. */
export function equal(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left === 'string' && typeof right === 'string') return false;
  if (isNumeric(left) && isNumeric(right)) {
    // biome-ignore lint/suspicious/noDoubleEquals: a bigint equals the number of the same value
    return isFloat(left) || isFloat(right) ? asNumber(left) === asNumber(right) : left == right;
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    if (left.length !== right.length || left instanceof Tuple !== right instanceof Tuple) return false;
    return left.every((item, index) => equal(item, right[index]));
  }
  if (isDict(left) && isDict(right)) {
    return (
      sizeOf(left) === sizeOf(right) &&
      entriesOf(left).every(([key, value]) => hasKey(right, key) && equal(value, valueAt(right, key)))
    );
  }
  if (left instanceof Unsafe) return equal(left.text, right);
  if (right instanceof Unsafe) return equal(left, right.text);
  if ((left === null || left === undefined) && (right === null || right === undefined)) return true;
  return rankOf(left, right) !== undefined && rankOf(left, right) === rankOf(right, left);
}

/** Negative, zero or positive. Throws, naming the operator, when the kinds have no common order. */
export function order(left: unknown, right: unknown, operator = '<'): number {
  if (isNumeric(left) && isNumeric(right)) {
    if (typeof left === 'bigint' || typeof right === 'bigint') {
      const [a, b] = [left, right].map((side) => (isFloat(side) ? asNumber(side) : BigInt(side))) as [number, number];
      return a < b ? -1 : a > b ? 1 : 0;
    }
    return asNumber(left) - asNumber(right);
  }
  if (typeof left === 'string' && typeof right === 'string') return codePointOrder(left, right);
  if (Array.isArray(left) && Array.isArray(right)) {
    for (let index = 0; index < Math.min(left.length, right.length); index++) {
      if (!equal(left[index], right[index])) return order(left[index], right[index], operator);
    }
    return left.length - right.length;
  }
  const [first, second] = [rankOf(left, right), rankOf(right, left)];
  if (first !== undefined && second !== undefined) return first - second;
  throw new TemplateError(`'${operator}' is not supported between ${typeName(left)} and ${typeName(right)}`);
}

/** Order by code points, not by UTF-16 units. */
export function codePointOrder(left: string, right: string): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    if (left.charCodeAt(index) !== right.charCodeAt(index)) return left.codePointAt(index)! - right.codePointAt(index)!;
  }
  return left.length - right.length;
}

/** The place in the common order of two instances of one type, such as datetimes. */
function rankOf(value: unknown, other: unknown): number | undefined {
  return value instanceof Instance && other instanceof Instance && value.type === other.type
    ? value.abilities.rank
    : undefined;
}

/** Whether `item` is in a list, a text, or among the keys of a dict. */
export function contains(container: unknown, item: unknown): boolean {
  if (Array.isArray(container)) return container.some((element) => equal(element, item));
  if (typeof container === 'string') {
    if (typeof item === 'string') return container.includes(item);
    throw new TemplateError(`'in' a text needs a text on its left, not ${typeName(item)}`);
  }
  if (isDict(container)) return hasKey(container, item);
  throw new TemplateError(`'in' needs a list, a dict or a text on its right, not ${typeName(container)}`);
}
