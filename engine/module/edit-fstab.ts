/** Lines of fstab(5), found by their mount point. */
import { unescaped } from '../target/queries/mounts.ts';

export interface FstabEntry {
  readonly src: string;
  readonly point: string;
  readonly fstype: string;
  readonly opts: string;
  readonly dump: string;
  readonly passno: string;
}

/** What is looked for: a mount point, or for swap, which has none, the source. */
export interface FstabName {
  readonly point: string;
  readonly src?: string | undefined;
}

/** The entry of this name; of several, the last one. */
export function entryNamed(text: string, name: FstabName): FstabEntry | undefined {
  return text
    .split('\n')
    .map(entryOf)
    .findLast((entry) => entry && isNamed(entry, name));
}

/** The text with this entry in place of those of its name, or at the end. */
export function withEntry(text: string, entry: FstabEntry): string {
  const lines = linesOf(text);
  const first = lines.findIndex((line) => isLineNamed(line, entry));
  if (first < 0) return textOf([...lines, lineOf(entry)]);
  const kept = lines.flatMap((line, index) =>
    index === first ? [lineOf(entry)] : isLineNamed(line, entry) ? [] : [line],
  );
  return textOf(kept);
}

export function withoutEntry(text: string, name: FstabName): string {
  return textOf(linesOf(text).filter((line) => !isLineNamed(line, name)));
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));
const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

function isLineNamed(line: string, name: FstabName): boolean {
  const entry = entryOf(line);
  return entry !== undefined && isNamed(entry, name);
}

function isNamed(entry: FstabEntry, { point, src }: FstabName): boolean {
  if (point === 'none' || point === 'swap') return entry.fstype === 'swap' && entry.src === src;
  return entry.point.replace(/(?<=.)\/$/, '') === point.replace(/(?<=.)\/$/, '');
}

function entryOf(line: string): FstabEntry | undefined {
  const [src = '', point, fstype, opts = 'defaults', dump = '0', passno = '0'] = line
    .trim()
    .split(/\s+/)
    .map(unescaped);
  if (src.startsWith('#') || point === undefined || fstype === undefined) return undefined;
  return { src, point, fstype, opts, dump, passno };
}

function lineOf({ src, point, fstype, opts, dump, passno }: FstabEntry): string {
  return [src, point, fstype, opts, dump, passno].map(escaped).join(' ');
}

const escaped = (field: string) =>
  field.replace(/[\\\s#]/g, (sign) => (sign === '#' ? sign : `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}`));
