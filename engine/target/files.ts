/** What is read about files: attributes, checksums, contents; each kind one fork for all paths. */
import { createHash, randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import { quote } from '../connection/quote.ts';
import { Unknown } from '../template/values.ts';
import type { Content } from './content.ts';
import { type Effect, effect, type QueryKind } from './query.ts';
import type { FileState, FileType, PresentFile } from './state.ts';

export interface StatKey {
  readonly path: string;
  readonly follow: boolean;
}

const noFile: FileState = { exists: false };

/** `stat` of all paths at once; GNU coreutils and busybox agree on these formats. */
export const statKind: QueryKind<StatKey, FileState> = {
  name: 'stat',
  domains: ['files'],
  id: ({ path, follow }) => `${follow ? 'L' : 'P'}${normalPath(path)}`,
  script(keys) {
    const format = "-c 'K:%f:%u:%g:%s:%i:%d:%h:%X:%Y:%Z:%U:%G:%n'";
    const [followed, plain] = [keys.filter((key) => key.follow), keys.filter((key) => !key.follow)];
    const links = 'i=0; for p; do if [ -L "$p" ]; then printf "L:%s:" $i; readlink "$p"; fi; i=$((i+1)); done';
    return [
      'LC_ALL=C; export LC_ALL',
      plain.length > 0 && `set -- ${words(plain)}; echo plain; stat ${format} "$@" 2>&1; ${links}`,
      followed.length > 0 && `set -- ${words(followed)}; echo followed; stat -L ${format} "$@" 2>&1`,
      ':',
    ]
      .filter(Boolean)
      .join('\n');
  },
  parse(stdout, keys) {
    const found = { plain: new Map<string, PresentFile>(), followed: new Map<string, PresentFile>() };
    const denied = new Map<string, string>();
    const plain = keys.filter((key) => !key.follow);
    let section: 'plain' | 'followed' = 'plain';
    for (const line of stdout.toString('utf8').split('\n')) {
      if (line === 'plain' || line === 'followed') section = line;
      else if (line.startsWith('K:')) {
        const fields = line.split(':');
        found[section].set(fields.slice(13).join(':'), presentFile(fields));
      } else if (line.startsWith('L:')) {
        const [, index, ...target] = line.split(':');
        const path = plain[Number(index)]?.path ?? '';
        const state = found.plain.get(path);
        if (state) found.plain.set(path, { ...state, linkTarget: target.join(':') });
      } else if (/Permission denied|Input\/output error|Too many levels/.test(line)) {
        const path = /['‘"`]?(\/.*?)['’"]?: (.*)$/.exec(line);
        if (path) denied.set(path[1]!, path[2]!);
      }
    }
    return keys.map((key) => {
      const why = denied.get(key.path);
      if (why) throw new Error(`${key.path}: ${why}`);
      return found[key.follow ? 'followed' : 'plain'].get(key.path) ?? noFile;
    });
  },
};

/** SHA-256 of regular files, links followed; undefined where there is none. */
export const checksumKind: QueryKind<string, string | undefined> = {
  name: 'checksum',
  domains: ['files'],
  id: normalPath,
  script: (paths) => `LC_ALL=C sha256sum ${paths.map(argument).join(' ')} 2>/dev/null || :`,
  parse(stdout, paths) {
    const sums = new Map<string, string>();
    for (const line of stdout.toString('utf8').split('\n')) {
      const found = /^\\?([0-9a-f]{64}) [ *](.*)$/.exec(line);
      if (found)
        sums.set(
          line.startsWith('\\') ? found[2]!.replaceAll('\\n', '\n').replaceAll('\\\\', '\\') : found[2]!,
          found[1]!,
        );
    }
    return paths.map((path) => sums.get(argumentPath(path)));
  },
};

// A mark that no file can hold on purpose: it is drawn anew in every process.
const mark = `kplay-${randomBytes(16).toString('hex')}`;

/** Whole contents of regular files; undefined where there is none. */
export const contentKind: QueryKind<string, Buffer | undefined> = {
  name: 'content',
  domains: ['files'],
  id: normalPath,
  script: (paths) =>
    paths
      .map(
        (path) =>
          `if [ -f ${quote(path)} ]; then cat ${argument(path)} && echo ${mark} + || echo ${mark} !; else echo ${mark} -; fi`,
      )
      .join('\n'),
  parse(stdout, paths) {
    let from = 0;
    return paths.map((path) => {
      const at = stdout.indexOf(mark, from);
      if (at < 0) throw new Error(`no answer about ${path}`);
      const verdict = String.fromCharCode(stdout[at + mark.length + 1] ?? 0);
      const content = stdout.subarray(from, at);
      from = at + mark.length + 3;
      if (verdict === '!') throw new Error(`${path} cannot be read`);
      return verdict === '+' ? Buffer.from(content) : undefined;
    });
  },
};

/** Everything that will be true of a path once a file with this content is there. */
export function fileEffects(
  path: string,
  file: {
    readonly content: Buffer | Unknown;
    readonly mode?: string;
    readonly owner?: string;
    readonly group?: string;
  },
): readonly Effect[] {
  const { content } = file;
  const size = Buffer.isBuffer(content) ? content.length : 0;
  return [
    ...statEffects(path, predicted('file', { ...file, size })),
    effect(checksumKind, path, Buffer.isBuffer(content) ? sha256(content) : content),
    effect(contentKind, path, content),
  ];
}

/** The two `stat` answers about a path that is no link. */
export function statEffects(path: string, state: FileState): readonly Effect[] {
  return [effect(statKind, { path, follow: false }, state), effect(statKind, { path, follow: true }, state)];
}

/** The attributes of something that does not exist yet; what nobody can know (inode, device) is zero. */
export function predicted(
  type: FileType,
  known: {
    readonly mode?: string | undefined;
    readonly owner?: string | undefined;
    readonly group?: string | undefined;
    readonly size?: number;
    readonly linkTarget?: string;
  },
): PresentFile {
  const now = Math.floor(Date.now() / 1000);
  const owner = known.owner ?? 'root';
  return {
    exists: true,
    type,
    mode: known.mode ?? (type === 'directory' ? '0755' : '0644'),
    uid: /^\d+$/.test(owner) ? Number(owner) : 0,
    gid: 0,
    owner,
    group: known.group ?? owner,
    size: known.size ?? 0,
    inode: 0,
    device: 0,
    links: 1,
    atime: now,
    mtime: now,
    ctime: now,
    ...(known.linkTarget === undefined ? {} : { linkTarget: known.linkTarget }),
  };
}

/** One spelling for one path: no doubled or trailing slashes, no dots. */
export function normalPath(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

/** The bytes behind a content, or the unknown that it is. */
export async function contentBytes(content: Content): Promise<Buffer | Unknown> {
  if (Buffer.isBuffer(content) || content instanceof Unknown) return content;
  return content.bytes();
}

function presentFile(fields: readonly string[]): PresentFile {
  const raw = Number.parseInt(fields[1]!, 16);
  const number = (index: number) => Number(fields[index]);
  return {
    exists: true,
    type: fileTypes[(raw >> 12).toString(8)] ?? 'file',
    mode: (raw & 0o7777).toString(8).padStart(4, '0'),
    uid: number(2),
    gid: number(3),
    size: number(4),
    inode: number(5),
    device: number(6),
    links: number(7),
    atime: number(8),
    mtime: number(9),
    ctime: number(10),
    owner: name(fields[11]!, fields[2]!),
    group: name(fields[12]!, fields[3]!),
  };
}

// The S_IFMT bits of stat(2), shifted down to their one octal digit pair.
const fileTypes: Readonly<Record<string, FileType>> = {
  '10': 'file',
  '4': 'directory',
  '12': 'link',
  '2': 'char',
  '6': 'block',
  '1': 'fifo',
  '14': 'socket',
};

const name = (given: string, id: string) => (given === 'UNKNOWN' ? id : given);
const words = (keys: readonly StatKey[]) => keys.map((key) => argument(key.path)).join(' ');
// A path that begins with a dash is an option to the tools, unless it is written otherwise.
const argumentPath = (path: string) => (path.startsWith('-') ? `./${path}` : path);
const argument = (path: string) => quote(argumentPath(path));

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
