/** What a copy is made of: each place on the host, what is there, and what should be. */
import { posix } from 'node:path';
import { ModuleFailure } from '../target/failure.ts';
import type { FileState } from '../target/state.ts';
import type { ReadableTarget } from '../target/target.ts';
import { dumpJson } from '../template/python/json.ts';
import { toText } from '../template/python/text.ts';
import { isUnknown } from '../template/values.ts';
import type { Owned } from './attributes.ts';
import type { Controller } from './definition.ts';
import {
  type Body,
  foresee,
  type PlacedFile,
  probePlaced,
  realPath,
  wantedDirectory,
  wantedFile,
} from './placed-file.ts';
import { remotePlacements } from './remote-copy.ts';

export interface CopyArgs extends Owned {
  readonly src?: string | undefined;
  readonly content?: unknown;
  readonly dest: string;
  readonly remote_src: boolean;
  readonly follow: boolean;
  readonly local_follow: boolean;
  readonly directory_mode?: string | undefined;
  readonly checksum?: string | undefined;
  readonly decrypt: boolean;
}

/** One place of a copy. */
export interface Placement {
  readonly path: string;
  /** The directory above is missing and nobody makes it. */
  readonly parentMissing: boolean;
  state(): Promise<PlacedFile>;
  want(state: PlacedFile): Promise<PlacedFile>;
}

/** Every place a copy is about, outermost first. */
export async function copyPlacements(
  args: CopyArgs,
  target: ReadableTarget,
  controller: Controller,
): Promise<readonly Placement[]> {
  if (args.remote_src && args.src !== undefined) return remotePlacements(args, args.src, target);
  // asked before the controller's files are read
  if (!args.dest.endsWith('/')) foresee(target, args.dest);
  const source = args.content === undefined ? controller.find('files', args.src ?? '') : undefined;
  if (source !== undefined && (await controller.isDirectory(source)))
    return directoryPlacements(args, source, target, controller);
  const body = source === undefined ? textBody(args) : await fileBody(args, source, controller);
  return filePlacements(args, body, args.mode === 'preserve' ? body.mode : args.mode, target);
}

interface SourceBody extends Body {
  readonly mode?: string | undefined;
}

function textBody({ content, dest }: CopyArgs): SourceBody {
  if (dest.endsWith('/')) throw new ModuleFailure('content needs the path of a file, not of a directory, as dest');
  if (isUnknown(content)) return { content, source: 'content' };
  return {
    content: Buffer.from(typeof content === 'object' && content !== null ? dumpJson(content) : toText(content), 'utf8'),
    source: 'content',
  };
}

async function fileBody({ checksum, decrypt }: CopyArgs, path: string, controller: Controller): Promise<SourceBody> {
  const content = await controller.file(path, { decrypt });
  if (isUnknown(content) || Buffer.isBuffer(content)) return { content, source: path };
  if (checksum !== undefined) {
    const found = checksum.length === 64 ? await content.sha256() : await content.sha1();
    if (found !== checksum.toLowerCase()) throw new ModuleFailure(`${path} has the checksum ${found}, not ${checksum}`);
  }
  return { content, source: path, mode: content.mode };
}

/** A single file; where dest is a directory, inside it under its own name. */
export async function filePlacements(
  args: CopyArgs,
  body: Body,
  mode: string | undefined,
  target: ReadableTarget,
): Promise<readonly Placement[]> {
  if (!args.dest.endsWith('/')) foresee(target, args.dest);
  const [dest, above] = await Promise.all([stat(target, args.dest), target.exists(posix.dirname(args.dest))]);
  const inside = args.dest.endsWith('/') || isDirectory(dest);
  if (inside && body.source === 'content')
    throw new ModuleFailure(`${args.dest} is a directory; content needs the path of a file`);
  const named = inside ? posix.join(args.dest, posix.basename(body.source)) : args.dest;
  const path = args.follow ? await realPath(target, named) : named;
  const file: Placement = {
    path,
    parentMissing: !inside && !above,
    state: () => probePlaced(target, path, false),
    want: (state) => wantedFile(body, { ...args, mode }, state),
  };
  if (!inside || isDirectory(dest)) return [file];
  return [directory(posix.normalize(`${args.dest}/.`), args, target), file];
}

/**
 * A directory and everything in it; `src/` stands for what is in it. A link to a folder that it lies in stays a link. `above` are
 * the folders that were listed on the way here.
 */
async function directoryPlacements(
  args: CopyArgs,
  source: string,
  target: ReadableTarget,
  controller: Controller,
  above: readonly string[] = [controller.realPath(source)],
): Promise<readonly Placement[]> {
  const root = args.src?.endsWith('/') ? args.dest : posix.join(args.dest, posix.basename(source));
  const placements: Placement[] = [directory(trimmed(root), args, target)];
  for (const entry of await controller.list(source)) {
    const [path, from] = [posix.join(root, entry.path), posix.join(source, entry.path)];
    if (entry.type === 'link' && !args.local_follow) placements.push(link(path, entry.linkTarget ?? '', target));
    else if (entry.type === 'directory') placements.push(directory(path, args, target));
    else if (entry.type === 'link' && (await controller.isDirectory(from))) {
      const below = { ...args, src: `${from}/`, dest: path };
      const real = controller.realPath(from);
      if (leadsBack(real, controller.realPath(posix.dirname(from)), above))
        placements.push(link(path, entry.linkTarget ?? '', target));
      else placements.push(...(await directoryPlacements(below, from, target, controller, [...above, real])));
    } else {
      placements.push({
        path,
        parentMissing: false,
        state: () => probePlaced(target, path, false),
        want: async (state) => {
          const body = await fileBody({ ...args, checksum: undefined }, from, controller);
          return wantedFile(body, { ...args, mode: args.mode === 'preserve' ? body.mode : args.mode }, state);
        },
      });
    }
  }
  return placements;
}

/** Whether a link in `folder` to `real` leads to one of the folders above it, or between it and the one listed last. */
function leadsBack(real: string, folder: string, above: readonly string[]): boolean {
  const isBelow = (path: string, top = '/') => `${path}/`.startsWith(`${top === '/' ? '' : top}/`);
  return above.includes(real) || (isBelow(folder, real) && isBelow(real, above.at(-1)));
}

export function directory(path: string, args: CopyArgs, target: ReadableTarget): Placement {
  return {
    path: trimmed(path),
    parentMissing: false,
    state: () => probePlaced(target, path, true),
    want: async (state) => wantedDirectory({ mode: args.directory_mode, owner: args.owner, group: args.group }, state),
  };
}

export function link(path: string, to: string, target: ReadableTarget): Placement {
  return {
    path,
    parentMissing: false,
    state: () => probePlaced(target, path, false),
    want: async () => ({ type: 'link', linkTarget: to }),
  };
}

const stat = (target: ReadableTarget, path: string): Promise<FileState> => target.stat(path, { follow: true });
const isDirectory = (file: FileState) => file.exists && file.type === 'directory';
const trimmed = (path: string) => (path.length > 1 ? path.replace(/\/+$/, '') : path);
