/** `value.name`, `value[key]` and slices: own keys and the white list of methods, nothing else. */
import { closest } from '../../source/suggest.ts';
import { TemplateError } from '../errors.ts';
import { hasKey, keysOf, valueAt } from '../python/dicts.ts';
import { isNumeric, toInteger } from '../python/numbers.ts';
import { toRepr } from '../python/text.ts';
import { Callable, Instance, isDict, isInt, Tuple, tuple, typeName, Undefined } from '../python/types.ts';
import { missing, ScopeDict, Unknown } from '../values.ts';
import { fresh } from './fresh.ts';
import { methodsOf } from './methods.ts';
import type { Session } from './session.ts';

/** `target.name`. A key hides the method of the same name; what is absent is undefined, what is unknown stays unknown. */
export function attribute(session: Session, of: unknown, name: string): unknown {
  const target = session.force(of);
  if (target instanceof Unknown || target instanceof Undefined) return target;
  if (isDict(target) && hasKey(target, name)) return session.force(valueAt(target, name));
  if (target instanceof ScopeDict) {
    const value = session.scoped(target, name);
    if (value !== missing) return value;
  }
  if (target instanceof Instance) {
    const value = target.read(name);
    return value === undefined ? absent(target, name) : session.force(value);
  }
  if (target instanceof Tuple && target.names?.includes(name)) return session.force(target[target.names.indexOf(name)]);
  const methods = methodsOf(target);
  if (methods && Object.hasOwn(methods, name))
    return new Callable(name, (given) => methods[name]!(session, target, given));
  return absent(target, name);
}

/** `target[key]`. */
export function subscript(session: Session, of: unknown, by: unknown): unknown {
  const target = session.force(of);
  if (target instanceof Unknown || target instanceof Undefined) return target;
  const key = session.known(by);
  if (isDict(target)) return hasKey(target, key) ? session.force(valueAt(target, key)) : absent(target, key);
  if (Array.isArray(target) || typeof target === 'string') {
    if (isInt(key) || typeof key === 'boolean') return session.force(itemAt(target, Number(key)));
    const index = typeof key === 'string' && /^-?\d+$/.test(key) ? toInteger(key) : undefined;
    if (index !== undefined)
      return new Undefined(`a ${typeName(target)} has no key ${toRepr(key)}: an index is a number`);
    return typeof key === 'string' ? attribute(session, target, key) : absent(target, key);
  }
  return typeof key === 'string' ? attribute(session, target, key) : absent(target, key);
}

function itemAt(target: readonly unknown[] | string, index: number): unknown {
  const characters = typeof target === 'string' && /[\ud800-\udfff]/.test(target) ? [...target] : target;
  const place = index < 0 ? characters.length + index : index;
  if (place >= 0 && place < characters.length) return characters[place];
  const length = characters.length === 0 ? 'it is empty' : `it has ${characters.length}`;
  return new Undefined(`${typeName(target)} has no item ${index} (${length})`);
}

function absent(target: unknown, key: unknown): Undefined {
  const type = typeName(target);
  if (!isDict(target) && !(target instanceof ScopeDict))
    return new Undefined(`'${type}' has no attribute ${toRepr(key)}`);
  const names = () => (target instanceof ScopeDict ? [...target.scope.names()] : keysOf(target)).map(String);
  const message = () => {
    const keys = names();
    const shown = keys.length > 10 ? [...keys.slice(0, 10), `… ${keys.length - 10} more`] : keys;
    return `'dict' has no key ${toRepr(key)} (${keys.length === 0 ? 'it is empty' : `keys: ${shown.join(', ')}`})`;
  };
  return new Undefined(message, undefined, () => {
    const near = closest(String(key), names());
    return near === undefined ? undefined : `Did you mean "${near}"?`;
  });
}

/** `target[start:stop:step]`, each part an integer or null. */
export function slice(session: Session, of: unknown, parts: readonly [unknown, unknown, unknown]): unknown {
  const target = session.force(of);
  if (target instanceof Unknown || target instanceof Undefined) return target;
  if (typeof target !== 'string' && !Array.isArray(target))
    throw new TemplateError(`${typeName(target)} cannot be sliced`);
  const [start, stop, step] = parts.map((part) => (part === null || part === undefined ? undefined : bound(part)));
  const source = typeof target === 'string' ? [...target] : target;
  const taken = indexes(source.length, start, stop, step ?? 1).map((index) => source[index]);
  if (typeof target === 'string') return taken.join('');
  return target instanceof Tuple ? tuple(taken) : fresh(taken);
}

function bound(part: unknown): number {
  if (isNumeric(part) && isInt(part)) return Number(part);
  throw new TemplateError(`the bounds of a slice must be integers, not ${typeName(part)}`);
}

function indexes(length: number, start: number | undefined, stop: number | undefined, step: number): number[] {
  if (step === 0) throw new TemplateError('the step of a slice cannot be zero');
  const forward = step > 0;
  const clamp = (place: number | undefined, fallback: number) => {
    if (place === undefined) return fallback;
    const absolute = place < 0 ? place + length : place;
    return Math.min(Math.max(absolute, forward ? 0 : -1), forward ? length : length - 1);
  };
  const from = clamp(start, forward ? 0 : length - 1);
  const to = clamp(stop, forward ? length : -1);
  const result: number[] = [];
  for (let index = from; forward ? index < to : index > to; index += step) result.push(index);
  return result;
}
