/** Packing files of a host, always to the same bytes for the same files, so that what is packed already can be told. */
import type { QueryKind } from '../../target/query.ts';
import { quote } from '../../target/quote.ts';

export type PackingFormat = 'bz2' | 'gz' | 'tar' | 'xz' | 'zip';

export interface Packing {
  readonly format: PackingFormat;
  /** Only the content of the one file is compressed; otherwise it is an archive. */
  readonly bare: boolean;
  /** The folder that names in the archive are relative to, with a slash behind it. */
  readonly root: string;
  /** What to pack, relative to the root; '' for everything in it. */
  readonly names: readonly string[];
  /** What to leave out, with all below it, relative to the root. */
  readonly excluded: readonly string[];
  /** Patterns of what to leave out, for names or for paths relative to the root. */
  readonly patterns: readonly string[];
  readonly dest: string;
}

export interface Packed {
  /** SHA-256 of what would be packed, before it is compressed. */
  readonly wanted: string;
  /** SHA-256 of what the file at `dest` holds, null where there is none. */
  readonly held: string | null;
  /** What would be packed, relative to the root. */
  readonly names: readonly string[];
}

/** What would be packed, and what is packed already. */
export const packedKind: QueryKind<Packing, Packed> = {
  name: 'packed',
  domains: ['files', 'packages'],
  id: ({ format, root, names, dest }) => `${dest} (${format}) of ${names.map((name) => root + name).join(' ')}`,
  script: (keys) =>
    keys
      .map((key) => {
        const dest = quote(key.dest);
        return `( ${listing(key)}
printf '%s\\035' "$({ ${stream(key)}; } 2>/dev/null | sha256sum)" "$([ ! -f ${dest} ] || ${tools[key.format].open} < ${dest} 2>/dev/null | sha256sum)"
list ) 2>/dev/null; printf '\\036'`;
      })
      .join('\n'),
  parse(stdout, keys) {
    const parts = stdout.toString('utf8').split('\x1e');
    return keys.map((_, index) => {
      const [wanted = '', held = '', names = ''] = (parts[index] ?? '').split('\x1d');
      const digest = (text: string) => text.trim().split(' ')[0] ?? '';
      return {
        wanted: digest(wanted),
        held: digest(held) || null,
        names: names.split('\n').filter((name) => name !== ''),
      };
    });
  },
};

/** Packs into `$t`, a temporary file that is there and empty; exits where something could not be read. */
export function packingScript(packing: Packing): string {
  return [
    listing(packing),
    `{ { ${stream(packing)}; } || : > "$t.failed"; } | { ${tools[packing.format].close} || : > "$t.failed"; } > "$t"`,
    '[ ! -e "$t.failed" ] || { rm -f "$t.failed"; exit 1; }',
  ].join('\n');
}

// What zip has compressed is compared as it is; `-X` leaves out times of access, which reading changes.
const tools: Readonly<Record<PackingFormat, { readonly close: string; readonly open: string }>> = {
  gz: { close: 'gzip -nc', open: 'gzip -dc' },
  bz2: { close: 'bzip2 -c', open: 'bzip2 -dc' },
  xz: { close: 'xz -c', open: 'xz -dc' },
  tar: { close: 'cat', open: 'cat' },
  zip: { close: 'cat', open: 'cat' },
};

/** Shell text that goes to the root and says how to list all that is packed, in one order everywhere. */
function listing({ root, names, excluded, patterns }: Packing): string {
  const literal = (path: string) => path.replace(/[[*?\\]/g, '\\$&');
  const unwanted = [
    ...excluded.map((path) => `-path ${quote(`./${literal(path)}`)}`),
    ...patterns.flatMap((pattern) => [`-name ${quote(pattern)}`, `-path ${quote(`./${pattern}`)}`]),
  ];
  const prune = unwanted.length === 0 ? '' : `\\( ${unwanted.join(' -o ')} \\) -prune -o `;
  const starts = names.map((name) => quote(name === '' ? '.' : `./${name}`)).join(' ');
  return [
    'LC_ALL=C TZ=UTC0; export LC_ALL TZ',
    `cd ${quote(root)} || exit 1`,
    `list() { find -H ${starts} ${prune}! -name . -print | sed 's,^\\./,,' | sort; }`,
  ].join('\n');
}

/** What is compressed: zip does so itself, and takes what links point to: to a pipe it cannot write links. */
function stream({ format, bare, names }: Packing): string {
  if (bare) return `cat < ${quote(`./${names[0] ?? ''}`)}`;
  return format === 'zip' ? 'list | zip -X -q - -@' : 'list | tar -c -f - --no-recursion -T -';
}
