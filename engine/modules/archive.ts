import { type Packed, type Packing, packedKind, packingScript } from '../module/archive/packing-script.ts';
import type { ArgsOf } from '../module/arguments.ts';
import {
  attributeArgs,
  attributeResult,
  attributesAfter,
  changedAttributes,
  type Owned,
  ownedBy,
  wantedAttributes,
} from '../module/attributes.ts';
import { defineModule } from '../module/definition.ts';
import { globKind, isGlob } from '../module/glob.ts';
import { isUnknown, Unknown } from '../module/values.ts';
import { fileEffects } from '../target/effects.ts';
import { ModuleFailure } from '../target/failure.ts';
import { effect } from '../target/query.ts';
import { temporaryForScript, writeScript } from '../target/scripts.ts';
import type { FileState } from '../target/state.ts';
import type { ReadableTarget } from '../target/target.ts';

interface ArchiveState extends Owned {
  /** SHA-256 of what the archive holds, null where there is none. */
  readonly content: string | null | Unknown;
  /** What is there of what shall be packed. */
  readonly sources: readonly string[];
  /** What the rest is made of; never asked for. */
  readonly found: Found;
}

interface Found {
  readonly dest: string;
  readonly file: FileState;
  readonly missing: readonly string[];
  readonly excluded: readonly string[];
  /** How it is packed; undefined where there is nothing to pack. */
  readonly packing: Packing | undefined;
  /** Unknown where what is packed is only there once the run has made it. */
  readonly packed: Packed | Unknown | undefined;
}

const args = {
  path: {
    type: 'list',
    elements: 'path',
    required: true,
    description: 'what to pack; wildcards are those of the shell',
  },
  format: { choices: ['bz2', 'gz', 'tar', 'xz', 'zip'], default: 'gz', description: 'how it is packed' },
  dest: { type: 'path', description: 'the archive; unless told, the path with the format behind it' },
  exclude_path: { type: 'list', elements: 'path', default: [], description: 'what to leave out, with all below it' },
  exclusion_patterns: { type: 'list', elements: 'str', default: [], description: 'names or paths to leave out' },
  force_archive: { type: 'bool', default: false, description: 'an archive also of a single file' },
  remove: { type: 'bool', default: false, description: 'take away what was packed' },
  ...attributeArgs,
} as const;
type Args = ArgsOf<typeof args>;

export default defineModule({
  summary: 'Packs files of the host into an archive there.',
  description: [
    'A single file is only compressed; several, or a directory, become a tar archive first, or a zip archive, which holds what ' +
      'links point to.',
    'The host packs with its own find, tar, gzip, bzip2, xz or zip, always to the same content for the same files: names, ' +
      'permissions, owners, times and bytes. Only where the archive holds other content is it packed again.',
  ],
  args,
  returns: {
    dest: 'the archive',
    state: 'archive, compress, incomplete where something is missing, absent where nothing was there to be packed',
    archived: 'what is in it',
    missing: 'paths that are not there',
    arcroot: 'the folder that names in it are relative to',
    expanded_paths: 'what was packed, wildcards replaced',
    expanded_exclude_paths: 'what was left out, wildcards replaced',
  },
  examples: `- name: Keep the keys of the cluster
  archive:
    path: /etc/kubernetes/pki
    dest: /var/backups/pki.tar.gz
    format: gz
    mode: "0600"
`,

  async probe({ args, target }): Promise<ArchiveState> {
    const [all, excluded] = await Promise.all([expanded(args.path, target), expanded(args.exclude_path, target)]);
    const dest = destOf(args);
    const sources = all.there.filter((path) => !excluded.there.includes(path) && path !== dest);
    const [file, ...files] = await Promise.all([dest, ...sources].map((path) => target.stat(path, { follow: true })));
    if (file!.exists && file!.type !== 'file') throw new ModuleFailure(`dest: ${dest} is a ${file!.type}`);
    const isFolder = (index: number) => files[index]!.exists && files[index]!.type === 'directory';
    const folders = sources.filter((_, index) => isFolder(index));
    check(args, dest, folders, excluded.there);
    const packing = sources.length === 0 ? undefined : packingOf(args, dest, sources, folders, excluded.there);
    // What is only predicted has no inode.
    const made = sources.find((_, index) => files[index]!.exists && files[index]!.inode === 0);
    const packed =
      made === undefined
        ? packing && (await target.query(packedKind, packing))
        : new Unknown(`${made} is made by the run`);
    return {
      content: packed === undefined || isUnknown(packed) ? null : packed.held,
      sources,
      ...ownedBy(file!),
      found: { dest, file: file!, missing: all.missing, excluded: excluded.there, packing, packed },
    };
  },

  desired({ args, state }): Partial<ArchiveState> {
    const { packed, file } = state.found;
    if (packed === undefined && !file.exists) return {};
    return {
      ...(packed !== undefined && { content: isUnknown(packed) ? packed : packed.wanted }),
      ...(args.remove && { sources: [] }),
      ...wantedAttributes(args, file, 'file'),
    };
  },

  async apply({ state, wanted, change, target }) {
    const { dest, packing, packed } = state.found;
    if (change.content && packing) {
      const owned = {
        mode: wanted.mode ?? state.mode,
        owner: wanted.owner ?? state.owner,
        group: wanted.group ?? state.group,
      };
      await target.mutate({
        summary: `pack ${state.sources.join(' ')} into ${dest}`,
        script: [
          temporaryForScript(dest),
          packingScript(packing),
          `( ${writeScript(dest, { made: 't' }, owned)} )`,
        ].join('\n'),
        effects: [
          ...fileEffects(dest, { content: new Unknown(`${dest} is packed by the run`), ...defined(owned) }),
          ...(packed === undefined || isUnknown(packed)
            ? []
            : [effect(packedKind, packing, { ...packed, held: packed.wanted })]),
        ],
        touches: ['files'],
      });
    } else {
      const attributes = changedAttributes(state, wanted);
      if (Object.keys(attributes).length > 0) await target.setAttributes(dest, attributes);
    }
    if (change.sources) for (const path of state.sources) await target.remove(path);
  },

  returned({ state, wanted }) {
    const { dest, file, missing, excluded, packing, packed } = state.found;
    const names = packed === undefined || isUnknown(packed) ? [] : packed.names;
    const whole = packing?.bare ? 'compress' : 'archive';
    return {
      dest,
      state: packing === undefined && !file.exists ? 'absent' : missing.length > 0 && packing ? 'incomplete' : whole,
      archived: names.map((name) => `${packing?.root ?? ''}${name}`),
      missing,
      arcroot: packing?.root ?? '',
      expanded_paths: state.sources,
      expanded_exclude_paths: excluded,
      ...attributeResult(file, { mode: wanted.mode, owner: wanted.owner, group: wanted.group }),
    };
  },

  after: attributesAfter,

  preview({ state, wanted, change }) {
    const { dest, packed } = state.found;
    const header = { beforeHeader: dest, afterHeader: dest };
    const names = packed === undefined || isUnknown(packed) ? state.sources : packed.names;
    const digest = (content: ArchiveState['content'] | undefined) =>
      typeof content === 'string' ? `content: sha256:${content}\n` : '';
    const lines = (owned: Owned) =>
      (['mode', 'owner', 'group'] as const)
        .filter((name) => change[name])
        .map((name) => `${name}: ${owned[name] ?? 'none'}\n`)
        .join('');
    const packing = change.content ? names.map((name) => `${name}\n`).join('') : '';
    const removed = change.sources ? state.sources.map((path) => `${path}\n`).join('') : '';
    return [
      {
        ...header,
        before: `${change.content ? digest(state.content) : ''}${lines(state)}`,
        after: `${change.content ? digest(wanted.content) : ''}${packing}${lines(wanted)}`,
      },
      ...(removed === '' ? [] : [{ beforeHeader: 'packed', afterHeader: 'removed', before: removed, after: '' }]),
    ];
  },
});

function destOf({ dest, path, format }: Args): string {
  const [first = ''] = path;
  if (dest?.startsWith('/') === false) throw new ModuleFailure(`dest: ${dest} must be an absolute path`);
  if (dest !== undefined) return dest;
  if (path.length !== 1 || isGlob(first)) throw new ModuleFailure('dest is needed where path is more than one');
  return `${first.replace(/\/+$/, '')}.${format}`;
}

/** Wildcards replaced; what is not there is missing. */
async function expanded(paths: readonly string[], target: ReadableTarget) {
  const each = await Promise.all(
    paths.map(async (path) => {
      if (!path.startsWith('/')) throw new ModuleFailure(`${path} must be an absolute path`);
      if (isGlob(path)) return { path, found: await target.query(globKind, { pattern: path }) };
      return { path, found: (await target.stat(path, { follow: true })).exists ? [path] : [] };
    }),
  );
  return {
    there: [...new Set(each.flatMap(({ found }) => found))].sort(),
    missing: each.filter(({ path, found }) => found.length === 0 && !isGlob(path)).map(({ path }) => path),
  };
}

function check(args: Args, dest: string, folders: readonly string[], excluded: readonly string[]): void {
  const below = (path: string, folder: string) => path.startsWith(`${folder.replace(/\/+$/, '')}/`);
  const around = folders.find((folder) => below(dest, folder));
  if (around !== undefined)
    throw new ModuleFailure(`dest: ${dest} is in ${around}, which it shall hold: each time it would be another`);
  const lost = args.exclusion_patterns.length > 0 || excluded.some((path) => folders.some((one) => below(path, one)));
  if (args.remove && lost && folders.length > 0)
    throw new ModuleFailure(`remove would take away ${folders[0]} with what is left out of the archive: not both`);
}

function packingOf(
  { format, force_archive: force, exclusion_patterns: patterns }: Args,
  dest: string,
  sources: readonly string[],
  folders: readonly string[],
  excluded: readonly string[],
): Packing {
  const root = commonFolder(sources);
  const names = sources.map((path) => path.slice(root.length).replace(/\/+$/, ''));
  const odd = names.find((name) => name.startsWith('-'));
  if (odd !== undefined) throw new ModuleFailure(`${root}${odd} begins with a dash: name the folder above it`);
  return {
    format,
    bare: !force && format !== 'tar' && format !== 'zip' && sources.length === 1 && folders.length === 0,
    root,
    names,
    excluded: excluded.filter((path) => path.startsWith(root)).map((path) => path.slice(root.length)),
    patterns,
    dest,
  };
}

/** The folder all paths are in, with a slash behind it; a path with a slash at its end is a folder to be in. */
function commonFolder(paths: readonly string[]): string {
  const folder = (path: string) => path.slice(0, path.lastIndexOf('/') + 1);
  return paths.map(folder).reduce((common, one) => {
    let same = 0;
    while (same < common.length && common[same] === one[same]) same += 1;
    return folder(common.slice(0, same));
  });
}

function defined({ mode, owner, group }: Owned) {
  return {
    ...(mode !== undefined && { mode }),
    ...(owner !== undefined && { owner }),
    ...(group !== undefined && { group }),
  };
}
