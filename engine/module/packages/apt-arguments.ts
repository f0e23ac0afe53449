/** The arguments of the apt module, which `package` takes over on hosts with apt. */
import type { AptOptions } from '../../target/packages/apt.ts';
import type { ArgsLiteral, ArgsOf } from '../arguments.ts';

export const aptArgs = {
  name: {
    type: 'list',
    elements: 'str',
    aliases: ['package', 'pkg'],
    description: 'names of packages; `name=version` pins one, `*` in a version stands for anything',
  },
  state: {
    choices: ['present', 'installed', 'latest', 'absent', 'removed', 'build-dep', 'fixed'],
    default: 'present',
    description: '`installed` and `removed` are other words for present and absent',
  },
  update_cache: {
    type: 'bool',
    aliases: ['update-cache'],
    description:
      'fetch the package lists first; lists that are missing or too old for the task are fetched in any case',
  },
  update_cache_retries: { type: 'int', default: 5, description: 'how often fetching the lists is tried again' },
  update_cache_retry_max_delay: { type: 'int', default: 12, description: 'longest pause between tries, in seconds' },
  cache_valid_time: {
    type: 'int',
    default: 0,
    description: 'seconds for which fetched lists count as fresh; implies update_cache',
  },
  purge: { type: 'bool', default: false, description: 'remove configuration as well' },
  default_release: { aliases: ['default-release'], description: 'prefer this release, as -t does' },
  install_recommends: {
    type: 'bool',
    aliases: ['install-recommends'],
    description: "the host's own setting unless told",
  },
  force: { type: 'bool', default: false, description: 'allow downgrades, held and essential packages to change' },
  clean: { type: 'bool', default: false, description: 'delete downloaded archives' },
  allow_unauthenticated: { type: 'bool', default: false, aliases: ['allow-unauthenticated'] },
  allow_downgrade: {
    type: 'bool',
    default: false,
    aliases: ['allow-downgrade', 'allow_downgrades', 'allow-downgrades'],
  },
  allow_change_held_packages: { type: 'bool', default: false },
  upgrade: { choices: ['dist', 'full', 'no', 'safe', 'yes', 'true', 'false'], default: 'no' },
  dpkg_options: { default: 'force-confdef,force-confold', description: 'options of dpkg, comma-separated' },
  deb: { type: 'path', description: 'a package file on the host, or its URL' },
  autoremove: { type: 'bool', default: false, description: 'remove dependencies nobody needs any more' },
  autoclean: { type: 'bool', default: false, description: 'delete archives that can no longer be downloaded' },
  policy_rc_d: { type: 'int', description: 'exit code of policy-rc.d meanwhile; 101 keeps services from starting' },
  only_upgrade: { type: 'bool', default: false, description: 'leave alone what is not installed' },
  fail_on_autoremove: { type: 'bool', default: false, description: 'fail rather than remove anything' },
  force_apt_get: { type: 'bool', default: false, description: 'apt-get is what is used anyway' },
  lock_timeout: { type: 'int', default: 60, description: 'seconds to wait while another package manager works' },
  auto_install_module_deps: {
    type: 'bool',
    default: true,
    description: 'taken and ignored: this module needs nothing on the host but apt',
  },
} as const satisfies ArgsLiteral;

export type AptArgs = ArgsOf<typeof aptArgs>;

/** A task with these arguments, and every other one left alone. */
export function aptArgsOf(given: Partial<AptArgs>): AptArgs {
  const defaults = Object.entries(aptArgs).flatMap(([name, arg]) => ('default' in arg ? [[name, arg.default]] : []));
  return { ...Object.fromEntries(defaults), ...given } as AptArgs;
}

export function aptOptionsOf(args: AptArgs): AptOptions {
  return {
    purge: args.purge,
    autoremove: args.autoremove,
    defaultRelease: args.default_release,
    installRecommends: args.install_recommends,
    force: args.force,
    allowUnauthenticated: args.allow_unauthenticated,
    allowDowngrade: args.allow_downgrade,
    allowChangeHeldPackages: args.allow_change_held_packages,
    failOnAutoremove: args.fail_on_autoremove,
    onlyUpgrade: args.only_upgrade,
    dpkgOptions: args.dpkg_options,
    policyRcD: args.policy_rc_d,
    lockTimeout: args.lock_timeout,
  };
}
