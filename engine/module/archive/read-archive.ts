/** The entries of an archive of the controller, whatever it is packed with. */
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { LocalFile } from '../../target/content.ts';
import { ModuleFailure } from '../../target/failure.ts';
import type { ArchiveEntry } from './entry.ts';
import { readTar } from './read-tar.ts';
import { readZip } from './read-zip.ts';

export type Packing = 'zip' | 'tar' | 'gzip' | 'xz' | 'bzip2' | 'zstd';

/** By the first bytes, as file(1) does it. */
export function packingOf(head: Buffer): Packing {
  const hex = head.subarray(0, 6).toString('hex');
  if (hex.startsWith('504b0304') || hex.startsWith('504b0506')) return 'zip';
  if (hex.startsWith('1f8b')) return 'gzip';
  if (hex.startsWith('fd377a585a00')) return 'xz';
  if (hex.startsWith('425a68')) return 'bzip2';
  return hex.startsWith('28b52ffd') ? 'zstd' : 'tar';
}

export interface Archive {
  readonly packing: Packing;
  readonly entries: readonly ArchiveEntry[];
}

// A file of the controller is one object in a run, however many hosts unpack it.
const read = new WeakMap<LocalFile, Promise<Archive>>();

export function readArchive(file: LocalFile): Promise<Archive> {
  const known = read.get(file) ?? readFresh(file);
  read.set(file, known);
  return known;
}

async function readFresh(file: LocalFile): Promise<Archive> {
  try {
    const packing = packingOf(await firstBytes(file));
    if (packing === 'zip') return { packing, entries: readZip(await file.bytes()) };
    return { packing, entries: await readTar(unpacked(file.stream(), packing)) };
  } catch (cause) {
    throw new ModuleFailure(`${file.path} cannot be unpacked: ${(cause as Error).message}`, {}, { cause });
  }
}

async function firstBytes(file: LocalFile): Promise<Buffer> {
  const stream = file.stream();
  for await (const chunk of stream) {
    stream.destroy();
    return chunk as Buffer;
  }
  return Buffer.alloc(0);
}

function unpacked(stream: Readable, packing: Packing): AsyncIterable<Buffer> {
  if (packing === 'tar') return stream;
  if (packing === 'gzip') return stream.pipe(createGunzip()).on('error', () => stream.destroy());
  const child = spawn(packing, ['-dc'], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.once('error', () => child.stdout.destroy(new Error(`it needs ${packing} on the controller`)));
  child.stdin.on('error', () => stream.destroy());
  stream.pipe(child.stdin);
  return child.stdout;
}
