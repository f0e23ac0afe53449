/** `kplay PLAYBOOK…`: everything is read and checked, then run; the corridor from argv to exit code. */
import { dirname, resolve } from 'node:path';
import { exitCodes, fail, KplayError } from '../errors.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { loadInventory } from '../inventory/load.ts';
import { selectHosts } from '../inventory/select-hosts.ts';
import { walkPlay } from '../plan/walk.ts';
import type { ConnectionDefaults } from '../run/connection-settings.ts';
import type { Emit } from '../run/events.ts';
import { execute, type RunResult } from '../run/run.ts';
import { matchesName, namesOf } from '../run/start-at.ts';
import { didYouMean } from '../source/suggest.ts';
import { type Vault, vaultWith } from '../source/vault.ts';
import { connectionDefaults } from './connection-defaults.ts';
import { disk, opened } from './disk.ts';
import { readExtraVars } from './extra-vars.ts';
import { factCacheOf } from './kept-facts.ts';
import { printListing } from './listing.ts';
import { logFolder } from './log-folder.ts';
import { openReport } from './open-report.ts';
import type { CliOptions } from './options.ts';
import { packageVersion } from './package.ts';
import { type Planned, planned } from './planned.ts';
import { answerPrompts } from './prompts.ts';
import { onSignals, type Signals } from './signals.ts';
import { steps } from './step.ts';
import { underWay } from './under-way.ts';
import { vaultSecrets } from './vault-secrets.ts';
import { wiring } from './wiring.ts';

/** `written` are files that are not on the disk, by their absolute paths. */
export async function play(options: CliOptions, written: Readonly<Record<string, string>> = {}): Promise<number> {
  const cwd = process.cwd();
  const vault = vaultWith(await vaultSecrets(options));
  const secrets = new Set<string>();
  const onSecret = (value: string) => void secrets.add(value);
  const files = opened({ ...disk, read: (path) => written[path] ?? disk.read(path) }, vault, onSecret);
  const extraVars = readExtraVars(options.extraVars, vault, onSecret);
  const playbookDir = dirname(resolve(cwd, options.playbooks[0]!));
  const readInventory = () => loadInventory(inventorySources(options, cwd), files, { playbookDir });
  const inventory = readInventory();
  const limit = limited(options, inventory);
  const plan = await planned(options, inventory, extraVars, cwd, files);
  for (const warning of [...inventory.warnings, ...plan.warnings])
    process.stderr.write(
      `warning: ${warning.at ? `${warning.at.file}:${warning.at.line}:${warning.at.column}: ` : ''}${warning.message}\n`,
    );
  if (options.syntaxCheck) {
    for (const playbook of options.playbooks) process.stdout.write(`\nplaybook: ${playbook}\n`);
    return exitCodes.ok;
  }
  if (options.listHosts || options.listTasks || options.listTags)
    return printListing(options, plan, limit, process.stdout);
  refuseEmpty(options, plan, limit);
  refuseUnknownStart(options, plan);
  const defaults = await connectionDefaults(options);
  const prompts = await answerPrompts(plan.plan, extraVars, options);
  const logs = logFolder(options);
  const report = openReport(options);
  const running = underWay();
  const signals = onSignals(running.words);
  const emit: Emit = (event) => {
    running.hear(event);
    report.emit(event);
    logs?.emit(event);
  };
  try {
    const result = await run({
      options,
      plan,
      inventory,
      readInventory,
      secrets,
      limit,
      extraVars,
      cwd,
      defaults,
      prompts,
      emit,
      signals,
      vault,
    });
    return exitCodeOf(result, options, signals);
  } finally {
    signals.release();
    report.close();
    logs?.close();
  }
}

interface Ready {
  readonly options: CliOptions;
  readonly plan: Planned;
  readonly inventory: Inventory;
  readonly readInventory: () => Inventory;
  readonly secrets: ReadonlySet<string>;
  readonly limit: ReadonlySet<string> | undefined;
  readonly extraVars: Readonly<Record<string, unknown>>;
  readonly cwd: string;
  readonly defaults: ConnectionDefaults;
  readonly prompts: (play: number) => Readonly<Record<string, unknown>>;
  readonly emit: Emit;
  readonly signals: Signals;
  readonly vault: Vault;
}

function run({ options, plan, signals, ...ready }: Ready): Promise<RunResult> {
  return execute({
    ...ready,
    plan: plan.plan,
    planner: plan.planner,
    limitText: options.limit,
    modules: plan.modules,
    check: options.check,
    diff: options.diff,
    forks: options.forks,
    tags: options.tags,
    skipTags: options.skipTags,
    startAtTask: options.startAtTask,
    forceHandlers: options.forceHandlers,
    strategy: options.strategy,
    anyErrorsFatal: options.anyErrorsFatal,
    taskTimeout: options.taskTimeout,
    managed: options.managed,
    step: options.step ? steps(options) : undefined,
    gatherFacts: options.gathering !== 'explicit',
    smartGathering: options.gathering === 'smart',
    factCache: factCacheOf(options),
    flushCache: options.flushCache,
    strict: options.strict,
    readAhead: options.probeAhead,
    verbosity: options.verbose,
    configFile: options.configFile,
    environment: process.env,
    wiring,
    signal: signals.signal,
    stop: signals.stop,
    version: packageVersion(),
  });
}

/** Without any there is still `localhost`. */
export function inventorySources({ inventory }: CliOptions, cwd: string): readonly string[] {
  return inventory.map((source) => (source.includes(',') ? source : resolve(cwd, source)));
}

function limited({ limit }: CliOptions, inventory: Inventory): ReadonlySet<string> | undefined {
  if (limit === undefined) return undefined;
  const names = limit.startsWith('@')
    ? selectHosts(inventory, 'all', { limit, files: disk })
    : selectHosts(inventory, limit);
  if (names.length === 0) fail(`--limit ${limit} matches no host`);
  return new Set(names);
}

/** A play for which there is no host at all is a mistake, not a success, unless --allow-empty says otherwise. */
function refuseEmpty(options: CliOptions, { hostsOf, plan }: Planned, limit: ReadonlySet<string> | undefined): void {
  const counts = plan.plays.map((one) => hostsOf(one).filter((name) => !limit || limit.has(name)).length);
  if (options.allowEmpty || counts.some((count) => count > 0)) return;
  throw new KplayError(
    plan.plays.map((one) => ({
      message: `the play "${one.name}" matches no host`,
      at: one.play.hosts.at,
      hint:
        options.inventory.length === 0
          ? 'add -i FILE, or -i host1,host2,'
          : 'check the inventory and --limit, or say --allow-empty',
    })),
  );
}

/** A task that is not there would be waited for in vain, to the end of the run. Dynamic includes cannot be started in. */
function refuseUnknownStart({ startAtTask }: CliOptions, { plan }: Planned): void {
  if (startAtTask === undefined) return;
  const names = plan.plays.flatMap((one) => [...walkPlay(one)]).flatMap(namesOf);
  if (names.some((name) => matchesName(startAtTask, name))) return;
  const hint = `${didYouMean(startAtTask, names).trim()} --list-tasks shows the names`.trim();
  throw new KplayError([{ message: `no task is named "${startAtTask}"`, hint }]);
}

function exitCodeOf({ recap, interrupted }: RunResult, options: CliOptions, { signal, stop }: Signals): number {
  if (interrupted) return (stop.reason ?? signal.reason) === 'SIGTERM' ? exitCodes.terminated : exitCodes.interrupted;
  const lines = Object.values(recap);
  const failed = lines.some((line) => line.failed > 0);
  const unreachable = lines.some((line) => line.unreachable > 0);
  if (failed && unreachable) return exitCodes.failedAndUnreachable;
  if (failed) return exitCodes.failed;
  if (unreachable) return exitCodes.unreachable;
  return options.check && options.detailedExitcode && lines.some((line) => line.changed > 0)
    ? exitCodes.pendingChanges
    : exitCodes.ok;
}
