/** Facts of a host by subset, under Ansible's names without the `ansible_` prefix. Nothing but a shell is needed. */
import type { QueryKind } from '../query.ts';
import { hardware } from './facts/hardware.ts';
import { local, localFolder } from './facts/local.ts';
import { network } from './facts/network.ts';
import { distribution, platform } from './facts/platform.ts';
import type { FactSubset } from './facts/subset.ts';
import * as system from './facts/system.ts';
import { virtual } from './facts/virtual.ts';

export type Facts = Readonly<Record<string, unknown>>;

const subsets: Readonly<Record<string, FactSubset>> = {
  platform,
  distribution,
  date_time: system.dateTime,
  env: system.environment,
  user: system.user,
  service_mgr: system.serviceManager,
  pkg_mgr: system.packageManager,
  selinux: system.selinux,
  security: system.security,
  python: system.python,
  cmdline: system.bootLine,
  dns: system.dns,
  ssh_pub_keys: system.hostKeys,
  local: local(localFolder),
  network,
  hardware,
  loadavg: system.load,
  virtual,
};

/** What Ansible's `min` stands for: everything which is cheap to read. */
const minimal = Object.keys(subsets).filter((name) => !['network', 'hardware', 'loadavg', 'virtual'].includes(name));

/** Names which Ansible has for parts of these subsets. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  all: Object.keys(subsets),
  min: minimal,
  lsb: ['distribution'],
  apparmor: ['security'],
  fips: ['security'],
  chroot: ['security'],
  is_chroot: ['security'],
  caps: [],
  facter: [],
  ohai: [],
  fibre_channel_wwn: [],
  machine_id: ['platform'],
  interfaces: ['network'],
  default_ipv4: ['network'],
  default_ipv6: ['network'],
  all_ipv4_addresses: ['network'],
  all_ipv6_addresses: ['network'],
  mounts: ['hardware'],
  devices: ['hardware'],
  processor: ['hardware'],
  memory: ['hardware'],
  dmi: ['hardware'],
  virtualization_type: ['virtual'],
  virtualization_role: ['virtual'],
};

/** The names of the facts in each subset. An interface's own fact has the name of the interface, and is in `network`. */
export const factSubsets: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(subsets).map(([name, subset]) => [name, subset.facts]),
);

const subsetOf: ReadonlyMap<string, string> = new Map(
  Object.entries(factSubsets).flatMap(([subset, facts]) => facts.map((fact) => [fact, subset] as const)),
);

/** The subsets to read for facts of these names (with or without `ansible_`); a name that is in none may be an interface. */
export function subsetsFor(names: Iterable<string>): string[] {
  return [...new Set([...names].map((name) => subsetOf.get(name.replace(/^ansible_/, '')) ?? 'network'))];
}

/**
 * The subsets that a `gather_subset` list names: `!x` takes away, a list of nothing but those starts from all, and `min`
 * is there unless `!min` or `!all` with nothing else says otherwise.
 * @throws RangeError for a name that is no subset; its message names all there are.
 */
export function expandSubsets(asked: readonly string[]): string[] {
  const names = asked
    .flatMap((one) => one.split(','))
    .map((one) => one.trim())
    .filter(Boolean);
  const added = names.filter((name) => !name.startsWith('!')).flatMap(members);
  const left = names.filter((name) => name.startsWith('!') && name !== '!all').map((name) => name.slice(1));
  const removed = left.flatMap(members);
  const unwanted = left.filter((name) => name !== 'min').flatMap(members);
  const base = added.length > 0 || names.includes('!all') ? [] : Object.keys(subsets);
  const always = [...minimal, ...base].filter((name) => !removed.includes(name));
  // What is named outright is there even when `!min` would take it away.
  const wanted = new Set([...always, ...added.filter((name) => !unwanted.includes(name))]);
  return Object.keys(subsets).filter((name) => wanted.has(name));
}

function members(name: string): readonly string[] {
  const found = name in subsets ? [name] : otherNames[name];
  if (!found)
    throw new RangeError(
      `"${name}" is not a subset of facts; there are ${[...Object.keys(subsets), ...Object.keys(otherNames)].sort().join(', ')}`,
    );
  return found;
}

/** What to ask for these subsets: with local facts from another folder, and as many seconds as given for what may hang. */
export function subsetKeys(
  names: readonly string[],
  { factPath = localFolder, timeout = usualTimeout } = {},
): string[] {
  return names.map((name) => {
    if (name === 'local' && factPath !== localFolder) return `local ${factPath}`;
    return name === 'hardware' && timeout !== usualTimeout ? `hardware ${timeout}` : name;
  });
}

const usualTimeout = 10;

/**
 * The facts of one subset; `local /some/folder` reads local facts from elsewhere, `hardware 30` gives a file system that
 * does not answer 30 seconds. An unknown subset has none.
 */
export const factsKind: QueryKind<string, Facts> = {
  name: 'facts',
  domains: ['facts'],
  // the environment is told with NULs; programs that tell local facts may leave others behind, which no gathering must wait for
  gathers: (keys) => !keys.some((key) => key === 'env' || /^local( |$)/.test(key)),
  id: (subset) => subset,
  script: (keys) =>
    `S() { printf '\\036%s\\n' "$1"; }\n${keys
      .map((key) => `printf '\\037'\n(\n${timeoutOf(key)}${subsetNamed(key)?.script ?? ':'}\n)`)
      .join('\n')}\n:`,
  parse(stdout, keys) {
    const answers = stdout.toString().split('\x1f').slice(1);
    return keys.map((key, index) => {
      const sections = new Map<string, string>();
      for (const part of (answers[index] ?? '').split('\x1e').slice(1)) {
        const end = part.indexOf('\n');
        sections.set(part.slice(0, end), part.slice(end + 1));
      }
      return subsetNamed(key)?.parse((name) => sections.get(name) ?? '') ?? {};
    });
  },
};

function subsetNamed(key: string): FactSubset | undefined {
  return key.startsWith('local ') ? local(key.slice('local '.length)) : subsets[key.split(' ')[0]!];
}

/** The hardware's script knows it as T. */
function timeoutOf(key: string): string {
  const [, seconds] = /^hardware (\d+)$/.exec(key) ?? [];
  return seconds === undefined ? '' : `T=${seconds}\n`;
}
