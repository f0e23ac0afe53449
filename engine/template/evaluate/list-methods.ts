/** The methods of lists and tuples. */
import { TemplateError } from '../errors.ts';
import { equal, order } from '../python/compare.ts';
import { fresh } from './fresh.ts';
import { integer, items, type Kind, lazy, must, type Native, native, truth } from './native.ts';

/** The list itself, to be read or changed in place. */
const itself: Kind<unknown[]> = (_, value) => value as unknown[];

const reading: Readonly<Record<string, Native>> = {
  index: native(itself, { value: must(lazy), start: integer }, (list, { value, start = 0 }, session) => {
    const wanted = session.resolve(value);
    const index = list.findIndex((item, at) => at >= start && equal(session.resolve(item), wanted));
    if (index < 0) throw new TemplateError('index: the value is not in the list');
    return index;
  }),
  count: native(itself, { value: must(lazy) }, (list, { value }, session) => {
    const wanted = session.resolve(value);
    return list.filter((item) => equal(session.resolve(item), wanted)).length;
  }),
};

export const tupleMethods = reading;

export const listMethods: Readonly<Record<string, Native>> = {
  ...reading,
  copy: native(itself, {}, (list) => fresh([...list])),
  append: native(itself, { object: must(lazy) }, (list, { object }, session) => {
    session.meter.step();
    list.push(object);
    return null;
  }),
  extend: native(itself, { iterable: must(items) }, (list, { iterable }, session) => {
    session.meter.items(list.length + iterable.length);
    list.push(...iterable);
    return null;
  }),
  insert: native(itself, { index: must(integer), object: must(lazy) }, (list, { index, object }) => {
    list.splice(index, 0, object);
    return null;
  }),
  pop: native(itself, { index: integer }, (list, { index = -1 }) => {
    const place = index < 0 ? list.length + index : index;
    if (place < 0 || place >= list.length)
      throw new TemplateError(list.length === 0 ? 'pop from an empty list' : 'pop: there is no such item');
    return list.splice(place, 1)[0];
  }),
  remove: native(itself, { value: must(lazy) }, (list, { value }, session) => {
    const wanted = session.resolve(value);
    const index = list.findIndex((item) => equal(session.resolve(item), wanted));
    if (index < 0) throw new TemplateError('remove: the value is not in the list');
    list.splice(index, 1);
    return null;
  }),
  reverse: native(itself, {}, (list) => {
    list.reverse();
    return null;
  }),
  sort: native(itself, { reverse: truth }, (list, { reverse = false }, session) => {
    const sorted = list.map((item) => session.resolve(item)).sort((left, right) => order(left, right));
    list.splice(0, list.length, ...(reverse ? sorted.reverse() : sorted));
    return null;
  }),
  clear: native(itself, {}, (list) => {
    list.length = 0;
    return null;
  }),
};
