/** The entries of a tar archive, read from its stream: ustar, GNU's long names, and pax. */

import { ModuleFailure } from '../../target/failure.ts';
import { octalMode } from '../../target/octal-mode.ts';
import type { FileType } from '../../target/state.ts';
import { type ArchiveEntry, archiveEntry } from './entry.ts';

const block = 512;
const types: Readonly<Record<string, FileType | 'hard'>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'hard',
  '2': 'link',
  '3': 'char',
  '4': 'block',
  '5': 'directory',
  '6': 'fifo',
};

/** Reads the headers and passes over the contents. @throws ModuleFailure where it is no tar archive. */
export async function readTar(chunks: AsyncIterable<Buffer>): Promise<readonly ArchiveEntry[]> {
  const entries: ArchiveEntry[] = [];
  const bytes = byteReader(chunks);
  let global: Readonly<Record<string, string>> = {};
  let extra: Readonly<Record<string, string>> = {};
  for (;;) {
    const header = await bytes.take(block);
    if (header.length < block || header.every((byte) => byte === 0)) return entries;
    if (!hasChecksum(header)) throw new ModuleFailure('it is not a tar archive');
    const kind = String.fromCharCode(header[156]!);
    const size = extra['size'] === undefined ? number(header.subarray(124, 136)) : Number(extra['size']);
    const padded = Math.ceil(size / block) * block;
    if (kind === 'x' || kind === 'g' || kind === 'L' || kind === 'K') {
      const content = (await bytes.take(padded)).subarray(0, size);
      if (kind === 'g') global = { ...global, ...paxRecords(content) };
      else if (kind === 'x') extra = { ...extra, ...paxRecords(content) };
      else extra = { ...extra, [kind === 'L' ? 'path' : 'linkpath']: text(content) };
      continue;
    }
    const type = types[kind];
    if (type !== undefined) entries.push(entryOf(header, type, size, { ...global, ...extra }));
    extra = {};
    await bytes.skip(padded);
  }
}

function entryOf(
  header: Buffer,
  type: FileType | 'hard',
  size: number,
  pax: Readonly<Record<string, string>>,
): ArchiveEntry {
  const prefix =
    text(header.subarray(257, 262)) === 'ustar' && header[263] === 0x30 ? text(header.subarray(345, 500)) : '';
  const name = text(header.subarray(0, 100));
  const path = pax['path'] ?? (prefix === '' ? name : `${prefix}/${name}`);
  const link = pax['linkpath'] ?? text(header.subarray(157, 257));
  return archiveEntry(path, {
    type: type === 'file' && path.endsWith('/') ? 'directory' : type,
    mode: octalMode(number(header.subarray(100, 108))),
    size,
    mtime: Math.floor(Number(pax['mtime'] ?? number(header.subarray(136, 148)))),
    ...(type === 'link' && { linkTarget: link }),
  });
}

/** Octal text; numbers too large for it are binary, marked by the highest bit. */
function number(field: Buffer): number {
  if ((field[0]! & 0x80) === 0) return Number.parseInt(text(field).trim() || '0', 8);
  return field.subarray(1).reduce((sum, byte) => sum * 256 + byte, field[0]! & 0x7f);
}

function text(field: Buffer): string {
  const end = field.indexOf(0);
  return field.subarray(0, end < 0 ? field.length : end).toString('utf8');
}

/** `<length> <key>=<value>\n`, the length counting itself. */
function paxRecords(content: Buffer): Readonly<Record<string, string>> {
  const records: [string, string][] = [];
  for (let at = 0; at < content.length; ) {
    const length = Number.parseInt(content.toString('latin1', at, at + 20), 10);
    if (!(length > 0)) break;
    const record = content.toString('utf8', at, at + length - 1);
    const [, key, value] = /^\d+ ([^=]+)=([\s\S]*)$/.exec(record) ?? [];
    if (key !== undefined) records.push([key, value!]);
    at += length;
  }
  return Object.fromEntries(records);
}

function hasChecksum(header: Buffer): boolean {
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  return sum === number(header.subarray(148, 156));
}

function byteReader(chunks: AsyncIterable<Buffer>) {
  const iterator = chunks[Symbol.asyncIterator]();
  let held = Buffer.alloc(0);
  async function more(): Promise<boolean> {
    const next = await iterator.next();
    if (next.done) return false;
    held = held.length === 0 ? Buffer.from(next.value) : Buffer.concat([held, next.value]);
    return true;
  }
  return {
    async take(count: number): Promise<Buffer> {
      while (held.length < count && (await more()));
      const taken = held.subarray(0, count);
      held = held.subarray(taken.length);
      return taken;
    },
    async skip(count: number): Promise<void> {
      let left = count;
      while (left > held.length) {
        left -= held.length;
        held = Buffer.alloc(0);
        if (!(await more())) throw new ModuleFailure('the archive ends too early');
      }
      held = held.subarray(left);
    },
  };
}
