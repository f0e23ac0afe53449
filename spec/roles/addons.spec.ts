/** The pod network and the DNS of a cluster. */
import { expectListing, itRefuses } from './small-playbooks.ts';

describe('addons.yml', function () {
  this.timeout('30s');

  it('lists the pod network before the DNS', () => expectListing('addons', 'spec/fixtures/roles/s0/hosts'));

  itRefuses('addons', { groups: { kube_control_plane: ['m1'] }, vars: {} }, [
    { what: 'a cluster without DNS', vars: { coredns_replicas: 0 }, reason: /coredns_replicas is 0/ },
    { what: 'a DNS of nobody', vars: { coredns_managed_by: 'me' }, reason: /coredns_managed_by/ },
    {
      what: 'a manifest that nobody has read',
      vars: { calico_manifest: 'https://example.com/calico.yaml' },
      reason: /calico_manifest_sha256 \(S2\.E5\)/,
    },
  ]);
});
