/** What is read about files: attributes, checksums, contents; each kind one fork for all paths. */
import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import { quote } from '../connection/quote.ts';
import { type QueryKind, refusal } from './query.ts';
import { presentFile, statFormat } from './stat-line.ts';
import type { FileState, PresentFile } from './state.ts';

export interface StatKey {
  readonly path: string;
  readonly follow: boolean;
  /** Under check, what a package still to come may bring is unknown, and not absent. */
  readonly certain?: boolean | undefined;
}

const noFile: FileState = { exists: false };

/** `stat` of all paths at once; GNU coreutils and busybox agree on these formats. */
export const statKind: QueryKind<StatKey, FileState> = {
  name: 'stat',
  domains: ['files'],
  gathers: () => true,
  id: ({ path, follow }) => `${follow ? 'L' : 'P'}${normalPath(path)}`,
  path: ({ path }) => normalPath(path),
  script(keys) {
    const format = `-c '${statFormat}'`;
    const [followed, plain] = [keys.filter((key) => key.follow), keys.filter((key) => !key.follow)];
    const links =
      'i=0; for p; do if [ -L "$p" ]; then t=$(readlink "$p"; echo .); printf "L:%s:%s:%s\\n" $i ${#t} "$t"; fi; i=$((i+1)); done';
    // Errors are kept apart until all is said: merged, they would break into lines that are only half written.
    const told = (options: string) =>
      `{ e=$(stat ${options}${format} "$@" 2>&1 >&3); } 3>&1; printf 'E:%s:%s\\n' \${#e} "$e"`;
    return [
      'LC_ALL=C; export LC_ALL',
      plain.length > 0 && `set -- ${words(plain)}; echo plain; ${told('')}; ${links}`,
      followed.length > 0 && `set -- ${words(followed)}; echo followed; ${told('-L ')}`,
      ':',
    ]
      .filter(Boolean)
      .join('\n');
  },
  parse(stdout, keys) {
    const plain = keys.filter((key) => !key.follow);
    const answers = {
      plain: { keys: plain, next: 0, found: new Map<string, PresentFile>(), denied: new Map<string, string>() },
      followed: {
        keys: keys.filter((key) => key.follow),
        next: 0,
        found: new Map<string, PresentFile>(),
        denied: new Map<string, string>(),
      },
    };
    // Names and link targets may hold anything, line feeds too: both are taken by their length, as bytes.
    const text = stdout.toString('latin1');
    let section = answers.plain;
    for (let at = 0; at < text.length; ) {
      const line = text.slice(at, ends(text, at));
      const counted = /^(?:L:(\d+)|E):(\d+):/.exec(line);
      const fields = line.split(':', 13);
      if (counted) {
        const from = at + counted[0].length;
        const said = bytesToText(text.slice(from, from + Number(counted[2])));
        at = from + Number(counted[2]) + 1;
        const path = plain[Number(counted[1])]?.path ?? '';
        const state = answers.plain.found.get(path);
        if (counted[1] === undefined) refusals(said, section.denied);
        else if (state) answers.plain.found.set(path, { ...state, linkTarget: said.slice(0, -2) });
      } else if (fields[0] === 'K' && fields.length === 13) {
        const from = at + fields.join(':').length + 1;
        // stat answers in the order it was asked: what it passes over, it has nothing to say of
        const index = section.keys.findIndex(
          ({ path }, position) =>
            position >= section.next && text.startsWith(`${textToBytes(argumentPath(path))}\n`, from),
        );
        if (index >= 0) section.next = index + 1;
        const path = section.keys[index]?.path;
        at = path === undefined ? ends(text, at) + 1 : from + Buffer.byteLength(argumentPath(path)) + 1;
        if (path !== undefined) section.found.set(path, presentFile(fields));
      } else {
        if (line === 'plain' || line === 'followed') section = answers[line];
        at += line.length + 1;
      }
    }
    return keys.map((key) => {
      const { found, denied } = answers[key.follow ? 'followed' : 'plain'];
      const why = denied.get(argumentPath(key.path));
      return why === undefined ? (found.get(key.path) ?? noFile) : refusal(`${key.path}: ${why}`);
    });
  },
};

/** Why `stat` was refused an answer, by path; that there is nothing is an answer. */
function refusals(errors: string, denied: Map<string, string>): void {
  for (const line of errors.split('\n')) {
    const said =
      /^stat: .*?'?\s?(['"\u2018]?)((?:\.\/-|\/).*?)\1: (Permission denied|Input\/output error|Too many levels of symbolic links)$/.exec(
        line,
      );
    if (said) denied.set(said[2]!, said[3]!);
  }
}

const ends = (text: string, from: number) => (text.indexOf('\n', from) < 0 ? text.length : text.indexOf('\n', from));
const textToBytes = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
const bytesToText = (bytes: string) => Buffer.from(bytes, 'latin1').toString('utf8');

/** Whether anything is at a path, links followed: true for a folder whatever comes into it. */
export const thereKind: QueryKind<string, boolean> = {
  name: 'there',
  domains: ['files'],
  gathers: () => true,
  id: normalPath,
  path: normalPath,
  script: (paths) => `for p in ${paths.map(argument).join(' ')}; do [ -e "$p" ] && echo y || echo n; done`,
  parse(stdout, paths) {
    const lines = stdout.toString('latin1').split('\n');
    return paths.map((_, index) => lines[index] === 'y');
  },
};

/**
 * coreutils know nothing of what processors do for SHA-256; openssl, where a host has it, takes a third of the time for a large file, and
 * writes what they do (`-r`). Which files are large, more than 8 MB in blocks of 512 bytes, find tells. A name that would have to be
 * escaped is left to sha256sum, as is a file that openssl will not hash.
 */
const largeByOpenssl: readonly string[] = [
  "n='\n'",
  'b=; ! [ $# -gt 0 ] || ! command -v openssl >/dev/null || b=$(find -L "$@" -prune -size +16384 2>/dev/null)',
  'case ${b:+b} in b) for p; do shift; case $n$b$n in',
  '*"$n$p$n"*) case $p in *"$n"*|*\\\\*) false;; *) openssl dgst -sha256 -r "$p" 2>/dev/null;; esac || set -- "$@" "$p";;',
  '*) set -- "$@" "$p";; esac; done;; esac',
];

/** SHA-256 of regular files, links followed; undefined where there is none. */
export const checksumKind: QueryKind<string, string | undefined> = {
  name: 'checksum',
  domains: ['files'],
  gathers: () => true,
  id: normalPath,
  path: normalPath,
  // Only regular files are hashed: a pipe would never end.
  script: (paths) =>
    [
      `set -- ${paths.map(argument).join(' ')}; i=0`,
      'for p; do shift; if [ -f "$p" ]; then if [ -r "$p" ]; then set -- "$@" "$p"; else echo "! $i"; fi; fi; i=$((i+1)); done',
      ...largeByOpenssl,
      '[ $# = 0 ] || LC_ALL=C sha256sum "$@" 2>/dev/null || :',
    ].join('\n'),
  parse(stdout, paths) {
    const text = stdout.toString('utf8');
    const answers = new Map<string, string>();
    const lines = [...text.matchAll(/^(?:! (\d+)|(\\?)([0-9a-f]{64}) [ *])/gm)];
    lines.forEach(({ index, 0: head, 1: unreadable, 2: escaped, 3: sum }, position) => {
      const name = text.slice(index + head.length, (lines[position + 1]?.index ?? text.length) - 1);
      const path = unreadable === undefined ? name : argumentPath(paths[Number(unreadable)] ?? '');
      answers.set(escaped ? unescaped(path) : path, sum ?? refusal<string>(`${path} cannot be read`));
    });
    return paths.map((path) => answers.get(argumentPath(path)));
  },
};

/** GNU coreutils escape line ends and backslashes in names, and say so by a backslash before the sum. */
const unescaped = (name: string) =>
  name.replace(/\\([\\nr])/g, (_, letter: string) => (letter === 'n' ? '\n' : letter === 'r' ? '\r' : '\\'));

// A mark that no file can hold on purpose: it is drawn anew in every process.
const mark = `kplay-${randomBytes(16).toString('hex')}`;

/** Whole contents of regular files; undefined where there is none. */
export const contentKind: QueryKind<string, Buffer | undefined> = {
  name: 'content',
  domains: ['files'],
  id: normalPath,
  path: normalPath,
  script: (paths) =>
    paths
      .map(
        (path) =>
          `if [ -f ${quote(path)} ]; then cat ${argument(path)} 2>/dev/null && echo ${mark} + || echo ${mark} !; else echo ${mark} -; fi`,
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
      if (verdict === '!') return refusal(`${path} cannot be read`);
      return verdict === '+' ? Buffer.from(content) : undefined;
    });
  },
};

/** Absolute, and no step is empty, `.` or `..`: nearly every path there is, and normalizing would make a second text of it. */
const normalAlready = /^(?:\/(?!\.{0,2}(?:\/|$))[^/]*)+$/;

/** One spelling for one path: no doubled or trailing slashes, no dots. */
export function normalPath(path: string): string {
  if (normalAlready.test(path)) return path;
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

const words = (keys: readonly StatKey[]) => keys.map((key) => argument(key.path)).join(' ');
// A path that begins with a dash is an option to the tools, unless it is written otherwise.
const argumentPath = (path: string) => (path.startsWith('-') ? `./${path}` : path);
const argument = (path: string) => quote(argumentPath(path));
