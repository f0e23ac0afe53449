/** A large file on its way to several hosts at about the same time: each block is read once for all of them. */

import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';

const blockBytes = 256 * 1024;
/** For hosts that are behind the fastest one; a host further behind reads its blocks again. */
const keptBlocks = 64;

/** Gives each who asks a stream of the whole file. As long as anyone reads, all read the file that the first one opened. */
export function sharedBlocks(path: string): () => Readable {
  const blocks = new Map<number, Promise<Buffer>>();
  let opened: Promise<FileHandle> | undefined;
  let readers = 0;

  function block(file: FileHandle, number: number): Promise<Buffer> {
    const known = blocks.get(number);
    if (known) return known;
    const read = readBlock(file, number * blockBytes);
    blocks.set(number, read);
    const [oldest] = blocks.keys();
    if (blocks.size > keptBlocks && oldest !== undefined) blocks.delete(oldest);
    return read;
  }

  async function* whole(): AsyncGenerator<Buffer> {
    readers += 1;
    opened ??= open(path);
    const mine = opened;
    try {
      const file = await mine;
      for (let number = 0; ; number++) {
        const bytes = await block(file, number);
        if (bytes.length > 0) yield bytes;
        if (bytes.length < blockBytes) return;
      }
    } finally {
      readers -= 1;
      if (readers === 0) {
        opened = undefined;
        blocks.clear();
        await mine.then((file) => file.close()).catch(() => {}); // one that could not be opened has been told of
      }
    }
  }

  return () => Readable.from(whole(), { objectMode: false, highWaterMark: blockBytes });
}

/** Shorter only at the end of the file. */
async function readBlock(file: FileHandle, start: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(blockBytes);
  let filled = 0;
  while (filled < blockBytes) {
    const { bytesRead } = await file.read(buffer, filled, blockBytes - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
