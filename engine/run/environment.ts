/** The environment a template of a task is rendered in: its scope with Ansible's magic variables, and its lookups. */
import { dirname } from 'node:path';
import type { Lexical } from '../plan/plan.ts';
import type { Environment } from '../template/environment.ts';
import { missing, omit, type Scope, ScopeDict } from '../template/values.ts';
import { atWork, type HostState, type PlayRun, type Run } from './context.ts';
import { searchPaths } from './controller.ts';
import { loadTemplate } from './lookups.ts';
import { type Momentary, taskScope } from './variables.ts';

const emptyLexical: Lexical = { vars: [], includeParams: [] };

/** The environment of a task on a host; without a play only what the inventory and the host say is seen. */
export function hostEnvironment(
  run: Run,
  host: HostState,
  play?: PlayRun,
  lexical: Lexical = emptyLexical,
  momentary?: Momentary,
): Environment {
  const magic = magicVariables(run, host, play, lexical);
  const scope = taskScope(run.sources, host.name, {
    ...(play ? { play: play.variables } : {}),
    lexical,
    ...(momentary ? { momentary } : {}),
    magic: (name) => (Object.hasOwn(magic, name) ? magic[name]!() : missing),
    magicNames: Object.keys(magic),
  });
  const playbookDir = play?.variables.play.playbookDir ?? run.options.cwd;
  return {
    scope,
    lookups: run.lookups,
    filters: run.filters,
    tests: run.tests,
    load: loadTemplate((name) => searchPaths({ lexical, playbookDir, cwd: run.options.cwd }, 'templates', name)),
  };
}

/** Every variable no one may overrule, made when asked for. */
function magicVariables(
  run: Run,
  host: HostState,
  play: PlayRun | undefined,
  lexical: Lexical,
): Readonly<Record<string, () => unknown>> {
  const { options } = run;
  const { inventory } = options;
  const { role } = lexical;
  const names = (hosts: readonly HostState[]) => hosts.map(({ name }) => name);
  return {
    inventory_hostname: () => host.name,
    inventory_hostname_short: () => host.name.split('.')[0],
    group_names: () => [...(inventory.host(host.name)?.groups ?? [])].filter((name) => name !== 'all').sort(),
    groups: () => Object.fromEntries([...inventory.groups.keys()].map((name) => [name, [...inventory.hostsIn(name)]])),
    hostvars: () => new ScopeDict(hostvars(run, play)),
    inventory_dir: () => (options.inventory.sources[0] ? dirname(options.inventory.sources[0]) : null),
    inventory_file: () => options.inventory.sources[0] ?? null,
    ansible_inventory_sources: () => [...options.inventory.sources],
    ...(options.limitText === undefined ? {} : { ansible_limit: () => options.limitText }),
    ...(play
      ? {
          playbook_dir: () => play.variables.play.playbookDir,
          ansible_play_name: () => play.variables.play.name,
          ansible_play_hosts_all: () => names(play.allHosts),
          ansible_play_hosts: () => names(play.allHosts.filter((one) => !one.gone)),
          ansible_play_batch: () => names(atWork(play.batch)),
          play_hosts: () => names(atWork(play.batch)),
          ansible_role_names: () => play.variables.publicRoles().map(({ name }) => name),
          role_names: () => play.variables.publicRoles().map(({ name }) => name),
        }
      : {}),
    ansible_check_mode: () => options.check,
    ansible_diff_mode: () => options.diff,
    ansible_forks: () => options.forks,
    ansible_verbosity: () => options.verbosity,
    ansible_run_tags: () => (options.tags.length > 0 ? [...options.tags] : ['all']),
    ansible_skip_tags: () => [...options.skipTags],
    ansible_version: () => ansibleVersion,
    kplay_version: () => options.version,
    ansible_config_file: () => null,
    ...(role
      ? {
          role_path: () => role.path,
          role_name: () => role.name,
          ansible_role_name: () => role.name,
          ansible_parent_role_names: () => [...role.parents],
          ansible_search_path: () => [...role.searchPath],
        }
      : {}),
    omit: () => omit,
    environment: () => ({}),
  };
}

// The language level roles may ask for; `ansible_version.full is version('2.x', '>=')` is what they test.
const ansibleVersion = { full: '2.18.0', major: 2, minor: 18, revision: 0, string: '2.18.0' };

/** `hostvars`: every host's name answers with that host's own scope, read only when used. */
function hostvars(run: Run, play: PlayRun | undefined): Scope {
  const { inventory } = run.options;
  return {
    get(name) {
      if (!inventory.host(name)) return missing;
      return new ScopeDict(hostEnvironment(run, run.host(name), play).scope);
    },
    names: () => inventory.hosts.keys(),
  };
}
