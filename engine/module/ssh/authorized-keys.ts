/** Keys of an authorized_keys file put in, replaced or taken out; every other line stays as it is. */

/** A line of authorized_keys: options, type, key and comment. */
export interface AuthorizedKey {
  readonly options: string;
  readonly type: string;
  readonly key: string;
  readonly comment: string;
}

const keyType = /^(ssh-|ecdsa-sha2-|sk-(ssh|ecdsa)-)[\w.@-]+$/;

/** A line read as a key, `undefined` where it is none (a comment, something unknown). */
export function keyOf(line: string): AuthorizedKey | undefined {
  const words = /^\s*#/.test(line) ? [] : unquotedWords(line);
  const at = words.findIndex(({ text }) => keyType.test(text));
  const [type, key] = [words[at], words[at + 1]];
  // In front of the type stand the options, which are one word.
  if (at < 0 || at > 1 || type === undefined || key === undefined || !/^[A-Za-z0-9+/=]+$/.test(key.text))
    return undefined;
  return {
    options: at === 1 ? words[0]!.text : '',
    type: type.text,
    key: key.text,
    comment: line.slice(key.end).trim(),
  };
}

/** Words parted by blanks; a blank in double quotes parts nothing. */
function unquotedWords(line: string): readonly { readonly text: string; readonly end: number }[] {
  return [...line.matchAll(/(?:"(?:\\.|[^"\\])*"|[^\s"])+/g)].map(({ 0: text, index }) => ({
    text,
    end: index + text.length,
  }));
}

export function keyLine({ options, type, key, comment }: AuthorizedKey): string {
  return [options, type, key, comment].filter((part) => part !== '').join(' ');
}

/** The text with these keys: each where it is, or at the end. `exclusive` leaves nothing else. */
export function withKeys(text: string, keys: readonly AuthorizedKey[], exclusive: boolean): string {
  const missing = new Map(keys.map((key) => [key.key, key]));
  const lines = linesOf(text).flatMap((line) => {
    const there = keyOf(line);
    const wanted = keys.find((one) => one.key === there?.key);
    if (there === undefined || wanted === undefined) return exclusive ? [] : [line];
    // The same key again below changes nothing for sshd, but its options might.
    if (!missing.delete(wanted.key)) return [];
    return [isSame(there, wanted) ? line : keyLine(wanted)];
  });
  return textOf([...lines, ...[...missing.values()].map(keyLine)], text);
}

export function withoutKeys(text: string, keys: readonly AuthorizedKey[]): string {
  const lines = linesOf(text).filter((line) => !keys.some(({ key }) => key === keyOf(line)?.key));
  return textOf(lines, text);
}

const isSame = (a: AuthorizedKey, b: AuthorizedKey) =>
  a.type === b.type && a.options === b.options && a.comment === b.comment;

const linesOf = (text: string) => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

/** What says the same stays as it is, down to a missing line end. */
function textOf(lines: readonly string[], before: string): string {
  return lines.join('\n') === linesOf(before).join('\n') ? before : lines.map((line) => `${line}\n`).join('');
}
