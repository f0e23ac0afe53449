/** Lists as sets: order is kept, doubles are dropped. */

import { unboxed } from '../../source/float.ts';
import { fresh } from '../evaluate/fresh.ts';
import { anything, type Kind, list, must, type Native, native, strictList, truth } from '../evaluate/native.ts';
import { equal } from '../python/compare.ts';
import { typeName } from '../python/types.ts';
import { attributeOf, withoutCase } from './attributes.ts';

/** Finds equal values quickly among texts and numbers, and by comparison among the rest. */
class Members {
  private readonly simple = new Set<unknown>();
  private readonly others: unknown[] = [];

  has(value: unknown): boolean {
    return this.isSimple(value) ? this.simple.has(this.key(value)) : this.others.some((one) => equal(one, value));
  }

  add(value: unknown): void {
    if (this.isSimple(value)) this.simple.add(this.key(value));
    else this.others.push(value);
  }

  private isSimple(value: unknown): boolean {
    return ['str', 'int', 'float', 'bool'].includes(typeName(value));
  }

  private key(value: unknown): unknown {
    return typeof value === 'boolean' ? Number(value) : unboxed(value);
  }
}

function membersOf(values: readonly unknown[]): Members {
  const members = new Members();
  for (const value of values) members.add(value);
  return members;
}

/** The first of equal values. */
export function distinct(values: readonly unknown[], key: (value: unknown) => unknown = (value) => value): unknown[] {
  const seen = new Members();
  return values.filter((value) => {
    const by = key(value);
    if (seen.has(by)) return false;
    seen.add(by);
    return true;
  });
}

function combining(
  combine: (left: readonly unknown[], right: readonly unknown[]) => readonly unknown[],
  kind: Kind<readonly unknown[]> = list,
): Native {
  return native(kind, { other: must(kind) }, (left, { other }) => fresh(distinct(combine(left, other))));
}

function without(left: readonly unknown[], right: readonly unknown[]): readonly unknown[] {
  const members = membersOf(right);
  return left.filter((value) => !members.has(value));
}

export const setFilters: Readonly<Record<string, Native>> = {
  unique: native(
    list,
    { case_sensitive: truth, attribute: anything },
    (values, { case_sensitive: exact = false, attribute }, session) => {
      const read = attribute === undefined || attribute === null ? undefined : attributeOf(attribute);
      return fresh(
        distinct(values, (value) => withoutCase(read ? session.resolve(read(session, value)) : value, exact)),
      );
    },
  ),
  union: combining((left, right) => [...left, ...right], strictList),
  intersect: combining((left, right) => {
    const members = membersOf(right);
    return left.filter((value) => members.has(value));
  }),
  difference: combining(without),
  symmetric_difference: combining((left, right) => [...without(left, right), ...without(right, left)], strictList),
};
