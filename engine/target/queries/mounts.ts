/** What is mounted where, by the kernel's own table. */
import type { QueryKind } from '../query.ts';
import { quote } from '../quote.ts';

export interface Mount {
  readonly source: string;
  readonly fstype: string;
  readonly options: readonly string[];
}

/** What is mounted at a path, links followed; `undefined` where nothing is. Of several, the one on top. */
export const mountKind: QueryKind<string, Mount | undefined> = {
  name: 'mount',
  domains: ['kernel', 'files'],
  id: (path) => path,
  script: (paths) =>
    `for p in ${paths.map(quote).join(' ')}; do readlink -f -- "$p" || echo; done; printf '\\036'; cat /proc/self/mounts`,
  parse(stdout, paths) {
    const [real = '', table = ''] = stdout.toString().split('\x1e');
    const names = real.split('\n');
    const mounted = new Map(
      table.split('\n').flatMap((line) => {
        const [source = '', point, fstype = '', options = ''] = line.split(' ').map(unescaped);
        return point === undefined ? [] : [[point, { source, fstype, options: options.split(',') }] as const];
      }),
    );
    return paths.map((path, index) => mounted.get(names[index] || path));
  },
};

/** fstab(5) and the kernel write blanks and backslashes as octal numbers. */
export function unescaped(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
