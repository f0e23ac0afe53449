/** Filters about the controller's own files and environment. */
import { readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { FilterFunction } from '../template/environment.ts';
import { toText } from '../template/render.ts';

export function pathFilters(
  cwd: string,
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, FilterFunction>> {
  const home = environment['HOME'] ?? '/root';
  return {
    expanduser: (value) => toText(value).replace(/^~(?=\/|$)/, home),
    expandvars: (value) =>
      toText(value).replace(
        /\$(?:(\w+)|\{(\w+)\})/g,
        (whole, plain: string, braced: string) => environment[plain ?? braced] ?? whole,
      ),
    realpath: (value) => real(resolve(cwd, toText(value))),
    fileglob: (value) => matching(resolve(cwd, toText(value))),
  };
}

/** As far as the path exists; the rest is kept as written. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return dirname(path) === path ? path : join(real(dirname(path)), basename(path));
  }
}

/** Regular files of a folder whose names match `*` and `?`. */
export function matching(pattern: string): readonly string[] {
  const shape = basename(pattern)
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  try {
    return readdirSync(dirname(pattern), { withFileTypes: true })
      .filter((entry) => entry.isFile() && new RegExp(`^${shape}$`).test(entry.name) && !entry.name.startsWith('.'))
      .map((entry) => join(dirname(pattern), entry.name))
      .sort();
  } catch {
    return [];
  }
}
