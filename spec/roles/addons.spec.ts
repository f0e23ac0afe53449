/** The pod network and the DNS of a cluster. */
import { expectListing, itRefuses } from './small-playbooks.ts';

describe('addons.yml', function () {
  this.timeout('30s');

  it('lists the pod network before the DNS', () => expectListing('addons', 'spec/fixtures/roles/s0/hosts'));

  itRefuses('addons', { groups: { kube_control_plane: ['m1'] }, vars: {} }, [
    { what: 'a cluster without DNS', vars: { coredns_replicas: 0 }, reason: /coredns_replicas is 0/ },
    { what: 'a DNS of nobody', vars: { coredns_managed_by: 'me' }, reason: /coredns_managed_by/ },
    {
      what: 'a DNS cache that pods would never ask',
      vars: { nodelocaldns_enabled: true, kube_proxy_mode: 'ipvs' },
      reason: /nodelocaldns_enabled needs a kube-proxy that uses iptables or nftables/,
    },
    {
      what: 'a DNS cache at an address that is routed',
      vars: { nodelocaldns_enabled: true, nodelocaldns_address: '10.0.0.10' },
      reason: /nodelocaldns_address is 10\.0\.0\.10; it must be a link-local one/,
    },
    {
      what: 'a manifest that nobody has read',
      vars: { calico_manifest: 'https://example.com/calico.yaml' },
      reason: /calico_manifest_sha256 \(S2\.E5\)/,
    },
  ]);
});
