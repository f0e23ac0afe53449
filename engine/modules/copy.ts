import { posix } from 'node:path';
import { attributeArgs, attributesAfter, writtenReturns } from '../module/attributes.ts';
import { copyPlacements, type Placement } from '../module/copy-source.ts';
import { type Change, defineModule, type FieldChange } from '../module/definition.ts';
import { byTheHandful, smallContent } from '../module/handful.ts';
import {
  backupName,
  bodyOf,
  checkValidate,
  completed,
  fileOf,
  type PlacedFile,
  place,
  placedDiffs,
  placedResult,
  rewrittenSum,
} from '../module/placed-file.ts';
import { ModuleFailure } from '../target/failure.ts';

/** What is at each place that the copy is about, by path. */
type CopyState = Readonly<Record<string, PlacedFile>>;

export default defineModule({
  summary: 'Copies a file, a directory or a text to the host.',
  description: [
    'A src that ends in "/" means the contents of the directory, a dest that ends in "/" is a directory.',
    'Contents are compared by SHA-256; the checks of a whole directory are one question to the host.',
  ],
  args: {
    src: {
      description:
        'file or directory, looked for in files/ of the role and beside the playbook; with remote_src, on the host',
    },
    content: {
      type: 'raw',
      description: 'the content itself, instead of src; mappings and lists become JSON',
    },
    dest: { type: 'path', required: true, description: 'where it goes' },
    backup: { type: 'bool', default: false, description: 'keep a copy of the old file beside it' },
    force: { type: 'bool', default: true, description: 'false leaves a file that is there alone' },
    remote_src: { type: 'bool', default: false, description: 'src is on the host' },
    follow: { type: 'bool', default: false, description: 'write to what a link at dest points to' },
    local_follow: { type: 'bool', default: true, description: 'copy what links in src point to, not the links' },
    directory_mode: { type: 'mode', description: 'permissions of directories that a copied directory brings along' },
    checksum: { description: 'SHA-1 (or SHA-256) that the content must have' },
    decrypt: { type: 'bool', default: true, description: 'decrypt a vault file on the way' },
    validate: { description: 'a command that must succeed before the file is used; %s is its path' },
    ...attributeArgs,
    mode: {
      type: 'mode',
      words: ['preserve'],
      description: "permissions: '0644', u=rw,g=r, or preserve for those of src",
    },
  },
  tolerates: ['content'],
  rules: { requiredOneOf: [['src', 'content']], mutuallyExclusive: [['src', 'content']] },
  returns: {
    dest: 'the file or directory',
    src: 'where the content comes from',
    ...writtenReturns,
    state: 'file or directory',
    backup_file: 'the copy of the old file',
  },
  examples:
    "- name: Install the CA\n  copy:\n    src: pki/ca.crt\n    dest: /etc/kubernetes/pki/ca.crt\n    mode: '0644'\n",

  onlyFiles: true,

  async probe({ args, target, controller }): Promise<CopyState> {
    const placements = await copyPlacements(args, target, controller);
    const states = await Promise.all(
      placements.map(async (placement) => [placement.path, await placement.state()] as const),
    );
    const state = Object.fromEntries(states);
    planned.set(state, placements);
    return state;
  },

  async desired({ args, state }) {
    checkValidate(args.validate);
    const wanted = await Promise.all(
      placementsOf(state).map(async ({ path, want, parentMissing }) => {
        const before = state[path]!;
        if (before.type !== 'absent' && before.type !== 'directory' && !args.force) return [path, undefined] as const;
        if (parentMissing) throw new ModuleFailure(`the directory ${posix.dirname(path)} does not exist`);
        const after = await want(before);
        const clash = before.type === 'other' || (before.type === 'directory') !== (after.type === 'directory');
        if (before.type !== 'absent' && clash)
          throw new ModuleFailure(`${path} is a ${before.type}, not a ${after.type}`);
        return [path, completed(before, after)] as const;
      }),
    );
    return Object.fromEntries(wanted.filter(([, after]) => after !== undefined)) as CopyState;
  },

  async apply({ args, change, target }) {
    const backups: string[] = [];
    await byTheHandful(
      changes(change),
      ([, { after }]) => isLarge(after),
      ([path, { before, after }]) => {
        const rewritten = before.type === 'file' && after.type === 'file' && before.checksum !== after.checksum;
        const backup = args.backup && rewritten ? backupName(path) : undefined;
        if (backup !== undefined) backups.push(backup);
        return place(target, path, before, after, { backup, validate: args.validate });
      },
    );
    const [only, ...others] = changes(change);
    const sum = only && others.length === 0 ? await rewrittenSum(only[1].before, only[1].after) : {};
    return { ...(backups.length > 0 && { backup_file: backups[0] }), ...sum };
  },

  after: attributesAfter,

  returned({ args, state, wanted }) {
    const paths = placementsOf(state).map((placement) => placement.path);
    const only = paths.length === 1 ? paths[0] : undefined;
    const after = only === undefined ? undefined : wanted[only];
    if (only !== undefined && after)
      return { ...placedResult(only, state[only]!, after), ...(args.src !== undefined && { src: sourceOf(after) }) };
    if (only !== undefined)
      return {
        dest: only,
        msg: 'file already exists',
        src: args.src,
        ...(fileOf(state[only]!).exists && { state: state[only]!.type }),
      };
    return { dest: args.dest, src: args.src, state: 'directory' };
  },

  async preview({ change, target }) {
    const diffs = await Promise.all(
      changes(change).map(([path, { before, after }]) => placedDiffs(target, path, before, after)),
    );
    return diffs.flat();
  },
});

const planned = new WeakMap<object, readonly Placement[]>();

function placementsOf(state: CopyState): readonly Placement[] {
  return planned.get(state) ?? [];
}

/** Directories come before what is in them. */
function changes(change: Change<CopyState>): readonly (readonly [string, FieldChange<PlacedFile>])[] {
  const all = Object.entries(change) as [string, FieldChange<PlacedFile>][];
  return all.sort(([a], [b]) => (a < b ? -1 : 1));
}

function isLarge(after: PlacedFile): boolean {
  if (after.type !== 'file') return false;
  const { content } = bodyOf(after);
  if (Buffer.isBuffer(content)) return content.length > smallContent;
  return !('size' in content) || content.size > smallContent;
}

function sourceOf(after: PlacedFile): string | undefined {
  return after.type === 'file' ? bodyOf(after).source : undefined;
}
