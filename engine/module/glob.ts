/** Names with wildcards, answered by the host's own shell. */
import type { QueryKind } from '../target/query.ts';
import { quote } from '../target/quote.ts';
import type { ReadableTarget } from '../target/target.ts';

const mark = '\u001dkplay';

/** The paths a pattern with `*`, `?` and `[…]` matches; relative ones are seen from `folder`. */
export const globKind: QueryKind<
  { readonly pattern: string; readonly folder?: string | undefined },
  readonly string[]
> = {
  name: 'glob',
  domains: ['files'],
  id: ({ pattern, folder }) => `${folder ?? ''}\n${pattern}`,
  script: (keys) =>
    keys
      .map(({ pattern, folder }) => {
        const there = folder === undefined ? ':' : `cd ${quote(folder)} 2>/dev/null || exit 0`;
        return `( ${there}\nfor p in ${shellPattern(pattern)}; do if [ -e "$p" ] || [ -L "$p" ]; then printf '%s\\n' "$p"; fi; done )\nprintf '${mark}\\n'`;
      })
      .join('\n'),
  parse(stdout, keys) {
    const parts = stdout.toString('utf8').split(`${mark}\n`);
    return keys.map((_, index) => (parts[index] ?? '').split('\n').filter((path) => path !== ''));
  },
};

/** True when something is at the path, or matches the pattern. */
export async function matchesSomething(target: ReadableTarget, pattern: string, folder?: string): Promise<boolean> {
  if (isGlob(pattern)) return (await target.query(globKind, { pattern, folder })).length > 0;
  const path = pattern.startsWith('/') || folder === undefined ? pattern : `${folder}/${pattern}`;
  return (await target.stat(path, { follow: true })).exists;
}

export function isGlob(pattern: string): boolean {
  return /[*?[]/.test(pattern);
}

/** Everything quoted but the wildcards. */
function shellPattern(pattern: string): string {
  return pattern.replace(/\[[!^]?\]?[A-Za-z0-9_:.,\- ]*\]|[*?]|[^*?[]+|\[/g, (part) =>
    part === '*' || part === '?'
      ? part
      : /^\[.+\]$/.test(part)
        ? part.replace(/^\[\^/, '[!').replaceAll(' ', '\\ ')
        : quote(part),
  );
}
