/** Everything that can be wrong is found here, before the first connection. */
import { isKplayError, KplayError, type Problem } from '../errors.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { patternText, selectHosts } from '../inventory/select-hosts.ts';
import { type ModuleCatalog, moduleCatalog } from '../module/load.ts';
import { renderBeforeHosts } from '../plan/before-hosts.ts';
import type { Plan, PlannedPlay, Planner } from '../plan/plan.ts';
import { planPlaybooks } from '../plan/plan-playbooks.ts';
import { walkPlay } from '../plan/walk.ts';
import type { Files } from '../source/files.ts';
import { isTemplate } from '../template/render.ts';
import { isUnknown } from '../template/values.ts';
import { keptNames } from './kept-facts.ts';
import { notYet } from './not-yet.ts';
import type { CliOptions } from './options.ts';
import { moduleFolders, packageFolders, roleFolders } from './paths.ts';

export interface Planned {
  readonly plan: Plan;
  readonly planner: Planner;
  readonly modules: ModuleCatalog;
  readonly warnings: readonly Problem[];
  /** The hosts of a play, as far as its pattern is no template. */
  hostsOf(play: PlannedPlay): readonly string[];
  /** The play with its name and pattern rendered, as far as no host is needed for that. */
  named(play: PlannedPlay): PlannedPlay;
}

/** Plans the playbooks, loads the modules they name, and checks it all. Throws KplayError with every problem. */
export async function planned(
  options: CliOptions,
  inventory: Inventory,
  extraVars: Readonly<Record<string, unknown>>,
  cwd: string,
  files: Files,
): Promise<Planned> {
  const roots = roleFolders(options.playbooks, cwd, options.rolesPath);
  const modules = moduleCatalog(
    moduleFolders(options.playbooks, roots, options.modulePath, cwd),
    packageFolders(options.playbooks, cwd),
  );
  const { plan, planner, problems, warnings } = await planPlaybooks(options.playbooks, {
    files,
    // without an inventory nobody can tell which variables there will be
    ...(options.inventory.length > 0 ? { inventory } : {}),
    rolesPath: roots,
    modules,
    cwd,
    extraVars,
    keptNames: keptNames(options, inventory),
  });
  const hosts = plan.plays.map((play, position) => {
    const mayGrow = plan.plays.slice(0, position).some(growsInventory);
    return literalHosts(play, inventory, extraVars, mayGrow);
  });
  const found = [...problems, ...hosts.flatMap((one) => one.problems)];
  if (found.length > 0) throw new KplayError(found);
  return {
    plan,
    planner,
    modules,
    warnings: [...warnings, ...notYet(plan)],
    named: (play) => {
      const { hosts } = play.play;
      const text = (value: unknown) => rendered(play, value, inventory, extraVars);
      const written = { ...play.play, hosts: { ...hosts, value: text(hosts.value) ?? hosts.value, at: hosts.at } };
      return { ...play, name: text(play.name) ?? play.name, play: written };
    },
    hostsOf: (play) => literalHosts(play, inventory, extraVars, true).names,
  };
}

/** A play after which there may be hosts and groups that the inventory does not name. */
function growsInventory(play: PlannedPlay): boolean {
  return [...walkPlay(play)].some((one) =>
    one.kind === 'task'
      ? ['add_host', 'group_by'].includes(one.module)
      : one.kind === 'meta' && one.action === 'refresh_inventory',
  );
}

/** The hosts of the play; where the inventory `mayGrow` before it, a name nobody knows is no mistake yet. */
function literalHosts(
  play: PlannedPlay,
  inventory: Inventory,
  extraVars: Readonly<Record<string, unknown>>,
  mayGrow: boolean,
): { readonly names: readonly string[]; readonly problems: readonly Problem[] } {
  const { value, at } = play.play.hosts;
  // a play without hosts has been complained of where it was read
  if (value === undefined || value === null) return { names: [], problems: [] };
  const pattern = patternText(value);
  const named = isTemplate(pattern) ? rendered(play, value, inventory, extraVars) : pattern;
  if (named === undefined) return { names: [...inventory.hosts.keys()], problems: [] };
  try {
    return {
      names: selectHosts(inventory, named, { at, ...(mayGrow ? { onUnknown: () => {} } : {}) }),
      problems: [],
    };
  } catch (error) {
    if (inventory.sources.length === 0) return { names: [], problems: [] };
    if (!isKplayError(error)) throw error;
    return { names: [], problems: error.problems.map((one) => ({ ...one, at })) };
  }
}

/** What a template of the play comes to; undefined where only the run can tell. */
function rendered(
  { play }: PlannedPlay,
  value: unknown,
  inventory: Inventory,
  extraVars: Readonly<Record<string, unknown>>,
): string | undefined {
  try {
    const text = renderBeforeHosts(value, play.hosts.at, { extraVars, vars: [play.vars], inventory });
    return isUnknown(text) ? undefined : patternText(text);
  } catch {
    return undefined;
  }
}
