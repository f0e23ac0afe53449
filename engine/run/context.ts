/** What a run holds in its hands: passed down, never global. */

import type { Location } from '../errors.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { AnyModule } from '../module/definition.ts';
import type { Lexical, Plan, PlannedHandler, Planner } from '../plan/plan.ts';
import type { Inherited } from '../playbook/ast.ts';
import type { Vault } from '../source/vault.ts';
import type { PredictedWorld, Prediction } from '../target/prediction.ts';
import type { FilterFunction, LookupFunction, TestFunction } from '../template/environment.ts';
import type { ConnectionDefaults } from './connection-settings.ts';
import type { Emit, HostRecap, HostTraffic, TaskLabel } from './events.ts';
import type { FactCache, FactCacheOptions } from './fact-cache.ts';
import type { GrowingInventory } from './growing.ts';
import type { Interruptible } from './interruption.ts';
import type { Jobs } from './jobs.ts';
import type { LocalFiles } from './local-files.ts';
import type { Machine, Wiring } from './machines.ts';
import type { Pace } from './pace.ts';
import type { Secrets } from './secrets.ts';
import type { HostVariables, Momentary, PlayVariables, VariableSources } from './variables.ts';

export interface RunOptions {
  readonly plan: Plan;
  readonly planner: Planner;
  readonly inventory: Inventory;
  /** Reads the sources of the inventory again. Throws KplayError. */
  readonly readInventory?: (() => Inventory) | undefined;
  /** The hosts `--limit` leaves, or all. */
  readonly limit?: ReadonlySet<string> | undefined;
  readonly limitText?: string | undefined;
  readonly modules: { load(names: readonly string[]): Promise<void>; get(name: string): AnyModule };
  readonly extraVars: Readonly<Record<string, unknown>>;
  readonly prompts: (play: number) => Readonly<Record<string, unknown>>;
  readonly check: boolean;
  readonly diff: boolean;
  /** Hosts at work at the same time. */
  readonly forks: number;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly startAtTask?: string | undefined;
  readonly forceHandlers: boolean;
  /** Of plays that name none; `linear` unless given. */
  readonly strategy?: string | undefined;
  /** `any_errors_fatal` where nobody says. */
  readonly anyErrorsFatal?: boolean | undefined;
  /** Seconds a task may take that does not say; 0 is without an end. */
  readonly taskTimeout?: number | undefined;
  /** `ansible_managed` where nobody defines it. */
  readonly managed?: string | undefined;
  /** Asked before each task by its name: false leaves it out. */
  readonly step?: ((task: string) => Promise<boolean>) | undefined;
  /** Whether plays that do not say gather facts. */
  readonly gatherFacts: boolean;
  /** Hosts whose facts are known already are not asked again. */
  readonly smartGathering?: boolean | undefined;
  /** Where facts are kept from run to run, and whether what is there is dropped first. */
  readonly factCache?: FactCacheOptions | undefined;
  readonly flushCache?: boolean | undefined;
  /** A condition that is no boolean is an error. */
  readonly strict: boolean;
  /** Reading ahead can be switched off, to compare or to doubt. */
  readonly readAhead: boolean;
  readonly verbosity: number;
  /** The `ansible.cfg` that was read. */
  readonly configFile?: string | undefined;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly defaults: ConnectionDefaults;
  readonly wiring: Wiring;
  /** What was in the encrypted files read so far; looked at again when the inventory is. */
  readonly secrets?: ReadonlySet<string> | undefined;
  /** Opens what the user's files have encrypted. */
  readonly vault: Vault;
  readonly emit: Emit;
  /** Aborted: nothing new is begun; what runs may end. */
  readonly signal: AbortSignal;
  /** Aborted, after `signal`: what runs is ended on the hosts too, within about three seconds, and fails as interrupted. */
  readonly stop?: AbortSignal | undefined;
  readonly version: string;
}

export interface HostState {
  readonly name: string;
  readonly variables: HostVariables;
  readonly recap: { -readonly [K in keyof HostRecap]: HostRecap[K] };
  /** Out for the rest of the run. */
  gone: 'failed' | 'unreachable' | undefined;
  /** Out for the rest of the play, without having failed. */
  ended: boolean;
  /** `clear_host_errors` has taken back that it failed: it is out for this play only. */
  cleared: boolean;
  /** Whether facts of it have been found out in this run: then the cache is told. */
  learned: boolean;
  /** Handlers to run at the next flush: indices into the play's list. */
  readonly notified: Set<number>;
  /** Roles that have run here, by their keys. */
  readonly rolesDone: Set<string>;
}

export interface Run {
  readonly options: RunOptions;
  readonly secrets: Secrets;
  readonly factCache: FactCache | undefined;
  readonly files: LocalFiles;
  /** Reads the inventory again: for `groups`, variables and the plays to come. Throws KplayError. */
  refreshInventory(): void;
  /** What was read, and what tasks have added to it. The same as `options.inventory`. */
  readonly inventory: GrowingInventory;
  readonly world: PredictedWorld;
  readonly sources: VariableSources;
  readonly lookups: Readonly<Record<string, LookupFunction>>;
  readonly filters: Readonly<Record<string, FilterFunction>>;
  readonly tests: Readonly<Record<string, TestFunction>>;
  host(name: string): HostState;
  /**
   * The machine a task reaches a host by; `inherited` are its connection keywords, `from` is whose variables count besides the
   * host's own. Throws ModuleFailure for settings that make no sense.
   */
  machine(name: string, inherited?: Inherited, from?: Asking): Machine;
  /** The controller itself. */
  controller(): Machine;
  /** What went to and fro so far between the controller and a host. */
  traffic(name: string): HostTraffic;
  /** Who reads ahead on a place, to be told when something there is being changed. */
  followers: ReadonlyMap<string, readonly Follower[]>;
  /** Places where the task at work has changed who knows what; `waited` when it let time pass. */
  readonly stirred: Set<string>;
  waited: boolean;
  /** Drops what was read on every place but these: it may be so no more. */
  unsettle(but?: ReadonlySet<string>): void;
  /** Whatever a task does, so that it ends when the run is stopped. */
  readonly interruption: Interruptible;
  /** What goes on beside the play. */
  readonly jobs: Jobs;
  prediction(host: string): Prediction;
  label(name: string, module: string, at: Location, handler: boolean, role?: string): TaskLabel;
  /** The task `--start-at-task` names has not been met yet. */
  waiting: boolean;
  readonly emit: Emit;
}

/** Where a machine is asked for. */
export interface Asking {
  readonly play: PlayRun;
  readonly lexical?: Lexical;
  readonly momentary?: Momentary | undefined;
}

/** Reads ahead for a host, and is told when what was read is void: read on at once, or when the host is at work again. */
export interface Follower {
  again(): void;
  later(): void;
}

/** The play at work on one batch of hosts. */
export interface PlayRun {
  readonly run: Run;
  readonly variables: PlayVariables;
  /** All hosts of the play, and those of this batch. */
  readonly allHosts: readonly HostState[];
  readonly batch: readonly HostState[];
  /** Who of the batch fell where no rescue was to come. */
  readonly lost: Set<HostState>;
  /** Grows as dynamic includes bring more; a host's notifications are indices into it. */
  readonly handlers: PlannedHandler[];
  /** How its hosts move. */
  readonly pace: Pace;
  /** `meta: end_play` and its kin. */
  ended: boolean;
}

/** Hosts that still take part in the play: neither out of it nor on the way out. */
export function leftOf({ lost }: PlayRun, hosts: readonly HostState[]): readonly HostState[] {
  return atWork(hosts).filter((host) => !lost.has(host));
}

/** Hosts of the batch that are still at work. */
export function atWork(hosts: readonly HostState[]): readonly HostState[] {
  return hosts.filter((host) => !host.gone && !host.ended);
}
