/** Which hosts a pattern means: the `hosts:` of a play, and `--limit`. */
import { isIPv6 } from 'node:net';
import { fail, isKplayError, type KplayError, type Location } from '../errors.ts';
import type { Files } from '../source/files.ts';
import { closest } from '../source/suggest.ts';
import { aliasesOf, existingName } from './group-aliases.ts';
import { readHostNames } from './host-names.ts';
import type { Inventory } from './inventory.ts';

export interface SelectOptions {
  /** A second pattern, `--limit`; only hosts that both select remain. */
  readonly limit?: string | undefined;
  /** Where `@file` of a limit is read. */
  readonly files?: Files | undefined;
  /** Where the pattern is written, for errors. */
  readonly at?: Location | undefined;
  /** Told of names that are neither a group nor a host, which then mean nobody; without it they are an error. */
  readonly onUnknown?: ((error: KplayError) => void) | undefined;
}

interface Term {
  readonly sign: '' | '&' | '!';
  readonly text: string;
}

/** A pattern as text: `hosts:` may be a list, or a template that comes to one. */
export const patternText = (written: unknown): string => [written].flat(2).map(String).join(',');

/**
 * The hosts of a pattern, each once, in the order of its terms and within a term in the order of the inventory. Unions first, then
 * every `&`, then every `!`, however they were written. Empty when what it names has no hosts.
 * @throws KplayError for a name that is neither a group nor a host, and for a malformed regular expression
 */
export function selectHosts(inventory: Inventory, pattern: string, options: SelectOptions = {}): readonly string[] {
  const selected = evaluate(inventory, splitPattern(pattern), options);
  if (options.limit === undefined) return selected;
  const limit = evaluate(inventory, limitTerms(options.limit, options.files), {});
  const allowed = new Set(limit);
  return selected.filter((host) => allowed.has(host));
}

function evaluate(
  inventory: Inventory,
  terms: readonly Term[],
  { at, onUnknown }: Pick<SelectOptions, 'at' | 'onUnknown'>,
): readonly string[] {
  const meant = (term: Term): readonly string[] => {
    try {
      return matching(inventory, term.text, at);
    } catch (error) {
      if (!onUnknown || !isKplayError(error)) throw error;
      onUnknown(error);
      return [];
    }
  };
  const plain = terms.filter((term) => term.sign === '');
  const start = plain.length === 0 && terms.length > 0 ? [{ sign: '', text: 'all' } as const] : plain;
  let hosts = [...new Set(start.flatMap(meant))];
  for (const sign of ['&', '!'] as const) {
    for (const term of terms.filter((each) => each.sign === sign)) {
      const matches = new Set(meant(term));
      hosts = hosts.filter((host) => matches.has(host) === (sign === '&'));
    }
  }
  return hosts;
}

/** `a,b:&c`; a separator within brackets does not separate, nor does a colon of an IPv6 address. */
function splitPattern(pattern: string): readonly Term[] {
  return splitOutside(pattern, ',')
    .flatMap((part) => (isIPv6(part.trim().replace(/^[&!]/, '')) ? [part] : splitOutside(part, ':')))
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const sign = part[0] === '&' || part[0] === '!' ? part[0] : '';
      return { sign, text: part.slice(sign.length).trim() };
    });
}

function splitOutside(text: string, separator: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const character of text) {
    if ('[({'.includes(character)) depth++;
    if ('])}'.includes(character)) depth = Math.max(0, depth - 1);
    if (character === separator && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}

/** `@file` stands for the patterns in a file, one a line. */
function limitTerms(limit: string, files: Files | undefined): readonly Term[] {
  return splitPattern(limit).flatMap((term) => {
    if (!term.text.startsWith('@')) return [term];
    const path = term.text.slice(1);
    const text = files?.read(path);
    if (text === undefined) fail(`there is no file "${path}" to limit the hosts by`);
    const lines = text.split(/\r\n|\n|\r/).map((line) => line.trim());
    return lines.filter((line) => line !== '' && !line.startsWith('#')).flatMap(splitPattern);
  });
}

/** Names win over subscripts, subscripts over ranges, ranges over globs: `web[1]` is the second of `web`, or else the host web1. */
function matching(inventory: Inventory, term: string, at: Location | undefined): readonly string[] {
  if (term.startsWith('~')) return fitting(inventory, regularExpression(term.slice(1), at));
  const exact = exactly(inventory, term);
  if (exact) return exact;
  const [, base = term, index, first, last] = /^(.+)\[(?:(-?\d+)|(\d+)[:-](\d*))\]$/.exec(term) ?? [];
  const members = exactly(inventory, base) ?? (/[*?]/.test(base) ? fitting(inventory, glob(base)) : undefined);
  if (members) return base === term ? members : slice(members, index, first, last);
  const range = /\[[^\]]+:[^\]]+\]/.test(term) ? readHostNames(term) : undefined;
  if (range?.kind === 'hosts')
    return range.names.flatMap((name) => exactly(inventory, name) ?? unknownName(inventory, name, at));
  const hosts = /[*?[]/.test(term) ? fitting(inventory, glob(term)) : [];
  return hosts.length > 0 || /[*?[]/.test(base) ? hosts : unknownName(inventory, base, at);
}

/** `[2]`, `[-1]`, `[0:2]` with its end, `[1:]`. */
function slice(
  hosts: readonly string[],
  index: string | undefined,
  first: string | undefined,
  last: string | undefined,
): readonly string[] {
  if (index !== undefined) return hosts.slice(Number(index)).slice(0, 1);
  return hosts.slice(Number(first), last ? Number(last) + 1 : undefined);
}

/** The hosts of the group, or the host, of exactly that name. A name with a dot may be both. */
function exactly(inventory: Inventory, name: string): readonly string[] | undefined {
  if (name === 'all' || name === '*') return inventory.hostsIn('all');
  const group = existingName(name, (each) => inventory.groups.has(each));
  const host = group === undefined || name.includes('.') ? inventory.host(name) : undefined;
  if (group === undefined && !host) return undefined;
  return [...(group === undefined ? [] : inventory.hostsIn(group)), ...(host ? [host.name] : [])];
}

/** The hosts of every group whose name fits, and every host whose name does. */
function fitting(inventory: Inventory, expression: RegExp): readonly string[] {
  const groups = [...inventory.groups.keys()].filter((name) => expression.test(name));
  const found = new Set(groups.flatMap((name) => inventory.hostsIn(name)));
  return inventory.hostsIn('all').filter((host) => found.has(host) || expression.test(host));
}

/** Matched at the start of a name, not necessarily to its end. */
function regularExpression(source: string, at: Location | undefined): RegExp {
  try {
    return new RegExp(`^(?:${source})`);
  } catch {
    return fail(`"~${source}" is not a regular expression`, at);
  }
}

/** `*`, `?`, `[ab]` and `[!ab]`, matched against a whole name. */
function glob(pattern: string): RegExp {
  const source = pattern.replace(/\[!?\]?[^\]]*\]|[\s\S]/g, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    if (part.length === 1) return part.replace(/[\\^$.|+(){}[\]]/, '\\$&');
    const negated = part[1] === '!';
    const members = part.slice(negated ? 2 : 1, -1).replace(/[\\\]^]/g, '\\$&');
    return `[${negated ? '^' : ''}${members}]`;
  });
  return new RegExp(`^${source}$`);
}

function unknownName(inventory: Inventory, name: string, at: Location | undefined): never {
  const groups = [...inventory.groups.keys()];
  const meant = closest(name, [...groups, ...groups.flatMap(aliasesOf), ...inventory.hosts.keys()]);
  const hint =
    meant === undefined
      ? inventory.hosts.size === 0
        ? 'the inventory is empty: give one with -i'
        : undefined
      : undefined;
  return fail(`no host or group named "${name}".${meant === undefined ? '' : ` Did you mean "${meant}"?`}`, at, hint);
}
