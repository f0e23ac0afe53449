/** The one way in which a value becomes a word of a shell script. */

/**
 * The value as one POSIX single-quoted word.
 * @throws TypeError when it holds a NUL, which no shell word can carry.
 */
export function quote(value: string): string {
  if (value.includes('\0')) throw new TypeError('a shell word cannot hold a NUL character');
  return `'${value.replaceAll("'", "'\\''")}'`;
}
