/** Filters which combine lists with each other, or draw from one by chance. */
import { createHash, randomInt } from 'node:crypto';
import { TemplateError } from '../errors.ts';
import { fresh } from '../evaluate/fresh.ts';
import { anything, integer, items, itemsOf, lazy, list, type Native, native, rest } from '../evaluate/native.ts';
import { toText } from '../python/text.ts';
import { isInt, tuple } from '../python/types.ts';
import { compareVersions } from '../python/versions.ts';

function transpose(lists: readonly (readonly unknown[])[], length: number, fill: unknown): unknown[] {
  return fresh(
    Array.from({ length }, (_, row) => tuple(lists.map((column) => (row < column.length ? column[row] : fill)))),
  );
}

function* draws(
  pool: readonly unknown[],
  count: number,
  start: (index: number, taken: readonly number[]) => boolean,
  taken: readonly number[] = [],
): Generator<unknown[]> {
  if (taken.length === count) {
    yield taken.map((index) => pool[index]);
    return;
  }
  for (let index = 0; index < pool.length; index++)
    if (start(index, taken)) yield* draws(pool, count, start, [...taken, index]);
}

function drawing(accept: (index: number, taken: readonly number[]) => boolean): Native {
  return native(items, { r: integer }, (pool, { r = pool.length }, session) => {
    const results: unknown[] = [];
    if (r > pool.length) return results;
    for (const draw of draws(pool, r, accept)) {
      session.meter.step();
      session.meter.items(results.length);
      results.push(tuple(draw));
    }
    return fresh(results);
  });
}

/** Numbers in [0, 1): the same for the same seed, by chance without one. */
function chance(seed: unknown): () => number {
  if (seed === undefined || seed === null) return () => randomInt(2 ** 47) / 2 ** 47;
  let round = 0;
  return () =>
    createHash('sha256')
      .update(`${toText(seed)}/${round++}`)
      .digest()
      .readUIntBE(0, 6) /
    2 ** 48;
}

function shuffled(values: readonly unknown[], seed: unknown): unknown[] {
  const next = chance(seed);
  const result = [...values];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(next() * (last + 1));
    [result[last], result[other]] = [result[other], result[last]];
  }
  return result;
}

/** A number from `start` up to and without the input, or one item of a list. */
const random = native(
  anything,
  { start: integer, step: integer, seed: anything },
  (input, { start = 0, step = 1, seed }) => {
    const next = chance(seed);
    if (isInt(input)) {
      const count = Math.ceil((Number(input) - start) / step);
      if (count <= 0) throw new TemplateError('random: the range is empty');
      return start + step * Math.floor(next() * count);
    }
    const values = itemsOf(input);
    if (!values) throw new TemplateError('random needs a list or an integer');
    if (values.length === 0) throw new TemplateError('random: the list is empty');
    return values[Math.floor(next() * values.length)];
  },
);

const product = native(items, { lists: rest(items), repeat: integer }, (first, { lists, repeat = 1 }, session) => {
  const all = Array.from({ length: repeat }, () => [first, ...lists]).flat();
  session.meter.items(all.reduce((count, one) => count * one.length, 1));
  const rows = all.reduce<unknown[][]>(
    (partial, one) => partial.flatMap((row) => one.map((item) => [...row, item])),
    [[]],
  );
  return fresh(rows.map((row) => tuple(row)));
});

export const combinationFilters: Readonly<Record<string, Native>> = {
  zip: native(items, { lists: rest(items) }, (first, { lists }) =>
    transpose([first, ...lists], Math.min(first.length, ...lists.map((one) => one.length)), null),
  ),
  zip_longest: native(items, { lists: rest(items), fillvalue: lazy }, (first, { lists, fillvalue = null }) =>
    transpose([first, ...lists], Math.max(first.length, ...lists.map((one) => one.length)), fillvalue),
  ),
  product,
  permutations: drawing((index, taken) => !taken.includes(index)),
  combinations: drawing((index, taken) => index > (taken.at(-1) ?? -1)),
  random,
  shuffle: native(list, { seed: anything }, (values, { seed }) => fresh(shuffled(values, seed))),
  version_sort: native(list, {}, (values) =>
    fresh([...values].sort((left, right) => compareVersions(toText(left), toText(right), 'loose'))),
  ),
};
