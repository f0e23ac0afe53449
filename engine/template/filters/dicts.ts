/** Filters on dicts. */
import { TemplateError } from '../errors.ts';
import { subscript } from '../evaluate/access.ts';
import { fresh } from '../evaluate/fresh.ts';
import { anything, items, lazyDict, must, type Native, native, string, text, truth } from '../evaluate/native.ts';
import type { Session } from '../evaluate/session.ts';
import { order } from '../python/compare.ts';
import { copyDict, dictOf, entriesOf, hasKey, put, valueAt } from '../python/dicts.ts';
import { toText } from '../python/text.ts';
import { type Dict, isDict, tuple, typeName, Undefined } from '../python/types.ts';
import { withoutCase } from './attributes.ts';
import { distinct } from './sets.ts';

type Merge = (old: readonly unknown[], added: readonly unknown[]) => readonly unknown[];
const without = (values: readonly unknown[], dropped: readonly unknown[]) =>
  distinct([...dropped, ...values]).slice(distinct(dropped).length);
const listMerges: Readonly<Record<string, Merge>> = {
  replace: (_, added) => added,
  keep: (old) => old,
  append: (old, added) => [...old, ...added],
  prepend: (old, added) => [...added, ...old],
  append_rp: (old, added) => [...without(old, added), ...added],
  prepend_rp: (old, added) => [...added, ...without(old, added)],
};

function merged(session: Session, base: Dict, over: Dict, recursive: boolean, mergeLists: Merge): Dict {
  const result = copyDict(base);
  for (const [key, item] of entriesOf(over)) {
    const value = session.force(item);
    const old = hasKey(result, key) ? session.force(valueAt(result, key)) : undefined;
    if (recursive && isDict(old) && isDict(value)) put(result, key, merged(session, old, value, recursive, mergeLists));
    else if (Array.isArray(old) && Array.isArray(value)) put(result, key, [...mergeLists(old, value)]);
    else put(result, key, value);
  }
  return result;
}

const combine: Native = (session, input, given) => {
  const { recursive = false, list_merge: name = 'replace', ...others } = given.named;
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) throw new TemplateError(`unknown argument "${unknown}": it knows recursive, list_merge`);
  const merge = toText(session.known(name));
  if (!Object.hasOwn(listMerges, merge))
    throw new TemplateError(`list_merge must be one of ${Object.keys(listMerges).join(', ')}, not "${merge}"`);
  const deep = truth(session, recursive, 'recursive');
  const dicts = [input, ...given.positional].flatMap((part) => dictsIn(session, part));
  return fresh(dicts.reduce((base, over) => merged(session, base, over, deep, listMerges[merge]!), {} as Dict));
};

function dictsIn(session: Session, value: unknown): Dict[] {
  const known = session.known(value);
  if (known === null) return []; // as Ansible's flatten leaves nulls out
  if (Array.isArray(known)) return known.flatMap((item) => dictsIn(session, item));
  return [lazyDict(session, known, 'what is combined')];
}

const items2dict = native(
  items,
  { key_name: text, value_name: text },
  (values, { key_name: key = 'key', value_name: value = 'value' }, session) =>
    fresh(dictOf(values.map((item) => [member(session, item, key), member(session, item, value)] as const))),
);

function member(session: Session, item: unknown, name: string): unknown {
  const found = subscript(session, session.known(item), name);
  return found instanceof Undefined ? found.fail() : found;
}

const dictsort = native(lazyDict, { case_sensitive: truth, by: string, reverse: truth }, (value, args, session) => {
  const { case_sensitive: caseSensitive = false, by = 'key', reverse = false } = args;
  if (by !== 'key' && by !== 'value') throw new TemplateError('dictsort goes by "key" or by "value"');
  const keyed = entriesOf(value).map((entry) => ({
    entry,
    key: withoutCase(by === 'key' ? entry[0] : session.resolve(entry[1]), caseSensitive),
  }));
  keyed.sort((left, right) => (reverse ? order(right.key, left.key) : order(left.key, right.key)));
  return fresh(keyed.map(({ entry }) => tuple(entry)));
});

/** Each item of a list with each element of one of its lists. */
const subelements = native(anything, { subelements: must(anything), skip_missing: truth }, (input, args, session) => {
  const values = isDict(input) ? entriesOf(input).map(([, value]) => value) : Array.isArray(input) ? input : undefined;
  if (!values) throw new TemplateError(`subelements needs a list or a dict, not ${typeName(input)}`);
  const path = Array.isArray(args.subelements) ? args.subelements : toText(args.subelements).split('.');
  const pairs: unknown[] = [];
  for (const value of values) {
    const found = path.reduce((part: unknown, step) => subscript(session, part, step), value);
    if (found instanceof Undefined && args.skip_missing) continue;
    const elements = session.known(found);
    if (!Array.isArray(elements))
      throw new TemplateError(`"${path.join('.')}" must be a list, not ${typeName(elements)}`);
    for (const element of elements) pairs.push(tuple([value, element]));
  }
  return fresh(pairs);
});

const rekeyOnMember = native(
  anything,
  { key: must(anything), duplicates: string },
  (input, { key, duplicates = 'error' }) => {
    const values = isDict(input)
      ? entriesOf(input).map(([, value]) => value)
      : Array.isArray(input)
        ? input
        : undefined;
    if (!values) throw new TemplateError(`rekey_on_member needs a list or a dict, not ${typeName(input)}`);
    const result = dictOf([]);
    for (const value of values) {
      if (!isDict(value) || !hasKey(value, key))
        throw new TemplateError(`rekey_on_member: an item has no key '${toText(key)}'`);
      const name = toText(valueAt(value, key));
      if (hasKey(result, name) && duplicates === 'error')
        throw new TemplateError(`rekey_on_member: the key '${name}' occurs twice`);
      put(result, name, value);
    }
    return fresh(result);
  },
);

export const dictFilters: Readonly<Record<string, Native>> = {
  combine,
  dict2items: native(
    lazyDict,
    { key_name: text, value_name: text },
    (value, { key_name: keyName = 'key', value_name: valueName = 'value' }) =>
      fresh(
        entriesOf(value).map(([key, item]) =>
          dictOf([
            [keyName, key],
            [valueName, item],
          ]),
        ),
      ),
  ),
  items2dict,
  dictsort,
  subelements,
  rekey_on_member: rekeyOnMember,
};
