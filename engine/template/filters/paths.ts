/** Filters on paths; none looks at a disk. */
import { posix, win32 } from 'node:path';
import { TemplateError } from '../errors.ts';
import { anything, list, type Native, native, string } from '../evaluate/native.ts';
import { toText } from '../python/text.ts';
import { tuple } from '../python/types.ts';

function splitExtension(path: string): readonly [string, string] {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  if (dot <= 0 || /^\.+$/.test(name.slice(0, dot + 1))) return [path, ''];
  return [path.slice(0, path.length - name.length + dot), name.slice(dot)];
}

/** What is before the last `/`; a root keeps its own. */
function directory(path: string): string {
  const head = path.slice(0, path.lastIndexOf('/') + 1);
  return /^\/+$/.test(head) ? head : head.replace(/\/+$/, '');
}

/** A part which begins with `/` begins anew. */
function joined(parts: readonly string[]): string {
  return parts.reduce(
    (path, part) => (part.startsWith('/') || path === '' ? part : path.endsWith('/') ? path + part : `${path}/${part}`),
    '',
  );
}

function commonPath(paths: readonly string[]): string {
  if (paths.length === 0) throw new TemplateError('commonpath needs at least one path');
  const absolute = paths[0]!.startsWith('/');
  if (paths.some((path) => path.startsWith('/') !== absolute))
    throw new TemplateError('commonpath cannot mix absolute and relative paths');
  const split = paths.map((path) => path.split('/').filter((part) => part !== '' && part !== '.'));
  const [first, ...others] = split as [string[], ...string[][]];
  const different = first.findIndex((part, index) => others.some((other) => other[index] !== part));
  return (absolute ? '/' : '') + first.slice(0, different < 0 ? first.length : different).join('/');
}

function normalized(path: string): string {
  if (path === '') return '.';
  const normal = posix.normalize(path);
  return normal.length > 1 ? normal.replace(/\/$/, '') : normal;
}

const plain = (body: (path: string) => unknown): Native => native(string, {}, body);
const drive = (path: string) => /^[A-Za-z]:|^[\\/]{2}[^\\/]+[\\/][^\\/]+/.exec(path)?.[0] ?? '';

export const pathFilters: Readonly<Record<string, Native>> = {
  basename: plain((path) => path.slice(path.lastIndexOf('/') + 1)),
  dirname: plain(directory),
  splitext: plain((path) => tuple(splitExtension(path))),
  normpath: plain(normalized),
  relpath: native(
    string,
    { start: string },
    (path, { start = '.' }) => posix.relative(posix.resolve('/', start), posix.resolve('/', path)) || '.',
  ),
  path_join: native(anything, {}, (value, _, session) =>
    joined((Array.isArray(value) ? value : [value]).map((part) => string(session, part, 'each part of the path'))),
  ),
  commonpath: native(list, {}, (paths) => commonPath(paths.map(toText))),
  win_basename: plain((path) => win32.basename(path)),
  win_dirname: plain((path) => (win32.dirname(path) === '.' ? '' : win32.dirname(path))),
  win_splitdrive: plain((path) => tuple([drive(path), path.slice(drive(path).length)])),
};
