/** Small files that every host asks for, like keys and known hosts: read again only when they have changed. */

import { readFileSync, statSync } from 'node:fs';

const kept = new Map<string, { readonly version: string; readonly bytes: Buffer }>();

/** What the file holds: the very same buffer while the file is as it was; undefined where there is none. Throws as reading does. */
export function readKept(file: string): Buffer | undefined {
  // looking at it takes a tenth of what a turn of the thread pool does, and a thousand hosts ask
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  const version = `${found.dev} ${found.ino} ${found.size} ${found.mtimeMs} ${found.ctimeMs}`;
  const known = kept.get(file);
  if (known?.version === version) return known.bytes;
  const bytes = readFileSync(file);
  kept.set(file, { version, bytes });
  return bytes;
}
