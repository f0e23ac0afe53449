/** Files that every host asks for, like keys and known hosts: read again only when they have changed. */

import { readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

const kept = new Map<string, { readonly version: string; readonly bytes: Buffer }>();
/** Pipes and the like: they give what they have once, and nobody knows when. */
const streams = new Map<string, Promise<Buffer>>();

/** What the file holds: the very same buffer while the file is as it was; undefined where there is none. Throws as reading does. */
export async function readKept(file: string): Promise<Buffer | undefined> {
  // looking at it takes a fraction of what a turn of the thread pool does, and a thousand hosts ask
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (!found.isFile()) return readOnce(file);
  const version = `${found.dev} ${found.ino} ${found.size} ${found.mtimeMs} ${found.ctimeMs}`;
  const known = kept.get(file);
  if (known?.version === version) return known.bytes;
  const bytes = readFileSync(file);
  kept.set(file, { version, bytes });
  return bytes;
}

function readOnce(file: string): Promise<Buffer> {
  const known = streams.get(file);
  if (known !== undefined) return known;
  const read = readFile(file);
  streams.set(file, read);
  read.catch(() => streams.delete(file));
  return read;
}
