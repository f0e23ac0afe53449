/** What people usually did when the YAML parser gives up: a plain sentence, the place of the slip, and what to write instead. */

export interface Mistake {
  readonly message: string;
  /** 1-based. The slip itself, which may be lines before the place where the parser gave up. */
  readonly line: number;
  readonly column: number;
  readonly hint?: string | undefined;
}

interface Failure {
  readonly reason: string;
  readonly lines: readonly string[];
  readonly line: number;
  readonly column: number;
}

type Diagnosis = (failure: Failure) => Mistake | undefined;

/** The first diagnosis that fits, otherwise the parser's own words. */
export function explainYamlFailure(failure: Failure): Mistake {
  for (const diagnosis of diagnoses) {
    const mistake = diagnosis(failure);
    if (mistake) return mistake;
  }
  const { line, column, reason } = failure;
  return { message: reason, line, column };
}

/** `key: ` and `- ` prefixes of a line. */
const keyed = /^\s*(?:- +)*(?:[^\s'"#:{[][^:]*:\s+)?/;

const tabbed: Diagnosis = ({ reason, lines, line }) => {
  if (!reason.includes('tab characters') && !/^ *\t/.test(lines[line - 1] ?? '')) return undefined;
  const column = (lines[line - 1] ?? '').indexOf('\t') + 1;
  return { message: 'a tab is used for indentation', line, column: Math.max(column, 1), hint: 'indent with spaces' };
};

const bareTemplate: Diagnosis = ({ lines, line }) => {
  const text = lines[line - 1] ?? '';
  const prefix = keyed.exec(text)?.[0] ?? '';
  const value = text.slice(prefix.length).trimEnd();
  if (!value.startsWith('{{') && !/^[^'"#]*: \{\{/.test(text)) return undefined;
  const start = value.startsWith('{{') ? prefix.length : text.indexOf(': {{') + 2;
  const bare = text.slice(start).trimEnd();
  const key = /^(\{\{.*?\}\})\s*:(?:\s.*)?$/.exec(bare)?.[1];
  if (key)
    return {
      message: 'a key that begins with {{ must be quoted',
      line,
      column: start + 1,
      hint: `write ${quoted(key)}`,
    };
  return {
    message: 'a value that begins with {{ must be quoted',
    line,
    column: start + 1,
    hint: `write ${quoted(bare)}`,
  };
};

const complexKey: Diagnosis = ({ reason, line, column }) =>
  reason.includes('complex keys') ? { message: 'a mapping or a list cannot be a key', line, column } : undefined;

const missingSpace: Diagnosis = ({ reason, lines, line }) => {
  if (!/multiline key|expected ':' after|end of the stream or a document/.test(reason)) return undefined;
  for (const number of [line, lineAbove(lines, line)]) {
    const match = /^(\s*(?:- +)*)([A-Za-z_][\w.-]*):([^\s:].*)$/.exec(lines[number - 1] ?? '');
    if (!match || /^[^:]*:\S+:\s/.test(match[0])) continue;
    const [, indent, key, value] = match as unknown as [string, string, string, string];
    const column = indent.length + key.length + 2;
    return {
      message: `a space is missing after "${key}:"`,
      line: number,
      column,
      hint: `write ${key}: ${value.trimEnd()}`,
    };
  }
  return undefined;
};

const loneWord: Diagnosis = ({ reason, lines, line }) => {
  if (!/multiline key|expected ':' after/.test(reason)) return undefined;
  const number = reason.includes('multiline key') ? lineAbove(lines, line) : line;
  const text = (lines[number - 1] ?? '').trim();
  const column = (lines[number - 1] ?? '').search(/\S/) + 1;
  return { message: `"${text}" is not of the form "key: value"`, line: number, column, hint: 'is a colon missing?' };
};

const neverClosed: Diagnosis = ({ reason, lines, line }) => {
  if (!/deficient indentation|unexpected end of the (?:stream|document) within/.test(reason)) return undefined;
  for (let number = Math.min(line, lines.length); number >= 1; number--) {
    const text = lines[number - 1]!;
    const match = /(?:^|[:\-,[{]\s+|[[{]\s*)("[^"]*|'[^']*)$/.exec(text) ?? /(?:: +|- +)([[{][^\]}]*)$/.exec(text);
    if (!match) continue;
    const column = match.index + match[0].length - match[1]!.length + 1;
    return { message: `the ${match[1]![0]} opened here is never closed`, line: number, column };
  }
  return undefined;
};

const afterQuote: Diagnosis = ({ reason, lines, line, column }) => {
  const text = lines[line - 1] ?? '';
  const prefix = keyed.exec(text)?.[0] ?? '';
  const value = text.slice(prefix.length).trimEnd();
  if (!reason.includes('bad indentation') || !/^["']/.test(value) || column <= prefix.length + 2) return undefined;
  const apostrophe = /^'[^']*\w'\w[^']*'$/.test(value);
  const hint = apostrophe ? "a quote inside '…' is written twice: ''" : `quote the whole value: ${quoted(value)}`;
  return { message: 'there is text after the closing quote', line, column, hint };
};

const colonInside: Diagnosis = ({ reason, lines, line, column }) => {
  const text = lines[line - 1] ?? '';
  if (!reason.includes('bad indentation') || !/^:(?:\s|$)/.test(text.slice(column - 1))) return undefined;
  const prefix = keyed.exec(text)?.[0] ?? '';
  if (!/:\s+$/.test(prefix) || column <= prefix.length) return undefined;
  const value = text.slice(prefix.length).trimEnd();
  return { message: 'an unquoted value holds ": "', line, column, hint: `quote the value: ${quoted(value)}` };
};

const reserved: Diagnosis = ({ reason, lines, line, column }) => {
  const text = lines[line - 1] ?? '';
  const sign = text[column - 1] ?? '';
  if (reason.startsWith('unidentified alias')) {
    const start = Math.max(text.lastIndexOf('*', column - 1), 0);
    const bare = /^[^\s,\]}]*/.exec(text.slice(start))?.[0] ?? '*';
    return {
      message: `${bare} is an alias of nothing`,
      line,
      column: start + 1,
      hint: `for the text itself write ${quoted(bare)}`,
    };
  }
  if (!reason.includes('bad indentation') || !/[:-]\s+$/.test(text.slice(0, column - 1))) return undefined;
  if (/^- /.test(text.slice(column - 1)))
    return {
      message: 'a list cannot begin behind a key',
      line,
      column,
      hint: 'begin it on the next line, or write [a, b]',
    };
  if (!'@`%]},|>&!?'.includes(sign)) return undefined;
  const value = text.slice(column - 1).trimEnd();
  return { message: `a value cannot begin with ${sign}`, line, column, hint: `write ${quoted(value)}` };
};

const misaligned: Diagnosis = ({ reason, lines, line }) => {
  const column = (lines[line - 1] ?? '').search(/\S/) + 1;
  if (/bad indentation of a/.test(reason))
    return {
      message: 'this line is not indented like those above it',
      line,
      column,
      hint: 'entries of one level begin in the same column',
    };
  if (reason.startsWith('end of the stream'))
    return {
      message: 'this line does not belong to what is above it',
      line,
      column,
      hint: 'are "- item" and "key: value" mixed on one level?',
    };
  return undefined;
};

const unknownTag: Diagnosis = ({ reason, line, column }) => {
  const tag = /^unknown (?:scalar|sequence|mapping) tag !<(.*)>$/.exec(reason)?.[1];
  return tag === undefined
    ? undefined
    : { message: `unknown tag ${tag}`, line, column, hint: 'kplay knows !unsafe, !vault' };
};

const diagnoses: readonly Diagnosis[] = [
  tabbed,
  unknownTag,
  bareTemplate,
  complexKey,
  missingSpace,
  loneWord,
  neverClosed,
  afterQuote,
  colonInside,
  reserved,
  misaligned,
];

/** The nearest line above that is neither blank nor a comment. */
function lineAbove(lines: readonly string[], line: number): number {
  let number = Math.min(line - 1, lines.length);
  while (number > 1 && /^\s*(?:#|$)/.test(lines[number - 1] ?? '')) number--;
  return number;
}

function quoted(text: string): string {
  if (!/["\\]/.test(text)) return `"${text}"`;
  return `'${text.replaceAll("'", "''")}'`;
}
