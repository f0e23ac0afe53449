/** An etcd cluster alone: neither virtual address nor control plane is asked for. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { expectListing, fixtures, itRefuses, trial } from './small-playbooks.ts';

describe('etcd-tls.yml', function () {
  this.timeout('30s');

  it('lists what S3.1 to S3.6 do: refuse, issue, serve, restart one by one, verify', () =>
    expectListing('etcd-tls', `${fixtures}/hosts.etcd`));

  itRefuses('etcd-tls', { groups: { etcd: ['e1', 'e2', 'e3'] }, vars: {} }, [
    {
      what: 'an even number of members',
      groups: { etcd: ['e1', 'e2'] },
      reason: /the group etcd has 2 hosts; an even member adds no fault tolerance/,
    },
    {
      what: 'a release without checksum',
      vars: { etcd_install: 'release' },
      reason: /etcd_install=release needs etcd_release_sha256/,
    },
    {
      what: 'a member that is not in its own list',
      vars: { etcd_name: 'other' },
      reason: /etcd_name other is missing in etcd_initial_cluster/,
    },
    {
      what: 'a static pod whose image is not among the archives',
      vars: {
        etcd_mode: 'static_pod',
        cluster_image_archives: '/nonexistent',
        etcd_image: 'registry.k8s.io/etcd:3.4.23',
      },
      reason: /cluster_image_archives has no etcd_3\.4\.23\.tar, which holds registry\.k8s\.io\/etcd:3\.4\.23/,
    },
    {
      what: 'static pods on nodes of the cluster',
      groups: { etcd: ['e1', 'e2', 'e3'], kube_node: ['e3'] },
      vars: { etcd_mode: 'static_pod' },
      reason: /e3 is a node of the cluster, and a host has one kubelet/,
    },
    {
      what: 'two members of one address',
      vars: { ip: '192.0.2.9' },
      reason: /two hosts of the inventory share an address/,
    },
  ]);

  describe('as static pods, with a folder of binaries', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kplay-binaries-'));
    after(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'kubelet'), 'kubelet');
    const groups = { etcd: ['e1', 'e2', 'e3'], kube_node: ['n1'] };

    it('asks for a kubelet alone, also beside nodes', async () => {
      const on = trial('etcd-tls');
      try {
        const { failed, reasons } = await on.check(groups, { etcd_mode: 'static_pod', kube_binary_source: folder });
        expect(failed, reasons).to.equal(0);
        const without = await on.check(groups, { etcd_mode: 'static_pod', kube_binary_source: '/nonexistent' });
        expect(without.reasons).to.match(/kube_binary_source=\/nonexistent has no kubelet/);
      } finally {
        on.close();
      }
    });
  });
});
