/** Documents 002 and 003 together: kubeadm on an etcd cluster of its own, authorities copied from the controller. */

import { expect } from 'chai';
import { tail } from '../kplay.ts';
import { administrator, startClient } from './client.ts';
import { declareClusterCases, labVariables, nodesOwn } from './kubeadm-cases.ts';
import { changedTasks, describeTopology, expectUnchanged } from './topology.ts';

const masters = ['m1', 'm2', 'm3'];
const members = ['e1', 'e2', 'e3'];

describeTopology(
  'kubeadm-ha-external-etcd.yml on three members, three masters and a worker',
  {
    playbook: 'kubeadm-ha-external-etcd',
    hosts: [...members, ...masters, 'w1'],
    groups: { etcd: members, kube_control_plane: masters, kube_node: ['w1'] },
    children: { lb: ['kube_control_plane'] },
    variables: { ...labVariables, kubeadm_cert_distribution: 'copy' },
    ignored: nodesOwn,
  },
  (cluster) => {
    it("no control plane has a static etcd, or the key of etcd's authority", async () => {
      for (const name of masters)
        expect(await cluster.tell(name, 'ls /etc/kubernetes/manifests /etc/kubernetes/pki/etcd')).not.to.match(
          /etcd\.yaml|ca\.key/,
        );
    });

    declareClusterCases(cluster, masters, ['w1']);

    it('another key for the secrets in etcd is refused, and not told', async () => {
      const key = Buffer.from('another-key-that-is-32-bytes-lon').toString('base64');
      const said = await cluster.run('--tags', 'kubeadm', '-e', JSON.stringify({ kubeadm_encryption_key: key }));
      expect(said.code, tail(said)).to.equal(2);
      expect(said.stdout).to.match(/m1 encrypts secrets in etcd by another key than kubeadm_encryption_key/);
      expect(said.stdout + said.stderr).not.to.include(key);
      expect(changedTasks(said)).to.deep.equal([]);
    });

    it('changed audit rules reach each kube-apiserver, one after the other, while a client goes on', async () => {
      const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf';
      const rules = [{ level: 'RequestResponse', resources: [{ group: '', resources: ['configmaps'] }] }];
      const told = ['-e', JSON.stringify({ kubeadm_audit_rules: rules })];
      const client = startClient(await administrator(cluster.lab.host('m1')));
      const seen = await client.during('audit rules changed', async () => {
        const said = await cluster.run(...told);
        expect(said.code, tail(said)).to.equal(0);
        expect(changedTasks(said).filter((one) => /End this kube-apiserver/.test(one))).to.have.length(masters.length);
      });
      expect(await client.stop()).to.deep.equal([]);
      // a kube-apiserver that starts keeps both cores busy that all masters of the lab share
      expect(Math.max(seen.writes, seen.reads)).to.be.lessThan(15);
      for (const name of masters) {
        const written = `audited-by-${name}`;
        await cluster.tell(name, `${kubectl} --server https://127.0.0.1:6443 create configmap ${written}`);
        expect(
          await cluster.tell(name, `grep ${written} /var/log/kubernetes/audit.log | grep -c responseObject`),
        ).to.not.equal('0\n');
      }
      expectUnchanged(await cluster.run(...told));
    });
  },
);
