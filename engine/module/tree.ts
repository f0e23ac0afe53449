/** Everything below a directory of a host, with its attributes. */
import { normalPath } from '../target/files.ts';
import type { QueryKind } from '../target/query.ts';
import { quote } from '../target/quote.ts';
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
  readonly linkTarget?: string;
}

const mark = '\u001dkplay';

/** All entries below a directory, links not followed, sorted by path; empty where there is no directory. */
export const treeKind: QueryKind<string, readonly TreeEntry[]> = {
  name: 'tree',
  domains: ['files'],
  id: normalPath,
  // One stat for many files, and readlink beside it: `find -printf` is GNU's alone.
  script: (roots) =>
    roots
      .map((root) => {
        const each = `stat -c '%f:%u:%g:%s:%U:%G:%n' "$@"; for p; do [ ! -L "$p" ] || printf 'L:%s\\nT:%s\\n' "$p" "$(readlink "$p")"; done`;
        return `( cd ${quote(root)} 2>/dev/null && find . ! -name . -exec sh -c ${quote(each)} sh {} + 2>/dev/null; printf '${mark}\\n' )`;
      })
      .join('\n'),
  parse(stdout, roots) {
    const parts = stdout.toString('utf8').split(`${mark}\n`);
    if (parts.length < roots.length) throw new Error('a directory gave no answer');
    return roots.map((_, index) => entriesOf(parts[index]!));
  },
};

function entriesOf(text: string): readonly TreeEntry[] {
  const entries = new Map<string, TreeEntry>();
  let link: string | undefined;
  for (const line of text.split('\n')) {
    if (line.startsWith('L:')) link = line.slice(4);
    else if (line.startsWith('T:') && link !== undefined) {
      const entry = entries.get(link);
      if (entry) entries.set(link, { ...entry, linkTarget: line.slice(2) });
    } else {
      const fields = line.split(':');
      const [raw, uid, gid, size, owner, group, ...name] = fields;
      if (name.length === 0) continue;
      const path = name.join(':').slice(2);
      const bits = Number.parseInt(raw!, 16);
      entries.set(path, {
        path,
        type: fileTypes[(bits >> 12).toString(8)] ?? 'file',
        mode: (bits & 0o7777).toString(8).padStart(4, '0'),
        uid: Number(uid),
        gid: Number(gid),
        owner: owner === 'UNKNOWN' ? uid! : owner!,
        group: group === 'UNKNOWN' ? gid! : group!,
        size: Number(size),
      });
    }
  }
  return [...entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

// The S_IFMT bits of stat(2), in octal.
const fileTypes: Readonly<Record<string, FileType>> = {
  '10': 'file',
  '4': 'directory',
  '12': 'link',
  '2': 'char',
  '6': 'block',
  '1': 'fifo',
  '14': 'socket',
};
