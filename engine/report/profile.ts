/**
 * Where the time of a run went. A task takes until the next one begins, which is as long as its slowest host takes; so the parts of
 * that host's time, task after task, are the parts of the run.
 */
import type { HostTraffic, Outcome, RunEvent, TaskLabel, Traffic } from '../run/events.ts';

/** Seconds, and what they were spent on. */
export interface Share {
  readonly seconds: number;
  /** Neither of the others: the controller's own work, which hosts take turns at. */
  readonly controller: number;
  /** As many round trips as there were, each as short as the host's shortest. */
  readonly roundTrips: number;
  /** The rest of the time in which a connection or an answer of the host was due. */
  readonly commands: number;
  /** Attempts that came to nothing and the pauses between them, and tasks that do nothing but wait. */
  readonly services: number;
}

/** A share, and what counts beside it, on all hosts together. */
export interface Part extends Share {
  readonly name: string;
  /** The controller's processor time. */
  readonly cpu: number;
  readonly trips: number;
  readonly bytes: number;
}

export interface TaskPart extends Part {
  /** The slowest host, whose time this is. */
  readonly host: string;
  readonly at: string;
}

export interface Profile {
  /** Seconds from the start of the process to the beginning of the run, and of the controller's processor until then. */
  readonly before: { readonly seconds: number; readonly cpu: number };
  readonly run: Part;
  readonly roles: readonly Part[];
  readonly tasks: readonly TaskPart[];
  readonly hosts: Traffic;
}

/** Both in seconds since the process began; `cpu` of all its threads. */
export interface Clocks {
  readonly time: () => number;
  readonly cpu: () => number;
}

export interface Profiler {
  hear(event: RunEvent): void;
  /** Undefined until the run has ended. */
  readonly profile: Profile | undefined;
}

interface Taken {
  readonly outcome: Outcome;
  readonly services: number;
}

interface Task {
  readonly label: TaskLabel;
  readonly from: number;
  readonly cpuFrom: number;
  readonly hosts: Taken[];
  /** By host, when it was first told to try again. */
  readonly retried: Map<string, number>;
}

/** Modules that wait, and do nothing else. */
const waiting = new Set(['pause', 'wait_for', 'wait_for_connection']);

export function profiler({ time, cpu }: Clocks): Profiler {
  const tasks = new Map<number, Task>();
  const begun = new Map<string, number>();
  let before = { seconds: 0, cpu: 0 };
  let profile: Profile | undefined;

  function taken(outcome: Outcome): void {
    const task = tasks.get(outcome.task.id);
    if (!task) return;
    const from = begun.get(`${outcome.task.id} ${outcome.host}`);
    const retried = task.retried.get(outcome.host);
    // what it took to be told "again" the first time, it takes each time
    const once = retried === undefined || from === undefined ? 0 : retried - from;
    const services = waiting.has(outcome.task.module)
      ? outcome.seconds
      : retried === undefined
        ? 0
        : Math.max(0, outcome.seconds - once);
    task.hosts.push({ outcome, services });
  }

  return {
    hear(event) {
      if (event.type === 'run_start') before = { seconds: time(), cpu: cpu() };
      else if (event.type === 'task_start') {
        const task = { label: event.task, from: time(), cpuFrom: cpu(), hosts: [], retried: new Map() };
        tasks.set(event.task.id, task);
      } else if (event.type === 'host_start') begun.set(`${event.task.id} ${event.host}`, time());
      else if (event.type === 'retry') {
        const { retried } = tasks.get(event.task.id) ?? {};
        if (retried && !retried.has(event.host)) retried.set(event.host, time());
      } else if (event.type === 'outcome') taken(event.outcome);
      else if (event.type === 'run_end') {
        profile = profileOf([...tasks.values()], before, { time: time(), cpu: cpu() }, event.seconds, event.traffic);
      }
    },
    get profile() {
      return profile;
    },
  };
}

function profileOf(
  tasks: readonly Task[],
  before: Profile['before'],
  end: { readonly time: number; readonly cpu: number },
  seconds: number,
  hosts: Traffic,
): Profile {
  const parts = tasks.map((task, index) => {
    const next = tasks[index + 1];
    return taskPart(task, next?.from ?? end.time, next?.cpuFrom ?? end.cpu, hosts);
  });
  const roles = new Map<string, Part[]>();
  tasks.forEach(({ label }, index) => {
    const name = label.role ?? '(no role)';
    roles.set(name, [...(roles.get(name) ?? []), parts[index]!]);
  });
  const told = sumOf('the run', parts);
  // what comes before the first task and after the last is the controller's
  const rest = Math.max(0, seconds - told.seconds);
  const run = { ...told, seconds: told.seconds + rest, controller: told.controller + rest, cpu: end.cpu - before.cpu };
  const slowest = (a: Part, b: Part) => b.seconds - a.seconds;
  return {
    before,
    run,
    roles: [...roles].map(([name, own]) => sumOf(name, own)).sort(slowest),
    tasks: parts.sort(slowest),
    hosts,
  };
}

function taskPart({ label, from, cpuFrom, hosts }: Task, to: number, cpuTo: number, traffic: Traffic): TaskPart {
  const slowest = hosts.reduce<Taken | undefined>(
    (found, one) => (found === undefined || one.outcome.seconds > found.outcome.seconds ? one : found),
    undefined,
  );
  const sum = (of: (one: HostTraffic) => number) =>
    hosts.reduce((total, { outcome }) => total + (outcome.traffic ? of(outcome.traffic) : 0), 0);
  return {
    name: label.name,
    at: `${label.at.file}:${label.at.line}`,
    host: slowest?.outcome.host ?? '',
    ...shareOf(to - from, slowest, traffic),
    cpu: cpuTo - cpuFrom,
    trips: sum((one) => one.roundTrips),
    bytes: sum((one) => one.bytesOut + one.bytesIn),
  };
}

/** The time of a task, by what its slowest host spent it on. What was delegated is all commands: another host did it. */
function shareOf(seconds: number, slowest: Taken | undefined, traffic: Traffic): Share {
  if (!slowest) return { seconds, controller: seconds, roundTrips: 0, commands: 0, services: 0 };
  const { host, seconds: own, traffic: spent, delegatedTo } = slowest.outcome;
  const services = Math.min(slowest.services, own, seconds);
  const due = delegatedTo === undefined ? (spent?.waiting ?? 0) : own;
  const hosts = Math.min(due, seconds - services);
  const shortest = traffic[host]?.shortest ?? 0;
  const roundTrips = Math.min(hosts, (spent?.roundTrips ?? 0) * shortest);
  return { seconds, controller: seconds - services - hosts, roundTrips, commands: hosts - roundTrips, services };
}

function sumOf(name: string, parts: readonly Part[]): Part {
  const sum = (of: (part: Part) => number) => parts.reduce((total, part) => total + of(part), 0);
  return {
    name,
    seconds: sum((part) => part.seconds),
    controller: sum((part) => part.controller),
    roundTrips: sum((part) => part.roundTrips),
    commands: sum((part) => part.commands),
    services: sum((part) => part.services),
    cpu: sum((part) => part.cpu),
    trips: sum((part) => part.trips),
    bytes: sum((part) => part.bytes),
  };
}
