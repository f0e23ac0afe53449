/** The lookups which need nothing but their terms and the variables. */
import { unboxed } from '../source/float.ts';
import type { Environment, LookupFunction } from './environment.ts';
import { TemplateError, UndefinedError } from './errors.ts';
import { copyDict, dictOf, entriesOf, hasKey, valueAt } from './python/dicts.ts';
import { percentFormat } from './python/percent-format.ts';
import { pythonRegex } from './python/regex.ts';
import { toText } from './python/text.ts';
import { isTrue } from './python/truth.ts';
import { isDict, isList, tuple, typeName } from './python/types.ts';
import { missing } from './values.ts';

/** Lists of terms made one list of lists; a term which is no list counts as one item. */
function listsOf(terms: readonly unknown[]): readonly (readonly unknown[])[] {
  return terms.map((term) => (isList(term) ? term : [term]));
}

function flattened(terms: readonly unknown[]): unknown[] {
  return terms.flatMap((term) =>
    isList(term) ? flattened(term) : term === null || term === 'None' || term === 'null' ? [] : [term],
  );
}

function variables(
  terms: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
  { scope }: Environment,
): readonly unknown[] {
  return terms.map((term) => {
    if (typeof term !== 'string') throw new TemplateError(`the name of a variable is text, not ${typeName(term)}`);
    const value = scope.get(term);
    if (value !== missing && value !== undefined) return value;
    if (Object.hasOwn(options, 'default')) return options['default'];
    throw new UndefinedError(`'${term}' is undefined`, { variable: term });
  });
}

const varnames: LookupFunction = (terms, _, { scope }) => {
  const names = [...scope.names()];
  return [...new Set(terms.flatMap((term) => names.filter((name) => name.search(pythonRegex(toText(term))) >= 0)))];
};

const dict: LookupFunction = (terms) =>
  terms.flat().flatMap((term) => {
    if (!isDict(term)) throw new TemplateError(`a dict is expected, not ${typeName(term)}`);
    return entriesOf(term).map(([key, value]) =>
      dictOf([
        ['key', key],
        ['value', value],
      ]),
    );
  });

const together: LookupFunction = (terms) => {
  const lists = listsOf(terms);
  const length = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length }, (_, row) => flatOnce(lists.map((list) => (row < list.length ? list[row] : null))));
};

const nested: LookupFunction = (terms) =>
  listsOf(terms).reduce<unknown[][]>(
    (rows, list) => rows.flatMap((row) => list.map((item) => [...row, ...flatOnce([item])])),
    [[]],
  );

function flatOnce(list: readonly unknown[]): readonly unknown[] {
  return list.flatMap((item) => (isList(item) ? [...item] : [item]));
}

const subelements: LookupFunction = (terms) => {
  const [source, path, flags] = terms;
  const skipMissing = isDict(flags) && hasKey(flags, 'skip_missing') && isTrue(valueAt(flags, 'skip_missing'));
  const values = isDict(source) ? entriesOf(source).map(([, value]) => value) : isList(source) ? source : undefined;
  if (!values || typeof path !== 'string') throw new TemplateError('a list and the name of a key are expected');
  return values.flatMap((value) => {
    const found = path
      .split('.')
      .reduce<unknown>((part, step) => (isDict(part) && hasKey(part, step) ? valueAt(part, step) : undefined), value);
    if (found === undefined && skipMissing) return [];
    if (!isList(found)) throw new TemplateError(`"${path}" must be a list in every item`);
    return found.map((element) => [isDict(value) ? copyDict(value) : value, element]);
  });
};

const sequenceOptions = ['start', 'end', 'count', 'stride', 'format'];

/** `start=1 end=3 stride=2 count=3 format=%02d`, or `1-3/2:%02d`. */
const sequence: LookupFunction = (terms, options, environment) => {
  const written = terms.length === 0 ? [''] : terms.map(toText);
  return written.flatMap((term) => {
    const settings = { ...fromText(term), ...options };
    const number = (name: string) => (Object.hasOwn(settings, name) ? integerOf(settings[name], name) : undefined);
    const start = number('start') ?? 1;
    const count = number('count');
    const stride = number('stride') ?? 1;
    const last = number('end');
    const strange = Object.keys(settings).find((name) => !sequenceOptions.includes(name));
    if (strange !== undefined)
      throw new TemplateError(`a sequence has no "${strange}": it knows ${sequenceOptions.join(', ')}`);
    if ((count ?? last) === undefined) throw new TemplateError('a sequence needs count or end');
    if (count !== undefined && last !== undefined) throw new TemplateError('a sequence takes count or end, not both');
    const end = last ?? start + count! * stride - Math.sign(stride);
    if (stride === 0 || count === 0) return [];
    if (Math.sign(end - start) === -Math.sign(stride))
      throw new TemplateError(
        `a sequence from ${start} to ${end} needs a ${stride > 0 ? 'negative' : 'positive'} stride`,
      );
    const length = Math.max(0, Math.floor((end - start) / stride) + 1);
    if (length > (environment.budget?.items ?? 1_000_000)) throw new TemplateError('the sequence is too long');
    const format = toText(settings['format'] ?? '%d');
    return Array.from({ length }, (_, index) => percentFormat(format, tuple([start + index * stride])));
  });
};

function fromText(term: string): Readonly<Record<string, unknown>> {
  const short = /^(?:(-?\w+)-)?(-?\w+)(?:\/(-?\w+))?(?::(.+))?$/.exec(term.trim());
  if (short) {
    const [, start, end, stride, format] = short;
    return { ...(start ? { start } : {}), end, ...(stride ? { stride } : {}), ...(format ? { format } : {}) };
  }
  return Object.fromEntries(
    [...term.matchAll(/(\w+)=("[^"]*"|'[^']*'|\S+)/g)].map(([, key, value]) => [
      key,
      value!.replace(/^(["'])(.*)\1$/, '$2'),
    ]),
  );
}

function integerOf(value: unknown, name: string): number {
  const number = typeof value === 'string' ? Number(value) : unboxed(value);
  if (typeof number === 'number' && Number.isInteger(number)) return number;
  throw new TemplateError(`"${name}" of a sequence must be an integer`);
}

/** Lookups which look at the controller or the inventory: known by name, lent by those who may. */
export const lentLookups: readonly string[] = [
  ...['csvfile', 'env', 'file', 'fileglob', 'first_found', 'ini', 'inventory_hostnames', 'lines', 'password', 'pipe'],
  ...['random_choice', 'template', 'url'],
];

export const pureLookups: Readonly<Record<string, LookupFunction>> = {
  vars: variables,
  varnames,
  dict,
  items: (terms) => flatOnce(terms),
  list: (terms) => terms,
  flattened: (terms) => flattened(terms),
  indexed_items: (terms) => flatOnce(terms).map((item, index) => [index, item]),
  together,
  nested,
  cartesian: nested,
  subelements,
  sequence,
};
