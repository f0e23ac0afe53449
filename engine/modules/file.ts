import { posix } from 'node:path';
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
import { setTimes, timeWanted } from '../module/file-times.ts';
import { deviating, setBelow } from '../module/recurse.ts';
import { treeKind } from '../module/tree.ts';
import { ModuleFailure } from '../target/failure.ts';
import type { FileState } from '../target/state.ts';

/** `type` and what follows are compared; `own`, `subject` and `source` say what was found. */
interface State extends Owned {
  readonly state: 'absent' | 'file' | 'directory' | 'link' | 'hard' | 'other';
  readonly src?: string | undefined;
  /** What below a directory has other attributes than asked for. */
  readonly below?: readonly string[];
  readonly modification_time?: number | 'now';
  readonly access_time?: number | 'now';
  readonly own: FileState;
  /** The file whose attributes are meant: what a link points to, when links are followed. */
  readonly subject: FileState;
  readonly source: FileState;
  readonly parent: boolean;
  readonly empty: boolean;
}

const args = {
  path: { type: 'path', required: true, aliases: ['dest', 'name'], description: 'the file, directory or link' },
  state: {
    choices: ['absent', 'directory', 'file', 'hard', 'link', 'touch'],
    description:
      'what it shall be; unless told what it is, or a directory with recurse. "file" never makes one: use touch, copy or template',
  },
  src: { type: 'path', description: 'what a link points to, or the file a hard link is another name of' },
  recurse: { type: 'bool', default: false, description: 'mode and owner for everything below a directory, too' },
  force: {
    type: 'bool',
    default: false,
    description: 'a link may point nowhere and may replace a file or an empty directory',
  },
  follow: { type: 'bool', default: true, description: 'attributes are those of what a link points to' },
  modification_time: { description: 'now, preserve, or a time; touch means now' },
  modification_time_format: { default: '%Y%m%d%H%M.%S', description: 'how modification_time is written' },
  access_time: { description: 'now, preserve, or a time; touch means now' },
  access_time_format: { default: '%Y%m%d%H%M.%S', description: 'how access_time is written' },
  ...attributeArgs,
} as const;
type Args = ArgsOf<typeof args>;

export default defineModule({
  summary: 'Makes files, directories and links be there or not, with mode and owner.',
  args,
  rules: { requiredIf: [['state', 'hard', ['src']]] },
  returns: {
    path: 'the file or directory',
    dest: 'the same, for links and touch',
    src: 'what a link points to',
    state: 'what it is now',
    mode: 'permissions',
    owner: 'its owner',
    group: 'its group',
    size: 'bytes',
  },
  examples:
    "- name: Make the data directory\n  file:\n    path: /var/lib/etcd\n    state: directory\n    owner: etcd\n    mode: '0700'\n",

  onlyFiles: true,

  async probe({ args, target }): Promise<State> {
    const source = args.state === 'link' || args.state === 'hard' ? sourcePath(args) : undefined;
    const [own, followed, origin, above] = await Promise.all([
      target.stat(args.path),
      target.stat(args.path, { follow: true }),
      source === undefined ? nothing : target.stat(source, { follow: true }),
      target.exists(posix.dirname(args.path)),
    ]);
    const subject =
      args.state === 'link'
        ? args.follow
          ? source === undefined
            ? followed
            : origin
          : own
        : args.follow
          ? followed
          : own;
    const seen = args.state === 'absent' || args.state === 'link' || args.state === 'hard' ? own : subject;
    const isHard =
      args.state === 'hard' &&
      own.exists &&
      origin.exists &&
      own.inode === origin.inode &&
      own.device === origin.device;
    const asksBelow = args.recurse && seen.exists && seen.type === 'directory';
    const replacesDirectory = args.state === 'link' && own.exists && own.type === 'directory';
    const entries = asksBelow || replacesDirectory ? await target.query(treeKind, args.path) : [];
    return {
      state: isHard ? 'hard' : kindOf(own.exists && !seen.exists ? own : seen),
      ...ownedBy(subject),
      ...(own.exists && own.linkTarget !== undefined && { src: own.linkTarget }),
      ...(asksBelow && { below: deviating(args, entries) }),
      ...(subject.exists && { modification_time: subject.mtime, access_time: subject.atime }),
      own,
      subject,
      source: origin,
      parent: above,
      empty: entries.length === 0,
    };
  },

  desired({ args, state }): Partial<State> {
    switch (args.state ?? (state.state === 'absent' ? (args.recurse ? 'directory' : 'file') : state.state)) {
      case 'absent':
        return { state: 'absent' };
      case 'directory':
        return directory(args, state);
      case 'touch':
        return touched(args, state);
      case 'link':
        return link(args, state);
      case 'hard':
        return hard(args, state);
      default:
        if (state.state !== 'file')
          throw new ModuleFailure(`file (${args.path}) is ${state.state}, cannot continue`, {
            path: args.path,
            state: state.state,
          });
        return { state: 'file', ...attributes(args, state), ...times(args, 'preserve') };
    }
  },

  async apply({ args, state, wanted, target }) {
    const { path } = args;
    if (wanted.state === 'absent') return target.remove(path);
    if (wanted.state === 'directory' && state.state === 'absent') await target.makeDirectory(path, plain(wanted));
    else if (wanted.state === 'file' && state.state === 'absent')
      await target.writeFile(path, Buffer.alloc(0), plain(wanted));
    else {
      if (wanted.state === 'link' && (state.state !== 'link' || state.src !== wanted.src)) {
        if (state.state === 'directory') await target.remove(path);
        await target.makeLink(path, wanted.src ?? '', 'symbolic');
      }
      if (wanted.state === 'hard' && state.state !== 'hard') await target.makeLink(path, args.src ?? '', 'hard');
      const changed = changedAttributes(state, wanted);
      if (Object.keys(changed).length > 0) await target.setAttributes(path, changed, { follow: args.follow });
    }
    if (state.below !== undefined && state.below.length > 0)
      await setBelow(target, path, args, await target.query(treeKind, path));
    if (wanted.modification_time !== undefined || wanted.access_time !== undefined)
      await setTimes(target, path, wanted);
  },

  after: attributesAfter,

  returned({ args, state, wanted }) {
    const named =
      wanted.state === 'link' || wanted.state === 'hard' || args.state === 'touch'
        ? { dest: args.path }
        : { path: args.path };
    if (wanted.state === 'absent') return { ...named, state: 'absent' };
    const src = wanted.state === 'link' ? wanted.src : wanted.state === 'hard' ? args.src : undefined;
    return {
      ...named,
      ...attributeResult(state.subject, plain(wanted)),
      ...(src !== undefined && { src }),
      state: wanted.state,
    };
  },
});

const nothing: FileState = { exists: false };

/** A relative src of a link is seen from the link. */
function sourcePath({ state, path, src }: Args): string | undefined {
  return src === undefined || state === 'hard' ? src : posix.resolve(posix.dirname(path), src);
}

function kindOf(file: FileState): State['state'] {
  if (!file.exists) return 'absent';
  return file.type === 'file' || file.type === 'directory' || file.type === 'link' ? file.type : 'other';
}

function attributes(args: Args, { subject }: State, type: 'file' | 'directory' = 'file'): Owned {
  return wantedAttributes(args, subject, subject.exists && subject.type === 'directory' ? 'directory' : type);
}

function plain({ mode, owner, group }: Owned): Owned {
  return {
    ...(mode !== undefined && { mode }),
    ...(owner !== undefined && { owner }),
    ...(group !== undefined && { group }),
  };
}

function times(args: Args, unlessTold: 'now' | 'preserve'): Pick<State, 'modification_time' | 'access_time'> {
  const modified = timeWanted(args.modification_time ?? unlessTold, args.modification_time_format);
  const accessed = timeWanted(args.access_time ?? unlessTold, args.access_time_format);
  return {
    ...(modified !== undefined && { modification_time: modified }),
    ...(accessed !== undefined && { access_time: accessed }),
  };
}

function directory(args: Args, state: State): Partial<State> {
  if (state.state !== 'absent' && state.state !== 'directory')
    throw new ModuleFailure(`${args.path} already exists as a ${state.state}`, { path: args.path });
  return {
    state: 'directory',
    ...attributes(args, state, 'directory'),
    ...(state.below && { below: [] }),
    ...times(args, 'preserve'),
  };
}

function touched(args: Args, state: State): Partial<State> {
  if (state.state === 'absent' && !state.parent)
    throw new ModuleFailure(`${args.path}: the directory above it does not exist`);
  const kind = state.state === 'absent' ? 'file' : state.state;
  return { state: kind, ...attributes(args, state), ...times(args, state.state === 'absent' ? 'preserve' : 'now') };
}

function link(args: Args, state: State): Partial<State> {
  const src = args.src ?? (state.state === 'link' ? state.src : undefined);
  if (src === undefined) throw new ModuleFailure(`state link of ${args.path} needs src`);
  if (!state.parent) throw new ModuleFailure(`${args.path}: the directory above it does not exist`);
  const from = state.state;
  if (from !== 'absent' && from !== 'link' && !args.force)
    throw new ModuleFailure(`refusing to convert from ${from} to symlink for ${args.path}`, { path: args.path });
  if (from === 'directory' && !state.empty)
    throw new ModuleFailure(`the directory ${args.path} is not empty, refusing to convert it`);
  if (!args.force && args.src !== undefined && !state.source.exists) {
    throw new ModuleFailure(
      `src file does not exist, use "force: true" if you really want to create the link: ${sourcePath(args)}`,
      { path: args.path, src },
    );
  }
  const { mode: _, ...owners } = attributes(args, state);
  return { state: 'link', src, ...(state.subject.exists ? (args.follow ? attributes(args, state) : owners) : {}) };
}

function hard(args: Args, state: State): Partial<State> {
  if (!state.source.exists) throw new ModuleFailure(`src does not exist: ${args.src}`, { src: args.src });
  if (state.state === 'directory')
    throw new ModuleFailure(`${args.path} is a directory, refusing to convert it to a hard link`);
  if (state.state === 'file' && !args.force)
    throw new ModuleFailure(`cannot link, ${args.path} exists already; use "force: true" to replace it`);
  return { state: 'hard', ...wantedAttributes(args, state.source, 'file') };
}
