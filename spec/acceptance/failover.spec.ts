/** A cluster on three masters and a node, struck by every fault that its topology has. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { tail } from '../kplay.ts';
import { run } from '../lab/command.ts';
import { network } from '../lab/lab.ts';
import { administrator, startClient } from './client.ts';
import { nodesOwn } from './kubeadm-cases.ts';
import { describeTopology, expectUnchanged, remark, type Standing } from './topology.ts';
import { until } from './virtual-address.ts';

const masters = ['m1', 'm2', 'm3'];
const filler = '/var/lib/etcd/kplay-failover';

describeTopology(
  'failover.yml after ha-external-etcd.yml, on three masters with etcd on them and a node',
  {
    playbook: 'ha-external-etcd',
    hosts: [...masters, 'n1'],
    groups: { kube_control_plane: masters, kube_node: ['n1'] },
    children: { etcd: ['kube_control_plane'], lb: ['kube_control_plane'] },
    // the members of etcd have small disks, see below
    variables: { preflight_min_disk_mb: 128 },
    ignored: nodesOwn,
  },
  (cluster) => {
    const strike = (variables: Readonly<Record<string, unknown>> = {}) =>
      cluster.play('failover', '-e', JSON.stringify({ failover_confirm: true, ...variables }));
    /** The lines of the table that the playbook prints, without its head. */
    const table = (text: string) =>
      [...text.matchAll(/^ +"(.*\S) *",?$/gm)].map(([, line]) => line!).filter((line) => /^[a-z_]+ {2,}/.test(line));

    before(() => giveOwnDisks(cluster));

    it('strikes nothing unasked', async () => {
      const said = await cluster.play('failover');
      expect(said.code, tail(said)).to.equal(2);
      expect(said.stdout).to.match(/say -e failover_confirm=yes/);
    });

    it('strikes nothing under --check', async () => {
      expectUnchanged(await cluster.play('failover', '-e', 'failover_confirm=yes', '--check'));
    });

    it('every fault is survived within its bound, and no acknowledged write is lost', async function () {
      this.timeout('30m');
      // to drop adverts takes a firewall
      for (const name of masters)
        await cluster.tell(name, 'DEBIAN_FRONTEND=noninteractive apt-get install -qq -y iptables');
      const access = await administrator(cluster.lab.host('m1'), `https://${network.vip}:9443`);
      // beside the playbook's own ten requests a second
      const client = startClient(access, { intervalMs: 250 });
      const said = await strike();
      const lost = await client.stop();
      const [, ...lines] = table(said.stdout);
      for (const line of lines) remark(line);
      expect(said.code, tail(said)).to.equal(0);
      const leftOut = lines.filter((line) => line.includes(' left out: '));
      expect(lines.length - leftOut.length).to.equal(14);
      expect(leftOut.map((line) => line.split(' ')[0])).to.deep.equal([
        'skew_clock',
        'kill_local_balancer',
        'lose_quorum',
        'cold_start',
      ]);
      expect(client.acknowledged()).to.be.greaterThan(100);
      expect(lost).to.deep.equal([]);
    });

    it('comes back from the loss of most masters, and of all', async () => {
      const said = await strike({ failover_faults: ['lose_quorum', 'cold_start'] });
      const [, ...lines] = table(said.stdout);
      for (const line of lines) remark(line);
      expect(said.code, tail(said)).to.equal(0);
      expect(lines).to.have.length(2);
    });

    it('a host mends itself when the run is killed between strike and mend', async () => {
      const limit = 15;
      await killBehind(cluster, 'Strike with fill_disk', { failover_faults: ['fill_disk'], failover_limit: limit });
      const isFull = async (name: string) => (await cluster.lab.host(name).exec(`test -e ${filler}`)).code === 0;
      const full = await Promise.all(masters.map(isFull));
      const struck = masters[full.indexOf(true)]!;
      expect(full.filter(Boolean), 'hosts with a full disk').to.have.length(1);
      await until(`${struck} has mended itself`, 3 * limit + 10, async () => !(await isFull(struck)));
      await until('its member of etcd is healthy', 60, async () => {
        const ask = `exec 3<> /dev/tcp/127.0.0.1/2381; printf 'GET /health HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3`;
        return (await cluster.lab.host(struck).exec(`bash -c "${ask}"`)).stdout.includes('"health":"true"');
      });
      const token = join(cluster.state, 'failover/token');
      await until('the client has ended, and its token is gone', 60, async () => !existsSync(token));
    });

    it('a broken bound fails the play, and what was broken is mended', async () => {
      // it also removes what the run that was killed has left
      const said = await strike({ failover_faults: ['stop_balancer'], failover_bounds: { stop_balancer: 0.01 } });
      expect(said.code, tail(said)).to.equal(2);
      expect(said.stdout).to.match(/stop_balancer on m\d: \d\.\d s, and not more than 0\.0 s are allowed/);
      for (const name of masters) expect(await cluster.tell(name, 'systemctl is-active haproxy')).to.equal('active\n');
    });

    it('nothing is left of the drills', async () => {
      const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf';
      const kinds = 'configmap,deployment,pod,serviceaccount,role,rolebinding';
      await until('its objects are gone', 60, async () => {
        return !/failover/.test(await cluster.tell('m1', `${kubectl} get ${kinds} -o name`));
      });
      for (const name of masters) {
        expect(await cluster.tell(name, 'iptables-save')).to.not.match(/vrrp|112/);
        expect(await cluster.tell(name, 'ls /etc/keepalived /var/lib/etcd /run')).to.not.match(/down|failover/);
        expect(await cluster.tell(name, 'systemctl list-timers --all')).to.not.match(/failover/);
      }
      expect(existsSync(join(cluster.state, 'failover'))).to.equal(false);
      expectUnchanged(await cluster.run());
      expectUnchanged(await cluster.play('verify', '-e', 'verify_idle_seconds=0'));
    });
  },
);

/** A small file system of its own for the data of each member of etcd, which outlives the host's boots: to fill it hurts nobody else. */
async function giveOwnDisks({ lab }: Standing): Promise<void> {
  for (const host of masters.map((name) => lab.host(name))) {
    const folder = join(host.rootfs, 'var/lib/etcd');
    await host.powerOff();
    await run(['mkdir', '-p', folder]);
    await run(['mount', '-t', 'tmpfs', '-o', 'mode=755,size=384m', 'kplay-lab', folder]);
    await host.powerOn();
  }
}

/** Runs failover.yml until the task of that name is done, and ends it as a power loss of the controller does. */
async function killBehind(
  cluster: Standing,
  task: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<void> {
  const words = [
    'playbooks/failover.yml',
    '-i',
    cluster.inventory,
    '-e',
    JSON.stringify({ ...variables, failover_confirm: true }),
  ];
  const child = spawn(process.execPath, ['dist/kplay.js', ...words], { stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  let done = false;
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
    if (done || !said.split(`TASK [failover : ${task}]`)[1]?.includes('\nTASK [')) return;
    done = true;
    child.kill('SIGKILL');
  });
  await once(child, 'close');
  expect(done, said.slice(-3000)).to.equal(true);
}
