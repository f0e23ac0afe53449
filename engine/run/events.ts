/** What happens in a run, told as it happens: the only thing `report` knows. Values are already scrubbed of secrets. */
import type { Location } from '../errors.ts';
import type { Diff, Result } from '../module/definition.ts';

/** How a task ended on a host. `changed` under check means "would change". */
export type Status = 'ok' | 'changed' | 'failed' | 'skipped' | 'unreachable';

export interface TaskLabel {
  /** Unique in the run. */
  readonly id: number;
  /** `role : name` with templates rendered where they can be. */
  readonly name: string;
  readonly module: string;
  readonly at: Location;
  readonly handler: boolean;
  /** The role it stands in. */
  readonly role?: string;
}

/** One item of a loop, or the whole task. */
export interface Outcome {
  readonly host: string;
  readonly task: TaskLabel;
  readonly status: Status;
  readonly result: Result;
  readonly diffs: readonly Diff[];
  /** The failure does not count: `ignore_errors`, `ignore_unreachable`. */
  readonly ignored: boolean;
  /** Why something can only be known in the run (check mode): shown as "would run". */
  readonly unknown?: string;
  /** Where it ran instead: `delegate_to`. */
  readonly delegatedTo?: string;
  /** Seconds from start to end on this host. */
  readonly seconds: number;
  /** Of a whole task: what went to and fro meanwhile between the controller and the host it ran on, reading ahead included. */
  readonly traffic?: HostTraffic;
}

export type RunEvent =
  | { readonly type: 'run_start'; readonly check: boolean; readonly at: string }
  | { readonly type: 'play_start'; readonly name: string; readonly hosts: readonly string[]; readonly at: Location }
  | { readonly type: 'no_hosts_matched'; readonly name: string }
  | { readonly type: 'task_start'; readonly task: TaskLabel; readonly hosts: readonly string[] }
  /** A host begins the task: with the outcome this says what runs where, and for how long. */
  | { readonly type: 'host_start'; readonly host: string; readonly task: TaskLabel }
  | { readonly type: 'item'; readonly outcome: Outcome; readonly label: string }
  | { readonly type: 'outcome'; readonly outcome: Outcome }
  | {
      readonly type: 'retry';
      readonly host: string;
      readonly task: TaskLabel;
      readonly attempt: number;
      readonly left: number;
      readonly message: string;
    }
  | { readonly type: 'included'; readonly file: string; readonly hosts: readonly string[]; readonly task: TaskLabel }
  | { readonly type: 'warning'; readonly message: string; readonly at?: Location }
  | {
      readonly type: 'run_end';
      readonly recap: Recap;
      readonly seconds: number;
      readonly check: boolean;
      readonly traffic: Traffic;
    };

/** Ansible's recap columns, by host. */
export interface HostRecap {
  readonly ok: number;
  readonly changed: number;
  readonly unreachable: number;
  readonly failed: number;
  readonly skipped: number;
  readonly rescued: number;
  readonly ignored: number;
}
export type Recap = Readonly<Record<string, HostRecap>>;

export interface HostTraffic {
  readonly roundTrips: number;
  readonly bytesOut: number;
  readonly bytesIn: number;
  /** Seconds in which an answer of the host was due. */
  readonly waiting: number;
  /** Seconds of the quickest answer: what a round trip costs at least. */
  readonly shortest?: number;
}

/** By host. */
export type Traffic = Readonly<Record<string, HostTraffic>>;

export type Emit = (event: RunEvent) => void;
