/** Ansible's magic variables: made when asked for, overruled by nothing. */
import { dirname, isAbsolute } from 'node:path';
import { searchPath } from '../plan/find-file.ts';
import type { Lexical, Role } from '../plan/plan.ts';
import { trusted } from '../template/render.ts';
import { missing, omit, type Scope, ScopeDict } from '../template/values.ts';
import { type HostState, leftOf, type PlayRun, type Run } from './context.ts';
import { hostEnvironment } from './environment.ts';

/** Where a magic variable is asked for. */
interface Place {
  readonly run: Run;
  readonly host: HostState;
  readonly play: PlayRun | undefined;
  readonly lexical: Lexical;
}

// The language level roles may ask for; `ansible_version.full is version('2.x', '>=')` is what they test.
const ansibleVersion = { full: '2.18.0', major: 2, minor: 18, revision: 0, string: '2.18.0' };

const anywhere: Readonly<Record<string, (place: Place) => unknown>> = {
  inventory_hostname: ({ host }) => host.name,
  inventory_hostname_short: ({ host }) => host.name.split('.')[0],
  group_names: ({ run, host }) =>
    [...(run.options.inventory.host(host.name)?.groups ?? [])].filter((name) => name !== 'all').sort(),
  groups: ({ run: { options } }) =>
    Object.fromEntries(
      [...options.inventory.groups.keys()].map((name) => [name, [...options.inventory.hostsIn(name)]]),
    ),
  hostvars: ({ run, play }) => hostvars(run, play),
  inventory_dir: (place) => {
    const file = inventoryFile(place);
    return file !== undefined && isAbsolute(file) ? dirname(file) : null;
  },
  inventory_file: (place) => inventoryFile(place) ?? null,
  ansible_inventory_sources: ({ run }) => [...run.options.inventory.sources],
  ansible_limit: ({ run }) => run.options.limitText ?? missing,
  ansible_check_mode: ({ run }) => run.options.check,
  ansible_diff_mode: ({ run }) => run.options.diff,
  ansible_forks: ({ run }) => run.options.forks,
  ansible_verbosity: ({ run }) => run.options.verbosity,
  ansible_run_tags: ({ run }) => (run.options.tags.length > 0 ? [...run.options.tags] : ['all']),
  ansible_skip_tags: ({ run }) => [...run.options.skipTags],
  ansible_version: () => ansibleVersion,
  kplay_version: ({ run }) => run.options.version,
  ansible_config_file: ({ run }) => run.options.configFile ?? null,
  ansible_search_path: ({ play, lexical }) => (play ? searchPath(lexical, play.variables.play.playbookDir) : missing),
  omit: () => omit,
  environment: ({ lexical }) => (lexical.told?.environment ?? []).map(({ value, at }) => trusted(value, at)),
};

const inPlay: Readonly<Record<string, (play: PlayRun) => unknown>> = {
  playbook_dir: ({ variables }) => variables.play.playbookDir,
  ansible_play_name: ({ variables }) => variables.play.name,
  ansible_play_hosts_all: ({ allHosts }) => namesOf(allHosts),
  ansible_play_hosts: (play) => namesOf(leftOf(play, play.allHosts)),
  ansible_play_batch: (play) => namesOf(leftOf(play, play.batch)),
  play_hosts: (play) => namesOf(leftOf(play, play.batch)),
  ansible_role_names: (play) => roleNames(play),
  ansible_play_role_names: (play) => roleNames(play, false),
  ansible_dependent_role_names: (play) => roleNames(play, true),
  role_names: (play) => roleNames(play, false),
};

const inRole: Readonly<Record<string, (role: Role) => unknown>> = {
  role_path: ({ path }) => path,
  role_name: ({ name }) => name,
  ansible_role_name: ({ name }) => name,
  ansible_parent_role_names: ({ parents }) => (parents.length > 0 ? [...parents] : missing),
  ansible_parent_role_paths: ({ parentPaths }) => (parentPaths.length > 0 ? [...parentPaths] : missing),
};

export const magicNames: readonly string[] = [
  ...new Set([anywhere, inPlay, inRole].flatMap((names) => Object.keys(names))),
];

export function magicValue(name: string, place: Place): unknown | typeof missing {
  if (Object.hasOwn(anywhere, name)) return anywhere[name]!(place);
  const { role } = place.lexical;
  if (role && Object.hasOwn(inRole, name)) return inRole[name]!(role);
  return place.play && Object.hasOwn(inPlay, name) ? inPlay[name]!(place.play) : missing;
}

/** Each once: all of them, or those that are dependencies, or those that are not. */
function roleNames({ variables }: PlayRun, dependency?: boolean): readonly string[] {
  const roles = variables.publicRoles().filter((role) => dependency === undefined || role.dependency === dependency);
  return [...new Set(roles.map(({ name }) => name))];
}

/**
 * The file, or the list of hosts, that names the host first; for the localhost nobody wrote down, what names the first host;
 * undefined for a host that the run has added.
 */
function inventoryFile({ run, host }: Place): string | undefined {
  const { inventory } = run.options;
  const [first] = inventory.hosts.values();
  const file = (inventory.host(host.name)?.at ?? first?.at)?.file ?? '';
  return isAbsolute(file) || inventory.sources.includes(file) ? file : undefined;
}

function namesOf(hosts: readonly HostState[]): readonly string[] {
  return hosts.map(({ name }) => name);
}

/** `hostvars`: every host's name answers with that host's own scope, read only when used. */
function hostvars(run: Run, play: PlayRun | undefined): ScopeDict {
  const { inventory } = run.options;
  const known = new Map<string, ScopeDict>();
  const scope: Scope = {
    get(name) {
      if (!inventory.host(name)) return missing;
      const own = known.get(name) ?? new ScopeDict(hostEnvironment(run, run.host(name), play).scope);
      known.set(name, own);
      return own;
    },
    names: () => inventory.hosts.keys(),
  };
  return new ScopeDict(scope);
}
