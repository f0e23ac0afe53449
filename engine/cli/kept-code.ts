/**
 * What V8 made of kplay's script, kept from run to run: most of the time of a short run is compiling. Node does this by itself from
 * version 22 (`module.enableCompileCache`), for modules; this does it for Node 20 too.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { cachedDataVersionTag, getHeapCodeStatistics } from 'node:v8';
import type { Script } from 'node:vm';

/** What an earlier run left: V8's form of the script, and how much code there was in the end, in bytes. */
export interface KeptCode {
  readonly data: Buffer;
  readonly size: number;
}

/** Of one bundle and one Node, under the same flags, there is one file; this many are kept. */
const keptFiles = 4;
/** Bytes before the rest: its SHA-256, as V8 believes whatever it is given. The rest is a float that says how much code there was, and V8's data. */
const header = 32;
const float = 8;

/**
 * `$XDG_CACHE_HOME/kplay/code/…`; none where Node is told to keep nothing (`NODE_DISABLE_COMPILE_CACHE`), or nobody is at home. V8 knows a
 * script by its length alone: one that was edited where it lies is told by its time.
 */
export function keptCodeFile(id: string, script: string): string | undefined {
  const { NODE_DISABLE_COMPILE_CACHE: disabled, XDG_CACHE_HOME: given } = process.env;
  if (disabled) return undefined;
  const folder = given && isAbsolute(given) ? given : join(home(), '.cache');
  if (!isAbsolute(folder)) return undefined;
  const [time, flags] = [statSync(script).mtimeMs, cachedDataVersionTag()].map((part) => Math.trunc(part).toString(36));
  return join(folder, 'kplay', 'code', `${id}-${time}-${process.version}-${process.arch}-${flags}.v8`);
}

/** Nothing for a user without an entry, where no variable says it either. */
function home(): string {
  try {
    return homedir();
  } catch {
    return '';
  }
}

const checksum = (data: Buffer) => createHash('sha256').update(data).digest();

/** What is kept is code: only a file that is the user's own, which nobody else may write, is taken. */
export function readCode(file: string): KeptCode | undefined {
  try {
    const opened = openSync(file, 'r');
    try {
      const { uid, mode } = fstatSync(opened);
      if (uid !== process.getuid?.() || (mode & 0o022) !== 0) return undefined;
      const bytes = readFileSync(opened);
      const rest = bytes.subarray(header);
      if (rest.length <= float || !checksum(rest).equals(bytes.subarray(0, header))) return undefined;
      return { data: rest.subarray(float), size: rest.readDoubleLE(0) };
    } finally {
      closeSync(opened);
    }
  } catch {
    return undefined;
  }
}

/** Only a run that came to code which no run before it had needed writes anew. Without a folder to write to, nothing is kept. */
export function keepCode(file: string, script: Script, before: number): void {
  const size = getHeapCodeStatistics().bytecode_and_metadata_size;
  if (size < before * 1.03) return;
  try {
    makeFolder(dirname(file));
    const first = Buffer.alloc(float);
    first.writeDoubleLE(size);
    replace(file, Buffer.concat([first, script.createCachedData()]));
    removeOld(dirname(file));
  } catch {
    // the next run compiles once more
  }
}

function replace(file: string, rest: Buffer): void {
  const written = `${file}.${process.pid}`;
  try {
    writeFileSync(written, Buffer.concat([checksum(rest), rest]), { mode: 0o600, flag: 'wx' });
    renameSync(written, file);
  } catch (error) {
    rmSync(written, { force: true });
    throw error;
  }
}

/** Folder by folder: `recursive` does not end where the file system itself makes them (/proc, what is mounted when asked for). */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

function removeOld(folder: string): void {
  const age = (name: string) => statSync(join(folder, name)).mtimeMs;
  const files = readdirSync(folder).filter((name) => /\.v8(\.\d+)?$/.test(name));
  const old = files.sort((one, other) => age(other) - age(one)).slice(keptFiles);
  for (const name of old) rmSync(join(folder, name), { force: true });
}
