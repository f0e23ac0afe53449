/** Filters which lay out texts: indentation, width, comments. */
import { TemplateError } from '../errors.ts';
import { anything, integer, type Native, namedRest, native, string, text, truth } from '../evaluate/native.ts';
import { toText } from '../python/text.ts';
import { splitLines } from '../python/text-methods.ts';

/** Lines after the first are indented, blank ones not, unless told otherwise. */
const indent = native(
  string,
  { width: anything, first: truth, blank: truth },
  (value, { width = 4, first = false, blank = false }, session) => {
    const by = typeof width === 'string' ? width : ' '.repeat(Math.max(0, Number(width)));
    const [head = '', ...others] = splitLines(`${value}\n`);
    const lines = others.map((line) => (line === '' && !blank ? line : by + line));
    const result = [first ? by + head : head, ...lines].join('\n');
    session.meter.characters(result.length);
    return result;
  },
);

/** A text longer than `length` by more than `leeway` is cut to `length`, the end mark included, at a word unless told otherwise. */
const truncate = native(string, { length: integer, killwords: truth, end: string, leeway: integer }, (value, args) => {
  const { length = 255, killwords = false, end = '...', leeway = 5 } = args;
  if (length < end.length) throw new TemplateError(`truncate: the length must be at least ${end.length}`);
  if (value.length <= length + leeway) return value;
  const cut = value.slice(0, length - end.length);
  const word = cut.lastIndexOf(' ');
  return (killwords || word < 0 ? cut : cut.slice(0, word)) + end;
});

function wrapLine(line: string, width: number, breakLong: boolean, atHyphens: boolean): string[] {
  const pieces = atHyphens
    ? line.match(/\s+|[^\s-]*[\p{L}\d]-(?=[\p{L}\d])|\S+?(?=\s|$)|\S+/gu)
    : line.match(/\s+|\S+/g);
  const lines: string[] = [];
  let current = '';
  for (const piece of pieces ?? []) {
    const blank = /^\s+$/.test(piece);
    if (current.length + piece.length <= width) {
      if (!blank || current !== '' || lines.length === 0) current += piece;
      continue;
    }
    if (current !== '') lines.push(current.trimEnd());
    current = blank ? '' : piece;
    while (breakLong && current.length > width) {
      lines.push(current.slice(0, width));
      current = current.slice(width);
    }
  }
  if (current.trimEnd() !== '') lines.push(current.trimEnd());
  return lines.filter((one) => one !== '');
}

const wordwrap = native(
  string,
  { width: integer, break_long_words: truth, wrapstring: string, break_on_hyphens: truth },
  (
    value,
    { width = 79, break_long_words: breakLong = true, wrapstring = '\n', break_on_hyphens: atHyphens = true },
  ) => {
    if (width <= 0) throw new TemplateError('wordwrap: the width must be more than 0');
    return splitLines(value)
      .map((line) => wrapLine(line, width, breakLong, atHyphens).join(wrapstring))
      .join(wrapstring);
  },
);

const center = native(text, { width: integer }, (value, { width = 80 }, session) => {
  session.meter.characters(width);
  const missing = Math.max(0, width - value.length);
  const left = Math.floor(missing / 2) + (missing & width & 1);
  return ' '.repeat(left) + value + ' '.repeat(missing - left);
});

interface Style {
  readonly decoration: string;
  readonly beginning?: string;
  readonly end?: string;
}
const styles: Readonly<Record<string, Style>> = {
  plain: { decoration: '# ' },
  erlang: { decoration: '% ' },
  c: { decoration: '// ' },
  cblock: { beginning: '/*', decoration: ' * ', end: ' */' },
  xml: { beginning: '<!--', decoration: ' - ', end: '-->' },
};

/** Every line behind the decoration, framed by a line of the bare decoration above and below, or what is given for them. */
const comment = native(string, { style: string, named: namedRest }, (value, { style = 'plain', named }) => {
  if (!Object.hasOwn(styles, style))
    throw new TemplateError(`comment knows the styles ${Object.keys(styles).join(', ')}, not "${style}"`);
  const option = (name: string, fallback: string) => (Object.hasOwn(named, name) ? toText(named[name]) : fallback);
  const chosen = styles[style]!;
  const decoration = option('decoration', chosen.decoration);
  const bare = decoration.trimEnd();
  const newline = option('newline', '\n');
  const [prefix, postfix] = [option('prefix', bare), option('postfix', bare)];
  const [beginning, end] = [option('beginning', chosen.beginning ?? ''), option('end', chosen.end ?? '')];
  const lines = value.split(newline);
  const decorated = lines.map((line, index) => (line === '' && index < lines.length - 1 ? bare : decoration + line));
  const above =
    prefix === '' ? [] : Array<string>(Number(option('prefix_count', '1'))).fill(prefix === newline ? '' : prefix);
  const below = Array<string>(Number(option('postfix_count', '1'))).fill(postfix);
  return [
    ...(beginning === '' ? [] : [beginning]),
    ...above,
    ...decorated,
    ...below,
    ...(end === '' ? [] : [end]),
  ].join(newline);
});

export const layoutFilters: Readonly<Record<string, Native>> = { indent, truncate, wordwrap, center, comment };
