/** The user's mistakes, each with its place, the lines around it, and what to do. */
import type { Problem } from '../errors.ts';
import { codeFrame } from '../source/code-frame.ts';
import { mayBeSeen } from '../source/unseen.ts';
import { cleanLine, cleanText } from './clean.ts';
import { type Paint, paint } from './paint.ts';
import type { Output } from './report.ts';

/** Prints every problem, and how many there are when there are several. `read` gives a file's text, or nothing. */
export function printProblems(
  problems: readonly Problem[],
  read: (file: string) => string | undefined,
  options: { readonly err: Pick<Output, 'write'>; readonly color: boolean },
): void {
  const painted = paint(options.color ? 1 : 0);
  const blocks = problems.map((problem) => problemLines(problem, read, painted).join('\n'));
  // a frame wants air around it
  options.err.write(`${blocks.join(blocks.some((block) => block.includes('\n')) ? '\n\n' : '\n')}\n`);
  if (problems.length > 1) options.err.write(`\n${painted('failed', `${problems.length} errors`)}\n`);
}

/** One problem under a title: its place and message, the lines around it, what to do. */
export function problemLines(
  problem: Problem,
  read: (file: string) => string | undefined,
  painted: Paint,
  title = painted('failed', 'error:'),
): readonly string[] {
  const { at, hint } = problem;
  const place = at ? `${cleanLine(at.file)}:${at.line}:${at.column} ` : '';
  const [first = '', ...rest] = cleanText(problem.message).split('\n');
  const source = at && (problem.source ?? read(at.file));
  const frame = source === undefined ? '' : mayBeSeen(source) ? codeFrame(source, at!) : '(encrypted)';
  return [
    `${title} ${painted('heading', place + first)}`,
    ...rest.map((line) => `  ${line}`.trimEnd()),
    ...(frame === '' ? [] : frame.split('\n').map((line) => `  ${frameLine(line, painted)}`)),
    ...(hint ? [`  ${painted('included', 'hint:')} ${cleanText(hint).replaceAll('\n', '\n  ')}`] : []),
  ];
}

function frameLine(line: string, painted: Paint): string {
  const text = cleanLine(line);
  if (text.startsWith('>')) return text;
  return /^ +\| +\^$/.test(text) ? painted('failed', text) : painted('note', text);
}
