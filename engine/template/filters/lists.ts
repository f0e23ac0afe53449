/** Filters on lists: their ends, order, pieces and sums. */
import { TemplateError } from '../errors.ts';
import { fresh } from '../evaluate/fresh.ts';
import {
  anything,
  integer,
  items,
  itemsOf,
  type Kind,
  lazy,
  must,
  type Native,
  native,
  text,
  truth,
} from '../evaluate/native.ts';
import type { Session } from '../evaluate/session.ts';
import { equal, order } from '../python/compare.ts';
import { sizeOf } from '../python/dicts.ts';
import { operate } from '../python/operators.ts';
import { toText } from '../python/text.ts';
import { isDict, tuple, typeName, Undefined } from '../python/types.ts';
import { ScopeDict } from '../values.ts';
import { attributeOf, withoutCase } from './attributes.ts';

/** What items are compared by: an attribute, or several with commas between; without case unless it matters. */
function sortKey(attribute: unknown, caseSensitive: boolean): (session: Session, item: unknown) => readonly unknown[] {
  const paths =
    attribute === undefined || attribute === null
      ? [undefined]
      : typeof attribute === 'string'
        ? attribute.split(',')
        : [attribute];
  const readers = paths.map((path) =>
    path === undefined
      ? (_: Session, item: unknown) => item
      : attributeOf(typeof path === 'string' ? path.trim() : path),
  );
  return (session, item) => readers.map((read) => withoutCase(session.resolve(read(session, item)), caseSensitive));
}

const ordering = { reverse: truth, case_sensitive: truth, attribute: anything };

const sort = native(
  items,
  ordering,
  (values, { reverse = false, case_sensitive: caseSensitive = false, attribute }, session) => {
    const key = sortKey(attribute, caseSensitive);
    const keyed = values.map((value) => ({ value, key: key(session, value) }));
    keyed.sort((left, right) => (reverse ? order(right.key, left.key) : order(left.key, right.key)));
    return fresh(keyed.map(({ value }) => value));
  },
);

function extreme(wanted: (order: number) => boolean): Native {
  return native(
    items,
    { case_sensitive: truth, attribute: anything },
    (values, { case_sensitive: caseSensitive = false, attribute }, session) => {
      const key = sortKey(attribute, caseSensitive);
      if (values.length === 0) return new Undefined('the list is empty');
      return values.reduce((best, value) => (wanted(order(key(session, value), key(session, best))) ? value : best));
    },
  );
}

const groupby = native(
  items,
  { attribute: must(anything), default: lazy, case_sensitive: truth },
  (values, args, session) => {
    const { attribute, default: fallback, case_sensitive: caseSensitive = false } = args;
    const read = attributeOf(attribute);
    const keyed = values.map((value) => {
      const found = read(session, value);
      const key = session.resolve(found instanceof Undefined && fallback !== undefined ? fallback : found);
      return { value, key, compared: withoutCase(key, caseSensitive) };
    });
    keyed.sort((left, right) => order(left.compared, right.compared));
    const groups: { key: unknown; compared: unknown; members: unknown[] }[] = [];
    for (const { value, key, compared } of keyed) {
      const last = groups.at(-1);
      if (last && equal(last.compared, compared)) last.members.push(value);
      else groups.push({ key, compared, members: [value] });
    }
    return fresh(groups.map(({ key, members }) => tuple([key, members], ['grouper', 'list'])));
  },
);

const sum = native(items, { attribute: anything, start: anything }, (values, { attribute, start = 0 }, session) => {
  const read =
    attribute === undefined || attribute === null ? (_: Session, item: unknown) => item : attributeOf(attribute);
  return values.reduce(
    (total, item) => operate('+', total, session.resolve(read(session, item)), session.meter),
    start,
  );
});

const join = native(items, { d: text, attribute: anything }, (values, { d: separator = '', attribute }, session) => {
  const read =
    attribute === undefined || attribute === null ? (_: Session, item: unknown) => item : attributeOf(attribute);
  const joined = values.map((item) => toText(session.resolve(read(session, item)))).join(separator);
  session.meter.characters(joined.length);
  return joined;
});

/** Columns of equal length, the first ones longer by one if need be. */
const slice = native(items, { slices: must(integer), fill_with: lazy }, (values, { slices, fill_with: fill }) => {
  if (slices < 1) throw new TemplateError('slice needs a number above 0');
  const [size, longer] = [Math.floor(values.length / slices), values.length % slices];
  let start = 0;
  const columns = Array.from({ length: slices }, (_, index) => {
    const end = start + size + (index < longer ? 1 : 0);
    const column = values.slice(start, end);
    start = end;
    return fill !== undefined && fill !== null && index >= longer ? [...column, fill] : column;
  });
  return fresh(columns);
});

const batch = native(items, { linecount: must(integer), fill_with: lazy }, (values, { linecount, fill_with: fill }) => {
  if (linecount < 1) throw new TemplateError('batch needs a number above 0');
  const rows: unknown[][] = [];
  for (let start = 0; start < values.length; start += linecount) rows.push(values.slice(start, start + linecount));
  const last = rows.at(-1);
  if (fill !== undefined && fill !== null && last) while (last.length < linecount) last.push(fill);
  return fresh(rows);
});

function length(session: Session, input: unknown): number {
  const value = session.known(input);
  if (value instanceof ScopeDict) return [...value.scope.names()].length;
  if (isDict(value)) return sizeOf(value);
  const found = itemsOf(value);
  if (!found) throw new TemplateError(`${typeName(value)} has no length`);
  return found.length;
}

const flatten = native(
  items,
  { levels: anything, skip_nulls: truth },
  (values, { levels, skip_nulls: skipNulls = true }, session) => {
    const flat = (list: readonly unknown[], depth: number): unknown[] =>
      list.flatMap((item) => {
        const value = session.force(item);
        if (skipNulls && (value === null || value === 'None' || value === 'null')) return [];
        return Array.isArray(value) && depth > 0 ? flat(value, depth - 1) : [item];
      });
    return fresh(flat(values, levels === undefined || levels === null ? Number.POSITIVE_INFINITY : Number(levels)));
  },
);

const sequence: Kind<unknown> = (session, value) => session.known(value);

export const listFilters: Readonly<Record<string, Native>> = {
  sort,
  min: extreme((difference) => difference < 0),
  max: extreme((difference) => difference > 0),
  groupby,
  sum,
  join,
  slice,
  batch,
  flatten,
  length: (session, input) => length(session, input),
  count: (session, input) => length(session, input),
  list: native(items, {}, (values) => fresh([...values])),
  first: native(items, {}, (values) =>
    values.length > 0 ? values[0] : new Undefined('the list is empty: it has no first item'),
  ),
  last: native(items, {}, (values) =>
    values.length > 0 ? values.at(-1) : new Undefined('the list is empty: it has no last item'),
  ),
  reverse: native(sequence, {}, (value, _, session) => {
    const reversed = [...items(session, value, 'its input')].reverse();
    return typeof value === 'string' ? reversed.join('') : fresh(reversed);
  }),
};
