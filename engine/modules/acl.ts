import {
  type AclEntry,
  entriesOfMode,
  entryName,
  normalPermissions,
  parseEntry,
  permissionsOf,
  withEntry,
} from '../module/acl-entry.ts';
import type { ArgsLiteral, ArgsOf } from '../module/arguments.ts';
import { defineModule } from '../module/definition.ts';
import { ModuleFailure, UnknownState } from '../target/failure.ts';
import { type AclKey, aclKind, type FileAcl } from '../target/queries/acls.ts';
import { effect } from '../target/query.ts';
import { quote } from '../target/quote.ts';

interface AclState {
  /** The permissions of the entry by file, null where a file's list is without it. */
  readonly permissions: Readonly<Record<string, string | null>>;
  /** The whole lists; never asked for. */
  readonly lists: readonly FileAcl[];
}

const args = {
  path: { type: 'path', required: true, aliases: ['name'], description: 'the file or the directory' },
  state: {
    choices: ['query', 'present', 'absent'],
    default: 'query',
    description: 'only tell the list, or whether the entry shall be in it',
  },
  entry: { description: 'the entry in one word, [default:]user:NAME:PERMISSIONS' },
  etype: { choices: ['user', 'group', 'mask', 'other'], description: 'whom the entry is about' },
  entity: { default: '', description: 'the user or the group; the owner or the owning group unless told' },
  permissions: { description: 'of r, w, x and X, or a digit' },
  default: { type: 'bool', default: false, description: 'for what comes into being in the directory' },
  recursive: { type: 'bool', default: false, aliases: ['recurse'], description: 'on everything below as well' },
  follow: { type: 'bool', default: true, description: 'a link stands for what it points to' },
  recalculate_mask: {
    choices: ['default', 'mask', 'no_mask'],
    default: 'default',
    description: 'what becomes of the mask; mask even where the entry is one',
  },
  use_nfsv4_acls: { type: 'bool', default: false, description: 'not supported: setfacl knows POSIX lists' },
} as const satisfies ArgsLiteral;
type Args = ArgsOf<typeof args>;

export default defineModule({
  summary: "Sets an entry of a file's access control list, or takes it away.",
  description: ['It is done by setfacl (package acl). Links below a directory are left alone.'],
  args,
  rules: {
    mutuallyExclusive: [
      ['entry', 'etype'],
      ['entry', 'permissions'],
    ],
  },
  returns: { acl: 'the list, as getfacl prints it' },
  examples: `- name: Let prometheus read the certificate of etcd
  acl:
    path: /etc/etcd/pki/client.crt
    etype: user
    entity: prometheus
    permissions: r
    state: present
`,

  async probe({ args, target }): Promise<AclState> {
    const entry = entryOf(args);
    if (args.use_nfsv4_acls) throw new ModuleFailure('lists of NFSv4 are not supported: use nfs4_setfacl by command');
    const file = await target.stat(args.path, { follow: args.follow });
    if (!file.exists) throw new ModuleFailure(`${args.path} does not exist`);
    if (file.type === 'link') throw new ModuleFailure(`${args.path} is a link, which has no list: follow it`);
    if (entry?.isDefault && file.type !== 'directory')
      throw new ModuleFailure(`${args.path} is no directory: only directories have default entries`);
    const lists = await target.query(aclKind, keyOf(args, entry)).catch((error: unknown) => {
      if (file.inode !== 0 || !(error instanceof ModuleFailure || error instanceof UnknownState)) throw error;
      // What is only predicted has no inode, and no list yet but its mode.
      return [{ path: args.path, isDirectory: file.type === 'directory', entries: entriesOfMode(file.mode) }];
    });
    const name = entry && entryName(entry);
    return {
      permissions: each(args, lists, ({ entries }) => (name === undefined ? null : permissionsOf(entries, name))),
      lists,
    };
  },

  desired({ args, state }) {
    const entry = entryOf(args);
    if (entry === undefined || args.state === 'query') return {};
    const { permissions } = entry;
    if (args.state === 'absent') return { permissions: each(args, state.lists, () => null) };
    return { permissions: each(args, state.lists, (file) => normalPermissions(permissions!, file)) };
  },

  async apply({ args, state, wanted, target }) {
    const entry = entryOf(args)!;
    const name = entryName(entry);
    const present = args.state === 'present';
    const mask = { default: [], mask: ['--mask'], no_mask: ['-n'] }[args.recalculate_mask];
    const words = [
      ...['setfacl', ...(args.recursive ? ['-R'] : []), ...mask],
      ...(present ? ['-m', `${name}:${entry.permissions}`] : ['-x', name]),
      ...['--', args.path],
    ];
    await target.mutate({
      summary: words.join(' '),
      script: `export LC_ALL=C\n${words.map(quote).join(' ')}`,
      effects: [effect(aclKind, keyOf(args, entry), after(args, state, wanted))],
      touches: ['files'],
    });
  },

  returned: ({ args, state, wanted }) => ({ acl: after(args, state, wanted).flatMap(({ entries }) => entries) }),

  preview({ args, state, wanted }) {
    const lists = after(args, state, wanted);
    return state.lists.flatMap(({ path, entries }, index) => {
      const [before, now] = [entries, lists[index]!.entries].map((lines) => lines.map((line) => `${line}\n`).join(''));
      return before === now ? [] : [{ beforeHeader: path, afterHeader: path, before: before!, after: now! }];
    });
  },
});

/** A value for each file the entry is for. */
function each<T>(args: Args, lists: readonly FileAcl[], of: (file: FileAcl) => T): Readonly<Record<string, T>> {
  const isDefault = entryOf(args)?.isDefault ?? false;
  return Object.fromEntries(
    lists.filter(({ isDirectory }) => isDirectory || !isDefault).map((file) => [file.path, of(file)]),
  );
}

/** The lists there will be. */
function after(args: Args, { lists, permissions: before }: AclState, wanted: Partial<AclState>): readonly FileAcl[] {
  const entry = entryOf(args);
  const { permissions } = wanted;
  if (entry === undefined || permissions === undefined) return lists;
  const recalculates = args.recalculate_mask !== 'no_mask';
  return lists.map((file) => {
    const one = permissions[file.path];
    if (one === undefined || one === before[file.path]) return file;
    return { ...file, entries: withEntry(file.entries, entry, one, recalculates) };
  });
}

function keyOf(args: Args, entry: AclEntry | undefined): AclKey {
  const numeric = /^\d+$/.test(entry?.entity ?? '');
  return { path: args.path, recursive: args.recursive, numeric };
}

/** The entry the task is about; none where it only asks for the list. @throws ModuleFailure for one that cannot be. */
function entryOf(args: Args): (AclEntry & { readonly permissions: string | undefined }) | undefined {
  if (args.state === 'query' && args.entry === undefined && args.etype === undefined) return undefined;
  const given = args.entry === undefined ? undefined : parseEntry(args.entry);
  const type = given?.type ?? args.etype;
  if (type === undefined) throw new ModuleFailure(`state: ${args.state} needs an entry, or etype`);
  const entry = {
    isDefault: args.default || (given?.isDefault ?? false),
    type,
    entity: given?.entity ?? args.entity,
    permissions: given?.permissions ?? args.permissions,
  };
  if (/[:\s,]/.test(entry.entity)) throw new ModuleFailure(`"${entry.entity}" cannot be the name of a user or a group`);
  if ((type === 'mask' || type === 'other') && entry.entity !== '')
    throw new ModuleFailure(`an entry of ${type} is nobody's: it takes no entity`);
  if (args.state === 'present' && entry.permissions === undefined)
    throw new ModuleFailure('state: present needs permissions');
  if (args.state === 'absent' && entry.permissions !== undefined)
    throw new ModuleFailure('an entry that shall be absent is named without permissions');
  if (args.state === 'absent' && entry.entity === '' && type !== 'mask' && !entry.isDefault)
    throw new ModuleFailure(`the entry ${entryName(entry)} of the file's own permissions cannot be taken away`);
  return entry;
}
