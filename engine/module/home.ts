/** `~` in paths of a host: the home of the user the task runs as, or of a named one. */
import type { QueryKind } from '../target/query.ts';
import type { ReadableTarget } from '../target/target.ts';
import { isPlain } from './convert.ts';
import type { Judged } from './schema.ts';

/** The home directory of a user, of the present one for ''; undefined where there is no such user. */
export const homeKind: QueryKind<string, string | undefined> = {
  name: 'home',
  domains: ['accounts'],
  id: (user) => user,
  script: (users) =>
    users.map((user) => `printf '%s\\n' ~${/^[A-Za-z0-9_.-]*$/.test(user) ? user : 'nobody:no'}`).join('\n'),
  parse(stdout, users) {
    const lines = stdout.toString('utf8').split('\n');
    return users.map((_, index) => (lines[index]?.startsWith('/') ? lines[index] : undefined));
  },
};

/** Arguments with `~` and `~user` in front of paths replaced; asks the host only when there is one. */
export async function expandHomes(
  module: Judged,
  args: Readonly<Record<string, unknown>>,
  target: ReadableTarget,
): Promise<Readonly<Record<string, unknown>>> {
  if (!anyHome(module, args)) return args;
  const expanded = Object.entries(args).map(async ([name, value]) => {
    return [name, isPath(module, name) && hasHome(value) ? await expand(value, target) : value] as const;
  });
  return Object.fromEntries(await Promise.all(expanded));
}

function anyHome(module: Judged, args: Readonly<Record<string, unknown>>): boolean {
  for (const name in args) if (hasHome(args[name]) && isPath(module, name)) return true;
  return false;
}

function isPath({ args }: Judged, name: string): boolean {
  const literal = Object.hasOwn(args, name) ? args[name] : undefined;
  return literal?.type === 'path' || literal?.elements === 'path';
}

function hasHome(value: unknown): boolean {
  return Array.isArray(value) ? value.some(hasHome) : typeof value === 'string' && value.startsWith('~');
}

/** A path whose `~` is the home that it means on the host. */
export async function expandHome(path: string, target: ReadableTarget): Promise<string> {
  return hasHome(path) ? String(await expand(path, target)) : path;
}

async function expand(value: unknown, target: ReadableTarget): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((item) => expand(item, target)));
  const parts = typeof value === 'string' ? /^~([^/]*)(.*)$/s.exec(value) : null;
  if (!parts || isPlain(value)) return value;
  const home = await target.query(homeKind, parts[1]!);
  return home === undefined ? value : `${home}${parts[2]}`;
}
