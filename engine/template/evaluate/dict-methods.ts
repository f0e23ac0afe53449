/** The methods of dicts. */
import { TemplateError } from '../errors.ts';
import { copyDict, entriesOf, hasKey, keysOf, put, removeKey, valueAt } from '../python/dicts.ts';
import { type Dict, isDict, tuple } from '../python/types.ts';
import { missing, ScopeDict } from '../values.ts';
import { fresh } from './fresh.ts';
import { type Kind, lazy, list, must, type Native, namedRest, native, none } from './native.ts';
import type { Session } from './session.ts';

/** The dict itself, to be read or changed in place; a scope is read name by name. */
const itself: Kind<Dict | ScopeDict> = (_, value) => value as Dict | ScopeDict;
const own: Kind<Dict> = (session, value) =>
  value instanceof ScopeDict ? (session.resolve(value) as Dict) : (value as Dict);

function keys(dict: Dict | ScopeDict): unknown[] {
  return dict instanceof ScopeDict ? [...dict.scope.names()] : keysOf(dict);
}

function read(session: Session, dict: Dict | ScopeDict, key: unknown): unknown {
  if (dict instanceof ScopeDict) return session.scoped(dict, String(key));
  return hasKey(dict, key) ? session.force(valueAt(dict, key)) : missing;
}

function remove(dict: Dict, key: unknown, fallback: unknown): unknown {
  if (!hasKey(dict, key)) {
    if (fallback === undefined) throw new TemplateError(`pop: there is no key '${String(key)}'`);
    return fallback;
  }
  const value = valueAt(dict, key);
  removeKey(dict, key);
  return value;
}

/** `update` takes a dict, or a list of pairs, and named values. */
function update(dict: Dict, other: unknown, named: Readonly<Record<string, unknown>>, session: Session): null {
  const known = other === undefined ? {} : session.known(other);
  const pairs = isDict(known)
    ? entriesOf(known)
    : (list(session, known, 'update') as readonly (readonly [unknown, unknown])[]);
  for (const [key, value] of [...pairs, ...Object.entries(named)]) put(dict, key, value);
  session.meter.step(pairs.length);
  return null;
}

export const dictMethods: Readonly<Record<string, Native>> = {
  get: native(itself, { key: must(lazy), default: lazy }, (dict, { key, default: fallback = null }, session) => {
    const value = read(session, dict, session.resolve(key));
    return value === missing ? fallback : value;
  }),
  keys: native(itself, {}, (dict) => fresh(keys(dict))),
  values: native(itself, {}, (dict, _, session) => fresh(keys(dict).map((key) => read(session, dict, key)))),
  items: native(itself, {}, (dict, _, session) =>
    dict instanceof ScopeDict
      ? keys(dict).map((key) => tuple([key, read(session, dict, key)]))
      : fresh(entriesOf(dict).map((entry) => tuple(entry))),
  ),
  copy: native(own, {}, (dict) => fresh(copyDict(dict))),
  fromkeys: native(none, { iterable: must(list), value: lazy }, (_, { iterable, value = null }) =>
    fresh(new Map(iterable.map((key) => [key, value]))),
  ),
  update: native(own, { other: lazy, named: namedRest }, (dict, { other, named }, session) =>
    update(dict, other, named, session),
  ),
  setdefault: native(own, { key: must(lazy), default: lazy }, (dict, { key, default: fallback = null }, session) => {
    const name = session.resolve(key);
    if (!hasKey(dict, name)) put(dict, name, fallback);
    return valueAt(dict, name);
  }),
  pop: native(own, { key: must(lazy), default: lazy }, (dict, { key, default: fallback }, session) =>
    remove(dict, session.resolve(key), fallback),
  ),
  popitem: native(own, {}, (dict) => {
    const last = entriesOf(dict).at(-1);
    if (!last) throw new TemplateError('popitem from an empty dict');
    removeKey(dict, last[0]);
    return tuple(last);
  }),
  clear: native(own, {}, (dict) => {
    for (const key of keysOf(dict)) removeKey(dict, key);
    return null;
  }),
};
