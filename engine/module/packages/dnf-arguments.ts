/** The arguments of dnf and yum. */
import type { ArgsLiteral, ArgsOf } from '../arguments.ts';

const ignored = 'taken and ignored';

export const dnfArgs = {
  name: {
    type: 'list',
    elements: 'str',
    default: [],
    aliases: ['pkg'],
    description: 'names, `name-version`, paths, URLs or `@group`; `*` with `state: latest` means everything',
  },
  state: {
    choices: ['absent', 'present', 'installed', 'removed', 'latest'],
    description: 'present unless told, absent with `autoremove`',
  },
  update_cache: { type: 'bool', default: false, aliases: ['expire-cache'], description: 'fetch the metadata anew' },
  autoremove: { type: 'bool', default: false, description: 'remove dependencies nobody needs any more' },
  enablerepo: { type: 'list', elements: 'str' },
  disablerepo: { type: 'list', elements: 'str' },
  exclude: { type: 'list', elements: 'str' },
  enable_plugin: { type: 'list', elements: 'str' },
  disable_plugin: { type: 'list', elements: 'str' },
  disable_excludes: { description: 'all, main or the id of a repository' },
  disable_gpg_check: { type: 'bool', default: false },
  validate_certs: { type: 'bool', default: true },
  sslverify: { type: 'bool', default: true },
  skip_broken: { type: 'bool', default: false },
  allowerasing: { type: 'bool', default: false },
  allow_downgrade: { type: 'bool', default: false, description: 'a version that is named may be an older one' },
  install_weak_deps: { type: 'bool', default: true },
  best: { type: 'bool' },
  nobest: { type: 'bool' },
  cacheonly: { type: 'bool', default: false },
  security: { type: 'bool', default: false },
  bugfix: { type: 'bool', default: false },
  update_only: { type: 'bool', default: false, description: 'leave alone what is not installed' },
  download_only: { type: 'bool', default: false },
  download_dir: {},
  installroot: { default: '/', description: 'only / is known' },
  conf_file: { type: 'path' },
  releasever: {},
  lock_timeout: { type: 'int', default: 30, description: 'seconds to wait while another package manager works' },
  use_backend: { default: 'auto', description: 'taken and ignored: what the host has is used' },
  list: { description: 'refused: package_facts tells what is installed' },
  install_repoquery: { type: 'bool', default: true, description: ignored },
} as const satisfies ArgsLiteral;

export type DnfArgs = ArgsOf<typeof dnfArgs>;

/** A task with these arguments, and every other one left alone. */
export function dnfArgsOf(given: Partial<DnfArgs>): DnfArgs {
  const defaults = Object.entries(dnfArgs).flatMap(([name, arg]) => ('default' in arg ? [[name, arg.default]] : []));
  return { ...Object.fromEntries(defaults), ...given } as DnfArgs;
}

export function dnfFlags(args: DnfArgs): string[] {
  const each = (flag: string, values: readonly string[] | undefined): string[] =>
    (values ?? [])
      .flatMap((value) => value.split(','))
      .filter(Boolean)
      .map((value) => `--${flag}=${value}`);
  return [
    ...each('enablerepo', args.enablerepo),
    ...each('disablerepo', args.disablerepo),
    ...each('exclude', args.exclude),
    ...each('enableplugin', args.enable_plugin),
    ...each('disableplugin', args.disable_plugin),
    ...(args.disable_excludes === undefined ? [] : [`--disableexcludes=${args.disable_excludes}`]),
    ...(args.disable_gpg_check ? ['--nogpgcheck'] : []),
    ...(args.validate_certs && args.sslverify ? [] : ['--setopt=sslverify=0']),
    ...(args.skip_broken ? ['--skip-broken'] : []),
    ...(args.allowerasing ? ['--allowerasing'] : []),
    ...(args.install_weak_deps ? [] : ['--setopt=install_weak_deps=0']),
    ...(args.best ? ['--best'] : []),
    ...(args.nobest || args.best === false ? ['--nobest'] : []),
    ...(args.cacheonly ? ['--cacheonly'] : []),
    ...(args.security ? ['--security'] : []),
    ...(args.bugfix ? ['--bugfix'] : []),
    ...(args.download_only ? ['--downloadonly'] : []),
    ...(args.download_dir === undefined ? [] : [`--downloaddir=${args.download_dir}`]),
    ...(args.conf_file === undefined ? [] : [`--config=${args.conf_file}`]),
    ...(args.releasever === undefined ? [] : [`--releasever=${args.releasever}`]),
    '--setopt=exit_on_lock=1',
  ];
}
