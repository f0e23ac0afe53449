/** Filters on texts. */
import { TemplateError } from '../errors.ts';
import { fresh } from '../evaluate/fresh.ts';
import { anything, integer, must, type Native, native, string, text, truth } from '../evaluate/native.ts';
import { entriesOf } from '../python/dicts.ts';
import { percentFormat } from '../python/percent-format.ts';
import { toRepr, toText } from '../python/text.ts';
import { capitalize, replaceText, splitText, strip } from '../python/text-methods.ts';
import { type Given, isDict, tuple, Undefined } from '../python/types.ts';

const plain = (body: (value: string) => unknown): Native => native(text, {}, body);
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&#39;',
  '"': '&#34;',
};

export function escapeHtml(value: string): string {
  return value.replace(/[&<>'"]/g, (character) => entities[character]!);
}

/** Quotes a text for a POSIX shell, if it needs to be. */
function shellQuote(value: string): string {
  if (value === '') return "''";
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'"'"'`)}'`;
}

/** `'%s' | format(value)`: by position or by name. */
const format: Native = (session, input, given: Given) => {
  const positional = given.positional.map((value) => session.resolve(value));
  const named = session.resolve(given.named);
  const byName = Object.keys(given.named).length > 0;
  if (byName && positional.length > 0) throw new TemplateError('format takes values by position or by name, not both');
  return percentFormat(toText(session.resolve(input)), byName ? named : tuple(positional));
};

/** The blank-separated attributes of an XML element; those which are None or undefined are left out. */
const xmlattr = native(anything, { autospace: truth }, (attributes, { autospace = true }) => {
  if (!isDict(attributes)) throw new TemplateError('xmlattr needs a dict');
  const parts = entriesOf(attributes)
    .filter(([, value]) => value !== null && !(value instanceof Undefined))
    .map(([key, value]) => `${escapeHtml(toText(key))}="${escapeHtml(toText(value))}"`);
  return (autospace && parts.length > 0 ? ' ' : '') + parts.join(' ');
});

export const stringFilters: Readonly<Record<string, Native>> = {
  upper: plain((value) => value.toUpperCase()),
  lower: plain((value) => value.toLowerCase()),
  capitalize: plain(capitalize),
  title: plain((value) =>
    value
      .split(/([-\s({[<]+)/)
      .map((word) => (word === '' ? '' : word[0]!.toUpperCase() + word.slice(1).toLowerCase()))
      .join(''),
  ),
  trim: native(text, { chars: anything }, (value, { chars }) =>
    strip(value, typeof chars === 'string' ? chars : undefined, 'both'),
  ),
  replace: native(
    text,
    { old: must(text), new: must(text), count: integer },
    (value, { old, new: replacement, count = -1 }, session) => {
      const replaced = replaceText(value, old, replacement, count);
      session.meter.characters(replaced.length);
      return replaced;
    },
  ),
  split: native(string, { sep: anything, maxsplit: integer }, (value, { sep, maxsplit = -1 }) =>
    fresh(splitText(value, typeof sep === 'string' ? sep : undefined, maxsplit)),
  ),
  format,
  quote: native(anything, {}, (value) => shellQuote(value === null ? '' : toText(value))),
  escape: plain(escapeHtml),
  e: plain(escapeHtml),
  forceescape: plain(escapeHtml),
  striptags: plain((value) =>
    value
      .replace(/<!--[\s\S]*?-->|<[^>]*>/g, '')
      .replace(/\s+/g, ' ')
      .trim()
      .replace(/&(amp|lt|gt|#39|#34|quot);/g, (all, name: string) => unescaped[name] ?? all),
  ),
  xmlattr,
  wordcount: plain((value) => value.match(/[\p{L}\p{N}_]+/gu)?.length ?? 0),
  pprint: native(anything, {}, (value) => toRepr(value)),
};

const unescaped: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', '#39': "'", '#34': '"', quot: '"' };
