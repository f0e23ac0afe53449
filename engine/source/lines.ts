/** Offsets in a text as lines and columns. */
import type { Location } from '../errors.ts';

/** The offset at which each line begins; `\n`, `\r\n` and `\r` end a line. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length);
  return starts;
}

/** The place of an offset, by bisection of {@link lineStarts}. */
export function locationAt(file: string, starts: readonly number[], offset: number): Location {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return { file, line: low + 1, column: offset - starts[low]! + 1 };
}
