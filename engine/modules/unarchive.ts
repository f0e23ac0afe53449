import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import { type ArchiveEntry, chosen, deviation, refuseEscapes } from '../module/archive/entry.ts';
import { hostArchiveKind, readable, tarFlags } from '../module/archive/host-archive.ts';
import { type Archive, readArchive } from '../module/archive/read-archive.ts';
import type { ArgsOf } from '../module/arguments.ts';
import { attributeArgs, attributeResult, changedAttributes, wantedAttributes } from '../module/attributes.ts';
import { type Controller, defineModule } from '../module/definition.ts';
import { labelsAsked } from '../module/file-labels.ts';
import { matchesSomething } from '../module/glob.ts';
import { orUnknown } from '../module/unknown.ts';
import { isUnknown, Unknown } from '../module/values.ts';
import type { LocalFile } from '../target/content.ts';
import { fileEffects, predicted, statEffects } from '../target/effects.ts';
import { ModuleFailure } from '../target/failure.ts';
import { contentKind } from '../target/files.ts';
import { type Effect, effect } from '../target/query.ts';
import { quote } from '../target/quote.ts';
import type { FileState } from '../target/state.ts';
import type { ReadableTarget } from '../target/target.ts';

interface State {
  /** What is missing on the host or other than in the archive, one line each. */
  readonly differing: readonly string[];
  /** The archive; undefined where nothing is to be unpacked, unknown where the archive is only predicted. */
  readonly source: Source | Unknown | undefined;
  readonly dest: FileState;
}

interface Source extends Archive {
  /** The archive on the controller; undefined where it is on the host. */
  readonly file: LocalFile | undefined;
  readonly path: string;
}

const args = {
  src: { required: true, description: 'the archive: a file of the controller, or with remote_src of the host' },
  dest: { type: 'path', required: true, description: 'the directory to unpack into; it must be there' },
  remote_src: { type: 'bool', default: false, description: 'src is on the host' },
  copy: { type: 'bool', default: true, description: 'the opposite of remote_src' },
  creates: { type: 'path', description: 'when something is there, nothing is unpacked' },
  include: { type: 'list', elements: 'str', default: [], description: 'unpack only what matches' },
  exclude: { type: 'list', elements: 'str', default: [], description: 'leave out what matches' },
  keep_newer: { type: 'bool', default: false, description: 'leave files alone that are newer than in the archive' },
  list_files: { type: 'bool', default: false, description: 'return the names of all files' },
  extra_opts: { type: 'list', elements: 'str', default: [], description: 'more options for tar or unzip' },
  io_buffer_size: { type: 'int', default: 65536, description: 'taken and ignored' },
  validate_certs: { type: 'bool', default: true, description: 'taken and ignored: URLs are for get_url' },
  decrypt: { type: 'bool', default: true, description: 'decrypt a vault file on the way' },
  ...attributeArgs,
} as const;
type Args = ArgsOf<typeof args>;

export default defineModule({
  summary: 'Unpacks a tar or zip archive on the host.',
  description: [
    'Names, types, sizes, times and modes of the archive are compared with what the host has, so a second run unpacks nothing.',
    'Tar archives may be packed with gzip, xz, bzip2 or zstd. Nothing is ever written outside of dest.',
  ],
  args,
  returns: {
    dest: 'the directory',
    src: 'the archive',
    handler: 'TarArchive, TgzArchive, TarBzipArchive, TarXzArchive, TarZstdArchive or ZipArchive',
    extract_results: 'what the program said that unpacked it: rc, out, err',
    files: 'what is in it, with list_files',
    state: 'directory',
    mode: 'permissions of the directory',
  },
  examples:
    '- unarchive:\n    src: containerd.tar.gz\n    dest: /usr/local\n- unarchive:\n    src: /var/cache/etcd.tar.gz\n    dest: /opt/etcd\n    remote_src: true\n    creates: /opt/etcd/etcd\n',

  async probe({ args, target, controller }): Promise<State> {
    if (labelsAsked(args))
      throw new ModuleFailure(
        'unarchive sets no attributes and no SELinux context of what it unpacks: use file with recurse behind it',
      );
    const [dest, created] = await Promise.all([
      target.stat(args.dest, { follow: true }),
      args.creates === undefined ? false : matchesSomething(target, args.creates),
    ]);
    if (created) return { differing: [], source: undefined, dest };
    if (!dest.exists || dest.type !== 'directory')
      throw new ModuleFailure(`dest '${args.dest}' must be an existing dir`, { dest: args.dest });
    const archive =
      args.remote_src || !args.copy
        ? await onHost(args.src, target)
        : await onController(args.src, controller, args.decrypt);
    if (isUnknown(archive))
      return { differing: [`(known once it is there: ${archive.reason})`], source: archive, dest };
    refuseEscapes(archive.entries);
    const source = {
      ...archive,
      entries: chosen(archive.entries, args.include, args.exclude).filter(({ path }) => path !== ''),
    };
    const differing = await Promise.all(
      source.entries.map(async (entry) => {
        const file = await target.stat(posix.join(args.dest, entry.path));
        const how =
          deviation(entry, file, { keepNewer: args.keep_newer, mode: args.mode === undefined }) ??
          attributesOff(args, file);
        return how === undefined ? [] : [`${entry.path} (${how})`];
      }),
    );
    return { differing: differing.flat(), source, dest };
  },

  desired: ({ state }): Partial<State> => (state.source === undefined ? {} : { differing: [] }),

  async apply({ args, state, target }) {
    const { source } = state;
    if (source === undefined) return {};
    if (isUnknown(source)) {
      const made = args.creates === undefined ? [] : fileEffects(args.creates, { content: source, mode: '0755' });
      await target.mutate({
        summary: `unpack ${args.src} into ${args.dest}`,
        script: 'exit 1',
        effects: made,
        bringsBelow: args.dest,
      });
      return {};
    }
    const uploaded =
      source.file === undefined ? undefined : posix.join(args.dest, `.kplay.${randomBytes(8).toString('hex')}`);
    if (uploaded !== undefined && source.file !== undefined)
      await target.writeFile(uploaded, source.file, { mode: '0600' });
    const done = await target.mutate({
      summary: `unpack ${source.path} into ${args.dest}`,
      script: extraction(args, source, uploaded ?? source.path, uploaded !== undefined),
      effects: [
        ...source.entries.flatMap((entry) => effectsOf(args, entry)),
        ...(uploaded === undefined
          ? []
          : [...statEffects(uploaded, { exists: false }), effect(contentKind, uploaded, undefined)]),
      ],
    });
    return { extract_results: { rc: done.code, out: done.stdout.toString(), err: done.stderr.toString() } };
  },

  returned({ args, state, wanted }) {
    if (wanted.differing === undefined)
      return { dest: args.dest, src: args.src, msg: `skipped, since ${args.creates} exists` };
    const source = isUnknown(state.source) ? undefined : state.source;
    const files = source?.entries.map(({ name }) => name);
    return {
      dest: args.dest,
      src: source?.path ?? args.src,
      ...(source && { handler: handlers[source.packing] }),
      state: 'directory',
      ...attributeResult(state.dest),
      ...(args.list_files && { files }),
    };
  },
});

/** Ansible's names of them. */
const handlers: Readonly<Record<Source['packing'], string>> = {
  ...{ tar: 'TarArchive', gzip: 'TgzArchive', bzip2: 'TarBzipArchive' },
  ...{ xz: 'TarXzArchive', zstd: 'TarZstdArchive', zip: 'ZipArchive' },
};

async function onController(src: string, controller: Controller, decrypt: boolean): Promise<Source | Unknown> {
  if (/^(https?|ftp):\/\//.test(src))
    throw new ModuleFailure(`${src} is a URL: download it with get_url, and unpack it with remote_src`);
  const path = controller.find('files', src);
  const file = await controller.file(path, { decrypt });
  if (isUnknown(file)) return file;
  if (Buffer.isBuffer(file)) return new Unknown(`${path} is made by the run`);
  return { ...(await readArchive(file)), file, path };
}

async function onHost(src: string, target: ReadableTarget): Promise<Source | Unknown> {
  const file = await orUnknown(target.stat(src, { follow: true }));
  if (isUnknown(file)) return file;
  if (!file.exists) throw new ModuleFailure(`Source '${src}' does not exist`);
  // What is only predicted has no inode.
  if (file.inode === 0) return new Unknown(`${src} is brought by the run`);
  return { ...readable(await target.query(hostArchiveKind, src), src), file: undefined, path: src };
}

function attributesOff(args: Args, file: FileState): string | undefined {
  if (!file.exists || file.type === 'link') return undefined;
  const off = changedAttributes(file, wantedAttributes(args, file, file.type === 'directory' ? 'directory' : 'file'));
  return Object.keys(off).length === 0 ? undefined : `${file.mode} ${file.owner}:${file.group}`;
}

/** One script: unpack the chosen members, then set what was asked for on them. */
function extraction(args: Args, { packing, entries }: Source, archive: string, temporary: boolean): string {
  const whole = args.include.length === 0 && args.exclude.length === 0;
  const members = entries.filter(({ type }) => type !== 'directory').map(({ name }) => name);
  const extra = args.extra_opts.map(quote).join(' ');
  const [dest, file] = [quote(args.dest), quote(archive)];
  const unpack =
    packing === 'zip'
      ? `unzip ${args.keep_newer ? '-u' : ''} -o -q ${extra} ${file} ${whole ? '' : members.map((name) => quote(name.replace(/[[*?\\]/g, '[$&]'))).join(' ')} -d ${dest}`
      : `tar -x ${tarFlags[packing]} ${args.keep_newer ? '--keep-newer-files' : ''} ${extra} -C ${dest} -f ${file} ${whole ? '' : '-T "$list"'}`;
  const paths = entries.filter(({ type }) => type !== 'link').map(({ path }) => posix.join(args.dest, path));
  const own =
    args.owner === undefined && args.group === undefined
      ? ''
      : `chown ${quote(`${args.owner ?? ''}${args.group === undefined ? '' : `:${args.group}`}`)}`;
  const each = [own, args.mode === undefined ? '' : `chmod ${quote(args.mode)}`].filter((command) => command !== '');
  const temp = temporary ? `rm -f ${file}` : ':';
  return [
    'list=',
    `trap '${temp.replaceAll("'", "'\\''")}; [ -z "$list" ] || rm -f "$list"' EXIT`,
    ...(whole || packing === 'zip'
      ? []
      : [
          `list=$(mktemp ${quote(posix.join(args.dest, '.kplay.XXXXXXXX'))}) || exit 1`,
          `cat > "$list" <<'KPLAY_LIST'\n${members.join('\n')}\nKPLAY_LIST`,
        ]),
    `${unpack} || exit 1`,
    ...each.map(
      (command) => `tr '\\n' '\\0' <<'KPLAY_LIST' | xargs -0 -r ${command} || exit 1\n${paths.join('\n')}\nKPLAY_LIST`,
    ),
  ].join('\n');
}

/** What is known of an entry once it is unpacked: everything but what is in it. */
function effectsOf(args: Args, entry: ArchiveEntry): readonly Effect[] {
  const path = posix.join(args.dest, entry.path);
  const type = entry.type === 'hard' ? 'file' : entry.type;
  const fresh = predicted(type, {
    size: entry.size,
    ...(entry.mode !== undefined && { mode: entry.mode }),
    ...(entry.linkTarget !== undefined && { linkTarget: entry.linkTarget }),
  });
  const asked = type === 'link' ? {} : wantedAttributes(args, fresh, type === 'directory' ? 'directory' : 'file');
  const owner = {
    owner: asked.owner ?? fresh.owner,
    group: asked.group ?? fresh.group,
    mode: asked.mode ?? fresh.mode,
  };
  const content = type === 'file' ? fileEffects(path, { content: new Unknown(`${path} is unpacked by the run`) }) : [];
  return [...content, ...statEffects(path, { ...fresh, ...owner, mtime: entry.mtime ?? fresh.mtime })];
}
