/** The functions and values which every template has, unless a variable bears the name. */
import { TemplateError, UndefinedError, Withheld } from '../errors.ts';
import { instantOf } from '../python/dates.ts';
import { copyDict, dictOf, entriesOf, put } from '../python/dicts.ts';
import { toText } from '../python/text.ts';
import { Callable, type Dict, type Given, Instance, isDict, Undefined } from '../python/types.ts';
import { omit } from '../values.ts';
import { fresh } from './fresh.ts';
import { shortName, unknownName } from './names.ts';
import {
  anything,
  integer,
  itemsOf,
  lazy,
  must,
  type Native,
  namedRest,
  native,
  none,
  rest,
  string,
  truth,
} from './native.ts';
import type { Session } from './session.ts';
import { Forced } from './unknown.ts';

/** `range(stop)`, `range(start, stop, step)`. */
const range = native(
  none,
  { start: must(integer), stop: integer, step: integer },
  (_, { start, stop, step = 1 }, session) => {
    const [from, to] = stop === undefined ? [0, start] : [start, stop];
    if (step === 0) throw new TemplateError('the step of a range cannot be zero');
    const count = Math.max(0, Math.ceil((to - from) / step));
    session.meter.items(count);
    return fresh(Array.from({ length: count }, (_, index) => from + index * step));
  },
);

const dict = native(none, { from: lazy, named: namedRest }, (_, { from, named }, session) => {
  const known = from === undefined ? {} : session.known(from);
  const made = isDict(known) ? copyDict(known) : dictOf(pairs(session, known));
  for (const [key, value] of Object.entries(named)) put(made, key, value);
  return fresh(made);
});

function pairs(session: Session, value: unknown): [unknown, unknown][] {
  return (itemsOf(value) ?? []).map((pair) => {
    const two = itemsOf(session.known(pair));
    if (two?.length !== 2) throw new TemplateError('dict() takes a dict, or a list of pairs');
    return [session.known(two[0]), two[1]];
  });
}

const namespace = native(none, { from: lazy, named: namedRest }, (_, { from, named }, session) => {
  const known = from === undefined ? {} : session.known(from);
  const values = new Map<string, unknown>(entriesOf(known as Dict).map(([key, value]) => [String(key), value]));
  for (const [key, value] of Object.entries(named)) values.set(key, value);
  return new Instance('namespace', (name) => values.get(name), { write: (name, value) => values.set(name, value) });
});

const cycler = native(none, { values: rest(lazy) }, (_, { values }) => {
  if (values.length === 0) throw new TemplateError('cycler needs items to go through');
  let position = 0;
  const functions: Readonly<Record<string, () => unknown>> = {
    next: () => values[position++ % values.length],
    reset: () => {
      position = 0;
      return null;
    },
  };
  return new Instance('cycler', (name) => {
    if (name === 'current') return values[position % values.length];
    return Object.hasOwn(functions, name) ? new Callable(name, functions[name]!) : undefined;
  });
});

const joiner = native(none, { sep: anything }, (_, { sep = ', ' }) => {
  let used = false;
  return new Callable('joiner', () => {
    const separator = used ? toText(sep) : '';
    used = true;
    return separator;
  });
});

const now = native(none, { utc: truth, fmt: string }, (_, { utc = false, fmt }, session) => {
  const instant = instantOf(session.environment.now?.() ?? new Date(), utc);
  return fmt === undefined ? instant : (instant.read('strftime') as Callable).call({ positional: [fmt], named: {} });
});

const undef = native(
  none,
  { hint: anything },
  (_, { hint }) => new Undefined(hint === undefined ? 'a mandatory variable has not been set' : toText(hint)),
);

const lipsum = native(none, { n: integer, html: truth, min: integer, max: integer }, (_, { n = 5 }) =>
  Array.from({ length: Math.min(n, 100) }, () => 'Lorem ipsum dolor sit amet, consectetur adipiscing elit.').join(
    '\n\n',
  ),
);

/** Calls a lookup. One result stands for itself, several texts are joined by commas, unless a list is wanted. */
function look(wantList: boolean): Native {
  return (session, _, given) => {
    const [first, ...terms] = given.positional.map((term) => session.plain(session.resolve(term)));
    const named = session.plain(session.resolve(given.named)) as Readonly<Record<string, unknown>>;
    const { wantlist = wantList, errors = 'strict', ...options } = named;
    const results = found(session, toText(first), terms, options, errors !== 'strict');
    if (results === undefined) return wantlist ? [] : null;
    if (wantlist) return [...results];
    if (results.length === 1) return results[0];
    const values = results.map((result) => session.resolve(result));
    return values.every((value) => typeof value === 'string') ? values.join(',') : values;
  };
}

function found(
  session: Session,
  name: string,
  terms: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
  lenient: boolean,
) {
  const { lookups } = session.environment;
  const short = shortName(name);
  const source = Object.hasOwn(lookups, short) ? lookups : session.engine.lookups;
  if (!Object.hasOwn(source, short))
    throw unknownName('lookup', name, [...Object.keys(lookups), ...Object.keys(session.engine.lookups)]);
  try {
    return source[short]!(terms, options, session.environment);
  } catch (error) {
    if (error instanceof Forced || error instanceof Withheld) throw error;
    if (lenient) return undefined;
    if (error instanceof UndefinedError) throw error;
    throw new TemplateError(`lookup "${name}": ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

const functions: Readonly<Record<string, Native>> = {
  range,
  dict,
  namespace,
  cycler,
  joiner,
  now,
  undef,
  lipsum,
  lookup: look(false),
  query: look(true),
  q: look(true),
};
const call = (session: Session, name: string) =>
  new Callable(name, (given: Given) => functions[name]!(session, undefined, given));

export const globalNames: readonly string[] = [...Object.keys(functions), 'omit'];

/** The global of a name; undefined when there is none. */
export function globalNamed(session: Session, name: string): unknown {
  if (name === 'omit') return omit;
  return Object.hasOwn(functions, name) ? call(session, name) : undefined;
}
