/** Moves Debian packages to where a task wants them: lists first where they decide, then one run for all names. */
import { ModuleFailure } from '../../target/failure.ts';
import { aptInstallUrl, aptRun, aptUpdate } from '../../target/packages/apt.ts';
import { bringer, type Versions, versionEffects, wouldBeInstalled } from '../../target/packages/names.ts';
import { aptLeftoverKind, aptListsKind, aptPlanKind } from '../../target/queries/apt.ts';
import { effect } from '../../target/query.ts';
import type { Completed, Target } from '../../target/target.ts';
import type { Change, Diff, Result } from '../definition.ts';
import { Unknown } from '../values.ts';
import { type AptArgs, aptOptionsOf } from './apt-arguments.ts';
import { type AptState, isAbsent, probeApt, wantedOfApt } from './apt-state.ts';
import { listDiff, versionsDiff } from './shown.ts';

export async function applyApt(
  args: AptArgs,
  before: AptState,
  asked: Partial<AptState>,
  target: Target,
): Promise<Result> {
  let [state, wanted, fetched] = [before, asked, false];
  const output: string[] = [];
  let changed = Object.keys(state.packages).length === 0 && Object.keys(state.pending).length === 0;
  const did = ({ stdout }: Completed): void => {
    const text = stdout.toString().trim();
    output.push(text);
    if (!/^0 upgraded, 0 newly installed, (0 downgraded, )?0 to remove/m.test(text)) changed = true;
  };
  if (wanted.lists === 'fresh' && state.lists === 'old') {
    await fetchLists(args, state, target);
    fetched = true;
    state = await probeApt(args, target);
    wanted = wantedOfApt(args, state);
  }
  const packages = wanted.packages ?? {};
  const moved = Object.keys(packages).filter((name) => packages[name] !== state.packages[name]);
  const update = !fetched && state.lists === 'old';
  if (isAbsent(args)) {
    const gone = [...new Set([...moved, ...(wanted.leftovers ? state.leftovers : [])])];
    if (gone.length > 0) did(await remove(args, gone, target));
  } else if (moved.length > 0) {
    did(
      await install(
        args,
        state,
        Object.fromEntries(moved.map((name) => [name, packages[name] ?? null])),
        update,
        target,
      ),
    );
    fetched ||= update;
  }
  for (const [plan, touched] of Object.entries(state.pending)) {
    if (touched.length > 0) did(await runPlan(args, plan, target));
  }
  const { fetched: time } = fetched ? await target.query(aptListsKind, '') : state;
  const printed = output.join('\n').trim();
  // apt-get always says something
  const stdout = output.length > 0 && printed === '' ? new Unknown('apt-get is not run before the run') : printed;
  return { changed, cache_updated: fetched, cache_update_time: time, stdout, stderr: '' };
}

/** What `--diff` shows: a line a package, then what wholesale commands would touch. */
export function aptDiffs(state: AptState, change: Change<AptState>): Diff[] {
  const diffs: Diff[] = change.packages ? [versionsDiff(change.packages)] : [];
  if (change.leftovers) diffs.push(listDiff('configuration of removed packages', change.leftovers.before));
  for (const [plan, touched] of Object.entries(change.pending?.before ?? {})) {
    diffs.push(listDiff(`apt-get ${plan}`, touched));
  }
  const onlyLists = Object.keys(state.packages).length === 0 && diffs.length === 0;
  if (change.lists && onlyLists) {
    diffs.push({ beforeHeader: 'package lists', afterHeader: 'package lists', before: 'old\n', after: 'fresh\n' });
  }
  return diffs;
}

async function fetchLists(args: AptArgs, state: AptState, target: Target): Promise<void> {
  await target.mutate({
    summary: 'apt-get update',
    script: aptUpdate(aptOptionsOf(args), args.update_cache_retries, args.update_cache_retry_max_delay),
    effects: [effect(aptListsKind, '', { fetched: state.fetched, age: 0 })],
    touches: ['packages'],
  });
}

async function install(
  args: AptArgs,
  state: AptState,
  after: Versions,
  update: boolean,
  target: Target,
): Promise<Completed> {
  const options = aptOptionsOf(args);
  const names = Object.keys(after);
  const isUrl = args.deb !== undefined && /^(https?|ftp):/.test(args.deb);
  const words = names.map((name) => state.words[name]?.text ?? name);
  const script = isUrl
    ? aptInstallUrl(args.deb!, options)
    : aptRun({ command: ['install', ...words], update, options });
  const versions = Object.entries(after).map(([name, version]) => [name, version ?? wouldBeInstalled]);
  const effects = versionEffects(Object.fromEntries(versions));
  try {
    return await target.mutate({
      summary: `apt-get install ${words.join(' ')}`,
      script,
      effects,
      brings: bringer(names),
    });
  } catch (error) {
    throw explained(error);
  }
}

function remove(args: AptArgs, names: readonly string[], target: Target): Promise<Completed> {
  return target.mutate({
    summary: `apt-get ${args.purge ? 'purge' : 'remove'} ${names.join(' ')}`,
    script: aptRun({ command: ['remove', ...names], update: false, options: aptOptionsOf(args) }),
    effects: [
      ...versionEffects(Object.fromEntries(names.map((name) => [name, null]))),
      ...(args.purge ? names.map((name) => effect(aptLeftoverKind, name, false)) : []),
    ],
  });
}

function runPlan(args: AptArgs, plan: string, target: Target): Promise<Completed> {
  return target.mutate({
    summary: `apt-get ${plan}`,
    script: aptRun({ command: plan.split(' '), update: false, options: aptOptionsOf(args) }),
    effects: [effect(aptPlanKind, plan, [])],
  });
}

/** apt's long answer, with the reason first. */
function explained(error: unknown): unknown {
  if (!(error instanceof ModuleFailure)) return error;
  const found = error.message.matchAll(
    /Unable to locate package (\S+)|Package '?(\S+?)'? has no installation candidate/g,
  );
  const names = [...new Set([...found].map((match) => match[1] ?? match[2]))];
  if (names.length === 0) return error;
  const message = names.map((name) => `No package matching '${name}' is available`).join('; ');
  return new ModuleFailure(message, error.result, { cause: error });
}
