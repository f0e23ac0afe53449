/** What a task about rpm packages reads, asks for, and does; behind `dnf`, `yum` and `package`. */
import { ModuleFailure } from '../../target/failure.ts';
import { bringer, type Versions, versionEffects, wouldBeInstalled } from '../../target/packages/names.ts';
import { rpmRun } from '../../target/packages/rpm.ts';
import { rpmUpdateKind } from '../../target/queries/dnf.ts';
import { effect } from '../../target/query.ts';
import type { Completed, ReadableTarget, Target } from '../../target/target.ts';
import { type AnyModule, type Change, type Diff, defineModule, type Result } from '../definition.ts';
import { refuse } from '../refuse.ts';
import { type DnfArgs, dnfArgs, dnfFlags } from './dnf-arguments.ts';
import { listDiff, versionsDiff } from './shown.ts';

export interface DnfState {
  /** Installed version of every package named, `null` where it is not installed. */
  readonly packages: Versions;
  /** Everything with a newer version; only for `*`. */
  readonly upgrades: readonly string[];
  /** Newer versions, for `latest`; never asked for. */
  readonly updates: Versions;
}

export async function probeDnf(args: DnfArgs, target: ReadableTarget): Promise<DnfState> {
  if (args.installroot !== '/') throw new ModuleFailure('installroot other than / is not supported');
  const names = namesOf(args);
  const [installed, updates, all] = await Promise.all([
    target.packages(names),
    Promise.all(stateOf(args) === 'latest' ? names.map((name) => target.query(rpmUpdateKind, name)) : []),
    wantsAll(args) ? target.query(rpmUpdateKind, '*') : undefined,
  ]);
  return {
    packages: Object.fromEntries(names.map((name) => [name, installed.get(name) ?? null])),
    updates: Object.fromEntries(names.map((name, index) => [name, updates[index] ?? null])),
    upgrades: all?.split(' ').filter(Boolean) ?? [],
  };
}

export function wantedOfDnf(args: DnfArgs, state: DnfState): Partial<DnfState> {
  refuse('dnf', [[args.list !== undefined, 'list: package_facts tells what is installed']]);
  const packages = Object.entries(state.packages).map(([name, installed]): [string, string | null] => {
    if (stateOf(args) === 'absent' || (args.update_only && installed === null)) return [name, null];
    if (installed === null) return [name, wouldBeInstalled];
    return [name, installed === wouldBeInstalled ? installed : (state.updates[name] ?? installed)];
  });
  return { packages: Object.fromEntries(packages), ...(wantsAll(args) ? { upgrades: [] } : {}) };
}

export async function applyDnf(
  args: DnfArgs,
  state: DnfState,
  wanted: Partial<DnfState>,
  change: Change<DnfState>,
  target: Target,
): Promise<Result> {
  const after = wanted.packages ?? {};
  const moved = Object.keys(after).filter((name) => after[name] !== state.packages[name]);
  const done: Completed[] = [];
  const run = async (
    words: readonly string[],
    effects: Parameters<Target['mutate']>[0]['effects'],
    brings?: string,
  ) => {
    const script = rpmRun(words, { flags: dnfFlags(args), lockTimeout: args.lock_timeout }, args.update_cache);
    done.push(
      await target.mutate({ summary: `dnf ${words.join(' ')}`, script, effects, ...(brings ? { brings } : {}) }),
    );
  };
  if (moved.length > 0) {
    const effects = versionEffects(Object.fromEntries(moved.map((name) => [name, after[name] ?? null])));
    if (stateOf(args) === 'absent') await run(['remove', ...moved], effects);
    else await install(args, state, moved, (words) => run(words, effects, bringer(moved)));
  }
  if (change.upgrades) await run(['upgrade'], [effect(rpmUpdateKind, '*', undefined)]);
  const results = done.map(({ stdout }) => stdout.toString().trim()).filter(Boolean);
  // What rpm does not know by the name that a task gives it (a group, a URL) dnf may find installed.
  const idle = results.length > 0 && results.every((text) => /^Nothing to do\.?$/m.test(text));
  return { rc: 0, results, msg: '', ...(idle ? { changed: false } : {}) };
}

export function dnfDiffs(change: Change<DnfState>): Diff[] {
  return [
    ...(change.packages ? [versionsDiff(change.packages)] : []),
    ...(change.upgrades ? [listDiff('pending upgrades', change.upgrades.before)] : []),
  ];
}

/** The one contract behind `dnf` and `yum`. */
export function dnfModule(name: string): AnyModule {
  return defineModule({
    summary: 'Installs, upgrades and removes packages with dnf, or yum where there is no dnf.',
    description: [
      'All packages of a task go through one run. It waits for another package manager up to `lock_timeout` seconds.',
    ],
    args: dnfArgs,
    returns: { rc: 'exit code', results: 'what dnf printed', msg: 'nothing, when all is well' },
    examples: `- name: Install haproxy
  ${name}:
    name: haproxy
    state: present`,
    probe: ({ args, target }) => probeDnf(args, target),
    desired: ({ args, state }) => wantedOfDnf(args, state),
    apply: ({ args, state, wanted, change, target }) => applyDnf(args, state, wanted, change, target),
    returned: () => ({ rc: 0, results: [], msg: 'Nothing to do' }),
    preview: ({ change }) => dnfDiffs(change),
  });
}

async function install(
  args: DnfArgs,
  state: DnfState,
  moved: readonly string[],
  run: (words: readonly string[]) => Promise<void>,
): Promise<void> {
  const fresh = moved.filter((name) => state.packages[name] === null);
  const old = moved.filter((name) => state.packages[name] !== null);
  try {
    if (fresh.length > 0) await run(['install', ...fresh]);
    if (old.length > 0) await run(['upgrade', ...old]);
  } catch (error) {
    if (!(error instanceof ModuleFailure)) throw error;
    // An older version that is named is a downgrade, which `install` refuses.
    if (args.allow_downgrade && /downgrade/i.test(error.message)) return run(['downgrade', ...fresh]);
    const missing = [...error.message.matchAll(/No match for argument: (\S+)|No package (\S+) available/g)];
    const names = [...new Set(missing.map((match) => match[1] ?? match[2]))];
    if (names.length === 0) throw error;
    const message = names.map((name) => `No package ${name} available.`).join(' ');
    throw new ModuleFailure(message, { ...error.result, failures: names }, { cause: error });
  }
}

function stateOf(args: DnfArgs): 'absent' | 'present' | 'latest' {
  if (args.state === undefined) return args.autoremove ? 'absent' : 'present';
  return args.state === 'removed' ? 'absent' : args.state === 'installed' ? 'present' : args.state;
}

function namesOf(args: DnfArgs): string[] {
  return args.name
    .flatMap((one) => one.split(','))
    .map((one) => one.trim())
    .filter((one) => one !== '' && one !== '*');
}

function wantsAll(args: DnfArgs): boolean {
  return args.name.includes('*') && stateOf(args) === 'latest';
}
