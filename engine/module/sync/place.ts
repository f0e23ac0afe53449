/** What is at a place of a transfer, and what should be. */
import type { Identity } from '../../target/queries/identity.ts';
import type { FileState, FileType } from '../../target/state.ts';
import type { ReadableTarget } from '../../target/target.ts';
import type { ControllerFile } from '../definition.ts';
import { orUnknown } from '../unknown.ts';
import type { Unknown } from '../values.ts';
import type { Item } from './items.ts';
import type { Source } from './source.ts';
import type { Wishes } from './wishes.ts';

/** One place. What nobody asks about is in what should be as it is in what is. */
export interface Place {
  readonly type: FileType | 'absent';
  /** Bytes; of files alone. */
  readonly size?: number | undefined;
  /** SHA-256, only where size and time do not tell enough. */
  readonly checksum?: string | Unknown | undefined;
  readonly linkTarget?: string | undefined;
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  /** Seconds since the epoch; of all but links. */
  readonly mtime?: number | undefined;
}

/** What is there; a checksum is asked for where the rest leaves it open whether the content is the same. */
export async function placeNow(
  target: ReadableTarget,
  { path, source }: Item,
  file: FileState,
  { wishes: { byContent }, from }: Pick<Asked, 'wishes' | 'from'>,
): Promise<Place> {
  if (!file.exists) return { type: 'absent' };
  const { type, mode, owner, group, mtime, size, linkTarget } = file;
  const alike = source?.type === 'file' && type === 'file' && size === source.size;
  const open = alike && (byContent || mtime !== source.mtime);
  const [checksum] = open ? await Promise.all([orUnknown(target.checksum(path)), from.sha256(source.whole)]) : [];
  return {
    type,
    mode,
    owner,
    group,
    ...(type === 'file' && { size }),
    ...(type === 'link' ? { linkTarget } : { mtime }),
    ...(open && { checksum }),
  };
}

/** Whose files they become: rsync's rule, by name, then by number, and only as far as one may give files away. */
export interface Ownership {
  readonly identity: Identity;
  /** Numbers by the names that the source has, as far as the host has those names. */
  readonly users: ReadonlyMap<string, number>;
  readonly groups: ReadonlyMap<string, number>;
}

export interface Asked {
  readonly wishes: Wishes;
  readonly ownership: Ownership;
  readonly from: Source;
}

/** What should be there. */
export async function placeWanted(
  { source, kind }: Item,
  file: FileState,
  before: Place,
  asked: Asked,
): Promise<Place> {
  const { wishes, from } = asked;
  if (kind === 'removed') return { type: 'absent' };
  if (before.type === 'absent' && wishes.existingOnly) return before;
  if (source === undefined) return before.type === 'absent' ? { type: 'directory' } : before;
  const type = source.type as Exclude<ControllerFile['type'], 'other'>;
  const kept = before.type === type ? before : undefined;
  const open = kept?.checksum !== undefined;
  return {
    type,
    mode: type !== 'link' && wishes.perms ? source.mode : kept?.mode,
    ...owned(source, file, kept, asked),
    ...(type === 'file' && { size: source.size }),
    ...(type === 'link' ? { linkTarget: source.linkTarget } : { mtime: wishes.times ? source.mtime : kept?.mtime }),
    ...(open && { checksum: await from.sha256(source.whole) }),
  };
}

function owned(
  source: ControllerFile,
  file: FileState,
  kept: Place | undefined,
  { wishes, ownership: { identity, users, groups } }: Asked,
): Pick<Place, 'owner' | 'group'> {
  const isRoot = identity.uid === 0;
  const uid = users.get(source.owner) ?? source.uid;
  const gid = groups.get(source.group) ?? source.gid;
  // a state that is only foreseen has names, and no numbers to go by
  const real = kept && file.exists && file.inode !== 0 ? file : undefined;
  const owner = real?.uid === uid ? real.owner : users.has(source.owner) ? source.owner : String(uid);
  const group = real?.gid === gid ? real.group : groups.has(source.group) ? source.group : String(gid);
  return {
    owner: wishes.owner && isRoot ? owner : kept?.owner,
    group: wishes.group && (isRoot || identity.groups.includes(gid)) ? group : kept?.group,
  };
}
