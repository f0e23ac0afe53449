/** The cases that every topology has on real hosts: planned from bare hosts, installed, installed again, verified; then its own drills. */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { kplay, type Said, tail, total } from '../kplay.ts';
import {
  compareSnapshots,
  type Lab,
  type Topology as LabTopology,
  type Snapshot,
  startLab,
  systemsOwn,
} from '../lab/lab.ts';

/** What is installed, and on which hosts. */
export interface Topology {
  /** A name in `playbooks/`, without `.yml`. */
  readonly playbook: string;
  readonly hosts: readonly string[];
  /** Group name to host names. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** Group name to the groups inside it. */
  readonly children?: Readonly<Record<string, readonly string[]>>;
  /** Variables of all hosts; they win over those of the lab (cluster_vip, kube_binary_source, cluster_image_archives …). */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Variables of single groups, by the group's name. */
  readonly groupVariables?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Paths of a host, whole subtrees, which its services write by themselves once they run. `/var/lib/etcd` and `/var/lib/cni` always are. */
  readonly ignored?: readonly string[];
  /** Tasks that change something which no check could foresee, by their names. Say why beside each. */
  readonly unforeseen?: readonly RegExp[];
  /** The Debian release of the hosts; 12 where nothing is said. */
  readonly suite?: LabTopology['suite'];
  /** Whether verify.yml has to agree; true where nothing is said. */
  readonly verified?: boolean;
  /** For how long verify.yml lets streams be idle, in seconds; not at all where nothing is said: one topology a kind of load balancer does. */
  readonly idleSeconds?: number;
}

/** A topology in the lab. For hooks and cases only: while they are declared there is no lab yet. */
export interface Standing {
  readonly lab: Lab;
  /** A folder of this spec alone, removed at its end. */
  readonly folder: string;
  /** The path of the inventory; `group_vars` lies beside it. */
  readonly inventory: string;
  /** `cluster_state_dir`: certificates, secrets and the administrator's kubeconfig on this machine. */
  readonly state: string;
  /** Runs the topology's playbook. */
  run(...args: readonly string[]): Promise<Said>;
  /** Runs another one of `playbooks/`, named without `.yml`, on the same inventory. */
  play(playbook: string, ...args: readonly string[]): Promise<Said>;
  /**
   * Runs a shell script as root on a host; answers with what it printed.
   * @throws AssertionError with its standard error when it fails.
   */
  tell(host: string, script: string): Promise<string>;
  /** All that was ever written on each host, but for what a system writes by itself, and the `ignored` paths. */
  snapshots(ignored?: readonly string[]): Promise<Snapshots>;
}

/** Host name to what was written there. */
export type Snapshots = Readonly<Record<string, Snapshot>>;

/**
 * Declares the cases of a topology, then those that `drills` declares. The first one to fail ends them, and the lab is taken down
 * whatever happens.
 *
 *     describeTopology('ha-external-etcd.yml on three hosts', { playbook: 'ha-external-etcd', hosts, groups }, (cluster) => {
 *       it('has an API', async () => expect(await cluster.tell('m1', 'kubectl …')).to.equal('ok'));
 *     });
 */
export function describeTopology(title: string, topology: Topology, drills: (standing: Standing) => void): void {
  describe(title, function () {
    this.timeout('15m');
    this.bail(true);
    const standing = standingOf(topology);

    before(async function () {
      this.timeout('30m');
      await standing.up();
    });
    after(async function () {
      this.timeout('2m');
      await standing.down();
    });

    declareInstall(topology, standing);
    drills(standing);
  });
}

/** @throws AssertionError naming the tasks when the run failed or changed anything. */
export function expectUnchanged(said: Said): void {
  expect(said.code, tail(said)).to.equal(0);
  expect(total(said, 'changed'), changedTasks(said).join('\n')).to.equal(0);
}

/** The tasks that changed something, or would: `host: name of the task`. */
export function changedTasks(said: Said): readonly string[] {
  let task = '';
  const changed = new Set<string>();
  for (const line of said.stdout.split('\n')) {
    task = /^(?:TASK|RUNNING HANDLER) \[(.*)\] \*+$/.exec(line)?.[1] ?? task;
    const host = /^changed: \[([^\] ]+)/.exec(line)?.[1];
    if (host) changed.add(`${host}: ${task}`);
  }
  return [...changed];
}

/** What was written on the hosts in between, one line a path: `host: + /path …`. */
export function written(before: Snapshots, after: Snapshots): readonly string[] {
  return Object.keys(after).flatMap((name) =>
    compareSnapshots(before[name]!, after[name]!).map((line) => `${name}: ${line}`),
  );
}

/** A line among those of mocha's report. */
export function remark(text: string): void {
  process.stderr.write(`      ${text}\n`);
}

function declareInstall(topology: Topology, standing: Standing): void {
  let planned: readonly string[];

  it('--check --diff from bare hosts goes through, and writes nothing', async () => {
    const before = await standing.snapshots();
    const said = await standing.run('--check', '--diff');
    expect(said.code, tail(said)).to.equal(0);
    expect(written(before, await standing.snapshots())).to.deep.equal([]);
    planned = changedTasks(said);
    remark(`planned ${total(said, 'changed')} changes in ${said.seconds.toFixed(1)} s`);
  });

  it('one command installs it, with no change that the plan did not have', async () => {
    const said = await standing.run();
    expect(said.code, tail(said, 150)).to.equal(0);
    expect([total(said, 'failed'), total(said, 'unreachable')]).to.deep.equal([0, 0]);
    remark(`installed with ${total(said, 'changed')} changes in ${said.seconds.toFixed(1)} s`);
    const surprises = changedTasks(said).filter(
      (one) => !planned.includes(one) && !topology.unforeseen?.some((name) => name.test(one)),
    );
    expect(surprises, 'changes that the check had not foreseen').to.deep.equal([]);
  });

  it('the second run changes nothing', async () => {
    const said = await standing.run();
    expectUnchanged(said);
    remark(`converged run in ${said.seconds.toFixed(1)} s`);
  });

  it('--check --diff afterwards finds nothing to change, and writes nothing', async () => {
    const ignored = ['/var/lib/etcd', '/var/lib/cni', ...(topology.ignored ?? [])];
    const before = await standing.snapshots(ignored);
    expectUnchanged(await standing.run('--check', '--diff'));
    expect(written(before, await standing.snapshots(ignored))).to.deep.equal([]);
  });

  if (topology.verified ?? true) {
    it('verify.yml agrees', async () => {
      const said = await standing.play('verify', '-e', `verify_idle_seconds=${topology.idleSeconds ?? 0}`);
      expectUnchanged(said);
      expect(total(said, 'ok')).to.be.greaterThan(0);
      remark(`verified in ${said.seconds.toFixed(1)} s`);
    });
  }
}

function standingOf(topology: Topology): Standing & { up(): Promise<void>; down(): Promise<void> } {
  let lab: Lab | undefined;
  let folder = '';
  const running = () => {
    if (!lab) throw new Error('there is no lab yet: use it inside hooks and cases');
    return lab;
  };
  const inventory = () => join(folder, 'hosts');
  const state = () => join(folder, 'state');
  const play: Standing['play'] = (playbook, ...args) =>
    kplay([`playbooks/${playbook}.yml`, '-i', inventory(), ...args]);

  return {
    get lab() {
      return running();
    },
    get folder() {
      return folder;
    },
    get inventory() {
      return inventory();
    },
    get state() {
      return state();
    },
    play,
    run: (...args) => play(topology.playbook, ...args),
    async tell(host, script) {
      const said = await running().host(host).exec(script);
      expect(said.code, `${host}: ${script}\n${said.stdout}${said.stderr}`).to.equal(0);
      return said.stdout;
    },
    async snapshots(ignored = []) {
      const paths = [...systemsOwn, ...ignored];
      const all = running().hosts.map(async (host) => [host.name, await host.snapshot(paths)] as const);
      return Object.fromEntries(await Promise.all(all));
    },
    async up() {
      folder = await mkdtemp(join(tmpdir(), 'kplay-topology-'));
      lab = await startLab({
        hosts: topology.hosts.map((name) => ({ name })),
        groups: topology.groups,
        children: topology.children ?? {},
        kubernetes: true,
        ...(topology.suite ? { suite: topology.suite } : {}),
        log: (line) => process.stderr.write(`${line}\n`),
      });
      await writeFile(inventory(), lab.inventory);
      await mkdir(join(folder, 'group_vars'));
      const variables = { ...topology.groupVariables, all: { cluster_state_dir: state(), ...topology.variables } };
      // JSON is YAML
      for (const [group, values] of Object.entries(variables))
        await writeFile(join(folder, 'group_vars', `${group}.yml`), `${JSON.stringify(values, null, 2)}\n`);
    },
    async down() {
      await lab?.down();
      if (folder) await rm(folder, { recursive: true, force: true });
    },
  };
}
