/** The text of a YAML document while it grows: columns, line breaks, and the three ways in which scalars are folded into lines. */
import { isBreak, isPrintable, type ScalarStyle } from './yaml-styles.ts';

/** A mark of YAML's: what it asks of what is before it, and what it leaves behind. */
interface Mark {
  /** A blank comes before it, unless one is there. */
  readonly blankBefore?: boolean;
  /** It counts as a blank itself. */
  readonly isBlank?: boolean;
  /** As long as only indentation was before it, it is a part of that. */
  readonly isIndention?: boolean;
}

export interface Page {
  mark(text: string, mark?: Mark): void;
  /** A new line, unless the place is where a line of this indent begins. */
  startLine(indent: number): void;
  /** Text in a style. `folds` says whether it may go over several lines, which then begin at the indent. */
  scalar(text: string, style: ScalarStyle, indent: number, folds: boolean): void;
  readonly column: number;
  /** Whether nothing but indentation is before this place in its line. */
  readonly indention: boolean;
  readonly text: string;
}

/** `width` is the column after which text is folded at its next blank. */
export function page(width: number): Page {
  let text = '';
  let column = 0;
  let afterBlank = true;
  let indention = true;

  function put(characters: string): void {
    text += characters;
    column += [...characters].length;
  }
  function lineBreak(character = '\n'): void {
    text += character;
    column = 0;
  }
  function startLine(indent: number): void {
    if (!indention || column > indent || (column === indent && !afterBlank)) lineBreak();
    if (column < indent) put(' '.repeat(indent - column));
    afterBlank = true;
    indention = true;
  }
  function mark(sign: string, { blankBefore = false, isBlank = false, isIndention = false }: Mark = {}): void {
    if (blankBefore && !afterBlank) put(' ');
    put(sign);
    afterBlank = isBlank;
    indention &&= isIndention;
  }

  function plain(value: string, indent: number, folds: boolean): void {
    if (!afterBlank && value !== '') put(' ');
    let spaces = false;
    for (const [index, character] of [...value].entries()) {
      if (character !== ' ') {
        put(character);
        indention = spaces = false;
      } else {
        if (folds && !spaces && column > width && value[index + 1] !== ' ') startLine(indent);
        else put(character);
        spaces = true;
      }
    }
    afterBlank = false;
    indention = false;
  }

  function single(value: string, indent: number, folds: boolean): void {
    mark("'", { blankBefore: true });
    const characters = [...value];
    let spaces = false;
    let broken = false;
    for (const [index, character] of characters.entries()) {
      if (character === ' ') {
        const inside = index > 0 && index < characters.length - 1 && characters[index + 1] !== ' ';
        if (folds && !spaces && column > width && inside) startLine(indent);
        else put(character);
        spaces = true;
      } else if (isBreak(character)) {
        if (!broken && character === '\n') lineBreak();
        lineBreak(character);
        indention = broken = true;
      } else {
        if (broken) startLine(indent);
        put(character === "'" ? "''" : character);
        indention = spaces = broken = false;
      }
    }
    if (broken) startLine(indent);
    mark("'");
  }

  function double(value: string, indent: number, folds: boolean): void {
    mark('"', { blankBefore: true });
    const characters = [...value];
    let spaces = false;
    for (const [index, character] of characters.entries()) {
      if (character === ' ') {
        if (folds && !spaces && column > width && index > 0 && index < characters.length - 1) {
          startLine(indent);
          if (characters[index + 1] === ' ') put('\\');
        } else put(character);
        spaces = true;
      } else {
        put(isPrintable(character) && !/["\\\n]|[\x85\u2028\u2029]/.test(character) ? character : escaped(character));
        spaces = false;
      }
    }
    mark('"');
  }

  const styles = { plain, single, double } as const;
  return {
    mark,
    startLine,
    scalar: (value, style, indent, folds) => styles[style](value, indent, folds),
    get column() {
      return column;
    },
    get indention() {
      return indention;
    },
    get text() {
      return text;
    },
  };
}

const named: Readonly<Record<string, string>> = {
  '\0': '0',
  '\x07': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  '\x1b': 'e',
  '"': '"',
  '\\': '\\',
  '\x85': 'N',
  '\xa0': '_',
  '\u2028': 'L',
  '\u2029': 'P',
};

function escaped(character: string): string {
  const name = named[character];
  if (name !== undefined) return `\\${name}`;
  const code = character.codePointAt(0)!;
  const [letter, digits] = code <= 0xff ? ['x', 2] : code <= 0xffff ? ['u', 4] : ['U', 8];
  return `\\${letter}${code
    .toString(16)
    .toUpperCase()
    .padStart(digits as number, '0')}`;
}
