/** Documents 002 and 003 together: kubeadm on an etcd cluster of its own, authorities copied from the controller. */

import { expect } from 'chai';
import { declareClusterCases, labVariables, nodesOwn } from './kubeadm-cases.ts';
import { describeTopology } from './topology.ts';

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
  },
);
