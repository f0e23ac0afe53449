/**
 * `npm run demo [-- --keep]`: the main job from nothing to a cluster that survives a dead host, on six hosts booted here.
 * Ends with 0 when everything came out as said, 1 when something did not, 130 after Ctrl-C.
 */

import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { until, VirtualAddress } from '../acceptance/virtual-address.ts';
import { type Lab, labTopology, startLab } from '../lab/lab.ts';
import { checkMachine } from '../lab/machine.ts';
import { inventoryFile } from '../lab/paths.ts';
import { timedLog } from '../lab/progress.ts';
import { wroteInventory } from '../lab/teardown.ts';
import { network } from '../lab/topology.ts';
import { outage } from './outage.ts';
import { type Played, play, recapLines, total } from './play.ts';

const playbook = 'playbooks/ha-external-etcd.yml';
/** A cluster of another name keeps its certificates and secrets apart from those of your own clusters. */
const name = 'demo';
const stateFolder = `.kplay/${name}`;
const command = [playbook, '-i', basename(inventoryFile), '-e', `cluster_name=${name}`];
const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf';

const [flag, ...others] = process.argv.slice(2);
if (others.length > 0 || (flag !== undefined && flag !== '--keep')) {
  process.stderr.write('usage: npm run demo [-- --keep]\n');
  process.exit(5);
}
const keep = flag === '--keep';

const interrupt = new AbortController();
const { signal } = interrupt;
for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(event, () => {
    process.stderr.write(signal.aborted ? 'demo: still taking the lab down\n' : 'demo: stopping\n');
    interrupt.abort(new Error('interrupted'));
  });
}

let lab: Lab | undefined;
try {
  await refuse();
  announce();
  lab = await startLab({ ...labTopology('ha'), log: timedLog(), signal });
  await writeFile(inventoryFile, lab.inventory);
  await rm(stateFolder, { recursive: true, force: true });
  await story(lab);
} catch (error) {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = signal.aborted ? 130 : 1;
}
if (lab) await leave(lab);

/** Says what keeps the demo from running here, before anything is made. */
async function refuse(): Promise<void> {
  await checkMachine();
  if (existsSync(inventoryFile) && !(await wroteInventory())) {
    throw new Error(`${inventoryFile} is not one that the lab wrote: move it away, the demo's inventory goes there`);
  }
}

function announce(): void {
  say(`This boots six Debian hosts on this machine (systemd-nspawn, bridge ${network.bridge}, ${network.subnet}), and has kplay make a
highly available Kubernetes control plane of them: etcd on three, kube-apiserver behind haproxy and keepalived on three.
The first time it installs the Debian packages it lacks, and makes a base image (a minute) and Kubernetes 1.20.2 from
source (about ten minutes), kept in ~/.cache/kplay. After that the whole demo takes about two minutes.
Ctrl-C takes everything down again${keep ? '; otherwise the hosts stay up afterwards (--keep).' : '. `npm run demo -- --keep` leaves the hosts up.'}`);
}

async function story(up: Lab): Promise<void> {
  title('The plan, on bare hosts: nothing is written');
  const plan = await shownCommand(['--check', '--diff'], 'kept');
  expectCode(plan);
  say(recapLines(plan.stdout).join('\n'));
  const added = plan.stdout.split('\n').filter((line) => /^\+(?!\+\+ )/.test(line)).length;
  say(`The plan: ${total(plan.stdout, 'changed')} changes, ${added} lines of files; ${plan.seconds.toFixed(1)} s.`);

  title('The run');
  expectCode(await shownCommand([], 'shown'));

  title('The same again: nothing is left to change');
  const again = await shownCommand([], 'kept');
  expectCode(again);
  say(recapLines(again.stdout).join('\n'));
  const changed = total(again.stdout, 'changed');
  if (changed > 0) throw new Error(`the second run changed ${changed} things`);
  say(`Nothing changed; ${again.seconds.toFixed(1)} s.`);

  title(`The cluster, through its virtual address ${network.vip}`);
  const etcd =
    'ETCDCTL_API=3 ETCDCTL_CACERT=ca.crt ETCDCTL_CERT=healthcheck-client.crt ETCDCTL_KEY=healthcheck-client.key';
  await show(up, 'master1', `${kubectl} get --raw /readyz; echo`);
  await show(up, 'master1', `${kubectl} --namespace kube-system get leases`);
  await show(up, 'master1', `${kubectl} get endpoints kubernetes`);
  await show(
    up,
    'etcd1',
    `cd /etc/etcd/pki; ${etcd} etcdctl --endpoints https://127.0.0.1:2379 endpoint health --cluster 2>&1`,
  );
  await show(up, 'master1', `${kubectl} create configmap proof --from-literal=written=before`);

  const vip = new VirtualAddress(up, network.vip);
  const holder = await vip.holder();
  title(`The power of ${holder} goes, which holds the virtual address`);
  const strike = () => up.host(holder).powerOff();
  const away = await outage({ answers: () => vip.ready(500), strike, signal });
  const heir = await vip.holder();
  say(`The API was away for ${away.toFixed(1)} s, then ${heir} had the virtual address.`);
  await show(up, heir, `${kubectl} get configmap proof --output jsonpath={.data.written}; echo`);
  await newLeaders(up, heir, holder);
  await show(up, heir, `${kubectl} --namespace kube-system get leases`);
  if (keep) await up.host(holder).powerOn();
}

/** Waits until nothing is led from the dead host: a leader's lease has to expire first (15 s). */
async function newLeaders(up: Lab, from: string, dead: string): Promise<void> {
  const leaders = `${kubectl} --namespace kube-system get leases --output 'jsonpath={.items[*].spec.holderIdentity}'`;
  const started = performance.now();
  await until(`controller manager and scheduler are led from elsewhere than ${dead}`, 60, async () => {
    signal.throwIfAborted();
    const { code, stdout } = await up.host(from).exec(leaders);
    return code === 0 && stdout !== '' && !stdout.split(' ').some((leader) => leader.startsWith(`${dead}_`));
  });
  const seconds = (performance.now() - started) / 1000;
  if (seconds > 1) say(`After ${seconds.toFixed(0)} s more, controller manager and scheduler were led from elsewhere.`);
}

async function shownCommand(flags: readonly string[], output: 'shown' | 'kept'): Promise<Played> {
  const words = [...command, ...flags];
  say(`$ npx kplay ${words.join(' ')}`);
  return play(words, { output, signal });
}

function expectCode({ code, stdout, stderr }: Played): void {
  if (code === 0) return;
  process.stderr.write(`${`${stdout}${stderr}`.split('\n').slice(-60).join('\n')}\n`);
  throw new Error(`kplay ended with code ${code}`);
}

/** Runs a command on a host and shows it with what it says. */
async function show(up: Lab, host: string, script: string): Promise<void> {
  signal.throwIfAborted();
  say(`${host}# ${script.replace(/ 2>&1$|; echo$/, '')}`);
  const { code, stdout, stderr } = await up.host(host).exec(script);
  say(stdout.trimEnd());
  if (code !== 0) throw new Error(`on ${host} that ended with code ${code}: ${stderr.trim()}`);
}

async function leave(up: Lab): Promise<void> {
  if (keep && !signal.aborted) {
    title('The lab stays up');
    say(`npx kplay ${command.join(' ')}
npm run lab -- shell master1 ${kubectl} get --raw /readyz
npm run lab -- down`);
    return;
  }
  process.stderr.write('demo: taking the lab down\n');
  await up.down();
  await rm(stateFolder, { recursive: true, force: true });
  if (process.exitCode === undefined)
    say('Everything came out as said, and the lab is gone. `npm run demo -- --keep` leaves it up.');
}

function title(text: string): void {
  signal.throwIfAborted();
  say(`\n=== ${text}`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
