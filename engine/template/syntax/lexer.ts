/**
 * Jinja2's tokens. nunjucks' tokenizer keeps the place in the text; the rules are Jinja2's: balanced brackets, all its
 * numbers, whitespace control (`-`, `+`, trim_blocks, lstrip_blocks), raw blocks.
 */
import { literalPattern } from '../../source/literal-pattern.ts';
import { withoutEscapes } from './escapes.ts';
import { type Token, Tokenizer } from './nunjucks.ts';
import { syntaxError } from './syntax-error.ts';

export interface LexerOptions {
  readonly trimBlocks: boolean;
  readonly lstripBlocks: boolean;
  /** Read `\` in the strings of `{{ }}` literally: in a YAML scalar YAML has read the escapes already, as Ansible holds it. */
  readonly literalBackslashes: boolean;
  readonly newline: string;
  readonly tags?: Readonly<Record<string, string | undefined>>;
}

type Mode = 'data' | 'block' | 'variable' | 'expression';

const rules: readonly (readonly [type: string, pattern: RegExp])[] = [
  ['float', /(?<!\.)\d+(?:_\d+)*(?:(?:\.\d+(?:_\d+)*)?e[+-]?\d+(?:_\d+)*|\.\d+(?:_\d+)*)/iy],
  ['int', /(?:0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*)/iy],
  ['symbol', /[\p{L}_][\p{L}\p{N}\p{M}_]*/uy],
  ['string', /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/y],
  ['operator', /\/\/|\*\*|==|!=|>=|<=|[-+/*%><=.;]/y],
];
const punctuation: Readonly<Record<string, string>> = {
  '(': 'left-paren',
  ')': 'right-paren',
  '[': 'left-bracket',
  ']': 'right-bracket',
  '{': 'left-curly',
  '}': 'right-curly',
  ',': 'comma',
  ':': 'colon',
  '~': 'tilde',
  '|': 'pipe',
};
const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const whitespace = /\s*/y;

export class JinjaTokenizer extends Tokenizer {
  private mode: Mode = 'data';
  private brackets: string[] = [];
  private readonly options: LexerOptions;
  /** The tag which opened, for the message about one which never closes. */
  private opened = { lineno: 0, colno: 0 };

  constructor(source: string, options: LexerOptions) {
    super(source, options.tags ? { tags: options.tags } : {});
    this.options = options;
  }

  /** Reads the text as one bare expression, without tags. */
  asExpression(): this {
    this.mode = 'expression';
    this.in_code = true;
    return this;
  }

  override nextToken(): Token | null {
    if (this.mode === 'data') return this.isFinished() ? null : this.dataToken();
    return this.codeToken();
  }

  private codeToken(): Token | null {
    this.forwardN(this.match(whitespace)!.length);
    if (this.isFinished()) {
      if (this.mode === 'expression') return null;
      const end = this.mode === 'block' ? this.tags.BLOCK_END : this.tags.VARIABLE_END;
      return syntaxError(`this tag is never closed: expected "${end}"`, this.opened);
    }
    const end = this.brackets.length === 0 ? this.endTag() : undefined;
    if (end) return end;
    for (const [type, pattern] of rules) {
      const text = this.match(pattern);
      if (text !== undefined) return this.take(type, text, type === 'string' ? this.unquote(text) : text);
    }
    const character = this.str.charAt(this.index);
    const type = punctuation[character];
    if (type === undefined) {
      const what =
        character === '"' || character === "'"
          ? 'a string which is never closed'
          : `unexpected character "${character}"`;
      return syntaxError(what, this);
    }
    this.balance(character);
    return this.take(type, character, character);
  }

  private endTag(): Token | undefined {
    if (this.mode === 'expression') return undefined;
    const type = this.mode === 'block' ? 'block-end' : 'variable-end';
    const end = this.mode === 'block' ? this.tags.BLOCK_END : this.tags.VARIABLE_END;
    const sign = this.str.charAt(this.index);
    const signed =
      (sign === '-' || (sign === '+' && this.mode === 'block')) && this.str.startsWith(end, this.index + 1);
    if (!signed && !this.str.startsWith(end, this.index)) return undefined;
    const token = this.take(type, signed ? sign + end : end, end);
    this.trimAfter(signed ? sign : '', this.mode === 'block');
    this.mode = 'data';
    this.in_code = false;
    return token;
  }

  private balance(character: string): void {
    const partner = closing[character];
    if (partner !== undefined) this.brackets.push(partner);
    else if (')]}'.includes(character) && this.brackets.pop() !== character)
      syntaxError(`unexpected "${character}"`, this);
  }

  private unquote(text: string): string {
    const inside = text.slice(1, -1);
    return this.options.literalBackslashes && this.mode === 'variable' ? inside : withoutEscapes(inside);
  }

  /** Text up to the next tag, or the tag itself. Comments and raw blocks are dealt with here. */
  private dataToken(): Token | null {
    const start = { lineno: this.lineno, colno: this.colno };
    let text = '';
    while (!this.isFinished()) {
      const tag = this.nextTag();
      if (!tag) {
        text += this.skipOver(this.str.length - this.index);
        break;
      }
      const before = this.str.slice(this.index, tag.index);
      const sign = this.str.charAt(tag.index + tag.start.length);
      text += this.trimBefore(before, sign, tag.kind);
      if (tag.kind === 'comment') {
        this.forwardN(before.length);
        this.skipComment();
        continue;
      }
      const raw = tag.kind === 'block' ? this.rawBlock(tag.index) : undefined;
      if (raw) {
        this.forwardN(before.length);
        text += raw.text;
        this.forwardN(raw.length);
        if (raw.trimmed) this.trimAfter(raw.sign, true);
        continue;
      }
      this.forwardN(before.length);
      if (text !== '') break;
      return this.openTag(tag.kind, tag.start);
    }
    if (text === '') return this.isFinished() ? null : this.nextToken();
    const value = this.options.newline === '\n' ? text : text.replaceAll('\n', this.options.newline);
    return { type: 'data', value, ...start };
  }

  private openTag(kind: 'block' | 'variable', start: string): Token {
    this.opened = { lineno: this.lineno, colno: this.colno };
    const sign = this.str.charAt(this.index + start.length);
    const signed = sign === '-' || (sign === '+' && kind === 'block');
    const token = this.take(kind === 'block' ? 'block-start' : 'variable-start', signed ? start + sign : start, start);
    this.mode = kind;
    this.in_code = true;
    this.brackets = [];
    return token;
  }

  private nextTag() {
    const { BLOCK_START, VARIABLE_START, COMMENT_START } = this.tags;
    const kinds = [
      ['block', BLOCK_START],
      ['variable', VARIABLE_START],
      ['comment', COMMENT_START],
    ] as const;
    let found: { kind: 'block' | 'variable' | 'comment'; start: string; index: number } | undefined;
    for (const [kind, start] of kinds) {
      const index = this.str.indexOf(start, this.index);
      if (index < 0) continue;
      const nearer = !found || index < found.index || (index === found.index && start.length > found.start.length);
      if (nearer) found = { kind, start, index };
    }
    return found;
  }

  private trimBefore(text: string, sign: string, kind: string): string {
    if (sign === '-') return text.trimEnd();
    if (!this.options.lstripBlocks || sign === '+' || kind === 'variable') return text;
    const line = text.lastIndexOf('\n') + 1;
    const startsLine = line > 0 || this.index === 0 || this.str.charAt(this.index - 1) === '\n';
    return startsLine && /^\s*$/.test(text.slice(line)) ? text.slice(0, line) : text;
  }

  private trimAfter(sign: string, block: boolean): void {
    if (sign === '-') this.forwardN(this.match(whitespace)!.length);
    else if (sign !== '+' && block && this.options.trimBlocks && this.str.charAt(this.index) === '\n') this.forwardN(1);
  }

  private skipComment(): void {
    const end = this.str.indexOf(this.tags.COMMENT_END, this.index + this.tags.COMMENT_START.length);
    if (end < 0) syntaxError(`this comment is never closed: expected "${this.tags.COMMENT_END}"`, this);
    const sign = this.str.charAt(end - 1);
    this.forwardN(end + this.tags.COMMENT_END.length - this.index);
    this.trimAfter(sign, true);
  }

  /** The block `{% raw %} … {% endraw %}` which begins at `index`. */
  private rawBlock(index: number) {
    const { BLOCK_START, BLOCK_END } = this.tags;
    const [start, end] = [literalPattern(BLOCK_START), literalPattern(BLOCK_END)];
    const opening = new RegExp(`${start}[-+]?\\s*raw\\s*(-${end}\\s*|${end})`, 'y');
    opening.lastIndex = index;
    const opened = opening.exec(this.str);
    if (!opened) return undefined;
    const ending = new RegExp(`${start}([-+]?)\\s*endraw\\s*([-+]?)${end}`, 'g');
    ending.lastIndex = opening.lastIndex;
    const ended = ending.exec(this.str);
    if (!ended) return syntaxError('"raw" is never closed: expected "endraw"', this);
    const text = this.str.slice(opening.lastIndex, ended.index);
    const trimmed = this.trimBefore(text, ended[1]!, 'block');
    return { text: trimmed, length: ending.lastIndex - index, sign: ended[2]!, trimmed: true };
  }

  /** As inherited, a line at a time. */
  override forwardN(count: number): void {
    const end = Math.min(this.index + count, this.str.length);
    for (let newline = this.str.indexOf('\n', this.index); newline >= 0 && newline < end; ) {
      this.lineno++;
      this.colno = 0;
      this.index = newline + 1;
      newline = this.str.indexOf('\n', this.index);
    }
    this.colno += end - this.index;
    this.index = end;
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.index;
    return pattern.exec(this.str)?.[0];
  }

  private take(type: string, text: string, value: string): Token {
    const token = { type, value, lineno: this.lineno, colno: this.colno };
    this.forwardN(text.length);
    return token;
  }

  private skipOver(count: number): string {
    const text = this.str.slice(this.index, this.index + count);
    this.forwardN(count);
    return text;
  }
}
