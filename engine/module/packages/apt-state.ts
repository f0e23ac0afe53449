/** What a task about Debian packages reads of the host, and what it asks for. */
import { ModuleFailure, UnknownState } from '../../target/failure.ts';
import { type PackageWish, satisfies, type Versions, wishes, wouldBeInstalled } from '../../target/packages/names.ts';
import { aptCandidateKind, aptLeftoverKind, aptListsKind, aptPlanKind, debFileKind } from '../../target/queries/apt.ts';
import type { ReadableTarget } from '../../target/target.ts';
import type { AptArgs } from './apt-arguments.ts';

export interface AptState {
  /** Installed version of every package named, `null` where it is not installed. */
  readonly packages: Versions;
  /** Removed packages whose configuration is still there. */
  readonly leftovers: readonly string[];
  readonly lists: 'fresh' | 'old';
  /** What each wholesale command that is asked for would touch. */
  readonly pending: Readonly<Record<string, readonly string[]>>;
  /** What apt would install, for `latest`; never asked for. */
  readonly candidates: Versions;
  /** What apt-get calls each of the packages; never asked for. */
  readonly words: Readonly<Record<string, PackageWish>>;
  /** Seconds since the epoch; never asked for. */
  readonly fetched: number;
}

export async function probeApt(args: AptArgs, target: ReadableTarget): Promise<AptState> {
  const asked = await wishesOf(args, target);
  const names = asked.map((wish) => wish.name);
  const [latest, purges] = [args.state === 'latest', isAbsent(args) && args.purge];
  const [installed, candidates, leftovers, lists, pending] = await Promise.all([
    target.packages(names),
    Promise.all(latest ? names.map((name) => target.query(aptCandidateKind, name)) : []),
    Promise.all(purges ? names.map((name) => target.query(aptLeftoverKind, name)) : []),
    target.query(aptListsKind, ''),
    Promise.all(plansOf(args).map(async (plan) => [plan, await target.query(aptPlanKind, plan)] as const)),
  ]);
  return {
    packages: Object.fromEntries(names.map((name) => [name, installed.get(name) ?? null])),
    candidates: Object.fromEntries(names.map((name, index) => [name, candidates[index] ?? null])),
    leftovers: names.filter((_, index) => leftovers[index]),
    lists: fetches(args) && lists.age >= args.cache_valid_time ? 'old' : 'fresh',
    pending: Object.fromEntries(pending),
    words: Object.fromEntries(asked.map((wish) => [wish.name, wish])),
    fetched: lists.fetched,
  };
}

export function wantedOfApt(args: AptArgs, state: AptState): Partial<AptState> {
  const packages = wantedVersions(args, state);
  const plans = Object.keys(state.pending);
  // Fresh lists matter where they decide what there is to do; with everything installed they would be fetched for nothing.
  const listsMatter = Object.keys(packages).length === 0 || args.state === 'latest' || plans.length > 0;
  return {
    packages,
    ...(isAbsent(args) && args.purge ? { leftovers: [] } : {}),
    ...(plans.length > 0 ? { pending: Object.fromEntries(plans.map((plan) => [plan, []])) } : {}),
    ...(fetches(args) && listsMatter ? { lists: 'fresh' } : {}),
  };
}

export function isAbsent(args: AptArgs): boolean {
  return args.state === 'absent' || args.state === 'removed';
}

function fetches(args: AptArgs): boolean {
  return args.update_cache ?? args.cache_valid_time > 0;
}

function wantedVersions(args: AptArgs, state: AptState): Versions {
  const entries = Object.entries(state.packages).map(([name, installed]): [string, string | null] => {
    const wish = state.words[name] ?? { text: name, name };
    if (isAbsent(args) || (args.only_upgrade && installed === null)) return [name, null];
    if (args.state === 'latest' && wish.version === undefined && installed !== wouldBeInstalled) {
      return [name, state.candidates[name] ?? installed ?? wouldBeInstalled];
    }
    return [name, satisfies(wish, installed) ? installed : (wish.version ?? wouldBeInstalled)];
  });
  return Object.fromEntries(entries);
}

const upgrades: Readonly<Record<string, string>> = {
  dist: 'dist-upgrade',
  full: 'dist-upgrade',
  safe: '--with-new-pkgs upgrade',
  yes: '--with-new-pkgs upgrade',
  true: '--with-new-pkgs upgrade',
};

/** The commands of apt-get that are about more than the packages named. */
function plansOf(args: AptArgs): string[] {
  const names = wishes(args.name ?? []).map((wish) => wish.name);
  const everything = names.includes('*') && args.state === 'latest' ? upgrades['safe'] : undefined;
  const upgrade = upgrades[args.upgrade] ?? everything;
  const alone = names.length === 0 && args.deb === undefined && upgrade === undefined;
  const listed: (string | false | undefined)[] = [
    upgrade,
    args.state === 'build-dep' && names.length > 0 && `build-dep ${names.join(' ')}`,
    args.state === 'fixed' && '-f install',
    args.autoremove && alone && 'autoremove',
    args.autoclean && 'autoclean',
    args.clean && 'clean',
  ];
  return listed.filter((plan) => typeof plan === 'string');
}

async function wishesOf(args: AptArgs, target: ReadableTarget): Promise<PackageWish[]> {
  if (args.deb !== undefined) return [await fileWish(args.deb, target)];
  const all = wishes(args.name ?? []);
  if (args.state === 'build-dep' || (all.length === 1 && all[0]?.name === '*')) return [];
  const pattern = all.find((wish) => /[*?[]/.test(wish.name));
  if (pattern) throw new ModuleFailure(`"${pattern.name}" is a pattern: name each package`);
  return all;
}

/** A package file by its contents' name and version; those of a URL are read from the file's own name. */
async function fileWish(deb: string, target: ReadableTarget): Promise<PackageWish> {
  if (/^(https?|ftp):/.test(deb)) {
    const file = /^([a-z0-9][a-z0-9+.-]+)_([^_/]+)_[a-z0-9]+\.deb$/.exec(deb.replace(/^.*\//, ''));
    return file ? { text: deb, name: file[1]!, version: decodeURIComponent(file[2]!) } : { text: deb, name: deb };
  }
  const file = await target.query(debFileKind, deb);
  if (typeof file === 'object') return { text: deb, ...file };
  if (file !== undefined) throw new ModuleFailure(`${deb} is not a package: ${file}`);
  if (!(await target.stat(deb, { follow: true })).exists) throw new ModuleFailure(`${deb} does not exist on the host`);
  throw new UnknownState(`${deb} is not there yet`);
}
