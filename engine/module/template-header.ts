/** The first line by which a template sets its own options: `#jinja2: trim_blocks: false, newline_sequence: "\r\n"`. */
import { toBoolean } from './convert.ts';

const header = /^#jinja2:([^\n]*)(?:\n|$)/;
const option = /\s*([a-z_]+)\s*:\s*("(?:[^"\\]|\\.)*"|'[^']*'|[^,]*?)\s*(?:,|$)/g;

/** The options of the header; undefined where there is none. */
export function headerOptions(text: string): Readonly<Record<string, unknown>> | undefined {
  const line = header.exec(text);
  if (!line) return undefined;
  const options = [...line[1]!.matchAll(option)].map(([, name, value]) => [name!, optionValue(value!)] as const);
  return Object.fromEntries(options);
}

function optionValue(word: string): unknown {
  if (word.startsWith('"') || word.startsWith("'")) return unescaped(word.slice(1, -1));
  return toBoolean(word) ?? word;
}

function unescaped(text: string): string {
  return text.replace(/\\([nrt\\"'])/g, (_, letter: string) => ({ n: '\n', r: '\r', t: '\t' })[letter] ?? letter);
}
