/** Pieces of Python's text methods which filters need as well. */

/** `split()`: at runs of whitespace without a separator; `limit` cuts at most, -1 for all. */
export function splitText(text: string, separator: string | undefined, limit: number): string[] {
  if (separator === undefined) {
    const parts: string[] = [];
    let remaining = text.trimStart();
    while (remaining !== '' && (limit < 0 || parts.length < limit)) {
      const match = /\s+/.exec(remaining);
      if (!match) break;
      parts.push(remaining.slice(0, match.index));
      remaining = remaining.slice(match.index + match[0].length);
    }
    if (remaining !== '') parts.push(limit < 0 ? remaining.trimEnd() : remaining);
    return parts.filter((part, index) => part !== '' || index < parts.length - 1);
  }
  const parts = text.split(separator);
  if (limit < 0 || parts.length <= limit + 1) return parts;
  return [...parts.slice(0, limit), parts.slice(limit).join(separator)];
}

/** `rsplit()`: as `splitText`, cutting from the right. */
export function splitFromRight(text: string, separator: string | undefined, limit: number): string[] {
  const backwards = (value: string) => [...value].reverse().join('');
  const parts = splitText(backwards(text), separator === undefined ? undefined : backwards(separator), limit);
  return parts.map(backwards).reverse();
}

/** `strip()` and its sides; without characters, whitespace. */
export function strip(text: string, characters: string | undefined, side: 'both' | 'left' | 'right'): string {
  const drop =
    characters === undefined
      ? (character: string) => /\s/.test(character)
      : (character: string) => characters.includes(character);
  const all = [...text];
  let start = 0;
  let end = all.length;
  if (side !== 'right') while (start < end && drop(all[start]!)) start++;
  if (side !== 'left') while (end > start && drop(all[end - 1]!)) end--;
  return all.slice(start, end).join('');
}

export function splitLines(text: string, keepEnds = false): string[] {
  const lines =
    text.match(
      /[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])|[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+$/g,
    ) ?? [];
  return keepEnds ? [...lines] : lines.map((line) => line.replace(/(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])$/, ''));
}

/** `'they are'.title()`: every letter which follows none is upper case. */
export function titleCase(text: string): string {
  return text.toLowerCase().replace(/\p{L}+/gu, (word) => capitalize(word));
}

export function capitalize(text: string): string {
  const [first = '', ...others] = [...text];
  return first.toUpperCase() + others.join('').toLowerCase();
}

export function countOf(text: string, part: string): number {
  return part === '' ? [...text].length + 1 : text.split(part).length - 1;
}

/** `replace()`: at most `limit` times, -1 for all. */
export function replaceText(text: string, old: string, replacement: string, limit: number): string {
  if (limit < 0) return text.split(old).join(replacement);
  let [result, rest, left] = ['', text, limit];
  for (let at = rest.indexOf(old); left > 0 && at >= 0; at = rest.indexOf(old), left--) {
    if (old === '') break;
    result += rest.slice(0, at) + replacement;
    rest = rest.slice(at + old.length);
  }
  return result + rest;
}
