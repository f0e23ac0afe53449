/** A host line of an INI inventory, split into words as a POSIX shell would. */

export interface Word {
  readonly text: string;
  /** Where the word begins in the line, from 0. */
  readonly start: number;
}

/** The words of a line up to the first `#` outside of quotes, as Python's shlex has it: also inside a word; the offset of the quote when one is never closed. */
export function splitWords(line: string): { readonly words: readonly Word[]; readonly unclosed?: number } {
  const words: Word[] = [];
  let position = 0;
  for (;;) {
    while (/\s/.test(line[position] ?? '')) position++;
    if (position >= line.length || line[position] === '#') return { words };
    const start = position;
    let text = '';
    while (position < line.length && !/[\s#]/.test(line[position]!)) {
      const character = line[position]!;
      if (character === "'" || character === '"') {
        const end = closingQuote(line, position);
        if (end === -1) return { words, unclosed: position };
        const inside = line.slice(position + 1, end);
        text += character === '"' ? inside.replace(/\\(["\\])/g, '$1') : inside;
        position = end + 1;
      } else if (character === '\\' && position + 1 < line.length) {
        text += line[position + 1]!;
        position += 2;
      } else {
        text += character;
        position++;
      }
    }
    words.push({ text, start });
  }
}

function closingQuote(line: string, open: number): number {
  const quote = line[open]!;
  for (let position = open + 1; position < line.length; position++) {
    if (quote === '"' && line[position] === '\\') position++;
    else if (line[position] === quote) return position;
  }
  return -1;
}
