/** What will be true of files once something was done to them: the words check mode predicts in. */
import { createHash } from 'node:crypto';
import { Unknown } from '../template/values.ts';
import type { Content } from './content.ts';
import { checksumKind, contentKind, statKind } from './files.ts';
import { type Effect, effect } from './query.ts';
import type { FileState, FileType, PresentFile } from './state.ts';
import type { Attributes } from './target.ts';

/** Everything that will be true of a path once a file with this content is there. */
export function fileEffects(
  path: string,
  file: {
    readonly content: Buffer | Unknown;
  } & Attributes,
): readonly Effect[] {
  const { content } = file;
  const size = Buffer.isBuffer(content) ? content.length : 0;
  return [
    ...statEffects(path, predicted('file', { ...file, size })),
    effect(checksumKind, path, Buffer.isBuffer(content) ? sha256(content) : content),
    effect(contentKind, path, content),
  ];
}

/** The same of a content that may be large: then all but the content itself is known. */
export async function contentEffects(
  path: string,
  content: Content,
  attributes: Attributes,
): Promise<readonly Effect[]> {
  if (Buffer.isBuffer(content) || content instanceof Unknown || content.size <= mostRemembered)
    return fileEffects(path, { ...attributes, content: await contentBytes(content) });
  return [
    ...statEffects(path, predicted('file', { ...attributes, size: content.size })),
    effect(checksumKind, path, await content.sha256()),
    effect(contentKind, path, new Unknown(`${path} is too large to be looked into before the run`)),
  ];
}

/** Bytes of a content that check mode keeps. */
const mostRemembered = 16 * 1024 * 1024;

/** The two `stat` answers about a path that is no link. */
export function statEffects(path: string, state: FileState): readonly Effect[] {
  return [effect(statKind, { path, follow: false }, state), effect(statKind, { path, follow: true }, state)];
}

/** The attributes of something that does not exist yet; what nobody can know (inode, device) is zero. */
export function predicted(
  type: FileType,
  known: {
    readonly mode?: string | undefined;
    readonly owner?: string | undefined;
    readonly group?: string | undefined;
    readonly size?: number;
    readonly linkTarget?: string;
  },
): PresentFile {
  const now = Math.floor(Date.now() / 1000);
  const owner = known.owner ?? 'root';
  return {
    exists: true,
    type,
    mode: known.mode ?? (type === 'directory' ? '0755' : '0644'),
    uid: /^\d+$/.test(owner) ? Number(owner) : 0,
    gid: 0,
    owner,
    group: known.group ?? owner,
    size: known.size ?? 0,
    inode: 0,
    device: 0,
    links: 1,
    atime: now,
    mtime: now,
    ctime: now,
    ...(known.linkTarget === undefined ? {} : { linkTarget: known.linkTarget }),
  };
}

/** The bytes behind a content, or the unknown that it is. */
export async function contentBytes(content: Content): Promise<Buffer | Unknown> {
  if (Buffer.isBuffer(content) || content instanceof Unknown) return content;
  return content.bytes();
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
