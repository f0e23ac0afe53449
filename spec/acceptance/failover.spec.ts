/** A cluster on three masters and a node, struck by every fault that its topology has. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { tail } from '../kplay.ts';
import { network } from '../lab/lab.ts';
import { administrator, startClient } from './client.ts';
import { nodesOwn } from './kubeadm-cases.ts';
import { describeTopology, expectUnchanged, remark } from './topology.ts';

const masters = ['m1', 'm2', 'm3'];

describeTopology(
  'failover.yml after ha-external-etcd.yml, on three masters with etcd on them and a node',
  {
    playbook: 'ha-external-etcd',
    hosts: [...masters, 'n1'],
    groups: { kube_control_plane: masters, kube_node: ['n1'] },
    children: { etcd: ['kube_control_plane'], lb: ['kube_control_plane'] },
    ignored: nodesOwn,
  },
  (cluster) => {
    const strike = (variables: Readonly<Record<string, unknown>> = {}) =>
      cluster.play('failover', '-e', JSON.stringify({ failover_confirm: true, ...variables }));
    /** The lines of the table that the playbook prints. */
    const table = (text: string) =>
      [...text.matchAll(/^ +"(.*\S) *",?$/gm)].map(([, line]) => line!).filter((line) => /^\w+ {2,}/.test(line));

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
      const client = startClient(access);
      const said = await strike();
      const lost = await client.stop();
      for (const line of table(said.stdout)) remark(line);
      expect(said.code, tail(said)).to.equal(0);
      expect(table(said.stdout).slice(1)).to.have.length(13);
      expect(client.acknowledged()).to.be.greaterThan(100);
      expect(lost).to.deep.equal([]);
    });

    it('nothing is left of the drill', async () => {
      const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf';
      expect(await cluster.tell('m1', `${kubectl} get configmap,deployment,pod -o name`)).to.not.match(/failover/);
      for (const name of masters) {
        expect(await cluster.tell(name, 'iptables-save')).to.not.match(/vrrp|112/);
        expect(await cluster.tell(name, 'ls /etc/keepalived')).to.not.match(/down/);
      }
      expect(existsSync(join(cluster.state, 'failover'))).to.equal(false);
      expectUnchanged(await cluster.run());
      expectUnchanged(await cluster.play('verify'));
    });

    it('a broken bound fails the play, and what was broken is mended', async () => {
      const said = await strike({ failover_faults: ['stop_balancer'], failover_bounds: { stop_balancer: 0.01 } });
      expect(said.code, tail(said)).to.equal(2);
      expect(said.stdout).to.match(/stop_balancer on m\d: \d\.\d s, and not more than 0\.0 s are allowed/);
      for (const name of masters) expect(await cluster.tell(name, 'systemctl is-active haproxy')).to.equal('active\n');
    });
  },
);
