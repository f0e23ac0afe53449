/** Functions which templates call, written with the names and kinds of their arguments: filters, tests, methods, globals. */
import { TemplateError } from '../errors.ts';
import { keysOf } from '../python/dicts.ts';
import { asNumber, isNumeric, toInteger } from '../python/numbers.ts';
import { toText } from '../python/text.ts';
import { isTrue } from '../python/truth.ts';
import { type Dict, type Given, isDict, isInt, Tuple, typeName } from '../python/types.ts';
import { ScopeDict } from '../values.ts';
import type { Session } from './session.ts';

/** Reads one argument. `what` names it in errors. */
export interface Kind<T> {
  (session: Session, value: unknown, what: string): T;
  readonly takes?: 'rest' | 'named';
}
interface Required<T> extends Kind<T> {
  readonly required: true;
}
type Kinds = Readonly<Record<string, Kind<unknown>>>;
type Bound<K extends Kinds> = {
  readonly [Name in keyof K]: K[Name] extends Required<infer T>
    ? T
    : K[Name] extends { readonly takes: 'rest' | 'named' }
      ? ReturnType<K[Name]>
      : ReturnType<K[Name]> | undefined;
};

/** A function as templates call it: a value before the bar, dot or `is`, and arguments in brackets. */
export type Native = (session: Session, input: unknown, given: Given) => unknown;

/** Defines one: the kind of its input, its parameters in their order, and what it does with them. */
export function native<I, const K extends Kinds>(
  input: Kind<I>,
  kinds: K,
  body: (input: I, args: Bound<K>, session: Session) => unknown,
): Native {
  const names = Object.keys(kinds);
  return (session, value, given) => {
    const first = input(session, value, 'its input');
    return body(first, bind(session, kinds, names, given) as Bound<K>, session);
  };
}

function bind(session: Session, kinds: Kinds, names: readonly string[], given: Given): Record<string, unknown> {
  const bound: Record<string, unknown> = {};
  let next = 0;
  const named = new Set(Object.keys(given.named));
  for (const name of names) {
    const kind = kinds[name]!;
    if (kind.takes === 'named') {
      bound[name] = kind(session, Object.fromEntries([...named].map((key) => [key, given.named[key]])), name);
      named.clear();
    } else if (kind.takes === 'rest') {
      bound[name] = kind(session, given.positional.slice(next), name);
      next = given.positional.length;
    } else if (next < given.positional.length) {
      if (named.has(name)) throw new TemplateError(`argument "${name}" is given twice`);
      bound[name] = kind(session, given.positional[next++], `argument "${name}"`);
    } else if (named.has(name)) {
      bound[name] = kind(session, given.named[name], `argument "${name}"`);
      named.delete(name);
    } else if ('required' in kind) throw new TemplateError(`argument "${name}" is missing`);
  }
  const known = names.length === 0 ? 'it takes no arguments' : `it knows ${names.join(', ')}`;
  if (next < given.positional.length) throw new TemplateError(`too many arguments: ${known}`);
  if (named.size > 0) throw new TemplateError(`unknown argument "${[...named][0]}": ${known}`);
  return bound;
}

export function must<T>(kind: Kind<T>): Required<T> {
  const required = (session: Session, value: unknown, what: string) => kind(session, value, what);
  return Object.assign(required, { required: true as const });
}

/** All the remaining arguments without a name. */
export function rest<T>(kind: Kind<T>): Kind<readonly T[]> & { readonly takes: 'rest' } {
  const each = (session: Session, values: unknown) =>
    (values as unknown[]).map((value, index) => kind(session, value, `argument ${index + 1}`));
  return Object.assign(each, { takes: 'rest' as const });
}

/** All the remaining arguments with a name. */
export const namedRest: Kind<Readonly<Record<string, unknown>>> & { readonly takes: 'named' } = Object.assign(
  (session: Session, values: unknown) => session.resolve(values) as Readonly<Record<string, unknown>>,
  { takes: 'named' as const },
);

/** Whatever it is, known to the depth. */
export const anything: Kind<unknown> = (session, value) => session.resolve(value);
/** Whatever it is: it may be undefined or unknown, and hold what is. */
export const lazy: Kind<unknown> = (session, value) => session.force(value);
/** Nothing: for functions without an input. */
export const none: Kind<undefined> = () => undefined;
/** The text of anything. */
export const text: Kind<string> = (session, value) => toText(session.resolve(value));
export const truth: Kind<boolean> = (session, value) => isTrue(session.known(value));

export const string: Kind<string> = (session, value, what) => {
  const known = session.known(value);
  if (typeof known === 'string') return known;
  throw new TemplateError(`${what} must be text, not ${typeName(known)}`);
};

export const integer: Kind<number> = (session, value, what) => {
  const known = session.known(value);
  if (isInt(known) || typeof known === 'boolean') return Number(known);
  const read = toInteger(known);
  if (read !== undefined && typeof known === 'string') return Number(read);
  throw new TemplateError(`${what} must be an integer, not ${typeName(known)}`);
};

export const number: Kind<number> = (session, value, what) => {
  const known = session.known(value);
  if (isNumeric(known)) return asNumber(known);
  throw new TemplateError(`${what} must be a number, not ${typeName(known)}`);
};

/** The items of a list, the keys of a dict, the characters of a text, each still lazy. */
export const items: Kind<readonly unknown[]> = (session, value, what) => {
  const known = session.known(value);
  const found = itemsOf(known);
  if (found) return found;
  throw new TemplateError(`${what} must be a list, not ${typeName(known)}`);
};

/** As `items`, each known to the depth. */
export const list: Kind<readonly unknown[]> = (session, value, what) => items(session, session.resolve(value), what);

/** A list or tuple, known to the depth; not a dict nor a text. */
export const strictList: Kind<readonly unknown[]> = (session, value, what) => {
  const known = session.resolve(value);
  if (Array.isArray(known)) return known;
  throw new TemplateError(`${what} must be a list, not ${typeName(known)}`);
};

export const dict: Kind<Dict> = (session, value, what) => {
  const known = session.resolve(value);
  if (isDict(known)) return known;
  throw new TemplateError(`${what} must be a dict, not ${typeName(known)}`);
};

/** A dict whose values are still lazy. */
export const lazyDict: Kind<Dict> = (session, value, what) => {
  const known = session.known(value);
  if (known instanceof ScopeDict) return session.resolve(known) as Dict;
  if (isDict(known)) return known;
  throw new TemplateError(`${what} must be a dict, not ${typeName(known)}`);
};

/** What a `for` would go through; undefined when the value cannot be gone through. */
export function itemsOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value instanceof Tuple ? Array.from(value) : value;
  if (typeof value === 'string') return [...value];
  if (isDict(value)) return keysOf(value);
  if (value instanceof ScopeDict) return [...value.scope.names()];
  return undefined;
}
