/** What `find` looks at on a host, and whether it is what was looked for. */
import { ModuleFailure } from '../target/failure.ts';
import { quote } from '../target/quote.ts';
import { presentFile, statFields, statFormat } from '../target/stat-line.ts';
import type { PresentFile } from '../target/state.ts';
import { modeAfter } from './mode.ts';
import { regexOf } from './regex.ts';

/** A file below one of the directories, under its whole path. */
export type FoundFile = Omit<PresentFile, 'exists' | 'linkTarget'> & { readonly path: string };

const mark = '\u001dkplay';

/** Lists directories: for each the host's time, and a line for everything below it down to `depth`. */
export function findScript(roots: readonly string[], depth: number | undefined, follow: boolean): string {
  const levels = depth === undefined ? '' : ` -maxdepth ${depth}`;
  const look = `find ${follow ? '-L ' : ''}. ! -name .${levels} -exec stat -c '${statFormat}' {} +`;
  // A path that begins with a dash is no option of cd; CDPATH would make it print.
  const there = (root: string) => quote(root.startsWith('/') ? root : `./${root}`);
  return roots
    .map((root) => `( cd ${there(root)} 2>/dev/null && date +%s && ${look} 2>/dev/null ); printf '${mark}\\n'`)
    .join('\n');
}

/** The answer about one directory; `undefined` where there is none. */
export interface Listing {
  /** The host's own time, seconds since the epoch. */
  readonly now: number;
  readonly files: readonly FoundFile[];
}

export function parseFind(stdout: string, roots: readonly string[]): readonly (Listing | undefined)[] {
  const parts = stdout.split(`${mark}\n`);
  if (parts.length <= roots.length) throw new ModuleFailure('the list of files was cut: look at fewer at a time');
  return roots.map((root, index) => {
    const [now = '', ...lines] = parts[index]!.split(/\n(?=K:)/);
    return now === ''
      ? undefined
      : { now: Number(now), files: lines.map((line) => foundFile(line, root)).sort(byPath) };
  });
}

const byPath = (a: FoundFile, b: FoundFile) => (a.path < b.path ? -1 : 1);

// A name may hold colons and line ends: everything behind the fields is the name.
function foundFile(line: string, root: string): FoundFile {
  const fields = line.split(':', statFields);
  const name = line.slice(fields.join(':').length + 1).replace(/\n$/, '');
  const { exists: _, ...file } = presentFile(fields);
  return { ...file, path: `${root.replace(/\/$/, '')}/${name.replace(/^\.\//, '')}` };
}

export interface Wanted {
  readonly file_type: 'any' | 'directory' | 'file' | 'link';
  readonly hidden: boolean;
  readonly patterns: readonly string[];
  readonly excludes: readonly string[];
  readonly use_regex: boolean;
  readonly age?: string | undefined;
  readonly age_stamp: 'atime' | 'ctime' | 'mtime';
  readonly size?: string | undefined;
  readonly mode?: string | undefined;
  readonly exact_mode: boolean;
}

/** What a file must be, but for its content. @throws ModuleFailure for an age, a size or a pattern that is none. */
export function judgeOf(wanted: Wanted): (file: FoundFile, now: number) => boolean {
  const age = wanted.age === undefined ? undefined : amount('age', wanted.age, seconds);
  const size = wanted.size === undefined ? undefined : amount('size', wanted.size, factors);
  const matches = wanted.patterns.length === 0 ? () => true : matcher(wanted.patterns, wanted.use_regex);
  const excluded = matcher(wanted.excludes, wanted.use_regex);
  return (file, now) => {
    const name = file.path.slice(file.path.lastIndexOf('/') + 1);
    return (
      (wanted.file_type === 'any' || file.type === wanted.file_type) &&
      (wanted.hidden || !name.startsWith('.')) &&
      matches(name) &&
      !excluded(name) &&
      (age === undefined || reaches(now - file[wanted.age_stamp], age)) &&
      (size === undefined || file.type !== 'file' || reaches(file.size, size)) &&
      (wanted.mode === undefined || hasMode(file, wanted.mode, wanted.exact_mode))
    );
  };
}

const seconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const factors: Readonly<Record<string, number>> = { b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** A number with a unit; a minus in front stays: it turns "at least" into "at most". */
function amount(name: string, text: string, units: Readonly<Record<string, number>>): number {
  const [, number, unit = ''] = /^(-?\d+)([a-z]?)$/.exec(text.toLowerCase()) ?? [];
  const factor = unit === '' ? 1 : units[unit];
  if (number === undefined || factor === undefined)
    throw new ModuleFailure(
      `failed to process ${name}: "${text}" is no number with one of ${Object.keys(units).join(', ')}`,
    );
  return Number(number) * factor;
}

const reaches = (value: number, limit: number) =>
  limit < 0 || Object.is(limit, -0) ? value <= -limit : value >= limit;

function hasMode(file: FoundFile, wanted: string, exact: boolean): boolean {
  const mode = modeAfter(wanted, exact ? file.mode : '0000', file.type === 'directory');
  return exact ? mode === file.mode : (Number.parseInt(mode, 8) & Number.parseInt(file.mode, 8)) !== 0;
}

/** Whether a name fits one of the patterns. @throws ModuleFailure for a pattern that is none. */
export function matcher(patterns: readonly string[], useRegex: boolean): (name: string) => boolean {
  const regexes = patterns.map((pattern) => (useRegex ? regexOf(pattern) : globRegex(pattern)));
  return (name) => regexes.some((regex) => startsWith(regex, name));
}

/** True when the expression matches from the beginning, as Python's `match` has it. */
export function startsWith(regex: RegExp, text: string): boolean {
  return new RegExp(`(?:${regex.source})`, `${regex.flags.replace(/[gy]/g, '')}y`).test(text);
}

/** A shell pattern for a whole name. */
function globRegex(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '[\\s\\S]*')
    .replaceAll('?', '[\\s\\S]')
    .replaceAll('[!', '[^');
  return regexOf(`${source}\\Z`);
}
