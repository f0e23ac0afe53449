/** Splits a command line into words as a POSIX shell would, without expanding anything. */

import { Unreachable } from './unreachable.ts';

/** The words of the line: blanks part them; quotes and backslashes group. Throws {@link Unreachable} on an open quote. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  const token = /\s+|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^\s'"\\]+)|([\s\S])/g;
  let word: string | undefined;
  for (const [text, single, double, escaped, plain, odd] of line.matchAll(token)) {
    if (odd !== undefined) throw new Unreachable('settings', `unfinished quote in the arguments: ${line}`);
    const part =
      single ?? double?.replace(/\\(["\\$`]|\n)/g, (_, c: string) => (c === '\n' ? '' : c)) ?? escaped ?? plain;
    if (part !== undefined) {
      word = (word ?? '') + part;
    } else if (text !== '' && word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}
