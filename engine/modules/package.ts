import type { ArgsLiteral, ArgsOf } from '../module/arguments.ts';
import { defineModule } from '../module/definition.ts';
import { type ApkWish, applyApk, probeApk, wantedOfApk } from '../module/packages/apk.ts';
import { applyApt, aptDiffs } from '../module/packages/apt-apply.ts';
import { type AptArgs, aptArgsOf } from '../module/packages/apt-arguments.ts';
import { type AptState, probeApt, wantedOfApt } from '../module/packages/apt-state.ts';
import { applyDnf, type DnfState, dnfDiffs, probeDnf, wantedOfDnf } from '../module/packages/dnf.ts';
import { type DnfArgs, dnfArgsOf } from '../module/packages/dnf-arguments.ts';
import { versionsDiff } from '../module/packages/shown.ts';
import { ModuleFailure } from '../target/failure.ts';
import { wishes } from '../target/packages/names.ts';
import { aptListsKind } from '../target/queries/apt.ts';
import { type PackageManager, packageManagerKind } from '../target/queries/packages.ts';

const args = {
  name: {
    type: 'list',
    elements: 'str',
    required: true,
    aliases: ['pkg'],
    description: 'names, as the host spells them',
  },
  state: { required: true, choices: ['present', 'installed', 'latest', 'absent', 'removed'] },
  use: {
    choices: ['auto', 'apt', 'dnf', 'dnf5', 'yum', 'apk'],
    default: 'auto',
    description: 'what the host has, unless told',
  },
  update_cache: { type: 'bool', aliases: ['update-cache'], description: 'fetch the package lists first' },
  cache_valid_time: { type: 'int', default: 0, description: 'seconds for which lists count as fresh; apt' },
  lock_timeout: { type: 'int', description: 'seconds to wait while another package manager works' },
  autoremove: { type: 'bool', default: false },
  allow_downgrade: { type: 'bool', default: false },
  install_recommends: { type: 'bool', aliases: ['install-recommends'], description: 'apt' },
  default_release: { aliases: ['default-release'], description: 'apt' },
  dpkg_options: { default: 'force-confdef,force-confold', description: 'apt' },
  purge: { type: 'bool', default: false, description: 'apt' },
  enablerepo: { type: 'list', elements: 'str', description: 'dnf and yum' },
  disablerepo: { type: 'list', elements: 'str', description: 'dnf and yum' },
  disable_gpg_check: { type: 'bool', default: false, description: 'dnf and yum' },
} as const satisfies ArgsLiteral;
type Args = ArgsOf<typeof args>;

type PackageState = Partial<AptState & DnfState> & { readonly manager?: PackageManager };

export default defineModule({
  summary: 'Installs, upgrades and removes packages with the package manager that the host has.',
  description: [
    'apt, dnf, yum and apk are known. All packages of a task go through one run.',
    'A Debian host without package lists, or with lists too old to find or fetch a package, gets them fetched once.',
  ],
  args,
  returns: { stdout: 'what the package manager printed', cache_updated: 'whether the lists were fetched; apt' },
  examples: `- name: Install what balances the load
  package:
    name: [haproxy, keepalived]
    state: present`,
  async probe({ args, target }): Promise<PackageState> {
    // Asked together, so that the answers come in one round trip.
    const names = wishes(args.name).map((wish) => wish.name);
    const ahead = args.use === 'auto' ? [target.packages(names), target.query(aptListsKind, '')] : [];
    await Promise.all([...ahead, args.use === 'auto' && target.query(packageManagerKind, '')]);
    const manager =
      args.use === 'auto' ? await target.query(packageManagerKind, '') : args.use === 'dnf5' ? 'dnf' : args.use;
    if (!manager) throw new ModuleFailure('the host has none of apt-get, dnf, yum and apk');
    if (manager === 'apt') return { manager, ...(await probeApt(forApt(args), target)) };
    if (manager === 'apk') return { manager, ...(await probeApk(forApk(args), target)) };
    return { manager, ...(await probeDnf(forDnf(args), target)) };
  },
  desired({ args, state }): Partial<PackageState> {
    if (state.manager === 'apt') return wantedOfApt(forApt(args), state as AptState);
    if (state.manager === 'apk') return { packages: wantedOfApk(forApk(args), state.packages ?? {}) };
    return wantedOfDnf(forDnf(args), state as DnfState);
  },
  async apply({ args, state, wanted, change, target }) {
    if (state.manager === 'apt') return applyApt(forApt(args), state as AptState, wanted as Partial<AptState>, target);
    if (state.manager === 'apk') return applyApk(forApk(args), state.packages ?? {}, wanted.packages ?? {}, target);
    return applyDnf(forDnf(args), state as DnfState, wanted as Partial<DnfState>, change as never, target);
  },
  returned: ({ state }) => (state.manager === 'apt' ? { cache_updated: false, cache_update_time: state.fetched } : {}),
  preview({ state, change }) {
    if (state.manager === 'apt') return aptDiffs(state as AptState, change as never);
    if (state.manager === 'apk') return change.packages ? [versionsDiff(change.packages as never)] : [];
    return dnfDiffs(change as never);
  },
});

function forApt(args: Args): AptArgs {
  const { use: _, enablerepo: _e, disablerepo: _d, disable_gpg_check: _g, lock_timeout, ...same } = args;
  return aptArgsOf({ ...same, ...(lock_timeout === undefined ? {} : { lock_timeout }) });
}

function forDnf(args: Args): DnfArgs {
  const { name, state, update_cache, autoremove, allow_downgrade, enablerepo, disablerepo, disable_gpg_check } = args;
  const timeout = args.lock_timeout === undefined ? {} : { lock_timeout: args.lock_timeout };
  const cache = { update_cache: update_cache ?? false };
  return dnfArgsOf({
    name,
    state,
    ...cache,
    autoremove,
    allow_downgrade,
    enablerepo,
    disablerepo,
    disable_gpg_check,
    ...timeout,
  });
}

function forApk(args: Args): ApkWish {
  const state = { installed: 'present', removed: 'absent' }[args.state as string] ?? args.state;
  return { names: args.name, state: state as ApkWish['state'], updateCache: args.update_cache ?? false };
}
