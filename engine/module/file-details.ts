/** What is asked about single files beyond their state: hashes other than SHA-256, access, kind of content. */
import type { QueryKind } from '../target/query.ts';
import { quote } from '../target/quote.ts';

export const hashAlgorithms = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const;
export type HashAlgorithm = (typeof hashAlgorithms)[number];

export interface DetailsKey {
  readonly path: string;
  readonly hash?: HashAlgorithm | undefined;
  readonly mime: boolean;
  readonly attributes: boolean;
}

export interface FileDetails {
  readonly hash?: string | undefined;
  readonly readable: boolean;
  readonly writeable: boolean;
  readonly executable: boolean;
  /** Where the path leads when all links are followed. */
  readonly real?: string | undefined;
  readonly mime?: string | undefined;
  /** Flags of lsattr(1), and the inode's version. */
  readonly flags?: string | undefined;
  readonly version?: string | undefined;
}

const mark = '\u001dkplay';

/** One answer for each key; what the host has no tool for is left out. */
export const detailsKind: QueryKind<DetailsKey, FileDetails> = {
  name: 'file-details',
  domains: ['files'],
  gathers: () => true,
  id: ({ path, hash, mime, attributes }) =>
    `${hash ?? ''}${mime ? ' mime' : ''}${attributes ? ' attributes' : ''} ${path}`,
  script: (keys) => `LC_ALL=C; export LC_ALL\n${keys.map(details).join('\n')}`,
  parse(stdout, keys) {
    const parts = stdout.toString('utf8').split(`${mark}\n`);
    return keys.map((_, index) => {
      const found = new Map((parts[index] ?? '').split('\n').map((line) => [line.slice(0, 2), line.slice(2)] as const));
      const flags = /^\s*(\d+)?\s*([-a-zA-Z]+)\s/.exec(found.get('a:') ?? '');
      return {
        readable: found.has('r:'),
        writeable: found.has('w:'),
        executable: found.has('x:'),
        ...defined('hash', /^\\?([0-9a-f]+) /.exec(found.get('h:') ?? '')?.[1]),
        ...defined('real', found.get('l:')),
        ...defined('mime', found.get('m:') || undefined),
        ...defined('version', flags?.[1]),
        ...defined('flags', flags?.[2]?.replaceAll('-', '')),
      };
    });
  },
};

function details({ path, hash, mime, attributes }: DetailsKey): string {
  return [
    `p=${quote(path.startsWith('-') ? `./${path}` : path)}`,
    'for t in r w x; do [ -$t "$p" ] && echo $t:; done',
    `if [ -L "$p" ]; then printf 'l:%s\\n' "$(readlink -f "$p")"; fi`,
    hash && `if [ -f "$p" ] && [ -r "$p" ]; then printf 'h:%s\\n' "$(${hash}sum "$p" 2>/dev/null)"; fi`,
    mime &&
      `if command -v file >/dev/null 2>&1; then printf 'm:%s\\n' "$(file --mime-type --mime-encoding -b "$p" 2>/dev/null)"; fi`,
    attributes && `if command -v lsattr >/dev/null 2>&1; then printf 'a:%s\\n' "$(lsattr -vd "$p" 2>/dev/null)"; fi`,
    `printf '${mark}\\n'`,
  ]
    .filter(Boolean)
    .join('\n');
}

function defined<K extends string, V>(name: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [P in K]: V });
}
