/** `k=v k2="two words"`: a mapping in one line of text. */

const pair = /\s*([A-Za-z_][\w.-]*)=("(?:[^"\\]|\\.)*"|'[^']*'|[^\s,]*)\s*(?:,|$|(?=\s))/y;

/** The pairs of a text, or undefined when it is something else. Values are text. */
export function parsePairs(text: string): Readonly<Record<string, string>> | undefined {
  const pairs: [string, string][] = [];
  pair.lastIndex = 0;
  while (pair.lastIndex < text.trimEnd().length) {
    const match = pair.exec(text);
    if (!match) return undefined;
    pairs.push([match[1]!, unquoted(match[2]!)]);
  }
  return pairs.length > 0 ? Object.fromEntries(pairs) : undefined;
}

function unquoted(word: string): string {
  if (word.startsWith('"')) return word.slice(1, -1).replace(/\\(["\\])/g, '$1');
  return word.startsWith("'") ? word.slice(1, -1) : word;
}
