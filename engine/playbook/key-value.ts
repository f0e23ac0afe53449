/** `k=v` text behind a module's name: `copy: src=a dest="b c" mode={{ mode }} `. */

/** Modules whose text is for themselves; only these arguments may stand in it as `k=v`. */
const takesText = new Set(['command', 'shell', 'script', 'raw', 'win_command', 'win_shell']);
const besideText = new Set([
  'creates',
  'removes',
  'chdir',
  'executable',
  'warn',
  'stdin',
  'stdin_add_newline',
  'strip_empty_ends',
  'expand_argument_vars',
]);

export interface KeyValues {
  readonly values: Readonly<Record<string, string>>;
  /** What is not `k=v`, as it was written; empty when there is none. */
  readonly rest: string;
  /** The text of a quote that is opened and never closed. */
  readonly unclosed?: string;
}

/** Parts a module's text into `k=v` pairs and the rest. Quotes hold blanks together, and so do templates. */
export function parseKeyValues(text: string, module: string): KeyValues {
  const free = takesText.has(module);
  const values: Record<string, string> = {};
  let rest = '';
  let unclosed: string | undefined;
  for (const token of tokens(text)) {
    const pair = /^([A-Za-z_][\w-]*)=([\s\S]*)$/.exec(token.text);
    if (!pair || (free && !besideText.has(pair[1]!))) {
      rest += token.blanks + token.text;
      continue;
    }
    values[pair[1]!] = unescaped(unquote(pair[2]!));
    if (token.unclosed) unclosed ??= token.text;
  }
  return { values, rest: rest.trim(), ...(unclosed !== undefined && { unclosed }) };
}

interface Token {
  /** The blanks before it. */
  readonly blanks: string;
  readonly text: string;
  readonly unclosed: boolean;
}

function* tokens(text: string): Generator<Token> {
  let at = 0;
  while (at < text.length) {
    const blanks = /^\s*/.exec(text.slice(at))![0];
    const start = at + blanks.length;
    if (start >= text.length) return;
    const { end, unclosed } = endOfToken(text, start);
    yield { blanks, text: text.slice(start, end), unclosed };
    at = end;
  }
}

const closers: Readonly<Record<string, string>> = { '{{': '}}', '{%': '%}', '{#': '#}' };

function endOfToken(text: string, start: number): { end: number; unclosed: boolean } {
  let at = start;
  while (at < text.length && !/\s/.test(text[at]!)) {
    if (closers[text.slice(at, at + 2)] !== undefined) {
      const end = endOfTemplate(text, at);
      if (end === undefined) return { end: text.length, unclosed: false };
      at = end;
    } else if (isQuote(text[at]!) && (at === start || text[at - 1] === '=')) {
      const end = closingQuote(text, at);
      // A quote never closed is an apostrophe in free text; in k=v it is a mistake.
      if (end === -1) return { end: endOfWord(text, at), unclosed: true };
      at = end + 1;
    } else at += 1;
  }
  return { end: at, unclosed: false };
}

function endOfWord(text: string, start: number): number {
  const blank = text.slice(start).search(/\s/);
  return blank === -1 ? text.length : start + blank;
}

function isQuote(character: string): boolean {
  return character === '"' || character === "'";
}

function closingQuote(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    // a template has quotes of its own
    const template = endOfTemplate(text, at);
    if (template !== undefined) at = template - 1;
    else if (text[at] === '\\') at += 1;
    else if (text[at] === text[start]) return at;
  }
  return -1;
}

/** Behind the template that begins here; undefined where none does, or it never ends. */
function endOfTemplate(text: string, at: number): number | undefined {
  const closer = closers[text.slice(at, at + 2)];
  const end = closer === undefined ? -1 : text.indexOf(closer, at + 2);
  return end === -1 ? undefined : end + 2;
}

function unquote(value: string): string {
  const quoted = value.length >= 2 && isQuote(value[0]!) && value.at(-1) === value[0];
  return quoted ? value.slice(1, -1) : value;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', '"': '"', "'": "'" };

function unescaped(value: string): string {
  return value.replaceAll(/\\(.)/g, (whole, letter: string) => escapes[letter] ?? whole);
}
