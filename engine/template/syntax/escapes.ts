/** The backslash escapes of a string literal, as Python reads them; an unknown escape keeps its backslash. */
const simple: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
};
const sequences = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g;

/** The text which a literal's inside stands for. */
export function withoutEscapes(inside: string): string {
  if (!inside.includes('\\')) return inside;
  return inside.replace(sequences, (all, hex2, hex4, hex8, octal, letter: string) => {
    const code = hex2 ?? hex4 ?? hex8;
    if (code !== undefined) return String.fromCodePoint(Math.min(Number.parseInt(code, 16), 0x10ffff));
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
    return Object.hasOwn(simple, letter) ? simple[letter]! : all;
  });
}
