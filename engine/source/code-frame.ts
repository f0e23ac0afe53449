/** The lines around a mistake, with a caret beneath it. Without colours: those are the report's. */
import type { Location } from '../errors.ts';

const longestLine = 160;

/**
 * The lines about `location`, numbered, `context` (2) of them before and after, and a caret under the column. A line too long to
 * read is cut around the caret. Empty when the location is not in the text.
 */
export function codeFrame(text: string, location: Location, options: { readonly context?: number } = {}): string {
  const context = options.context ?? 2;
  const lines = text.split(/\r\n|\n|\r/);
  if (location.line < 1 || location.line > lines.length) return '';
  const first = Math.max(1, location.line - context);
  let last = Math.min(lines.length, location.line + context);
  if (last > location.line && last === lines.length && lines[last - 1] === '') last -= 1; // the end of the file is not a line
  const width = String(last).length;
  const cut = Math.max(0, location.column - 1 - (longestLine - 40));
  const frame: string[] = [];
  for (let number = first; number <= last; number++) {
    const shown = shorten(lines[number - 1]!, cut);
    const mark = number === location.line ? '>' : ' ';
    frame.push(`${mark} ${String(number).padStart(width)} | ${shown}`.trimEnd());
    if (number === location.line)
      frame.push(`  ${' '.repeat(width)} | ${caretAt(lines[number - 1]!, location.column, cut)}`);
  }
  return frame.join('\n');
}

/** Tabs count as one column in a location, so one blank stands for each. */
function shorten(line: string, cut: number): string {
  const rest = line.replaceAll('\t', ' ');
  const from = cut === 0 ? rest : `…${rest.slice(cut + 1)}`;
  return from.length > longestLine ? `${from.slice(0, longestLine - 1)}…` : from;
}

function caretAt(line: string, column: number, cut: number): string {
  return `${' '.repeat(Math.min(column - 1, line.length) - cut)}^`;
}
