/**
 * INI inventories write values as Python literals: `8` is a number, `"8"` and `0644` are text, `['a', 'b']` is a list. What is no
 * literal is the text itself, so `yes` and `TRUE` are text while `True` is a boolean.
 */
import { Float, float } from '../source/float.ts';

/** The value of a Python literal; text that is none is returned unchanged. Tuples and sets become lists. */
export function readPythonLiteral(text: string): unknown {
  try {
    return new Reader(text).wholeText();
  } catch (error) {
    if (error === notLiteral) return text;
    throw error;
  }
}

const isCollection = (value: unknown) => typeof value === 'object' && value !== null && !(value instanceof Float);
const notLiteral = Symbol('not a literal');
const number =
  /[-+]?(?:0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.[\d_]*|\.\d[\d_]*|\d[\d_]*(?=[eE]))(?:[eE][-+]?\d+)?|0+|[1-9][\d_]*)(?![\w.])/y;
const words = new Map<string, unknown>([
  ['True', true],
  ['False', false],
  ['None', null],
]);
const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '0': '\0',
};

/** Recursive descent over one line of text; throws `notLiteral` at the first character that does not fit. */
class Reader {
  private position = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  wholeText(): unknown {
    const first = this.value();
    if (this.peek() !== ',') {
      this.end();
      return first;
    }
    const items = [first];
    while (this.take(',')) if (!this.atEnd()) items.push(this.value());
    this.end();
    return items;
  }

  private value(): unknown {
    const next = this.peek();
    if (next === '[') return this.items('[', ']');
    if (next === '(') return this.parenthesis();
    if (next === '{') return this.braces();
    if (next === '"' || next === "'") return this.string();
    const word = /[A-Za-z]+/y;
    word.lastIndex = this.position;
    const name = word.exec(this.text)?.[0];
    if (name !== undefined) {
      if (!words.has(name)) throw notLiteral;
      this.position += name.length;
      return words.get(name);
    }
    return this.number();
  }

  private number(): number | bigint | Float {
    number.lastIndex = this.position;
    const written = number.exec(this.text)?.[0];
    if (written === undefined) throw notLiteral;
    this.position += written.length;
    const digits = written.replace(/^[-+]/, '').replaceAll('_', '');
    const sign = written.startsWith('-') ? -1 : 1;
    const value = Number(digits);
    if (Number.isNaN(value)) throw notLiteral;
    const whole = /^(?:0[xXoObB].+|\d+)$/.test(digits);
    if (!whole) return float(sign * value);
    return Number.isSafeInteger(value) ? sign * value : BigInt(sign) * BigInt(digits);
  }

  private string(): string {
    const quote = this.text[this.position++]!;
    let result = '';
    for (;;) {
      const character = this.text[this.position++];
      if (character === undefined) throw notLiteral;
      if (character === quote) return result;
      result += character === '\\' ? this.escape() : character;
    }
  }

  private escape(): string {
    const character = this.text[this.position++];
    if (character === undefined) throw notLiteral;
    if (character === '\\' || character === '"' || character === "'") return character;
    const width = { x: 2, u: 4, U: 8 }[character];
    if (width === undefined) return escapes[character] ?? `\\${character}`;
    const code = this.text.slice(this.position, this.position + width);
    if (!/^[0-9a-fA-F]+$/.test(code) || code.length < width) throw notLiteral;
    this.position += width;
    return String.fromCodePoint(Number.parseInt(code, 16));
  }

  private items(open: string, close: string): unknown[] {
    this.expect(open);
    const items: unknown[] = [];
    while (!this.take(close)) {
      items.push(this.value());
      if (!this.take(',') && this.peek() !== close) throw notLiteral;
    }
    return items;
  }

  /** `(1, 2)` and `(1,)` are tuples, `(1)` is 1. */
  private parenthesis(): unknown {
    const start = this.position;
    const items = this.items('(', ')');
    const tuple = items.length !== 1 || /,\s*\)$/.test(this.text.slice(start, this.position));
    return tuple ? items : items[0];
  }

  /** A dict or a set. A set's members are never dicts or lists, which keeps `{{ name }}` text. */
  private braces(): unknown {
    const start = this.position;
    this.expect('{');
    const dict: Record<string, unknown> = {};
    while (!this.take('}')) {
      const key = this.value();
      if (!this.take(':')) {
        this.position = start;
        const members = this.items('{', '}');
        if (members.some(isCollection)) throw notLiteral;
        return [...new Set(members)];
      }
      if (isCollection(key)) throw notLiteral;
      Object.defineProperty(dict, String(key), {
        value: this.value(),
        enumerable: true,
        configurable: true,
        writable: true,
      });
      if (!this.take(',') && this.peek() !== '}') throw notLiteral;
    }
    return dict;
  }

  private peek(): string | undefined {
    while (/\s/.test(this.text[this.position] ?? '')) this.position++;
    return this.text[this.position];
  }

  private take(character: string): boolean {
    if (this.peek() !== character) return false;
    this.position++;
    return true;
  }

  private expect(character: string): void {
    if (!this.take(character)) throw notLiteral;
  }

  private atEnd(): boolean {
    const next = this.peek();
    return next === undefined || next === '#';
  }

  private end(): void {
    if (!this.atEnd()) throw notLiteral;
  }
}
