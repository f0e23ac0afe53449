/** The plain changes of files: those that say exactly what they touch, and that nobody waits for an answer of. */
import { posix } from 'node:path';
import type { InTrain } from '../connection/framing.ts';
import { Unknown } from '../template/values.ts';
import type { Content } from './content.ts';
import { aboutOf, type Entry } from './entry.ts';
import { ModuleFailure } from './failure.ts';
import { normalPath } from './files.ts';
import type { Domain, Touched } from './query.ts';
import { attributesScript, directoryScript, writeScript } from './scripts.ts';
import type { Attributes, WriteOptions } from './target.ts';

/** One change, ready to be sent. */
export interface PlainChange {
  readonly summary: string;
  readonly script: string;
  readonly touched: Touched;
  /** Folders that are there afterwards. */
  readonly makes: readonly string[];
}

/** Sends changes one behind the other without waiting: each is made only if those before it were. */
export type SendTrain = (changes: readonly PlainChange[], begin: InTrain) => Promise<void>;

/** Bytes up to which content travels inside a frame; more is streamed on a shell of its own. */
export const inlineLimit = 256 * 1024;
/** What a file can be about: units, kernel settings, accounts; only packages never follow from one. */
export const anything: Touched = { domains: ['files', 'units', 'kernel', 'facts', 'accounts'] satisfies Domain[] };
export const filesOnly: Touched = { domains: ['files'] };

const written = (entry: Entry): Touched => ({
  domains: aboutOf(entry),
  entry: { ...entry, path: normalPath(entry.path) },
});

/** Writing a content that fits into a frame. */
export function writing(path: string, bytes: Buffer, options: WriteOptions): PlainChange {
  // a command that judges the new file is the user's: who knows what else it does
  const touched = options.validate || options.backup ? anything : written({ path, type: 'file' });
  return { summary: `write ${path}`, script: writeScript(path, { inline: bytes }, options), touched, makes: [] };
}

export function makingDirectory(path: string, attributes: Attributes): PlainChange {
  const touched = written({ path, type: 'directory' });
  return { summary: `mkdir ${path}`, script: directoryScript(path, attributes), touched, makes: withParents(path) };
}

export function settingAttributes(
  path: string,
  attributes: Attributes,
  options: { readonly recurse?: boolean; readonly follow?: boolean } = {},
): PlainChange {
  const touched = options.recurse || options.follow ? filesOnly : written({ path, type: 'file' });
  const script = attributesScript(path, attributes, options);
  return { summary: `set attributes of ${path}`, script, touched, makes: [] };
}

/** The bytes of a content that fits into a frame; undefined for what is larger. */
export async function inlineBytes(path: string, content: Content): Promise<Buffer | undefined> {
  if (content instanceof Unknown) throw new ModuleFailure(`the content of ${path} is not known: ${content.reason}`);
  if (Buffer.isBuffer(content)) return content.length <= inlineLimit ? content : undefined;
  return content.size <= inlineLimit ? content.bytes() : undefined;
}

function withParents(path: string): readonly string[] {
  const paths: string[] = [];
  for (let at = normalPath(path); at !== '/' && at !== '.'; at = posix.dirname(at)) paths.push(at);
  return paths;
}
