/** The run: plays in order over the machines, told as events. The one place where everything of this room meets. */

import type { ConnectionSettings } from '../connection/connection.ts';
import { KplayError } from '../errors.ts';
import type { VarsLayer } from '../inventory/inventory.ts';
import type { PlannedPlay } from '../plan/plan.ts';
import { valueKey } from '../source/value-key.ts';
import type { Reader } from '../target/batch.ts';
import { predictedWorld, predictionOf } from '../target/prediction.ts';
import type { Touched } from '../target/query.ts';
import { missing, type Scope } from '../template/values.ts';
import { specProblems } from './argument-specs.ts';
import { connectionSettings, connectionVariables } from './connection-settings.ts';
import type { HostState, Run, RunOptions } from './context.ts';
import { CountedMap } from './counted-map.ts';
import { discreet } from './discreet.ts';
import { definedEnvironment } from './environment.ts';
import type { Recap, Traffic } from './events.ts';
import { factCache, keepFacts } from './fact-cache.ts';
import { growing } from './growing.ts';
import { modulesOf } from './include.ts';
import { interruptible } from './interruption.ts';
import { runJobs } from './jobs.ts';
import { localFiles } from './local-files.ts';
import { controllerLookups } from './lookups.ts';
import { type Machine, machine } from './machines.ts';
import { mayDiffer } from './may-differ.ts';
import { pathFilters } from './path-filters.ts';
import { pathTests } from './path-tests.ts';
import { runPlay } from './play.ts';
import { revealer } from './revealed.ts';
import { secretKeeper } from './secrets.ts';
import { noTraffic, sumOfTraffic } from './traffic.ts';
import { vaultFilters } from './vault-filters.ts';

export interface RunResult {
  readonly recap: Recap;
  readonly traffic: Traffic;
  readonly seconds: number;
  readonly interrupted: boolean;
}

/** Runs a plan to its end. Hosts' failures are in the recap; KplayError is thrown only for what stops everything. */
export async function execute(options: RunOptions): Promise<RunResult> {
  const started = performance.now();
  const run = newRun(options);
  const names = options.plan.plays.flatMap((play) =>
    modulesOf([...play.preTasks, ...play.tasks, ...play.postTasks, ...play.handlers.map(({ task }) => task)]),
  );
  await options.modules.load([...new Set(names)]);
  const wrong = specProblems(run);
  if (wrong.length > 0) throw new KplayError(wrong);
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped = run.interruption.interrupt(async () => {
      await run.jobs.end();
      await Promise.all([...run.machines.values()].map((one) => one.abort()));
    });
  };
  options.stop?.addEventListener('abort', stop);
  run.emit({ type: 'run_start', check: options.check, at: new Date().toISOString() });
  try {
    for (const [position, play] of options.plan.plays.entries()) {
      if (options.signal.aborted) break;
      const next = options.plan.plays[position + 1];
      const { name, on } = await runPlay(run, withHostMentions(run, play), position);
      if (on) continue;
      const message = `no host is left of the play "${name}": the run ends here`;
      if (next) run.emit({ type: 'warning', message, at: play.play.at });
      break;
    }
    if (run.waiting)
      throw new KplayError([
        {
          message: `no task is named "${options.startAtTask}"`,
          hint: '--list-tasks shows the names; tasks of dynamic includes cannot be started at',
        },
      ]);
  } finally {
    options.stop?.removeEventListener('abort', stop);
    await stopped; // what ends work on the hosts needs the connections
    await Promise.allSettled([...run.machines.values()].map((one) => one.close()));
    await keepFacts(run, [...run.hosts.values()]);
  }
  const recap = Object.fromEntries(
    [...run.hosts.values()]
      .filter(({ recap: line }) => Object.values(line).some((n) => n > 0))
      .map((host) => [host.name, { ...host.recap }]),
  );
  const traffic = Object.fromEntries(
    [...run.hosts.keys()].map((name) => [name, run.traffic(name)] as const).filter(([, one]) => one !== noTraffic),
  );
  const seconds = (performance.now() - started) / 1000;
  run.emit({ type: 'run_end', recap, seconds, check: options.check, traffic });
  return { recap, traffic, seconds, interrupted: options.signal.aborted };
}

interface WholeRun extends Run {
  readonly hosts: Map<string, HostState>;
  readonly machines: Map<string, Machine>;
}

function newRun(given: RunOptions): WholeRun {
  const inventory = growing(given.inventory);
  const options: RunOptions = { ...given, inventory };
  const hosts = new Map<string, HostState>();
  const machines = new Map<string, Machine>();
  const usualMachines = new WeakMap<readonly VarsLayer[], Map<string, Machine>>();
  const machinesOf = new Map<string, Machine[]>();
  const machinesAt = new Map<string, Machine[]>();
  const secrets = secretKeeper();
  const world = predictedWorld();
  const cache =
    options.factCache && factCache(options.factCache, (message) => options.emit({ type: 'warning', message }));
  if (options.flushCache) for (const name of inventory.hosts.keys()) cache?.forget(name);
  const files = localFiles(options.vault, (value) => secrets.add(value));
  const keepSecret = () => {
    for (const value of options.secrets ?? []) secrets.add(value);
  };
  keepSecret();
  let labels = 0;
  for (const secret of [options.defaults.password, options.defaults.becomePassword]) if (secret) secrets.add(secret);
  for (const answer of privateAnswers(options)) secrets.add(answer);

  function newMachine(key: string, name: string, settings: ConnectionSettings): Machine {
    for (const secret of [settings.password, settings.passphrase]) if (secret) secrets.add(secret);
    const fresh = machine(name, settings, options.wiring, world, changed);
    if (options.stop?.aborted) void fresh.abort();
    machines.set(key, fresh);
    machinesOf.set(name, [...(machinesOf.get(name) ?? []), fresh]);
    machinesAt.set(fresh.place, [...(machinesAt.get(fresh.place) ?? []), fresh]);
    return fresh;
  }

  function changed(place: string, touched: Touched, behind?: Reader): void {
    if (touched.domains === undefined) run.stirred.add(place);
    const told = (machinesAt.get(place) ?? []).filter((one) => one.forget(touched, behind));
    if (told.length > 0) for (const follower of run.followers.get(place) ?? []) follower.again();
  }

  const run: WholeRun = {
    options,
    inventory,
    secrets,
    factCache: cache,
    files,
    world,
    hosts,
    machines,
    waiting: options.startAtTask !== undefined,
    emit: (event) => options.emit(discreet(event, secrets)),
    lookups: controllerLookups({
      inventory,
      cwd: options.cwd,
      environment: options.environment,
      check: options.check,
      secret: (value) => secrets.add(value),
      read: (path) => files.text(path),
    }),
    filters: {
      ...pathFilters(options.cwd, options.environment),
      ...vaultFilters((value) => secrets.add(value)),
    },
    tests: pathTests(options.cwd),
    sources: {
      inventory,
      hostVariables: (name) => run.host(name).variables,
      extraVars: options.extraVars,
      revealed: revealer((scalar) => {
        const plain = options.vault.open(scalar.text).toString('utf8');
        secrets.add(plain);
        return plain;
      }),
    },
    host(name) {
      const known = hosts.get(name);
      if (known) return known;
      const fresh: HostState = {
        name,
        variables: {
          ...(cache?.read(name) ?? { facts: new CountedMap(), bareFacts: new Set() }),
          registered: new CountedMap(),
          included: new CountedMap(),
        },
        recap: { ok: 0, changed: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0 },
        gone: undefined,
        ended: false,
        cleared: false,
        learned: false,
        notified: new Set(),
        rolesDone: new Set(),
      };
      hosts.set(name, fresh);
      return fresh;
    },
    machine(name, inherited = {}, from) {
      const plain =
        inherited.connection === undefined &&
        inherited.port === undefined &&
        inherited.remote_user === undefined &&
        !(from && mayDiffer(run.sources, name, connectionVariables, { ...from, play: from.play.variables }));
      // as long as the inventory says the same of the host
      const layers = inventory.layers(name, from?.play.variables.play.playbookDir);
      const asUsual = usualMachines.get(layers) ?? new Map<string, Machine>();
      usualMachines.set(layers, asUsual);
      const usual = plain ? asUsual.get(name) : undefined;
      if (usual) return usual;
      const environment = definedEnvironment(run, run.host(name), from?.play, from?.lexical, from?.momentary);
      const host = options.inventory.host(name);
      const settings = connectionSettings(name, host?.implicit ?? false, inherited, environment, options.defaults);
      const { environment: _, ...told } = settings;
      const key = JSON.stringify([name, told]);
      const meant = machines.get(key) ?? newMachine(key, name, settings);
      if (plain) asUsual.set(name, meant);
      return meant;
    },
    controller() {
      const settings = connectionSettings('localhost', true, {}, { scope: noVariables, lookups: {} }, options.defaults);
      const { environment: _, ...told } = settings;
      const key = JSON.stringify(['localhost', told]);
      return machines.get(key) ?? newMachine(key, 'localhost', settings);
    },
    refreshInventory() {
      if (!options.readInventory) return;
      inventory.refresh(options.readInventory());
      keepSecret();
    },
    traffic(name) {
      const all = machinesOf.get(name);
      return all ? sumOfTraffic(all.map((one) => one.traffic)) : noTraffic;
    },
    followers: new Map(),
    stirred: new Set(),
    waited: false,
    unsettle(but = new Set()) {
      for (const one of machines.values()) {
        if (but.has(one.place) || !one.forget({ domains: undefined })) continue;
        for (const follower of run.followers.get(one.place) ?? []) follower.later();
      }
    },
    interruption: interruptible(),
    jobs: runJobs(),
    prediction: (name) => predictionOf(world, name),
    label: (name, module, at, handler, role) => ({
      id: ++labels,
      name,
      module,
      at,
      handler,
      ...(role === undefined ? {} : { role }),
    }),
  };
  return run;
}

const noVariables: Scope = { get: () => missing, names: () => [] };

/** What was typed at private prompts. A default is no secret: it stands in the playbook. */
function privateAnswers({ plan, prompts }: RunOptions): readonly string[] {
  return plan.plays.flatMap(({ play }, position) =>
    play.varsPrompt.flatMap(({ value }) => {
      const answer = prompts(position)[String(value['name'])];
      return typeof answer === 'string' && value['private'] !== false && answer !== value['default'] ? [answer] : [];
    }),
  );
}

/** Facts are also mentioned in the variables of hosts and groups. */
function withHostMentions(run: Run, play: PlannedPlay): PlannedPlay {
  const { inventory, extraVars } = run.options;
  const mentions = new Set(play.mentions);
  const layers = [...inventory.hosts.keys()].flatMap((name) => inventory.layers(name, play.playbookDir));
  const seen = new Set<object>();
  for (const { values } of [...layers, { values: extraVars }]) {
    if (seen.has(values)) continue;
    seen.add(values);
    for (const [name] of valueKey(values).matchAll(/\bansible_[A-Za-z0-9_]+/g)) mentions.add(name);
  }
  return { ...play, mentions };
}
