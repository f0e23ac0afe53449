/** What git says of a checkout on the host, and of the repository it comes from. */
import { type QueryKind, refusal } from '../query.ts';
import { quote } from '../quote.ts';

/** How git is called. */
export interface GitCall {
  readonly executable: string;
  /** Words for ssh, as shell text; nothing is ever asked of a person. */
  readonly ssh: string;
}

/**
 * Shell text that defines `g`: git that asks nobody for a password, runs no hook and no monitor that a repository names, and
 * takes no lock where it only looks.
 */
export function gitPreamble({ executable, ssh }: GitCall): string {
  return `export LC_ALL=C GIT_TERMINAL_PROMPT=0 GIT_ASKPASS= SSH_ASKPASS= GIT_OPTIONAL_LOCKS=0
export GIT_SSH_COMMAND="\${GIT_SSH_COMMAND:-ssh} "${quote(`-o BatchMode=yes${ssh}`)}
g() { ${quote(executable)} -c core.hooksPath=/dev/null -c core.fsmonitor=false "$@"; }`;
}

export interface CheckoutKey {
  readonly dest: string;
  readonly remote: string;
  readonly version: string;
  readonly call: GitCall;
}

export interface Checkout {
  /** The commit checked out, null before the first one. */
  readonly head: string | null;
  /** The branch checked out, null where there is none. */
  readonly branch: string | null;
  readonly url: string | null;
  /** No file that git knows is changed. */
  readonly clean: boolean;
  /** All submodules are where the commit has them. */
  readonly submodules: boolean;
  readonly shallow: boolean;
  /** The commit that the version names here, null where it names none. */
  readonly known: string | null;
}

/** The repository at a path, which there must be. */
export const checkoutKind: QueryKind<CheckoutKey, Checkout> = {
  name: 'git checkout',
  domains: ['files'],
  id: ({ dest, remote, version }) => `${dest} ${remote} ${version}`,
  script: (keys) =>
    keys
      .map(
        ({ dest, remote, version, call }) => `(
${gitPreamble(call)}
v=${quote(version)}; r=${quote(remote)}
cd ${quote(dest)} 2>&1 && e=$(g rev-parse --git-dir 2>&1 >/dev/null) || { printf 'E%s' "$e"; exit; }
printf 'K%s\\037' "$(g rev-parse -q --verify HEAD)"
printf '%s\\037' "$(g symbolic-ref -q --short HEAD)"
printf '%s\\037' "$(g config --get "remote.$r.url")"
if [ "$(g rev-parse --is-bare-repository)" = true ]; then printf '\\037\\037'
else
  printf '%s\\037' "$(g status --porcelain --untracked-files=no --ignore-submodules=all 2>&1)"
  [ ! -f .gitmodules ] || g submodule status --recursive 2>&1 | grep '^[^ ]'
  printf '\\037'
fi
printf '%s\\037' "$(g rev-parse --is-shallow-repository)"
printf '%s' "$(g rev-parse -q --verify "refs/heads/$v^{commit}" || g rev-parse -q --verify "refs/tags/$v^{commit}" || g rev-parse -q --verify "$v^{commit}")"
) 2>/dev/null </dev/null; printf '\\036'`,
      )
      .join('\n'),
  parse(stdout, keys) {
    const parts = stdout.toString().split('\x1e');
    return keys.map(({ dest }, index) => {
      const text = parts[index] ?? '';
      if (!text.startsWith('K')) return refusal(`${dest}: ${text.slice(1).trim() || 'git cannot be asked about it'}`);
      const [head, branch, url, dirty, behind, shallow, known] = text.slice(1).split('\x1f');
      return {
        head: head || null,
        branch: branch || null,
        url: url || null,
        clean: dirty === '',
        submodules: behind === '',
        shallow: shallow === 'true',
        known: known || null,
      };
    });
  },
};

export interface RemoteKey {
  readonly repo: string;
  readonly version: string;
  readonly call: GitCall;
}

/** What a repository has under a name; its own HEAD besides. */
export interface Remote {
  /** The branch that HEAD stands for. */
  readonly main: string | null;
  readonly head: string | null;
  /** The commit of the branch of that name. */
  readonly branch: string | null;
  /** The commit of the tag of that name. */
  readonly tag: string | null;
}

/** What the repository has now. Others push to it: an answer is never remembered. */
export const remoteKind: QueryKind<RemoteKey, Remote> = {
  name: 'git remote',
  domains: [],
  volatile: true,
  id: ({ repo, version }) => `${repo} ${version}`,
  script: (keys) =>
    keys
      .map(
        ({ repo, version, call }) => `(
${gitPreamble(call)}
command -v ${quote(call.executable)} >/dev/null 2>&1 || { printf 'Ethe host has no git: install it first'; exit; }
set -- HEAD ${[`refs/heads/${version}`, `refs/tags/${version}`, `refs/tags/${version}^{}`].map(quote).join(' ')}
e=$(cd / && g ls-remote --symref -- ${quote(repo)} "$@" 2>&1) && printf 'K%s' "$e" || printf 'E%s' "$e"
) 2>/dev/null </dev/null; printf '\\036'`,
      )
      .join('\n'),
  parse(stdout, keys) {
    const parts = stdout.toString().split('\x1e');
    return keys.map(({ repo, version }, index) => {
      const text = parts[index] ?? '';
      if (!text.startsWith('K')) return refusal(`${repo} cannot be read: ${text.slice(1).trim()}`);
      const lines = text.slice(1).split('\n');
      const commit = (name: string) =>
        /^[0-9a-f]{40,64}/.exec(
          lines.find((line) => line.endsWith(`\t${name}`) && !line.startsWith('ref:')) ?? '',
        )?.[0];
      const main = lines.map((line) => /^ref: refs\/heads\/(\S+)\tHEAD$/.exec(line)?.[1]).find(Boolean);
      return {
        main: main ?? null,
        head: commit('HEAD') ?? null,
        branch: commit(`refs/heads/${version}`) ?? null,
        tag: commit(`refs/tags/${version}^{}`) ?? commit(`refs/tags/${version}`) ?? null,
      };
    });
  },
};
