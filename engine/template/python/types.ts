/** Python's kinds of values, as far as plain data does not say them: floats without a fraction, tuples, undefined. */

import type { Location } from '../../errors.ts';
import { Float } from '../../source/float.ts';
import { type Place, placed, type Source, UndefinedError } from '../errors.ts';
import { Raw, ScopeDict, Unknown, Unsafe } from '../values.ts';

export { Float };

/** A list which prints as `(1, 2)`. */
export class Tuple extends Array<unknown> {
  /** The attributes which its items can be read by as well. */
  declare readonly names?: readonly string[];
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
}

export function tuple(items: readonly unknown[], names?: readonly string[]): Tuple {
  const made = Object.setPrototypeOf([...items], Tuple.prototype) as Tuple;
  if (names) Object.defineProperty(made, 'names', { value: names, enumerable: false });
  return made;
}

/** What an absent variable, key or attribute evaluates to; using it is the error it carries. */
export class Undefined {
  readonly variable: string | undefined;
  readonly #message: string | (() => string);
  readonly #hint: string | (() => string | undefined) | undefined;
  position: Place | undefined;
  /** The file the position is in; none for a text of YAML. */
  source: Source | undefined;
  /** Where it was looked for, when that is not where it is used. */
  at: Location | undefined;
  /** Words that take looking for are a function: most absent values meet a `default`, and nobody asks. */
  constructor(message: string | (() => string), variable?: string, hint?: string | (() => string | undefined)) {
    this.#message = message;
    this.variable = variable;
    this.#hint = hint;
  }

  get message(): string {
    return typeof this.#message === 'function' ? this.#message() : this.#message;
  }

  get hint(): string | undefined {
    return typeof this.#hint === 'function' ? this.#hint() : this.#hint;
  }

  /** Throws: an undefined value was used. */
  fail(): never {
    const { variable, hint, position, at, source } = this;
    const error = new UndefinedError(this.message, { variable, hint, position, at });
    throw source ? placed(error, source.text, source.at) : error;
  }
}

/** The result of an inline `if` without `else` whose condition failed: undefined, yet empty when printed. */
export class Nothing extends Undefined {}

/** Arguments of a call, evaluated. */
export interface Given {
  readonly positional: readonly unknown[];
  readonly named: Readonly<Record<string, unknown>>;
}

/** Something a template can call: a macro, a global function, a method kept for later. */
export class Callable {
  readonly name: string;
  readonly call: (given: Given) => unknown;
  constructor(name: string, call: (given: Given) => unknown) {
    this.name = name;
    this.call = call;
  }
}

/** What an {@link Instance} can do beyond having attributes. */
export interface Abilities {
  readonly write?: (name: string, value: unknown) => void;
  readonly call?: (given: Given) => unknown;
  readonly text?: string;
  /** Instances of one type with ranks are ordered by them. */
  readonly rank?: number;
  /** The result of an operator with this on its left; undefined when it has none. */
  readonly operate?: (operator: string, right: unknown) => unknown;
}

/** An object with attributes and no keys: `loop`, `namespace()`, an imported template, a datetime. */
export class Instance {
  readonly type: string;
  /** The attribute's value; undefined when there is none. */
  readonly read: (name: string) => unknown;
  readonly abilities: Abilities;
  constructor(type: string, read: (name: string) => unknown, abilities: Abilities = {}) {
    this.type = type;
    this.read = read;
    this.abilities = abilities;
  }
}

export type Dict = Readonly<Record<string, unknown>> | ReadonlyMap<unknown, unknown>;

/** True for a dict: a plain object, or a Map where keys are not all text. */
export function isDict(value: unknown): value is Dict {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || prototype === Map.prototype;
}

/** True for a list or tuple. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

export function isInt(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
}

export function isFloat(value: unknown): value is number | Float {
  return value instanceof Float || (typeof value === 'number' && !Number.isInteger(value));
}

/** Python's name of the type of a value. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'NoneType';
  if (typeof value === 'string' || value instanceof Unsafe) return 'str';
  if (typeof value === 'boolean') return 'bool';
  if (isInt(value)) return 'int';
  if (isFloat(value)) return 'float';
  if (value instanceof Tuple) return 'tuple';
  if (Array.isArray(value)) return 'list';
  if (isDict(value) || value instanceof ScopeDict) return 'dict';
  if (value instanceof Instance) return value.type;
  if (value instanceof Callable) return 'function';
  if (value instanceof Undefined) return 'Undefined';
  if (value instanceof Date) return 'datetime';
  if (value instanceof Unknown) return 'unknown';
  if (value instanceof Raw) return typeName(value.value);
  return 'object';
}
