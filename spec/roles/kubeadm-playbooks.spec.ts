/** kubeadm with its etcd stacked or external: the order of work, and what is refused before any connection. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectListing, itRefuses } from './small-playbooks.ts';

const hosts = 'spec/fixtures/roles/kubeadm';
const m = ['m1', 'm2', 'm3'];
const vars = { cluster_vip: '192.0.2.100/24' };

describe('kubeadm-ha-stacked.yml', function () {
  this.timeout('120s');

  it('lists what S3.8 to S3.16 do', () => expectListing('kubeadm-ha-stacked', `${hosts}/hosts`));

  itRefuses('kubeadm-ha-stacked', { groups: { kube_control_plane: m, lb: m, kube_node: ['w1'] }, vars }, [
    {
      what: "an endpoint that is one control plane's own (S2.E2)",
      vars: { kubeadm_endpoint: '192.0.2.11:6443' },
      reason: /a single kube-apiserver's own would make all\s+clients depend on one host/,
    },
    {
      what: 'an endpoint without a port',
      vars: { kubeadm_endpoint: '192.0.2.100' },
      reason: /it must be ADDRESS:PORT of a load balancer/,
    },
    {
      what: 'a port without authentication (S0.E8)',
      vars: { kubeadm_apiserver_extra_args: { 'insecure-port': '8080' } },
      reason: /an API without authentication \(S0\.E8\)/,
    },
    {
      what: 'a way to the API without an identity (S3.E13)',
      vars: { kubeadm_scheduler_extra_args: { master: '127.0.0.1:8080' } },
      reason: /no identity and no TLS/,
    },
    {
      what: 'a way to Services that the version does not know',
      vars: { kubeadm_kube_proxy_mode: 'nftables', kube_version: '1.28.4' },
      reason: /kubeadm_kube_proxy_mode=nftables with Kubernetes 1\.28\.4; nftables begins with 1\.31/,
    },
    {
      what: 'another way to hand out authorities',
      vars: { kubeadm_cert_distribution: 'scp' },
      reason: /kubeadm_cert_distribution/,
    },
  ]);
});

describe('kubeadm-ha-stacked.yml with a folder of binaries', function () {
  this.timeout('60s');
  const folder = mkdtempSync(join(tmpdir(), 'kplay-binaries-'));
  after(() => rmSync(folder, { recursive: true }));
  for (const name of ['kubeadm', 'kubelet', 'kubectl']) writeFileSync(join(folder, name), name);
  const groups = { kube_control_plane: m, lb: m, kube_node: ['w1'] };

  itRefuses('kubeadm-ha-stacked', { groups, vars: { ...vars, kube_binary_source: folder } }, [
    {
      what: 'a folder without kubeadm',
      vars: { kube_binary_source: '/nonexistent' },
      reason: /kube_binary_source=\/nonexistent has no kubeadm/,
    },
  ]);
});

describe('kubeadm-ha-external-etcd.yml', function () {
  this.timeout('120s');

  it('lists what S3.1 to S3.6 and S2.6 to S2.9 do', () =>
    expectListing('kubeadm-ha-external-etcd', `${hosts}/hosts-s3`));

  itRefuses(
    'kubeadm-ha-external-etcd',
    { groups: { etcd: ['e1', 'e2', 'e3'], kube_control_plane: m, lb: m, kube_node: ['w1'] }, vars },
    [
      {
        what: 'an even number of members',
        groups: { etcd: ['e1', 'e2'], kube_control_plane: m, lb: m, kube_node: ['w1'] },
        reason: /the group etcd has 2 hosts/,
      },
      {
        what: 'a virtual address without prefix (S2.E15)',
        vars: { cluster_vip: '192.0.2.100' },
        reason: /192\.0\.2\.100 is not an IPv4 address with its prefix length/,
      },
    ],
  );
});
