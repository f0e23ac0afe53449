/** Filters which ask what a value is, or choose between values. */
import { TemplateError } from '../errors.ts';
import { subscript } from '../evaluate/access.ts';
import { dictMethods } from '../evaluate/dict-methods.ts';
import { anything, lazy, must, native, string, text, truth } from '../evaluate/native.ts';
import { equal } from '../python/compare.ts';
import { isTrue } from '../python/truth.ts';
import { isDict, typeName, Undefined } from '../python/types.ts';
import { ScopeDict, Unknown } from '../values.ts';

/** `default(value, boolean)`: for what is undefined; with `boolean`, for what is false as well. */
const fallback = native(
  lazy,
  { default_value: lazy, boolean: truth },
  (value, { default_value = '', boolean = false }, session) => {
    if (value instanceof Undefined) return default_value;
    if (!boolean || value instanceof Unknown) return value;
    return isTrue(session.known(value)) ? value : default_value;
  },
);

export const valueFilters = {
  default: fallback,
  d: fallback,
  mandatory: native(lazy, { msg: text }, (value, { msg }) => {
    if (value instanceof Undefined)
      throw new TemplateError(msg ?? `a mandatory variable is missing: ${value.message}`, { variable: value.variable });
    return value;
  }),
  /** With `none_val`, None has a choice of its own. */
  ternary: native(
    anything,
    { true_val: must(lazy), false_val: must(lazy), none_val: lazy },
    (value, { true_val, false_val, none_val }) =>
      value === null && none_val !== undefined ? none_val : isTrue(value) ? true_val : false_val,
  ),
  bool: native(anything, {}, (value) => {
    if (value === null || typeof value === 'boolean') return value;
    return equal(value, 1) || (typeof value === 'string' && ['yes', 'on', '1', 'true'].includes(value.toLowerCase()));
  }),
  type_debug: native(lazy, {}, (value) => typeName(value)),
  string: native(text, {}, (value) => value),
  safe: native(text, {}, (value) => value),
  items: native(lazy, {}, (value, _, session) => {
    if (value instanceof Undefined) return [];
    const known = session.known(value);
    if (isDict(known) || known instanceof ScopeDict)
      return dictMethods['items']!(session, known, { positional: [], named: {} });
    throw new TemplateError(`items needs a dict, not ${typeName(known)}`);
  }),
  attr: native(lazy, { name: must(string) }, (value, { name }, session) => subscript(session, value, name)),
  /** `'key' | extract(container, morekeys)` */
  extract: native(anything, { container: must(lazy), morekeys: anything }, (key, { container, morekeys }, session) => {
    const more = morekeys === undefined || morekeys === null ? [] : Array.isArray(morekeys) ? morekeys : [morekeys];
    return [key, ...more].reduce((value: unknown, one) => subscript(session, value, one), container);
  }),
};
