/** A diff in the unified format, bounded in time and length; the one door to the diff package. */
import { structuredPatch } from 'diff';
import type { Diff } from '../module/definition.ts';
import { cleanLine } from './clean.ts';
import type { Paint, Style } from './paint.ts';
import { shortLine } from './shorten.ts';

export interface DiffLine {
  readonly style: Style | 'context';
  readonly text: string;
}

export interface DiffLimits {
  /** Lines that are shown; a note counts the others. */
  readonly lines: number;
  /** Milliseconds to look for the shortest diff; after that the text counts as replaced. */
  readonly timeout: number;
  /** Lines that may differ; with more the text counts as replaced. */
  readonly edits: number;
  /** Lines around what differs. */
  readonly context: number;
}

export const usualLimits: DiffLimits = { lines: 400, timeout: 1000, edits: 2000, context: 3 };

/** Headers and hunks with lines of context. Controls in the text are shown, as they may be what changes. */
export function unifiedDiff(diff: Diff, limits: DiffLimits = usualLimits): readonly DiffLine[] {
  const { before, after, beforeHeader, afterHeader } = diff;
  const headers: readonly DiffLine[] = [
    { style: 'removed', text: header('--- before', beforeHeader) },
    { style: 'added', text: header('+++ after', afterHeader) },
  ];
  const body = hunkLines(before, after, limits);
  if (body === undefined) return [...headers, { style: 'note', text: replaced(before, after) }];
  if (body.length === 0) return [...headers, { style: 'note', text: '(no difference in what can be shown)' }];
  const missing = body.length - limits.lines;
  if (missing <= 0) return [...headers, ...body];
  return [
    ...headers,
    ...body.slice(0, limits.lines),
    { style: 'note', text: `… (${missing} more lines: -v shows all)` },
  ];
}

/** The lines of {@link unifiedDiff} as text, coloured. */
export function paintDiff(lines: readonly DiffLine[], paint: Paint): string {
  return lines.map(({ style, text }) => (style === 'context' ? text : paint(style, text))).join('\n');
}

function header(mark: string, name: string): string {
  return name === '' ? mark : `${mark}: ${cleanLine(name)}`;
}

function hunkLines(
  before: string,
  after: string,
  { timeout, edits, context }: DiffLimits,
): readonly DiffLine[] | undefined {
  // a text that appears or goes as a whole takes linear time, however long it is
  const maxEditLength = before === '' || after === '' ? Number.POSITIVE_INFINITY : edits;
  const patch = structuredPatch('', '', before, after, '', '', { context, timeout, maxEditLength });
  return patch?.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }): readonly DiffLine[] => [
    { style: 'hunk', text: `@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@` },
    ...lines.map((line): DiffLine => ({ style: styleOf(line), text: shortLine(cleanLine(line)) })),
  ]);
}

/** The unified format counts an empty range from the line before it, and leaves out a length of one. */
function range(start: number, length: number): string {
  if (length === 1) return String(start);
  return `${length === 0 ? Math.max(0, start - 1) : start},${length}`;
}

function styleOf(line: string): DiffLine['style'] {
  if (line.startsWith('+')) return 'added';
  if (line.startsWith('-')) return 'removed';
  return line.startsWith('\\') ? 'note' : 'context';
}

function replaced(before: string, after: string): string {
  const lines = (text: string) => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  return `(replaced: ${lines(before)} lines before, ${lines(after)} lines after)`;
}
