/** The entries of a zip archive, from its central directory. */

import { ModuleFailure } from '../../target/failure.ts';
import { octalMode } from '../../target/octal-mode.ts';
import type { FileType } from '../../target/state.ts';
import { type ArchiveEntry, archiveEntry } from './entry.ts';

/** @throws ModuleFailure where it is no zip archive, or one of more than 4 GiB. */
export function readZip(bytes: Buffer): readonly ArchiveEntry[] {
  const end = bytes.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  if (end < 0) throw new ModuleFailure('it is not a zip archive');
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  const entries: ArchiveEntry[] = [];
  for (let index = 0; index < count; index++) {
    if (bytes.readUInt32LE(at) !== 0x02014b50) throw new ModuleFailure('its directory cannot be read');
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    const extra = bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const unix = bytes[at + 5] === 3 ? bytes.readUInt32LE(at + 38) >>> 16 : 0;
    const type: FileType = name.endsWith('/') ? 'directory' : (unix & 0o170000) === 0o120000 ? 'link' : 'file';
    const mode = unix === 0 ? undefined : octalMode(unix);
    // The target of a link is its content, which is not read: a link that is there is taken for the right one.
    entries.push(
      archiveEntry(name, {
        type: type === 'link' ? 'hard' : type,
        mode,
        size: bytes.readUInt32LE(at + 24),
        mtime: timestamp(extra),
      }),
    );
    at += 46 + nameLength + extraLength + commentLength;
  }
  return entries;
}

/** The extended timestamp; the other one of zip is in nobody knows which time zone. */
function timestamp(extra: Buffer): number | undefined {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) === 0x5455 && extra.length >= at + 9) return extra.readInt32LE(at + 5);
  }
  return undefined;
}
