/** The entries of an archive that is on the host, told by the host's own tar or unzip. */

import { ModuleFailure } from '../../target/failure.ts';
import { normalPath } from '../../target/files.ts';
import { octalMode } from '../../target/octal-mode.ts';
import type { QueryKind } from '../../target/query.ts';
import { quote } from '../../target/quote.ts';
import type { FileType } from '../../target/state.ts';
import { type ArchiveEntry, archiveEntry } from './entry.ts';
import type { Archive, Packing } from './read-archive.ts';

const mark = '\u001dkplay';

/** Flags by which tar unpacks a packing; GNU's and busybox's are the same. */
export const tarFlags: Readonly<Record<Exclude<Packing, 'zip'>, string>> = {
  tar: '',
  gzip: '-z',
  xz: '-J',
  bzip2: '-j',
  zstd: '--zstd',
};

/** The archive at a path; an answer that could not be read says why. */
export const hostArchiveKind: QueryKind<string, Archive | { readonly failed: string }> = {
  name: 'archive',
  domains: ['files'],
  id: normalPath,
  script: (paths) => `LC_ALL=C TZ=UTC0; export LC_ALL TZ\n${paths.map(listing).join('\n')}`,
  parse(stdout, paths) {
    const parts = stdout.toString('utf8').split(`${mark}\n`);
    return paths.map((_, index) => {
      const [packing = '', ...lines] = (parts[index] ?? '').split('\n');
      if (!/^(zip|tar|gzip|xz|bzip2|zstd)$/.test(packing))
        return { failed: lines.join('\n').trim() || 'it cannot be read' };
      const failed = lines.findIndex((line) => line.startsWith('!'));
      if (failed >= 0) return { failed: lines.slice(failed).join('\n').slice(1).trim() };
      const parse = packing === 'zip' ? zipLine : tarLine;
      return { packing: packing as Packing, entries: lines.flatMap((line) => parse(line) ?? []) };
    });
  },
};

function listing(path: string): string {
  const file = quote(path);
  const list = (flags: string) =>
    `o=$(tar --full-time --quoting-style=literal -tv ${flags} -f ${file} 2>/dev/null) || o=$(tar -tv ${flags} -f ${file} 2>&1) || { printf '!%s\\n' "$o"; o=; }; printf '%s\\n' "$o"`;
  const cases = Object.entries(tarFlags).map(([packing, flags]) => `${packing}) ${list(flags)};;`);
  return [
    `case $(od -An -tx1 -N6 ${file} 2>/dev/null | tr -d ' \\n') in`,
    '504b0304*|504b0506*) k=zip;; 1f8b*) k=gzip;; fd377a585a00) k=xz;; 425a68*) k=bzip2;; 28b52ffd*) k=zstd;; *) k=tar;;',
    'esac',
    'echo $k',
    `case $k in zip) o=$(unzip -Z -T -s ${file} 2>&1) || printf '!'; printf '%s\\n' "$o";; ${cases.join(' ')} esac`,
    `printf '${mark}\\n'`,
  ].join('\n');
}

const tarTypes: Readonly<Record<string, FileType | 'hard'>> = {
  '-': 'file',
  d: 'directory',
  l: 'link',
  h: 'hard',
  c: 'char',
  b: 'block',
  p: 'fifo',
};

/** `-rw-r--r-- root/root 5 2024-01-01 10:00:00 name -> target`; GNU pads behind times with fractions. */
function tarLine(line: string): ArchiveEntry | undefined {
  const [, kind, permissions, size, date, time, rest] =
    /^(.)(\S{9})\S* +\S+ +(\d+(?:,\d+)?) (\d{4}-\d\d-\d\d) (\d\d:\d\d(?::\d\d)?)(?:\.\d+)? +(.*)$/.exec(line) ?? [];
  const type = tarTypes[kind ?? ''];
  if (type === undefined) return undefined;
  const [name, target] = type === 'link' ? rest!.split(' -> ') : type === 'hard' ? rest!.split(' link to ') : [rest!];
  return archiveEntry(name!, {
    type,
    mode: octal(permissions!),
    size: Number(size),
    mtime: time!.length === 8 ? Date.parse(`${date}T${time}Z`) / 1000 : undefined,
    ...(type === 'link' && { linkTarget: target }),
  });
}

/** `-rw-r--r--  3.0 unx       5 tx stor 20240101.100000 name` */
function zipLine(line: string): ArchiveEntry | undefined {
  const [, kind, permissions, size, name] =
    /^([-dl?])(\S{9}) +\S+ +\S+ +(\d+) +\S+ +\S+ +\d{8}\.\d{6} (.*)$/.exec(line) ?? [];
  if (kind === undefined) return undefined;
  const type = kind === 'd' || name!.endsWith('/') ? 'directory' : kind === 'l' ? 'hard' : 'file';
  return archiveEntry(name!, { type, mode: octal(permissions!), size: Number(size), mtime: undefined });
}

function octal(permissions: string): string | undefined {
  if (!/^[-rwxsStT]{9}$/.test(permissions)) return undefined;
  const bits = [...permissions].reduce((mode, letter, at) => mode | (/[rwxst]/.test(letter) ? 1 << (8 - at) : 0), 0);
  const special = (at: number, bit: number) => (/[sStT]/.test(permissions[at]!) ? bit : 0);
  return octalMode(bits | special(2, 0o4000) | special(5, 0o2000) | special(8, 0o1000));
}

/** @throws ModuleFailure where the host could not read it. */
export function readable(answer: Archive | { readonly failed: string }, path: string): Archive {
  if ('failed' in answer) throw new ModuleFailure(`${path} cannot be unpacked: ${answer.failed}`);
  return answer;
}
