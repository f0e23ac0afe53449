/** The controller's files: read and hashed at most once in a run, however many hosts want them. */

import { createHash, hash, randomBytes } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync, type Stats, statSync } from 'node:fs';
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { openedText } from '../source/opened-text.ts';
import { isVaulted, type Vault } from '../source/vault.ts';
import type { LocalFile } from '../target/content.ts';
import { octalMode } from '../target/octal-mode.ts';
import { sharedBlocks } from './shared-blocks.ts';

/** Files up to this many bytes are kept in memory after the first reading. */
const kept = 4 * 1024 * 1024;
/** Files up to this many bytes are read in one go: turns of the thread pool cost more than they save, and a folder has thousands. */
const small = 256 * 1024;
const blockBytes = 1024 * 1024;

export interface LocalFiles {
  /** undefined when there is no regular file. What is encrypted is opened unless `decrypt` is false. */
  file(path: string, options?: { readonly decrypt?: boolean }): Promise<LocalFile | undefined>;
  /** The text of a file, opened where it is encrypted. Throws as reading does. */
  text(path: string): string;
}

/** `onSecret` is told of every text in vaulted variables. */
export function localFiles(vault: Vault, onSecret: (value: string) => void = () => {}): LocalFiles {
  const files = new Map<string, Promise<LocalFile>>();
  const texts = new Map<string, string>();
  return {
    async file(path, { decrypt = true } = {}) {
      const found = seen(path);
      if (!found?.isFile()) return undefined;
      const key = `${decrypt} ${path} ${versionOf(found)}`;
      const file = files.get(key) ?? openedFile(path, found, decrypt ? vault : undefined);
      files.set(key, file); // at once: hosts that ask meanwhile wait for the same reading
      file.catch(() => files.delete(key));
      return file;
    },
    text(path) {
      const found = seen(path);
      const key = found && `${path} ${versionOf(found)}`;
      const known = key === undefined ? undefined : texts.get(key);
      if (known !== undefined) return known;
      const text = openedText(readFileSync(path, 'utf8'), path, vault, onSecret);
      if (key !== undefined && text.length <= kept) texts.set(key, text);
      return text;
    },
  };
}

/** What lies there, if anything does. At once: that costs less than a turn of the thread pool, and all hosts ask. */
export function seen(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined; // a folder on the way that may not be entered, or is none
  }
}

/** Another one once the file has been written or replaced. */
const versionOf = ({ ino, size, mtimeMs }: Stats) => `${ino} ${size} ${mtimeMs}`;

async function openedFile(path: string, found: Stats, vault: Vault | undefined): Promise<LocalFile> {
  const file = localFile(path, found);
  if (!vault || !beginsAsVault(path)) return file;
  const plain = vault.open(await readFile(path, 'utf8'), { file: path, line: 1, column: 1 });
  const sum = async (algorithm: string) => createHash(algorithm).update(plain).digest('hex');
  return {
    ...file,
    size: plain.length,
    sha256: () => sum('sha256'),
    sha1: () => sum('sha1'),
    bytes: async () => plain,
    stream: () => Readable.from([plain]),
  };
}

function beginsAsVault(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(32);
    return isVaulted(start.subarray(0, readSync(file, start)));
  } finally {
    closeSync(file);
  }
}

function localFile(path: string, { size, mode }: Stats): LocalFile {
  let bytes: Promise<Buffer> | undefined;
  const sums = new Map<string, Promise<string>>();
  const sum = (algorithm: string) => {
    const known = sums.get(algorithm) ?? (size <= small ? digestAtOnce(path, algorithm) : digest(path, algorithm));
    sums.set(algorithm, known);
    return known;
  };
  return {
    path,
    size,
    mode: octalMode(mode),
    sha256: () => sum('sha256'),
    sha1: () => sum('sha1'),
    bytes() {
      if (size > kept) return readFile(path);
      bytes ??= size <= small ? readAtOnce(path) : readFile(path);
      return bytes;
    },
    stream: sharedBlocks(path),
  };
}

async function readAtOnce(path: string): Promise<Buffer> {
  return readFileSync(path);
}

async function digestAtOnce(path: string, algorithm: string): Promise<string> {
  return hash(algorithm, readFileSync(path));
}

/** Two buffers take turns: one is filled while the other is hashed. */
async function digest(path: string, algorithm: string): Promise<string> {
  const whole = createHash(algorithm);
  const file = await open(path);
  try {
    let [next, other] = [Buffer.allocUnsafeSlow(blockBytes), Buffer.allocUnsafeSlow(blockBytes)];
    let reading = file.read(next, 0, blockBytes);
    for (;;) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) return whole.digest('hex');
      const filled = next;
      [next, other] = [other, next];
      reading = file.read(next, 0, blockBytes);
      whole.update(filled.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

export interface LocalEntry {
  readonly path: string;
  readonly type: 'file' | 'directory' | 'link';
  readonly mode: string;
  readonly linkTarget?: string;
}

/**
 * Everything below a folder, relative paths, sorted. At once, four microseconds an entry, where others wait: a turn of the thread
 * pool takes sixteen times as long.
 */
export function listBelow(folder: string): readonly LocalEntry[] {
  const found: LocalEntry[] = [];
  function walk(relative: string): void {
    const entries = readdirSync(join(folder, relative), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = relative ? `${relative}/${entry.name}` : entry.name;
      if (entry.isSymbolicLink())
        found.push({ path, type: 'link', mode: '0777', linkTarget: readlinkSync(join(folder, path)) });
      else {
        const mode = octalMode(statSync(join(folder, path)).mode);
        found.push({ path, type: entry.isDirectory() ? 'directory' : 'file', mode });
        if (entry.isDirectory()) walk(path);
      }
    }
  }
  walk('');
  return found;
}

/** Writes a file of the controller atomically: folders made, temporary file 0600, then renamed. */
export async function saveFile(path: string, chunks: AsyncIterable<Buffer> | Buffer, mode = 0o600): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    if (Buffer.isBuffer(chunks)) await file.writeFile(chunks);
    else for await (const chunk of chunks) await file.write(chunk);
    await file.close();
    await chmod(temporary, mode);
    await rename(temporary, path);
  } catch (error) {
    await file.close().catch(() => {});
    await rm(temporary, { force: true });
    throw error;
  }
}
