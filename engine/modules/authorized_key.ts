import { posix } from 'node:path';
import type { ArgsLiteral, ArgsOf } from '../module/arguments.ts';
import { defineModule } from '../module/definition.ts';
import { type AuthorizedKey, keyOf, withKeys, withoutKeys } from '../module/ssh/authorized-keys.ts';
import { ModuleFailure } from '../target/failure.ts';
import type { Account, FileState } from '../target/state.ts';

interface KeysState {
  /** The file with the keys, `null` where there is none. */
  readonly text: string | null;
  /** The folder of the file is there. */
  readonly folder: boolean;
  /** Where the file is; never asked for. */
  readonly path: string;
  /** Whose keys they are; never asked for. */
  readonly account: Account | undefined;
}

const args = {
  user: { required: true, description: 'who may log in' },
  key: { required: true, description: 'public keys, one a line, as in a .pub file' },
  path: { type: 'path', description: 'the file; .ssh/authorized_keys in the home of the user unless told' },
  manage_dir: { type: 'bool', default: true, description: 'make the folder of the file when it is not there' },
  state: { choices: ['present', 'absent'], default: 'present', description: 'whether the keys shall be there' },
  key_options: { description: 'options in front of the keys: no-pty,command="…"' },
  comment: { description: 'the comment behind the keys, instead of their own' },
  exclusive: { type: 'bool', default: false, description: 'everything else in the file goes' },
  follow: { type: 'bool', default: false, description: 'where the file is a link, change what it points to' },
  validate_certs: { type: 'bool', default: true, description: 'taken and ignored: it is about URLs' },
} as const satisfies ArgsLiteral;
type Args = ArgsOf<typeof args>;

export default defineModule({
  summary: 'Makes public keys be among those that a user may log in with, or not.',
  args,
  returns: {
    user: 'as asked',
    key: 'as asked',
    keyfile: 'the file',
    path: 'the file, where the task names it',
    state: 'as asked',
    exclusive: 'as asked',
    key_options: 'as asked',
    manage_dir: 'as asked',
  },
  examples: `- name: Let the deployer in
  authorized_key:
    user: deploy
    key: "{{ lookup('file', 'deploy.pub') }}"
`,

  async probe({ args, target }): Promise<KeysState> {
    const account = await target.account(args.user);
    const named = args.path ?? (account && posix.join(account.home, '.ssh/authorized_keys'));
    if (named === undefined) throw new ModuleFailure(`Failed to lookup user ${args.user}: there is no such user`);
    const [link, above, aboveFollowed] = await Promise.all([
      target.stat(named),
      target.stat(posix.dirname(named)),
      target.stat(posix.dirname(named), { follow: true }),
    ]);
    if (args.path === undefined) checkFolder(args, posix.dirname(named), above, aboveFollowed);
    const path = args.follow && link.exists && link.linkTarget !== undefined ? pointed(named, link.linkTarget) : named;
    const text = await target.readFile(path);
    return { text: text?.toString() ?? null, folder: aboveFollowed.exists, path, account };
  },

  desired({ args, state }) {
    const keys = keysOf(args);
    const before = state.text ?? '';
    const after = args.state === 'present' ? withKeys(before, keys, args.exclusive) : withoutKeys(before, keys);
    if (after === before) return {};
    return { text: after, ...(args.manage_dir && { folder: true }) };
  },

  async apply({ state, wanted, change, target }) {
    const { account, path } = state;
    const owner = { owner: account?.name, group: account && String(account.gid) };
    if (change.folder) await target.makeDirectory(posix.dirname(path), { mode: '0700', ...owner });
    const attributes = state.text === null ? { mode: '0600', ...owner } : {};
    await target.writeFile(path, Buffer.from(wanted.text ?? ''), attributes);
  },

  returned({ args, state }) {
    const { user, key, path, exclusive, key_options: options, manage_dir } = args;
    const named = path === undefined ? {} : { path };
    return { user, key, keyfile: state.path, ...named, state: args.state, exclusive, key_options: options, manage_dir };
  },

  preview: ({ state, wanted }) => [
    { beforeHeader: state.path, afterHeader: state.path, before: state.text ?? '', after: wanted.text ?? '' },
  ],
});

const pointed = (path: string, to: string) => posix.resolve(posix.dirname(path), to);

/** A user who links the folder away would have keys written to where others log in. */
function checkFolder({ user }: Args, folder: string, above: FileState, followed: FileState): void {
  if (above.exists && above.type === 'link' && followed.exists && followed.owner !== user)
    throw new ModuleFailure(
      `${folder} is a link to a folder of ${followed.owner}: name the file in path if that is meant`,
    );
}

function keysOf(args: Args): readonly AuthorizedKey[] {
  if (/^(https?|ftp):\/\//.test(args.key))
    throw new ModuleFailure(`key: ${args.key} is not fetched from here: use lookup('url', …, split_lines=false)`);
  const lines = args.key.split('\n').filter((line) => !/^\s*(#|$)/.test(line));
  return lines.map((line) => {
    const key = keyOf(line);
    if (key === undefined) throw new ModuleFailure(`invalid key specified: ${line}`);
    return { ...key, options: args.key_options ?? key.options, comment: args.comment ?? key.comment };
  });
}
