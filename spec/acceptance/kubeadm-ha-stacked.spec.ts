/** Document 003's second half on real hosts: three control planes with their etcd, workers, haproxy and keepalived in front. */

import { readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { tail } from '../kplay.ts';
import { declareClusterCases, labVariables, nodesOwn } from './kubeadm-cases.ts';
import { declareDnsCases } from './pod-dns.ts';
import { changedTasks, describeTopology } from './topology.ts';

const masters = ['m1', 'm2', 'm3'];

describeTopology(
  'kubeadm-ha-stacked.yml on three masters and a worker',
  {
    playbook: 'kubeadm-ha-stacked',
    hosts: [...masters, 'w1', 'w2'],
    groups: { kube_control_plane: masters, kube_node: ['w1'] },
    children: { lb: ['kube_control_plane'] },
    variables: labVariables,
    ignored: nodesOwn,
  },
  (cluster) => {
    declareDnsCases(cluster, masters[0]!);
    declareClusterCases(cluster, masters, ['w1']);

    it('a broken worker fails alone', async () => {
      const inventory = await readFile(cluster.inventory, 'utf8');
      await writeFile(cluster.inventory, inventory.replace('[kube_node]\nw1', '[kube_node]\nw1\nw2'));
      await cluster.tell('w2', 'touch /etc/kubernetes');
      const said = await cluster.run();
      expect(said.code, tail(said)).to.equal(2);
      expect(said.recap['w2']?.['failed']).to.equal(1);
      for (const name of [...masters, 'w1']) expect(said.recap[name]?.['failed'], `${name}\n${tail(said)}`).to.equal(0);
    });

    it('and joins once that is mended; the others only learn the way to its pods', async () => {
      await cluster.tell('w2', 'rm /etc/kubernetes');
      const said = await cluster.run();
      expect(said.code, tail(said)).to.equal(0);
      const others = changedTasks(said).filter((one) => !one.startsWith('w2: '));
      expect(others.filter((one) => !/cni-bridge : /.test(one))).to.deep.equal([]);
    });
  },
);
