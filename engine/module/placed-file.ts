/** One file with a given content at a given place: what copy, template and their like are about. */
import { hash } from 'node:crypto';
import { posix } from 'node:path';
import type { Content } from '../target/content.ts';
import { fileEffects } from '../target/effects.ts';
import { ModuleFailure } from '../target/failure.ts';
import { checksumKind } from '../target/files.ts';
import { effect } from '../target/query.ts';
import { quote } from '../target/quote.ts';
import { temporaryForScript, writeScript } from '../target/scripts.ts';
import type { FileState } from '../target/state.ts';
import type { ReadableTarget, Target, WriteOptions } from '../target/target.ts';
import { isUnknown, Unknown } from '../template/values.ts';
import { attributeResult, changedAttributes, type Owned, ownedBy, wantedAttributes } from './attributes.ts';
import { attributeDiff, contentDiff, shownLimit } from './content-diff.ts';
import type { Diff } from './definition.ts';

export interface PlacedFile extends Owned {
  readonly type: 'absent' | 'file' | 'directory' | 'link' | 'other';
  /** SHA-256 of what it holds. */
  readonly checksum?: string | Unknown | undefined;
  readonly linkTarget?: string | undefined;
}

/** A file of the same host, copied there without travelling. */
export interface HostFile {
  readonly hostPath: string;
  readonly checksum: string;
  readonly size: number;
}

/** What a wanted file is made of; it travels beside the state because it is not compared. */
export interface Body {
  readonly content: Content | HostFile;
  /** Where it comes from, for diffs and results. */
  readonly source: string;
  /** SHA-1, as Ansible's results have it; left out for large files. */
  readonly sha1?: string | undefined;
}
const bodies = new WeakMap<object, Body>();
const present = new WeakMap<object, FileState>();

/** Bytes up to which a file is hashed again, for the sums in results. */
const sumLimit = 16 * 1024 * 1024;

/** What is at a path now. A link is looked through when `follow` is set. */
export async function probePlaced(target: ReadableTarget, path: string, follow: boolean): Promise<PlacedFile> {
  const [file, checksum] = await Promise.all([target.stat(path, { follow }), target.checksum(path)]);
  const type = !file.exists ? 'absent' : isPlaced(file.type) ? file.type : 'other';
  const placed: PlacedFile = {
    type,
    ...(type === 'file' && { checksum }),
    ...(file.exists && file.type === 'link' && { linkTarget: file.linkTarget }),
    ...ownedBy(file),
  };
  present.set(placed, file);
  return placed;
}

/** Asks for a place along with what may still lead elsewhere: most often it is the one meant, and then nothing else is asked. */
export function foresee(target: ReadableTarget, path: string, toBeEdited = false): void {
  const asked: readonly Promise<unknown>[] = [
    target.stat(path),
    target.checksum(path),
    target.exists(posix.dirname(path)),
    toBeEdited ? target.readFile(path) : target.stat(path, { follow: true }),
  ];
  for (const one of asked) one.catch(() => {}); // whoever needs it will ask, and be told
}

function isPlaced(type: string): type is 'file' | 'directory' | 'link' {
  return type === 'file' || type === 'directory' || type === 'link';
}

/** The file wanted at a place, in the words of what is there. */
export async function wantedFile(body: Body, asked: Owned, state: PlacedFile): Promise<PlacedFile> {
  const wanted: PlacedFile = {
    type: 'file',
    checksum: await sha256Of(body.content),
    ...wantedAttributes(asked, state.type === 'link' ? { exists: false } : fileOf(state), 'file'),
  };
  bodies.set(wanted, { ...body, sha1: await sha1Of(body.content) });
  return wanted;
}

/** The directory wanted at a place. */
export function wantedDirectory(asked: Owned, state: PlacedFile): PlacedFile {
  return { type: 'directory', ...wantedAttributes(asked, fileOf(state), 'directory') };
}

/** The wanted place with what nobody asked about taken from the present one, so that the two compare as wholes. */
export function completed(before: PlacedFile, after: PlacedFile): PlacedFile {
  if (before.type !== after.type) return after;
  const whole: PlacedFile = { ...attributesOf(before), ...after };
  const body = bodies.get(after);
  if (body) bodies.set(whole, body);
  return whole;
}

/** The file as it was read; absent for a state that was not. */
export function fileOf(state: PlacedFile): FileState {
  return present.get(state) ?? { exists: false };
}

export function bodyOf(wanted: object): Body {
  const body = bodies.get(wanted);
  if (!body) throw new Error('a wanted file lost its content');
  return body;
}

/** Moves one place from what it is to what it should be: content and attributes in one step, or the attributes alone. */
export async function place(
  target: Target,
  path: string,
  before: PlacedFile,
  after: PlacedFile,
  options: Pick<WriteOptions, 'backup' | 'validate'> = {},
): Promise<void> {
  if (after.type === 'directory' && before.type !== 'directory') {
    await target.makeDirectory(path, attributesOf(after));
  } else if (after.type === 'link') {
    if (before.type !== after.type || before.linkTarget !== after.linkTarget)
      await target.makeLink(path, after.linkTarget ?? '', 'symbolic');
  } else if (after.type === 'file' && (before.type !== 'file' || before.checksum !== after.checksum)) {
    const { content } = bodyOf(after);
    if (isHostFile(content))
      await copyOnHost(target, path, content, { ...attributesOf(before), ...attributesOf(after) }, options);
    else await target.writeFile(path, content, { ...attributesOf(after), ...options });
  } else {
    await target.setAttributes(path, changedAttributes(before, after), { follow: false });
  }
}

async function copyOnHost(
  target: Target,
  path: string,
  source: HostFile,
  after: Known,
  options: WriteOptions,
): Promise<void> {
  const write = writeScript(path, { made: 't' }, { ...after, ...options });
  const content = new Unknown(`${path} is copied by the run`);
  await target.mutate({
    summary: `copy ${source.hostPath} to ${path}`,
    script: `${temporaryForScript(path)}\ncat < ${quote(source.hostPath)} > "$t" || exit 1\n${write}`,
    touches: ['files', 'units', 'kernel', 'facts', 'accounts'],
    effects: [...fileEffects(path, { content, ...after }), effect(checksumKind, path, source.checksum)],
  });
}

function isHostFile(content: Body['content']): content is HostFile {
  return 'hostPath' in content;
}

interface Known {
  readonly mode?: string;
  readonly owner?: string;
  readonly group?: string;
}

function attributesOf({ mode, owner, group }: Owned): Known {
  return {
    ...(mode !== undefined && { mode }),
    ...(owner !== undefined && { owner }),
    ...(group !== undefined && { group }),
  };
}

/** How the change of one place is shown. */
export async function placedDiffs(
  target: ReadableTarget,
  path: string,
  before: PlacedFile,
  after: PlacedFile,
): Promise<readonly Diff[]> {
  const diffs: Diff[] = [];
  if (after.type === 'file' && (before.type !== 'file' || before.checksum !== after.checksum)) {
    const { content, source } = bodyOf(after);
    const old = before.type === 'file' ? await readSmall(target, path, sizeOf(fileOf(before))) : undefined;
    const fresh = isHostFile(content) ? await readSmall(target, content.hostPath, content.size) : content;
    diffs.push(await contentDiff(path, old, source, fresh ?? Buffer.alloc(0)));
  } else if (before.type !== after.type || before.linkTarget !== after.linkTarget) {
    diffs.push({ beforeHeader: path, afterHeader: path, before: described(before), after: described(after) });
  }
  const attributes = attributeDiff(path, before, after);
  if (before.type !== 'absent' && attributes.after !== '') diffs.push(attributes);
  return diffs;
}

/** The content where it is small enough to be shown; otherwise a buffer of that size with nothing in it to show. */
async function readSmall(target: ReadableTarget, path: string, size: number): Promise<Buffer | undefined> {
  return size > shownLimit ? Buffer.alloc(size) : target.readFile(path);
}

const sizeOf = (file: FileState) => (file.exists ? file.size : 0);

function described(state: PlacedFile): string {
  return `${state.type}${state.linkTarget === undefined ? '' : ` to ${state.linkTarget}`}\n`;
}

/** What results say about the file at a place, changed or not. */
export function placedResult(dest: string, state: PlacedFile, wanted: PlacedFile): Readonly<Record<string, unknown>> {
  const body = bodies.get(wanted);
  const content = body?.content;
  const size =
    content === undefined || isUnknown(content) ? undefined : Buffer.isBuffer(content) ? content.length : content.size;
  return {
    dest,
    ...attributeResult(fileOf(state), attributesOf(wanted)),
    ...(body && { src: body.source }),
    ...(size !== undefined && { size }),
    ...(body?.sha1 !== undefined && { checksum: body.sha1 }),
    state: wanted.type,
  };
}

/** Where a path leads when every link in its last step is followed. */
export async function realPath(target: ReadableTarget, path: string, hops = 40): Promise<string> {
  const file = await target.stat(path);
  if (!file.exists || file.linkTarget === undefined) return path;
  if (hops === 0) throw new ModuleFailure(`${path}: too many links`);
  return realPath(target, posix.resolve(posix.dirname(path), file.linkTarget), hops - 1);
}

/** `<path>.<number>.<local date>@<time>~`, as Ansible names the copy of the old file. */
export function backupName(path: string): string {
  const now = new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString();
  const number = Math.floor(Math.random() * 90_000) + 10_000;
  return `${path}.${number}.${now.slice(0, 10)}@${now.slice(11, 19)}~`;
}

/** @throws ModuleFailure when a `validate` has no place for the new file. */
export function checkValidate(validate: string | undefined): void {
  if (validate !== undefined && !validate.includes('%s'))
    throw new ModuleFailure(`validate must hold %s where the new file goes: ${validate}`);
}

/** The MD5 of what a file is rewritten with, for results; left out for large files. */
export async function rewrittenSum(before: PlacedFile, after: PlacedFile): Promise<{ readonly md5sum?: string }> {
  const body = after.type === 'file' && before.checksum !== after.checksum ? bodies.get(after) : undefined;
  const content = body?.content;
  if (content === undefined || isUnknown(content) || isHostFile(content)) return {};
  if (Buffer.isBuffer(content)) return { md5sum: hash('md5', content) };
  return content.size > sumLimit ? {} : { md5sum: hash('md5', await content.bytes()) };
}

async function sha256Of(content: Body['content']): Promise<string | Unknown> {
  if (isUnknown(content)) return content;
  if (isHostFile(content)) return content.checksum;
  return Buffer.isBuffer(content) ? hash('sha256', content) : content.sha256();
}

async function sha1Of(content: Body['content']): Promise<string | undefined> {
  if (isUnknown(content) || isHostFile(content)) return undefined;
  if (Buffer.isBuffer(content)) return hash('sha1', content);
  return content.size > sumLimit ? undefined : content.sha1();
}
