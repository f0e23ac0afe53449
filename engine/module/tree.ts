/** Everything below a directory of a host, with its attributes. */
import { normalPath } from '../target/files.ts';
import { octalMode } from '../target/octal-mode.ts';
import type { QueryKind } from '../target/query.ts';
import { quote } from '../target/quote.ts';
import { fileTypeOf } from '../target/stat-line.ts';
import type { FileType } from '../target/state.ts';

/** One thing below a directory; `path` is relative to it. */
export interface TreeEntry {
  readonly path: string;
  readonly type: FileType;
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  readonly owner: string;
  readonly group: string;
  readonly size: number;
  /** Seconds since the epoch. */
  readonly mtime: number;
  readonly linkTarget?: string;
}

/** What lies below a directory, as far as this user can look. */
export interface Tree {
  readonly entries: readonly TreeEntry[];
  /** False where there is no directory, or some of it could not be looked at. */
  readonly whole: boolean;
}

/**
 * All entries below a directory, links not followed, sorted by path. Names may hold anything, line ends too: two slashes
 * end one, as no path that find writes has them; link targets are taken by their length.
 */
export const wholeTreeKind: QueryKind<string, Tree> = {
  name: 'whole-tree',
  domains: ['files'],
  deep: true,
  id: normalPath,
  // One stat for many files, and readlink beside it: `find -printf` is GNU's alone.
  script: (roots) =>
    roots
      .map((root) => {
        const links = `for p; do [ ! -L "$p" ] || { t=$(readlink "$p"; echo .); printf 'L:%s:%s//%s\\n' \${#t} "$p" "$t"; }; done`;
        const each = `LC_ALL=C; export LC_ALL; stat -c '%f:%u:%g:%s:%Y:%U:%G:%n//' "$@"; ${links}`;
        return `( cd ${quote(root)} 2>/dev/null && find . ! -name . -exec sh -c ${quote(each)} sh {} + 2>/dev/null && echo . || echo .! )`;
      })
      .join('\n'),
  parse(stdout, roots) {
    const text = stdout.toString('latin1');
    let at = 0;
    return roots.map(() => {
      const entries = new Map<string, TreeEntry>();
      while (text[at] !== '.') {
        const end = text.indexOf('//', at);
        if (end < 0) throw new Error('a directory gave no answer');
        const head = text.slice(at, end);
        const [link, length] = /^L:(\d+):/.exec(head) ?? [];
        const entry = link === undefined ? entryOf(head) : entries.get(pathOf(head.slice(link.length)));
        at = end + '//\n'.length + (link === undefined ? 0 : Number(length));
        const linkTarget = text.slice(end + 2, at - '\n.\n'.length);
        if (entry) entries.set(entry.path, link === undefined ? entry : { ...entry, linkTarget: utf8(linkTarget) });
      }
      const whole = text[at + 1] === '\n';
      at = text.indexOf('\n', at) + 1;
      return { entries: [...entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1)), whole };
    });
  },
};

/** The entries alone: none where there is no directory, and those that can be seen. */
export const treeKind: QueryKind<string, readonly TreeEntry[]> = {
  name: 'tree',
  domains: ['files'],
  id: normalPath,
  script: wholeTreeKind.script,
  parse: (stdout, roots) => wholeTreeKind.parse(stdout, roots).map(({ entries }) => entries),
};

function entryOf(line: string): TreeEntry {
  const [raw = '', uid = '', gid = '', size, mtime, owner = '', group = '', ...name] = line.split(':');
  const bits = Number.parseInt(raw, 16);
  return {
    path: pathOf(name.join(':')),
    type: fileTypeOf(bits),
    mode: octalMode(bits),
    uid: Number(uid),
    gid: Number(gid),
    owner: owner === 'UNKNOWN' ? uid : owner,
    group: group === 'UNKNOWN' ? gid : group,
    size: Number(size),
    mtime: Number(mtime),
  };
}

const utf8 = (bytes: string) => Buffer.from(bytes, 'latin1').toString('utf8');
const pathOf = (found: string) => utf8(found).slice('./'.length);
