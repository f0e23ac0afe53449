/** What rsync's --exclude and --include leave out of a transfer: the first pattern that matches decides. */
import { literalPattern } from '../../source/literal-pattern.ts';

export interface Rule {
  readonly excludes: boolean;
  /** As rsync's manual has it under "pattern matching rules". */
  readonly pattern: string;
}

/**
 * True for what the rules leave out, itself or with a directory that it lies in. Paths are relative to the root of the
 * transfer: the name of the source comes first, unless a slash stands behind the source.
 */
export type LeftOut = (path: string, isDirectory: boolean) => boolean;

export function leftOutBy(rules: readonly Rule[]): LeftOut {
  const judges = rules.map(({ excludes, pattern }) => ({ excludes, matches: matcherOf(pattern) }));
  const itself: LeftOut = (path, isDirectory) =>
    judges.find(({ matches }) => matches(path, isDirectory))?.excludes ?? false;
  return (path, isDirectory) => {
    const names = path.split('/');
    return names.some((_, index) => {
      const last = index === names.length - 1;
      return itself(names.slice(0, index + 1).join('/'), last ? isDirectory : true);
    });
  };
}

function matcherOf(pattern: string): LeftOut {
  const anchored = pattern.startsWith('/');
  const withContents = pattern.endsWith('/***');
  const onlyDirectories = pattern.endsWith('/');
  const middle = pattern.slice(anchored ? 1 : 0, withContents ? -4 : onlyDirectories ? -1 : undefined);
  const regex = new RegExp(`${anchored ? '^' : '(?:^|/)'}${sourceOf(middle)}${withContents ? '(?:/.*)?' : ''}$`, 's');
  return (path, isDirectory) => {
    if (onlyDirectories && !isDirectory) return false;
    // the directory itself, or anything in it; a file of that name is neither
    if (withContents && !isDirectory && !regex.test(path.slice(0, Math.max(path.lastIndexOf('/'), 0)))) return false;
    return regex.test(path);
  };
}

/** A pattern as a regular expression. Without a wildcard a backslash is a backslash. */
function sourceOf(pattern: string): string {
  if (!/[*?[]/.test(pattern)) return literalPattern(pattern);
  const token = /\*\*|\*|\?|\[[!^]?\]?(?:\[:\w+:\]|[^\]])*\]|\\([\s\S])|[\s\S]/g;
  return pattern.replace(token, (part: string, escaped: string | undefined) => {
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (part.startsWith('[') && part.length > 1) return classOf(part);
    return literalPattern(escaped ?? part);
  });
}

/** `[!a-c]`, `[[:digit:]_]`: never a slash. */
function classOf(written: string): string {
  const negated = /^\[[!^]/.test(written);
  const body = written
    .slice(negated ? 2 : 1, -1)
    .replace(/\[:(\w+):\]/g, (_, name: string) => named[name] ?? '')
    .replace(/^\]/, '\\]')
    .replaceAll('[', '\\[');
  return `(?!/)[${negated ? '^' : ''}${body}]`;
}

const named: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  digit: '0-9',
  lower: 'a-z',
  upper: 'A-Z',
  space: '\\s',
  xdigit: '0-9A-Fa-f',
};
