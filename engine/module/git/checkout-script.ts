/** The script that brings a checkout to a version of its repository. */
import { type GitCall, gitPreamble } from '../../target/queries/git.ts';
import { quote } from '../../target/quote.ts';

/** What shall be checked out: a branch of the repository, a tag, or any commit that it has. */
export type Version =
  | { readonly kind: 'branch'; readonly name: string }
  | { readonly kind: 'tag'; readonly name: string }
  | { readonly kind: 'commit'; readonly name: string };

export interface CheckoutPlan {
  readonly call: GitCall;
  readonly repo: string;
  readonly dest: string;
  readonly remote: string;
  readonly version: Version;
  /** There is a checkout already; what of it is not as it shall be. */
  readonly present: false | { readonly url: 'same' | 'other' | 'none'; readonly shallow: boolean };
  readonly depth?: number | undefined;
  readonly refspec?: string | undefined;
  readonly reference?: string | undefined;
  readonly umask?: string | undefined;
  readonly bare: boolean;
  readonly single_branch: boolean;
  readonly recursive: boolean;
  readonly verify_commit: boolean;
}

/** Prints the commit that is checked out in the end. What was cloned is taken away again when it cannot be checked out. */
export function checkoutScript(plan: CheckoutPlan): string {
  const dest = quote(plan.dest);
  const steps = [
    ...(plan.present ? [] : [clone(plan)]),
    `cd ${dest}`,
    ...(plan.present ? remoteSteps(plan) : []),
    ...(plan.present || needsMore(plan) ? [fetchStep(plan)] : []),
    ...(plan.verify_commit ? [verifyStep(plan)] : []),
    ...(plan.bare ? [] : [switchStep(plan), ...(plan.recursive ? [submodules(plan)] : [])]),
  ];
  const undo = plan.present ? '' : `cd / && find ${dest} -mindepth 1 -maxdepth 1 -exec rm -rf {} + 2>/dev/null; `;
  return `${gitPreamble(plan.call)}
${plan.umask === undefined ? '' : `umask ${plan.umask}\n`}{
${steps.join(' &&\n')}
} >&2 || { ${undo}exit 1; }
${plan.bare ? `g rev-parse -q --verify ${quote(`${plan.version.name}^{commit}`)} || :` : 'g rev-parse HEAD'}`;
}

function clone(plan: CheckoutPlan): string {
  const { version, depth, reference } = plan;
  const words = [
    ...(plan.bare ? ['--bare'] : ['--no-checkout']),
    `--origin=${plan.remote}`,
    ...(depth === undefined ? [] : [`--depth=${depth}`]),
    ...(plan.single_branch ? ['--single-branch'] : []),
    ...(version.kind === 'commit' ? [] : [`--branch=${version.name}`]),
    ...(reference === undefined ? [] : [`--reference=${reference}`]),
  ];
  return `g clone -q ${words.map(quote).join(' ')} -- ${quote(plan.repo)} ${quote(plan.dest)}`;
}

/** A clone has its branch or tag; a commit may lie behind its depth, and a refspec names what no clone brings. */
const needsMore = ({ version, depth, single_branch: single, refspec }: CheckoutPlan) =>
  refspec !== undefined || (version.kind === 'commit' && (depth !== undefined || single));

function remoteSteps({ present, remote, repo }: CheckoutPlan): readonly string[] {
  if (!present || present.url === 'same') return [];
  return [`g remote ${present.url === 'none' ? 'add' : 'set-url'} ${quote(remote)} ${quote(repo)}`];
}

function fetchStep(plan: CheckoutPlan): string {
  const { version, depth, refspec, remote } = plan;
  const narrow = depth !== undefined || plan.single_branch;
  const specs = [...(narrow ? [ownSpec(plan)] : [branches(plan)]), ...(refspec === undefined ? [] : [refspec])];
  const whole = plan.present !== false && plan.present.shallow && depth === undefined;
  const words = [
    '--force',
    ...(narrow ? ['--no-tags'] : ['--tags']),
    ...(depth === undefined ? [] : [`--depth=${depth}`]),
    ...(whole ? ['--unshallow'] : []),
  ];
  // A branch that is checked out in a bare repository is nobody's working copy.
  const bare = plan.bare && version.kind === 'branch' ? ['--update-head-ok'] : [];
  return `g fetch -q ${[...words, ...bare].join(' ')} -- ${[remote, ...specs].map(quote).join(' ')}`;
}

const branches = ({ bare, remote }: CheckoutPlan) => `+refs/heads/*:refs/${bare ? 'heads' : `remotes/${remote}`}/*`;

function ownSpec({ version: { kind, name }, bare, remote }: CheckoutPlan): string {
  if (kind === 'tag') return `+refs/tags/${name}:refs/tags/${name}`;
  return kind === 'commit' ? name : `+refs/heads/${name}:refs/${bare ? 'heads' : `remotes/${remote}`}/${name}`;
}

function verifyStep({ version: { kind, name }, bare, remote }: CheckoutPlan): string {
  if (kind === 'commit') return `g verify-commit ${quote(name)}`;
  if (kind === 'branch')
    return `g verify-commit ${quote(bare ? `refs/heads/${name}` : `refs/remotes/${remote}/${name}`)}`;
  return `if [ "$(g cat-file -t ${quote(`refs/tags/${name}`)})" = tag ]; then g verify-tag ${quote(name)}; else g verify-commit ${quote(`refs/tags/${name}`)}; fi`;
}

function switchStep({ version: { kind, name }, remote }: CheckoutPlan): string {
  if (kind !== 'branch')
    return `g checkout -q --force --detach ${quote(kind === 'tag' ? `refs/tags/${name}` : name)} --`;
  const start = `refs/remotes/${remote}/${name}`;
  // A checkout of one branch has no place for another one to be followed: then it is just not followed.
  return `g checkout -q --force --no-track -B ${quote(name)} ${quote(start)} -- && {
  g branch -q --set-upstream-to=${quote(`${remote}/${name}`)} ${quote(name)} >/dev/null 2>&1 || :; }`;
}

function submodules({ depth }: CheckoutPlan): string {
  const words = depth === undefined ? '' : ` --depth=${depth}`;
  return `if [ -f .gitmodules ]; then g submodule -q sync --recursive && g submodule -q update --init --recursive --force${words}; fi`;
}
