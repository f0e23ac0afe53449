/** A text file that a module edits: read whole, changed as text, replaced as one, with mode and owner by the way. */
import { isUtf8 } from 'node:buffer';
import { posix } from 'node:path';
import { ModuleFailure } from '../target/failure.ts';
import type { ReadableTarget, Target } from '../target/target.ts';
import type { Owned } from './attributes.ts';
import { bytes } from './edit-line.ts';
import {
  backupName,
  checkValidate,
  foresee,
  type PlacedFile,
  place,
  placedDiffs,
  placedResult,
  probePlaced,
  realPath,
  wantedFile,
} from './placed-file.ts';

/** A file with its text. Bytes that are no UTF-8 are kept: such a text is one of bytes. */
export interface EditedFile extends PlacedFile {
  readonly path: string;
  /** `undefined` where there is no regular file. */
  readonly text: string | undefined;
  readonly encoding: 'utf8' | 'latin1';
  /** The directory above is there. */
  readonly parent: boolean;
}

/** Reads a file to be edited; links are followed to what they point to. With `latin1` its text is one of bytes in any case. */
export async function probeEdited(
  target: ReadableTarget,
  named: string,
  as: EditedFile['encoding'] = 'utf8',
): Promise<EditedFile> {
  foresee(target, named, true);
  const path = await realPath(target, named);
  const [placed, content, above] = await Promise.all([
    probePlaced(target, path, false),
    target.readFile(path),
    target.exists(posix.dirname(path)),
  ]);
  const encoding = content === undefined || isUtf8(content) ? as : 'latin1';
  return Object.assign(placed, { path, text: content?.toString(encoding), encoding, parent: above } as const);
}

interface EditArgs extends Owned {
  readonly create?: boolean | undefined;
  readonly backup?: boolean | undefined;
  readonly validate?: string | undefined;
}

/** @throws ModuleFailure where there is no file to edit and none may be made; `what` is the module's word for it. */
export function checkEditable(args: EditArgs, state: EditedFile, what = 'Path'): void {
  checkValidate(args.validate);
  if (state.type === 'directory' || state.type === 'other')
    throw new ModuleFailure(`Path ${state.path} is a ${state.type} !`, { rc: 256 });
  if (state.text === undefined && args.create !== true)
    throw new ModuleFailure(`${what} ${state.path} does not exist !`, { rc: 257 });
}

/** The file wanted, with this text. */
export function wantedEdited(text: string, args: EditArgs, state: EditedFile): Promise<PlacedFile> {
  const { mode, owner, group } = args;
  return wantedFile({ content: Buffer.from(text, state.encoding), source: state.path }, { mode, owner, group }, state);
}

/** The texts of a task as the file has them: in a file of bytes, letters are bytes as well. */
export function spelledAs<T extends object>(args: T, { encoding }: EditedFile): T {
  if (encoding === 'utf8') return args;
  const spelled = Object.entries(args).map(([name, value]) => [name, typeof value === 'string' ? bytes(value) : value]);
  return Object.fromEntries(spelled) as T;
}

/** Replaces the file, or sets its attributes; the directory above is made where it is missing. */
export async function applyEdited(
  target: Target,
  args: EditArgs,
  state: PlacedFile & Pick<EditedFile, 'path' | 'parent'>,
  wanted: object,
): Promise<{ readonly backup_file?: string }> {
  const after = wanted as PlacedFile;
  const rewritten = state.type === 'file' && state.checksum !== after.checksum;
  const backup = args.backup && rewritten ? backupName(state.path) : undefined;
  if (!state.parent) await target.makeDirectory(posix.dirname(state.path), {});
  await place(target, state.path, state, after, { backup, validate: args.validate });
  return { ...(backup !== undefined && { backup_file: backup }) };
}

/** Mode and owner of the file, as results have them. */
export function editedResult(state: EditedFile, wanted: object): Readonly<Record<string, unknown>> {
  const { mode, owner, group, uid, gid } = placedResult(state.path, state, wanted as PlacedFile);
  const named = Object.entries({ mode, owner, group, uid, gid });
  return Object.fromEntries(named.filter(([, value]) => value !== undefined));
}

export function editedDiffs(target: ReadableTarget, state: EditedFile, wanted: object) {
  return placedDiffs(target, state.path, state, wanted as PlacedFile);
}
