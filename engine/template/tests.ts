/** The tests, `value is name`, of Jinja2 and of Ansible's core. */
import { TemplateError } from './errors.ts';
import { filters } from './filters/filters.ts';
import { anything, type Kind, integer, items, itemsOf, lazy, list, must, type Native, native, string, text, truth } from './evaluate/native.ts';
import { shortName } from './evaluate/names.ts';
import { contains, equal, order } from './python/compare.ts';
import { hasKey, valueAt } from './python/dicts.ts';
import { asNumber, isNumeric } from './python/numbers.ts';
import { pythonRegex } from './python/regex.ts';
import { toText } from './python/text.ts';
import { isTrue } from './python/truth.ts';
import { Callable, type Dict, isDict, isFloat, isInt, typeName, Undefined } from './python/types.ts';
import { compareVersions, type VersionScheme } from './python/versions.ts';
import { ScopeDict } from './values.ts';

const about = (body: (value: unknown) => boolean): Native => native(anything, {}, body);
/** About the kind of a value, without looking into it. */
const shallow: Kind<unknown> = (session, value) => session.known(value);
const kind = (body: (value: unknown) => boolean): Native => native(shallow, {}, body);
const against = (body: (value: unknown, other: unknown) => boolean): Native => native(anything, { other: must(anything) }, (value, { other }) => body(value, other));

const comparisons: Readonly<Record<string, Native>> = Object.fromEntries(
  [
    { names: ['eq', '==', 'equalto'], body: equal },
    { names: ['ne', '!='], body: (value: unknown, other: unknown) => !equal(value, other) },
    { names: ['lt', '<', 'lessthan'], body: (value: unknown, other: unknown) => order(value, other, '<') < 0 },
    { names: ['le', '<='], body: (value: unknown, other: unknown) => order(value, other, '<=') <= 0 },
    { names: ['gt', '>', 'greaterthan'], body: (value: unknown, other: unknown) => order(value, other, '>') > 0 },
    { names: ['ge', '>='], body: (value: unknown, other: unknown) => order(value, other, '>=') >= 0 },
    { names: ['in'], body: (value: unknown, other: unknown) => contains(other, value) },
  ].flatMap(({ names, body }) => names.map((name) => [name, against(body)] as const)),
);

const kinds: Readonly<Record<string, Native>> = {
  defined: native(lazy, {}, (value) => !(value instanceof Undefined)),
  undefined: native(lazy, {}, (value) => value instanceof Undefined),
  none: kind((value) => value === null),
  boolean: kind((value) => typeof value === 'boolean'),
  true: kind((value) => value === true),
  false: kind((value) => value === false),
  integer: kind(isInt),
  float: kind(isFloat),
  number: kind(isNumeric),
  string: kind((value) => typeof value === 'string'),
  mapping: kind((value) => isDict(value) || value instanceof ScopeDict),
  iterable: kind((value) => itemsOf(value) !== undefined),
  sequence: kind((value) => itemsOf(value) !== undefined),
  callable: kind((value) => value instanceof Callable),
  escaped: kind(() => false),
  sameas: against((value, other) => value === other),
  filter: native(string, {}, (name) => Object.hasOwn(filters, shortName(name))),
  test: native(string, {}, (name) => Object.hasOwn(tests, shortName(name))),
};

const numbers: Readonly<Record<string, Native>> = {
  odd: native(integer, {}, (value) => value % 2 !== 0),
  even: native(integer, {}, (value) => value % 2 === 0),
  divisibleby: native(integer, { num: must(integer) }, (value, { num }) => {
    if (num === 0) throw new TemplateError('division by zero');
    return value % num === 0;
  }),
  nan: about((value) => isNumeric(value) && Number.isNaN(asNumber(value))),
};

function matching(find: (value: string, regex: RegExp) => boolean): Native {
  return native(text, { pattern: text, ignorecase: truth, multiline: truth }, (value, { pattern = '', ignorecase, multiline }) =>
    find(value, pythonRegex(pattern, { ignoreCase: ignorecase, multiline })),
  );
}

const atStart = (value: string, regex: RegExp) => regex.exec(value) !== null && new RegExp(regex.source, regex.flags.replace('g', 'y')).test(value);

const matchTypes: Readonly<Record<string, (value: string, regex: RegExp) => boolean>> = {
  search: (value, regex) => value.search(regex) >= 0,
  match: atStart,
  fullmatch: (value, regex) => new RegExp(`^(?:${regex.source})$`, regex.flags.replace(/[gm]/g, '')).test(value),
};

const texts: Readonly<Record<string, Native>> = {
  upper: about((value) => typeof value === 'string' && value !== value.toLowerCase() && value === value.toUpperCase()),
  lower: about((value) => typeof value === 'string' && value !== value.toUpperCase() && value === value.toLowerCase()),
  match: matching(atStart),
  search: matching(matchTypes['search']!),
  regex: native(text, { pattern: text, ignorecase: truth, multiline: truth, match_type: string }, (value, args) => {
    const { pattern = '', ignorecase, multiline, match_type: type = 'search' } = args;
    if (!Object.hasOwn(matchTypes, type)) throw new TemplateError('match_type is search, match or fullmatch');
    return matchTypes[type]!(value, pythonRegex(pattern, { ignoreCase: ignorecase, multiline }));
  }),
  abs: about((value) => toText(value).startsWith('/')),
  uri: about((value) => /^[A-Za-z][A-Za-z0-9+.-]*:./.test(toText(value))),
  url: about((value) => /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]+/.test(toText(value))),
  urn: about((value) => /^urn:[A-Za-z0-9-]+:./i.test(toText(value))),
  vault_encrypted: about((value) => typeof value === 'string' && value.startsWith('$ANSIBLE_VAULT;')),
};

const operators: Readonly<Record<string, (order: number) => boolean>> = {
  '>': (value) => value > 0, gt: (value) => value > 0,
  '>=': (value) => value >= 0, ge: (value) => value >= 0,
  '<': (value) => value < 0, lt: (value) => value < 0,
  '<=': (value) => value <= 0, le: (value) => value <= 0,
  '==': (value) => value === 0, '=': (value) => value === 0, eq: (value) => value === 0,
  '!=': (value) => value !== 0, '<>': (value) => value !== 0, ne: (value) => value !== 0,
};

function schemeOf(strict: boolean | undefined, name: string | null | undefined): VersionScheme {
  const wanted = name ?? (strict ? 'strict' : 'loose');
  if (wanted === 'semantic') return 'semver';
  if (wanted === 'loose' || wanted === 'strict' || wanted === 'semver' || wanted === 'pep440') return wanted;
  throw new TemplateError('version_type is loose, strict, semver, semantic or pep440');
}

const version = native(
  anything,
  { version: must(anything), operator: string, strict: anything, version_type: anything },
  (value, { version: other, operator = 'eq', strict, version_type: type }) => {
    if (!Object.hasOwn(operators, operator)) throw new TemplateError(`"${operator}" is no operator: it is one of ${Object.keys(operators).join(' ')}`);
    const [left, right] = [toText(value), toText(other)];
    if (left === '' || right === '') throw new TemplateError('a version is empty');
    return operators[operator]!(compareVersions(left, right, schemeOf(strict === undefined ? undefined : isTrue(strict), type as string | undefined)));
  },
);

const sets: Readonly<Record<string, Native>> = {
  contains: against(contains),
  subset: native(list, { superset: must(list) }, (values, { superset }) => values.every((value) => contains(superset, value))),
  superset: native(list, { subset: must(list) }, (values, { subset }) => subset.every((value) => contains(values, value))),
  any: native(items, {}, (values, _, session) => values.some((value) => isTrue(session.known(value)))),
  all: native(items, {}, (values, _, session) => values.every((value) => isTrue(session.known(value)))),
};

/** Python's truth; with `convert_bool`, of what a text such as "no" says. */
function truthful(wanted: boolean): Native {
  return native(anything, { convert_bool: truth }, (value, { convert_bool: convert = false }) => {
    const said = convert && typeof value === 'string' ? spoken(value) : undefined;
    return (said ?? isTrue(value)) === wanted;
  });
}

function spoken(value: string): boolean | undefined {
  if (/^(?:1|y|yes|on|t|true)$/i.test(value)) return true;
  return /^(?:0|n|no|off|f|false)$/i.test(value) ? false : undefined;
}

/** A task's result, as `register` keeps it. */
const outcome: Kind<Dict> = (session, value) => {
  const known = session.known(value);
  if (isDict(known)) return known;
  throw new TemplateError(`this test needs the result of a task, which is a dict, not ${typeName(known)}`);
};
const field = (result: Dict, name: string): unknown => (hasKey(result, name) ? valueAt(result, name) : undefined);
function ofResult(body: (has: (name: string) => boolean, result: Dict) => boolean): Native {
  return native(outcome, {}, (result, _, session) => {
    const has = (name: string) => {
      const value = field(result, name);
      return value !== undefined && isTrue(session.known(value));
    };
    return body(has, result);
  });
}

const failed = ofResult((has) => has('failed'));
const succeeded = ofResult((has) => !has('failed'));
const changed = native(outcome, {}, (result, _, session) => {
  const own = field(result, 'changed');
  if (own !== undefined) return isTrue(session.known(own));
  const results = field(result, 'results');
  return Array.isArray(results) && results.some((one) => isDict(one) && isTrue(session.known(field(one, 'changed') ?? false)));
});
const skipped = ofResult((has) => has('skipped'));
const finished = ofResult((has, result) => (hasKey(result, 'finished') ? has('finished') : true));

const results: Readonly<Record<string, Native>> = {
  failed, failure: failed,
  succeeded, success: succeeded, successful: succeeded,
  changed, change: changed,
  skipped, skip: skipped,
  finished,
  started: ofResult((has, result) => (hasKey(result, 'started') ? has('started') : true)),
  timedout: ofResult((has) => has('timedout')),
  unreachable: ofResult((has) => has('unreachable')),
  reachable: ofResult((has) => !has('unreachable')),
};

export const tests: Readonly<Record<string, Native>> = {
  ...comparisons,
  ...kinds,
  ...numbers,
  ...texts,
  ...sets,
  ...results,
  version,
  version_compare: version,
  truthy: truthful(true),
  falsy: truthful(false),
  is_abs: texts['abs']!,
};

/** Tests which look at the controller's disk: known by name, lent by those who may. */
export const lentTests: readonly string[] = [
  'directory', 'is_dir', 'file', 'is_file', 'link', 'is_link', 'exists', 'link_exists', 'mount', 'is_mount', 'same_file', 'is_same_file', 'vaulted_file',
];
