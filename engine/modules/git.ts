import type { ArgsLiteral, ArgsOf } from '../module/arguments.ts';
import { defineModule } from '../module/definition.ts';
import { checkoutScript, type Version } from '../module/git/checkout-script.ts';
import { globKind } from '../module/glob.ts';
import { refuse } from '../module/refuse.ts';
import { Unknown } from '../module/values.ts';
import { predicted, statEffects } from '../target/effects.ts';
import { ModuleFailure } from '../target/failure.ts';
import {
  type Checkout,
  type CheckoutKey,
  checkoutKind,
  type GitCall,
  type Remote,
  remoteKind,
} from '../target/queries/git.ts';
import { effect } from '../target/query.ts';
import { quote } from '../target/quote.ts';

interface GitState {
  /** The commit checked out (of a bare repository, what the version names), null where there is none. */
  readonly head: string | null | Unknown;
  readonly branch: string | null;
  /** Where it comes from. */
  readonly url: string | null;
  /** No file that git knows is changed. */
  readonly clean: boolean;
  /** All submodules are where the commit has them. */
  readonly submodules: boolean;
  /** The checkout, undefined where there is none; never asked for. */
  readonly checkout: Checkout | undefined;
  /** There is something else at the path; never asked for. */
  readonly taken: boolean;
  /** What the repository has, undefined where nobody had to ask; never asked for. */
  readonly remote: Remote | undefined;
}

const args = {
  repo: {
    required: true,
    aliases: ['name'],
    description: 'where the repository is: an ssh, http or git URL, or a path',
  },
  dest: { type: 'path', required: true, description: 'where the checkout shall be' },
  version: { default: 'HEAD', description: 'a branch, a tag, a commit, or HEAD for the main branch' },
  remote: { default: 'origin', description: 'the name that the checkout has for the repository' },
  refspec: { description: 'something else to fetch as well, such as refs/pull/7/head' },
  depth: { type: 'int', description: 'fetch so many commits of the history' },
  clone: { type: 'bool', default: true, description: 'make a checkout where there is none' },
  update: { type: 'bool', default: true, description: 'bring a checkout that is there to the version' },
  force: { type: 'bool', default: false, description: 'throw away what is changed in files that git knows' },
  bare: { type: 'bool', default: false, description: 'a repository without files checked out' },
  recursive: { type: 'bool', default: true, description: 'submodules as well' },
  single_branch: { type: 'bool', default: false, description: 'fetch only the version asked for' },
  reference: { type: 'path', description: 'a repository on the host to borrow objects from' },
  accept_hostkey: { type: 'bool', default: false, description: 'take whatever key the host of the repository has' },
  accept_newhostkey: { type: 'bool', default: false, description: 'take the key of a host that is not known yet' },
  key_file: { type: 'path', description: 'the private key for ssh' },
  ssh_opts: { description: 'more options for ssh' },
  executable: { type: 'path', default: 'git', description: 'the git to use' },
  umask: { type: 'mode', description: 'permissions that new files do not get' },
  verify_commit: {
    type: 'bool',
    default: false,
    description: 'check out only what is signed by a key the host trusts',
  },
  track_submodules: { type: 'bool', default: false, description: 'refused: submodules are where the commit has them' },
  gpg_allowlist: {
    type: 'list',
    elements: 'str',
    default: [],
    aliases: ['gpg_whitelist'],
    description: 'refused: with verify_commit the keys that the host trusts count',
  },
  archive: { type: 'path', description: 'refused: the module archive packs a checkout' },
  archive_prefix: { description: 'refused, as archive' },
  separate_git_dir: { type: 'path', description: 'refused: the repository is in the checkout' },
} as const satisfies ArgsLiteral;
type Args = ArgsOf<typeof args>;

export default defineModule({
  summary: 'Makes a checkout of a git repository be at a version.',
  description: [
    'Hooks are not run, and nobody is asked for a password: what needs one fails.',
    'Commits made in the checkout on the branch asked for are left behind, as with `git reset --hard`.',
  ],
  args,
  rules: { mutuallyExclusive: [['accept_hostkey', 'accept_newhostkey']] },
  returns: {
    before: 'the commit that was checked out, null where there was none',
    after: 'the commit that is checked out now',
    remote_url_changed: 'the checkout came from another repository',
  },
  examples: `- name: Check out the release
  git:
    repo: https://git.example.com/app.git
    dest: /srv/app
    version: v1.4.2
    depth: 1
`,

  async probe({ args, target, controller }): Promise<GitState> {
    check(args);
    const password = /^[a-z+]+:\/\/[^/@:]*:([^/@]+)@/.exec(args.repo)?.[1];
    if (password !== undefined) controller.secret(password);
    const [place, inside] = await Promise.all([
      target.stat(args.dest, { follow: true }),
      target.stat(gitFolder(args), { follow: true }),
    ]);
    if (!inside.exists) {
      const taken = place.exists && (await target.query(globKind, { pattern: '*', folder: args.dest })).length > 0;
      const remote = isCommit(args.version) ? undefined : await target.query(remoteKind, remoteKey(args));
      return { ...nothing, taken: taken || (place.exists && place.type !== 'directory'), remote };
    }
    const checkout = await target.query(checkoutKind, checkoutKey(args));
    const asks = args.update && !isCommit(args.version);
    const remote = asks ? await target.query(remoteKind, remoteKey(args)) : undefined;
    const { head, branch, url, clean, submodules } = checkout;
    return {
      ...{ head: args.bare ? checkout.known : head, branch, url, clean, submodules },
      ...{ checkout, taken: false, remote },
    };
  },

  desired({ args, state }) {
    const { checkout } = state;
    if (checkout ? !args.update : !args.clone) return {};
    if (state.taken) throw new ModuleFailure(`${args.dest} is there already, and is no git repository`);
    if (checkout && !checkout.clean && !args.force)
      throw new ModuleFailure(`Local modifications exist in the destination: ${args.dest} (force=no).`);
    const { version, head } = versionOf(args, state);
    return {
      head,
      url: args.repo,
      ...(version.kind === 'branch' && !args.bare && { branch: version.name }),
      ...(!args.bare && { clean: true, ...(args.recursive && { submodules: true }) }),
    };
  },

  async apply({ args, state, wanted, target }) {
    const { checkout } = state;
    const { version } = versionOf(args, state);
    const url = checkout?.url === args.repo ? 'same' : checkout?.url ? 'other' : 'none';
    const after = {
      ...{ head: wanted.head ?? null, branch: wanted.branch ?? null, url: args.repo, clean: true, submodules: true },
      ...{ shallow: args.depth !== undefined, known: wanted.head ?? null },
    };
    const believed = wanted.head instanceof Unknown ? wanted.head : (after as Checkout);
    const { stdout } = await target.mutate({
      summary: `git ${checkout ? 'update' : 'clone'} ${args.dest}`,
      script: checkoutScript({
        ...args,
        call: callOf(args),
        version,
        present: checkout === undefined ? false : { url, shallow: checkout.shallow },
      }),
      effects: [
        effect(checkoutKind, checkoutKey(args), believed),
        ...(checkout
          ? []
          : [args.dest, gitFolder(args)].flatMap((path) => statEffects(path, predicted('directory', {})))),
      ],
      bringsBelow: args.dest,
    });
    const commit = stdout.toString().trim();
    return commit === '' ? {} : { after: commit };
  },

  returned: ({ args, state, wanted }) => ({
    before: state.head,
    after: wanted.head ?? (state.checkout ? state.head : (versionOf(args, state).head ?? null)),
    remote_url_changed: wanted.url !== undefined && state.checkout !== undefined && state.url !== wanted.url,
  }),

  preview({ args, change }) {
    const lines = (side: 'before' | 'after') =>
      Object.entries(change)
        .flatMap(([name, one]) => (one[side] === null ? [] : [`${name}: ${said(one[side])}\n`]))
        .join('');
    return [{ beforeHeader: args.dest, afterHeader: args.dest, before: lines('before'), after: lines('after') }];
  },
});

const nothing = { head: null, branch: null, url: null, clean: true, submodules: true, checkout: undefined } as const;

const said = (value: unknown) => (value instanceof Unknown ? `(not known yet: ${value.reason})` : String(value));

const gitFolder = ({ dest, bare }: Args) => `${dest.replace(/\/$/, '')}/${bare ? 'HEAD' : '.git'}`;

const isCommit = (version: string) => /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(version);

const checkoutKey = (args: Args): CheckoutKey => ({ ...named(args), call: callOf(args) });
const named = ({ dest, remote, version }: Args) => ({ dest, remote, version });
const remoteKey = (args: Args) => ({ repo: args.repo, version: args.version, call: callOf(args) });

function check(args: Args): void {
  const { version, remote, umask } = args;
  refuse('git', [
    [args.track_submodules, 'track_submodules: submodules are where the commit has them'],
    [args.gpg_allowlist.length > 0, 'gpg_allowlist: with verify_commit the keys that the host trusts count'],
    [args.archive !== undefined || args.archive_prefix !== undefined, 'archive: the module archive packs a checkout'],
    [args.separate_git_dir !== undefined, 'separate_git_dir: the repository is in the checkout'],
  ]);
  // Names that git refuses anyhow, some of which it would take for options.
  for (const name of [version, remote]) {
    if (/^-|[\s~^:?*[\\\x00-\x1f]|\.\.|@\{|^$/.test(name))
      throw new ModuleFailure(`"${name}" cannot be the name of a version or a remote`);
  }
  if (umask !== undefined && !/^[0-7]+$/.test(umask)) throw new ModuleFailure(`umask: "${umask}" is not octal`);
}

function callOf({
  executable,
  accept_hostkey: any,
  accept_newhostkey: fresh,
  key_file: key,
  ssh_opts: more,
}: Args): GitCall {
  const words = [
    ...(any ? ['-o StrictHostKeyChecking=no'] : fresh ? ['-o StrictHostKeyChecking=accept-new'] : []),
    ...(key === undefined ? [] : [`-i ${quote(key)} -o IdentitiesOnly=yes`]),
    ...(more === undefined ? [] : [more]),
  ];
  return { executable, ssh: words.map((word) => ` ${word}`).join('') };
}

/** The version as git has it, and its commit where that can be known. */
function versionOf(args: Args, { remote, checkout }: GitState): { version: Version; head: string | Unknown } {
  const name = args.version;
  if (isCommit(name)) return { version: { kind: 'commit', name }, head: name };
  if (name === 'HEAD' && remote?.head && remote.main)
    return { version: { kind: 'branch', name: remote.main }, head: remote.head };
  if (name === 'HEAD' && remote?.head) return { version: { kind: 'commit', name: remote.head }, head: remote.head };
  if (remote?.branch) return { version: { kind: 'branch', name }, head: remote.branch };
  if (remote?.tag) return { version: { kind: 'tag', name }, head: remote.tag };
  const version = { kind: 'commit', name } as const;
  if (checkout?.known && name !== 'HEAD') return { version, head: checkout.known };
  if (/^[0-9a-f]{4,}$/.test(name) || args.refspec !== undefined)
    return { version, head: new Unknown(`which commit ${name} is, is known once it is fetched`) };
  throw new ModuleFailure(`${args.repo} has no branch and no tag "${name}"`);
}
