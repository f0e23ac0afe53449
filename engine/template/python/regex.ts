/** Python's regular expressions, rewritten for JavaScript. */
import { TemplateError } from '../errors.ts';

export interface RegexFlags {
  readonly ignoreCase?: boolean | undefined;
  readonly multiline?: boolean | undefined;
  readonly dotAll?: boolean | undefined;
}

const cache = new Map<string, RegExp>();

/** The expression, global. Throws when it is not valid. */
export function pythonRegex(source: string, flags: RegexFlags = {}): RegExp {
  const key = `${flags.ignoreCase ? 'i' : ''}${flags.multiline ? 'm' : ''}${flags.dotAll ? 's' : ''}/${source}`;
  const known = cache.get(key);
  if (known) {
    known.lastIndex = 0;
    return known;
  }
  const made = translate(source, flags);
  if (cache.size > 2000) cache.clear();
  cache.set(key, made);
  return made;
}

function translate(source: string, given: RegexFlags): RegExp {
  const inline = /^\(\?([aiLmsux]+)\)/.exec(source);
  const letters = inline?.[1] ?? '';
  const flags = {
    ignoreCase: given.ignoreCase || letters.includes('i'),
    multiline: given.multiline || letters.includes('m'),
    dotAll: given.dotAll || letters.includes('s'),
  };
  const body = rewrite(inline ? source.slice(inline[0].length) : source, flags, letters.includes('x'));
  try {
    return new RegExp(body, `g${flags.ignoreCase ? 'i' : ''}${flags.multiline ? 'm' : ''}${flags.dotAll ? 's' : ''}`);
  } catch (error) {
    const reason =
      error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '').replace(/^.*: /, '') : '';
    throw new TemplateError(`"${source}" is no valid regular expression: ${reason}`);
  }
}

const token = /\\[\s\S]|\(\?P<(\w+)>|\(\?P=(\w+)\)|\(\?#[^)]*\)|\(\?[a-zA-Z-]+[:)]|\[\^?\]?|\{,(\d+)\}|[\s\S]/g;

/** What Python writes otherwise: named groups, `\A \Z`, `$` before a last newline, `{,n}`, `[]…]`, comments. */
function rewrite(
  source: string,
  flags: { readonly multiline: boolean | undefined; readonly dotAll: boolean | undefined },
  verbose: boolean,
): string {
  let result = '';
  let inClass = false;
  let comment = false;
  for (const [all, group, back, repeat] of source.matchAll(token)) {
    if (comment) {
      comment = all !== '\n';
      continue;
    }
    if (all.startsWith('\\')) result += escaped(all);
    else if (inClass) {
      inClass = all !== ']';
      result += all.startsWith('[') ? `\\${all}` : all;
    } else if (all.startsWith('[')) {
      inClass = true;
      result += all.endsWith(']') ? `${all.slice(0, -1)}\\]` : all;
    } else if (group !== undefined) result += `(?<${group}>`;
    else if (back !== undefined) result += `\\k<${back}>`;
    else if (repeat !== undefined) result += `{0,${repeat}}`;
    else if (all.startsWith('(?#')) continue;
    else if (/^\(\?[a-zA-Z-]+[:)]$/.test(all))
      throw new TemplateError(`"${all}" in a regular expression is not supported: flags belong at its beginning`);
    else if (all === '$' && !flags.multiline) result += '(?=\\n?(?![\\s\\S]))';
    else if (all === '.' && !flags.dotAll) result += '[^\\n]';
    else if (verbose && all === '#') comment = true;
    else if (!verbose || !/\s/.test(all)) result += all;
  }
  return result;
}

function escaped(pair: string): string {
  if (pair === '\\A') return '(?<![\\s\\S])';
  if (pair === '\\Z') return '(?![\\s\\S])';
  if (pair === '\\a') return '\\x07';
  return pair;
}

/** The text a replacement such as `\1-\g<name>` stands for in one match. Throws for a group which does not exist. */
export function expandReplacement(replacement: string, match: RegExpMatchArray): string {
  return replacement.replace(
    /\\(?:g<(\w+)>|([1-9]\d?)|(0[0-7]{0,2})|([\s\S]))/g,
    (
      all,
      named: string | undefined,
      numbered: string | undefined,
      octal: string | undefined,
      letter: string | undefined,
    ) => {
      const group = named ?? numbered;
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      if (group === undefined) return simple[letter!] ?? all;
      return groupOf(match, group);
    },
  );
}

const simple: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  f: '\f',
  v: '\v',
  b: '\b',
  '\\': '\\',
};

/** The text of a group by number or name; empty when it took no part. Throws when there is no such group. */
export function groupOf(match: RegExpMatchArray, group: string): string {
  if (/^\d+$/.test(group)) {
    if (Number(group) >= match.length) throw new TemplateError(`the regular expression has no group ${group}`);
    return match[Number(group)] ?? '';
  }
  if (!match.groups || !Object.hasOwn(match.groups, group))
    throw new TemplateError(`the regular expression has no group "${group}"`);
  return match.groups[group] ?? '';
}

/** Replaces up to `limit` matches (0 for all); also says how many there were. */
export function replaceMatches(
  text: string,
  regex: RegExp,
  replacement: string,
  limit: number,
): { readonly text: string; readonly count: number } {
  let count = 0;
  let result = '';
  let last = 0;
  for (const match of text.matchAll(regex)) {
    if (limit > 0 && count >= limit) break;
    result += text.slice(last, match.index) + expandReplacement(replacement, match);
    last = match.index + match[0].length;
    count++;
  }
  return { text: result + text.slice(last), count };
}
