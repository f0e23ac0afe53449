/** A command line in words, as a POSIX shell would part it, and words as a shell reads them back. */
import { ModuleFailure } from '../target/failure.ts';
import { quote } from '../target/quote.ts';

/**
 * The words of a text: blanks part them, quotes and backslashes hold them together. Nothing is expanded.
 * @throws ModuleFailure when a quote is never closed.
 */
export function shellWords(text: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let open: '"' | "'" | undefined;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!;
    if (open === "'") {
      if (letter === "'") open = undefined;
      else word += letter;
    } else if (letter === '\\') {
      const next = text[++at];
      if (next === undefined) throw new ModuleFailure(`the command ends in a backslash: ${text}`);
      // Inside double quotes only these four are escaped; elsewhere a backslash before a line end joins the lines.
      if (open === '"' && !'"\\$`'.includes(next)) word += `\\${next}`;
      else if (next !== '\n') word = (word ?? '') + next;
    } else if (open === '"') {
      if (letter === '"') open = undefined;
      else word += letter;
    } else if (letter === '"' || letter === "'") {
      open = letter;
      word ??= '';
    } else if (/\s/.test(letter)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + letter;
  }
  if (open !== undefined) throw new ModuleFailure(`a ${open} is opened and never closed: ${text}`);
  return word === undefined ? words : [...words, word];
}

/** True when a word holds something the host's environment or its users settle: `$HOME`, `~/x`. */
export function expands(word: string): boolean {
  return /\$(?:\w|\{)/.test(word) || /^~[\w.-]*(?:\/|$)/.test(word);
}

/** Shell text for a word in which `$NAME`, `${NAME}` and a leading `~` are expanded, and nothing else is. */
export function expandable(word: string): string {
  const [home = ''] = /^~[\w.-]*(?=\/|$)/.exec(word) ?? [];
  const parts = word.slice(home.length).split(/(\$\w+|\$\{\w+\})/);
  // An unset variable stays as it is written; its brace is escaped, or it would end the expansion.
  const text = parts.map((part, index) => {
    if (index % 2 === 0) return part === '' ? '' : quote(part);
    const name = part.replace(/[${}]/g, '');
    return /^\d/.test(name) ? quote(part) : `"\${${name}-\\${part.replace('}', '\\}')}}"`;
  });
  return home + text.join('') || "''";
}
