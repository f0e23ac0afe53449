/** The methods of texts. */
import { TemplateError, UndefinedError } from '../errors.ts';
import { braceFormat } from '../python/brace-format.ts';
import { hasKey, valueAt } from '../python/dicts.ts';
import { toRepr } from '../python/text.ts';
import {
  capitalize,
  countOf,
  replaceText,
  splitFromRight,
  splitLines,
  splitText,
  strip,
  titleCase,
} from '../python/text-methods.ts';
import { type Given, isDict, tuple, typeName } from '../python/types.ts';
import { fresh } from './fresh.ts';
import { anything, integer, items, must, type Native, native, string, truth } from './native.ts';
import type { Session } from './session.ts';

const plain = (body: (text: string) => unknown): Native => native(string, {}, body);
const matching = (pattern: RegExp): Native => plain((text) => pattern.test(text));

function stripped(side: 'both' | 'left' | 'right'): Native {
  return native(string, { chars: anything }, (text, { chars }) =>
    strip(text, typeof chars === 'string' ? chars : undefined, side),
  );
}

function splitting(split: typeof splitText): Native {
  return native(string, { sep: anything, maxsplit: integer }, (text, { sep, maxsplit = -1 }) => {
    if (sep === '') throw new TemplateError('the separator is empty');
    return fresh(split(text, typeof sep === 'string' ? sep : undefined, maxsplit));
  });
}

/** Python's slice of a text, as `find`, `count` and `startswith` take it. */
function part(text: string, start = 0, end = text.length): string {
  return text.slice(start, end);
}

const range = { start: integer, end: integer };

function finding(name: string, last: boolean, strict: boolean): Native {
  return native(string, { sub: must(string), ...range }, (text, { sub, start = 0, end }) => {
    const searched = part(text, 0, end);
    const first = start < 0 ? Math.max(0, searched.length + start) : start;
    const found = last ? searched.lastIndexOf(sub) : searched.indexOf(sub, first);
    const index = found < first ? -1 : found;
    if (index < 0 && strict) throw new TemplateError(`${name}: '${sub}' is not in the text`);
    return index;
  });
}

function edge(test: (text: string, affix: string) => boolean): Native {
  return native(string, { affix: must(anything), ...range }, (text, { affix, start, end }) => {
    const affixes = Array.isArray(affix) ? affix : [affix];
    return affixes.some((one) => typeof one === 'string' && test(part(text, start, end), one));
  });
}

function justified(place: (text: string, missing: number, fill: string) => string): Native {
  return native(string, { width: must(integer), fillchar: string }, (text, { width, fillchar = ' ' }, session) => {
    session.meter.characters(width);
    return text.length >= width ? text : place(text, width - text.length, fillchar);
  });
}

function partitioned(
  find: (text: string, separator: string) => number,
  whole: (text: string) => readonly string[],
): Native {
  return native(string, { sep: must(string) }, (text, { sep }) => {
    const at = find(text, sep);
    return tuple(at < 0 ? whole(text) : [text.slice(0, at), sep, text.slice(at + sep.length)]);
  });
}

/** What `{0.key}` and `{0[1]}` name: keys of dicts and items of lists. */
function partOf(session: Session, of: unknown, key: unknown): unknown {
  const value = session.known(of);
  if (isDict(value) && hasKey(value, key)) return valueAt(value, key);
  if (Array.isArray(value) && typeof key === 'number' && key < value.length) return value[key];
  throw new UndefinedError(`format: ${typeName(value)} has no part ${toRepr(key)}`);
}

function format(session: Session, input: unknown, given: Given): string {
  const part = (value: unknown, key: unknown) => partOf(session, value, key);
  return braceFormat(input as string, given, { part, resolve: (value) => session.resolve(value) });
}

export const textMethods: Readonly<Record<string, Native>> = {
  upper: plain((text) => text.toUpperCase()),
  lower: plain((text) => text.toLowerCase()),
  casefold: plain((text) => text.toLowerCase()),
  capitalize: plain(capitalize),
  title: plain(titleCase),
  swapcase: plain((text) =>
    [...text].map((one) => (one === one.toUpperCase() ? one.toLowerCase() : one.toUpperCase())).join(''),
  ),
  strip: stripped('both'),
  lstrip: stripped('left'),
  rstrip: stripped('right'),
  split: splitting(splitText),
  rsplit: splitting(splitFromRight),
  splitlines: native(string, { keepends: truth }, (text, { keepends }) => fresh(splitLines(text, keepends))),
  join: native(string, { iterable: must(items) }, (separator, { iterable }, session) =>
    iterable
      .map((item) => {
        const value = session.resolve(item);
        if (typeof value === 'string') return value;
        throw new TemplateError('join() joins texts only: use the filter join for other values');
      })
      .join(separator),
  ),
  startswith: edge((text, affix) => text.startsWith(affix)),
  endswith: edge((text, affix) => text.endsWith(affix)),
  removeprefix: native(string, { prefix: must(string) }, (text, { prefix }) =>
    text.startsWith(prefix) ? text.slice(prefix.length) : text,
  ),
  removesuffix: native(string, { suffix: must(string) }, (text, { suffix }) =>
    suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text,
  ),
  replace: native(
    string,
    { old: must(string), new: must(string), count: integer },
    (text, { old, new: replacement, count = -1 }) => replaceText(text, old, replacement, count),
  ),
  find: finding('find', false, false),
  rfind: finding('rfind', true, false),
  index: finding('index', false, true),
  rindex: finding('rindex', true, true),
  count: native(string, { sub: must(string), ...range }, (text, { sub, start, end }) =>
    countOf(part(text, start, end), sub),
  ),
  partition: partitioned(
    (text, separator) => text.indexOf(separator),
    (text) => [text, '', ''],
  ),
  rpartition: partitioned(
    (text, separator) => text.lastIndexOf(separator),
    (text) => ['', '', text],
  ),
  ljust: justified((text, missing, fill) => text + fill.repeat(missing)),
  rjust: justified((text, missing, fill) => fill.repeat(missing) + text),
  center: justified((text, missing, fill) => {
    const left = Math.floor(missing / 2) + (missing & (missing + text.length) & 1); // as CPython does it
    return fill.repeat(left) + text + fill.repeat(missing - left);
  }),
  zfill: native(string, { width: must(integer) }, (text, { width }, session) => {
    session.meter.characters(width);
    const [, sign = '', digits = ''] = /^([+-]?)([\s\S]*)$/.exec(text) ?? [];
    return sign + digits.padStart(width - sign.length, '0');
  }),
  expandtabs: native(string, { tabsize: integer }, (text, { tabsize = 8 }) =>
    text.replace(/[^\t\n\r]*\t|[\n\r]/g, (run) =>
      run.endsWith('\t') ? run.slice(0, -1).padEnd((Math.floor((run.length - 1) / tabsize) + 1) * tabsize) : run,
    ),
  ),
  format,
  isalpha: matching(/^\p{L}+$/u),
  isdigit: matching(/^\p{Nd}+$/u),
  isdecimal: matching(/^\p{Nd}+$/u),
  isnumeric: matching(/^\p{N}+$/u),
  isalnum: matching(/^[\p{L}\p{N}]+$/u),
  isspace: matching(/^\s+$/),
  isidentifier: matching(/^[\p{L}_][\p{L}\p{N}_]*$/u),
  isascii: matching(/^[\x00-\x7f]*$/),
  isupper: plain((text) => text !== text.toLowerCase() && text === text.toUpperCase()),
  islower: plain((text) => text !== text.toUpperCase() && text === text.toLowerCase()),
  istitle: plain((text) => /\p{L}/u.test(text) && text === titleCase(text)),
};
