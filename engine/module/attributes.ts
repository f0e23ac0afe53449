/** Mode and owner of files: the arguments every file module takes, and what they ask for. */
import type { FileState } from '../target/state.ts';
import type { Attributes, ReadableTarget } from '../target/target.ts';
import type { ArgsLiteral } from './arguments.ts';
import { labelArgs } from './file-labels.ts';
import { modeAfter } from './mode.ts';

/** Arguments of every module that leaves a file behind. */
export const attributeArgs = {
  mode: { type: 'mode', description: "permissions: '0644', or a change such as u=rw,g=r" },
  owner: { description: 'name or number of the user who owns it' },
  group: { description: 'name or number of the group that owns it' },
  unsafe_writes: {
    type: 'bool',
    default: false,
    description: 'taken and ignored: files are always replaced atomically',
  },
  ...labelArgs,
} as const satisfies ArgsLiteral;

/** The attributes a file has, as states carry them. */
export interface Owned {
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
}

/** The attributes of what is there, none where nothing is. */
export function ownedBy(file: FileState): Owned {
  return file.exists ? { mode: file.mode, owner: file.owner, group: file.group } : {};
}

/**
 * The attributes asked for, in the words of the state: a number that names the present owner is that owner, a symbolic mode
 * is what comes of it. What is not asked for stays undefined.
 */
export function wantedAttributes(asked: Attributes, file: FileState, type: 'file' | 'directory'): Owned {
  const current = file.exists ? file.mode : type === 'directory' ? '0755' : '0644';
  const { mode, owner, group } = asked;
  return {
    ...(mode !== undefined && mode !== 'preserve' && { mode: modeAfter(mode, current, type === 'directory') }),
    ...(owner !== undefined && { owner: file.exists && owner === String(file.uid) ? file.owner : owner }),
    ...(group !== undefined && { group: file.exists && group === String(file.gid) ? file.group : group }),
  };
}

/** The attributes of `wanted` that are not those of `current`, ready for the target. */
export function changedAttributes(current: Owned, wanted: Owned): Attributes {
  const changed = (['mode', 'owner', 'group'] as const).filter(
    (name) => wanted[name] !== undefined && wanted[name] !== current[name],
  );
  return Object.fromEntries(changed.map((name) => [name, wanted[name]]));
}

/** What results say about a file that is there. */
export function attributeResult(file: FileState, wanted: Owned = {}): Readonly<Record<string, unknown>> {
  if (!file.exists) return { ...wanted };
  const sameOwner = wanted.owner === undefined || wanted.owner === file.owner;
  const sameGroup = wanted.group === undefined || wanted.group === file.group;
  return {
    mode: wanted.mode ?? file.mode,
    owner: wanted.owner ?? file.owner,
    group: wanted.group ?? file.group,
    ...(sameOwner && { uid: file.uid }),
    ...(sameGroup && { gid: file.gid }),
    size: file.size,
  };
}

/** What there is to tell of the file a result is about, once it is there. */
export async function attributesAfter(context: {
  readonly result: Readonly<Record<string, unknown>>;
  readonly target: ReadableTarget;
}): Promise<Readonly<Record<string, unknown>>> {
  const path = context.result['path'] ?? context.result['dest'];
  if (typeof path !== 'string') return {};
  const file = await context.target.stat(path, { follow: true });
  return file.exists ? attributeResult(file) : {};
}

/** What modules that write a file tell of it, for their documentation. */
export const writtenReturns = {
  checksum: 'SHA-1 of the content',
  md5sum: 'its MD5, where it was written',
  size: 'bytes',
  mode: 'permissions',
  owner: 'its owner',
  group: 'its group',
} as const;
