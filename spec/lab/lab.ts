import { mkdir } from 'node:fs/promises';
import { ensureBase, unpackLayers } from './base.ts';
import { type Finished, run } from './command.ts';
import { execute, hostPid, install, powerOff, powerOn, rootOf, uninstall, untilReachable, upperOf } from './host.ts';
import { ensureHostKey, ensureKey, key, knownHosts, writeKnownHosts } from './identity.ts';
import { ensureImages } from './images.ts';
import { inventoryText } from './inventory.ts';
import { ensureKubernetes, isKubernetesBuilt } from './kubernetes.ts';
import { setLatency } from './latency.ts';
import { checkMachine, ensureTools } from './machine.ts';
import { suite as debian12, type Suite } from './mirror.ts';
import { raiseNetwork, readForwarding } from './network.ts';
import { disk, hostDirectory } from './paths.ts';
import type { Progress } from './progress.ts';
import { readSnapshot, type Snapshot } from './snapshot.ts';
import { claim, type LabState, readState, writeState } from './state.ts';
import { tearDown } from './teardown.ts';
import { type HostPlan, network, plan, type Topology } from './topology.ts';
import { raiseWatchers, readWatchers } from './watchers.ts';

export { compareSnapshots, type Snapshot, systemsOwn } from './snapshot.ts';
export { labTopology, network, type Topology } from './topology.ts';

export interface LabHost extends HostPlan {
  /** This machine's path of all that was ever written on the host. */
  readonly upper: string;
  /** This machine's path of the host's `/` (without its /run, /tmp and container volumes). */
  readonly rootfs: string;
  /** The process id of the host's init on this machine; undefined when the host is off. */
  pid(): Promise<number | undefined>;
  /** Runs a shell script as root, past the network and ssh. */
  exec(script: string): Promise<Finished>;
  /** Ends the host as a power loss does; its disk stays as it is. */
  powerOff(): Promise<void>;
  /** Boots the host with the disk it has, until ssh answers. */
  powerOn(): Promise<void>;
  /** Makes the host a bare one again, with the same address and host key. */
  reset(): Promise<void>;
  /** All that was ever written on the host; `ignored` are paths that do not count. */
  snapshot(ignored?: readonly string[]): Promise<Snapshot>;
}

export interface Lab {
  readonly hosts: readonly LabHost[];
  /** The private ssh key, for root and for ops (whose sudo password is "ops"). */
  readonly key: string;
  readonly knownHosts: string;
  readonly gateway: string;
  /** The folder of Kubernetes binaries, where the topology has them. */
  readonly kubernetes: string | undefined;
  /** The folder of container images' archives, where the topology has Kubernetes. */
  readonly images: string | undefined;
  /** The text of an inventory of this lab, as INI. */
  readonly inventory: string;
  /** @throws Error when the lab has no host of that name. */
  host(name: string): LabHost;
  /** Makes every round trip to a host that many milliseconds longer; 0 takes the delay away. See {@link setLatency}. */
  netem(delayMs: number): Promise<void>;
  down(): Promise<void>;
}

export interface StartOptions extends Partial<Omit<Topology, 'hosts'>> {
  readonly hosts: readonly { readonly name: string }[];
  readonly log?: (line: string) => void;
  /** Aborting it takes down what stands, and `startLab` throws. */
  readonly signal?: AbortSignal;
}

/**
 * Boots a lab and returns when every host answers ssh. The hosts outlive this process, until {@link Lab.down}.
 * @throws Error when this machine cannot have a lab, has one already, or a step failed; nothing is left behind then.
 */
export async function startLab(options: StartOptions): Promise<Lab> {
  const { groups = {}, children = {}, kubernetes = false, suite = debian12, log = () => {} } = options;
  const hosts = plan(options.hosts.map(({ name }) => name));
  const topology: Topology = { hosts, groups, children, kubernetes, suite };
  await checkMachine();
  const first: LabState = {
    topology,
    startedAt: new Date().toISOString(),
    up: false,
    starter: process.pid,
    forwarding: await readForwarding(),
    watchers: await readWatchers(),
  };
  await claim(first);
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  try {
    const made = await prepare(kubernetes, suite, { log, signal }, stop);
    await boot(hosts, suite, { log, signal }, stop);
    const state = { ...first, ...made, up: true };
    await writeState(state);
    return labOf(state);
  } catch (error) {
    log('taking down what stands');
    await tearDown();
    throw error;
  }
}

/**
 * The lab which is up, whoever started it.
 * @throws Error when none is.
 */
export async function attachLab(): Promise<Lab> {
  const state = await readState();
  if (!state?.up) throw new Error('no lab is up: `npm run lab -- up` starts one');
  return labOf(state);
}

/** Brings everything that is made once and kept, and lays it out for this lab. Returns the Kubernetes folders, if asked. */
async function prepare(
  kubernetes: boolean,
  suite: Suite,
  progress: Progress,
  stop: AbortController,
): Promise<Pick<LabState, 'kubernetes' | 'images'>> {
  await ensureTools(kubernetes && !isKubernetesBuilt(), progress);
  await ensureKey();
  await mkdir(disk);
  await run(['mount', '-t', 'tmpfs', '-o', 'mode=755,size=75%', 'kplay-lab', disk]);
  const [binaries] = await together(stop, [
    kubernetes ? ensureKubernetes(progress) : Promise.resolve(undefined),
    ensureBase(suite, progress).then(() => unpackLayers(suite, progress.signal)),
  ]);
  return binaries ? { kubernetes: binaries, images: await ensureImages(binaries, progress) } : {};
}

async function boot(
  hosts: readonly HostPlan[],
  suite: Suite,
  { log, signal }: Progress,
  stop: AbortController,
): Promise<void> {
  await raiseNetwork();
  await raiseWatchers();
  log(`booting ${hosts.map(({ name }) => name).join(' ')}`);
  const bootOne = async (host: HostPlan) => {
    await mkdir(hostDirectory(host.name), { recursive: true });
    await ensureHostKey(host.name);
    await install(host, hosts, suite);
    signal?.throwIfAborted();
    await powerOn(host.name);
    await untilReachable(host, signal);
    log(`${host.name} (${host.address}) is up`);
  };
  await together(stop, hosts.map(bootOne));
  await writeKnownHosts(hosts);
}

/** Waits for all. When one fails the others are told to stop, and are waited for before the failure is thrown. */
async function together<const T extends readonly Promise<unknown>[]>(
  stop: AbortController,
  tasks: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  for (const task of tasks) task.catch((error: unknown) => stop.abort(error));
  const settled = await Promise.allSettled(tasks);
  if (stop.signal.aborted) throw stop.signal.reason;
  return settled.map((one) => (one as PromiseFulfilledResult<unknown>).value) as {
    -readonly [K in keyof T]: Awaited<T[K]>;
  };
}

function labOf({ topology, kubernetes, images }: LabState): Lab {
  const hosts = topology.hosts.map((host) => labHost(host, topology));
  return {
    hosts,
    key,
    knownHosts,
    gateway: network.gateway,
    kubernetes,
    images,
    inventory: inventoryText(topology, { key, knownHosts, kubernetes, images }),
    host(name) {
      const host = hosts.find((one) => one.name === name);
      if (!host) throw new Error(`the lab has no host "${name}", but ${hosts.map((one) => one.name).join(' ')}`);
      return host;
    },
    netem: (delayMs) => setLatency(topology.hosts, delayMs),
    down: tearDown,
  };
}

function labHost(host: HostPlan, { hosts: all, suite = debian12 }: Topology): LabHost {
  const { name } = host;
  const on = async () => {
    await powerOn(name);
    await untilReachable(host);
  };
  return {
    ...host,
    upper: upperOf(name),
    rootfs: rootOf(name),
    pid: () => hostPid(name),
    exec: (script) => execute(name, script),
    powerOff: () => powerOff(name),
    powerOn: on,
    async reset() {
      await powerOff(name);
      await uninstall(name);
      await install(host, all, suite);
      await on();
    },
    snapshot: (ignored) => readSnapshot(upperOf(name), ignored),
  };
}
