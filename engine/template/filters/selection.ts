/** `map` and the filters which select: what they do to each item is another filter or test. */
import { TemplateError } from '../errors.ts';
import { fresh } from '../evaluate/fresh.ts';
import { filterNamed, testNamed } from '../evaluate/names.ts';
import { items, type Native, string } from '../evaluate/native.ts';
import type { Session } from '../evaluate/session.ts';
import { Forced } from '../evaluate/unknown.ts';
import { isTrue } from '../python/truth.ts';
import { type Given, Undefined } from '../python/types.ts';
import { attributeOf } from './attributes.ts';

/** What is false has no items: Jinja2 looks at its truth first. */
function itemsIn(session: Session, input: unknown): readonly unknown[] {
  const known = session.known(input);
  const found = isTrue(known) ? items(session, known, 'its input') : [];
  session.meter.items(found.length);
  return found;
}

/** An item whose outcome is unknown does not hide the others'. */
function perItem(outcome: () => unknown): unknown {
  try {
    return outcome();
  } catch (error) {
    if (error instanceof Forced) return error.unknown;
    throw error;
  }
}

const map: Native = (session, input, given) => {
  const list = itemsIn(session, input);
  const { attribute, default: fallback, ...others } = given.named;
  if (given.positional.length === 0 && Object.hasOwn(given.named, 'attribute')) {
    const unknown = Object.keys(others)[0];
    if (unknown !== undefined) throw new TemplateError(`map(attribute=…) does not know the argument "${unknown}"`);
    const read = attributeOf(session.known(attribute));
    return fresh(list.map((item) => withDefault(read(session, item), fallback)));
  }
  if (given.positional.length === 0) throw new TemplateError('map needs the name of a filter, or attribute=');
  const [name, ...positional] = given.positional;
  const filter = filterNamed(session, string(session, name, 'the name of the filter'));
  return fresh(list.map((item) => perItem(() => filter(session, item, { positional, named: given.named }))));
};

function withDefault(value: unknown, fallback: unknown): unknown {
  return value instanceof Undefined && fallback !== undefined ? fallback : value;
}

/** Keeps the items for which the test's outcome is `wanted`; without a test, their truth. */
function selecting(wanted: boolean, byAttribute: boolean): Native {
  return (session, input, given) => {
    const list = itemsIn(session, input);
    const { read, rest } = subject(session, given, byAttribute);
    const test = predicate(session, rest);
    return fresh(list.filter((item) => test(read(session, item)) === wanted));
  };
}

function subject(session: Session, given: Given, byAttribute: boolean) {
  if (!byAttribute) return { read: (_: Session, item: unknown) => item, rest: given };
  const [path, ...positional] = given.positional;
  if (path === undefined) throw new TemplateError('the name of an attribute is missing');
  return { read: attributeOf(session.known(path)), rest: { positional, named: given.named } };
}

function predicate(session: Session, { positional, named }: Given): (value: unknown) => boolean {
  const [name, ...args] = positional;
  if (name === undefined) return (value) => isTrue(session.known(value));
  const test = testNamed(session, string(session, name, 'the name of the test'));
  return (value) => isTrue(test(session, value, { positional: args, named }));
}

export const selectionFilters: Readonly<Record<string, Native>> = {
  map,
  select: selecting(true, false),
  reject: selecting(false, false),
  selectattr: selecting(true, true),
  rejectattr: selecting(false, true),
};
