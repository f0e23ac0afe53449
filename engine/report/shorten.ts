/** Long texts and lists, cut for reading; `-v` shows them whole. */
import { isPlain } from './json-text.ts';

const mostCharacters = 1000;
const mostMembers = 50;
const mostLines = 20;

/** The beginning of a line, and how much is missing. */
export function shortLine(text: string): string {
  const missing = text.length - mostCharacters;
  return missing > 0 ? `${text.slice(0, mostCharacters)}… (${missing} more characters)` : text;
}

/** A value whose texts and lists, at any depth, are not long. */
export function shortValue(value: unknown): unknown {
  if (typeof value === 'string') return shortLine(value);
  if (Array.isArray(value)) {
    const missing = value.length - mostMembers;
    const kept = value.slice(0, mostMembers).map(shortValue);
    return missing > 0 ? [...kept, `… (${missing} more)`] : kept;
  }
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shortValue(one)]));
}

/** The last lines, which say how it ended, and before them how many are missing. */
export function lastLines(lines: readonly string[]): readonly string[] {
  const missing = lines.length - mostLines;
  const kept = lines.slice(-mostLines).map(shortLine);
  return missing > 0 ? [`… (${missing} lines before: -v shows all)`, ...kept] : kept;
}
