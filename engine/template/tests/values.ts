/** Tests of what a value is, and of how it compares. */
import { TemplateError } from '../errors.ts';
import { anything, items, itemsOf, lazy, list, must, type Native, native, number, truth } from '../evaluate/native.ts';
import { contains, equal, order } from '../python/compare.ts';
import { asNumber, isNumeric } from '../python/numbers.ts';
import { isTrue } from '../python/truth.ts';
import { Callable, isDict, isFloat, isInt, Undefined } from '../python/types.ts';
import { ScopeDict } from '../values.ts';
import { about, against, kind } from './forms.ts';

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
};

const numbers: Readonly<Record<string, Native>> = {
  odd: native(number, {}, (value) => Math.abs(value % 2) === 1),
  even: native(number, {}, (value) => value % 2 === 0),
  divisibleby: native(number, { num: must(number) }, (value, { num }) => {
    if (num === 0) throw new TemplateError('division by zero');
    return value % num === 0;
  }),
  nan: about((value) => isNumeric(value) && Number.isNaN(asNumber(value))),
};

const sets: Readonly<Record<string, Native>> = {
  contains: against(contains),
  subset: native(list, { superset: must(list) }, (values, { superset }) =>
    values.every((value) => contains(superset, value)),
  ),
  superset: native(list, { subset: must(list) }, (values, { subset }) =>
    subset.every((value) => contains(values, value)),
  ),
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

export const valueTests: Readonly<Record<string, Native>> = {
  ...comparisons,
  ...kinds,
  ...numbers,
  ...sets,
  truthy: truthful(true),
  falsy: truthful(false),
};
