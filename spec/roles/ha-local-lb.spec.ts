/** A local load balancer on every node: the order of work, and what is refused before any connection. */
import { expectListing, itRefuses } from './small-playbooks.ts';

const groups = { kube_control_plane: ['m1', 'm2', 'm3'], kube_node: ['w1'] };

describe('ha-local-lb.yml', function () {
  this.timeout('60s');

  it('lists what S4.5 to S4.10 do: the load balancers before kubeadm, then the joins', () =>
    expectListing('ha-local-lb', 'spec/fixtures/roles/s4-local/hosts'));

  itRefuses('ha-local-lb', { groups, vars: {} }, [
    {
      what: 'the port of a kube-apiserver that listens everywhere (S4.E4)',
      vars: { local_lb_port: 6443, kubeadm_bind_address: '0.0.0.0' },
      reason: /local_lb_port is 6443, where kube-apiserver listens on 0\.0\.0\.0/,
    },
    {
      what: 'a version without patches, as a bind address needs one (S4.E5)',
      vars: { kube_version: '1.18.20' },
      reason: /1\.18\.20/,
    },
  ]);

  describe('with the port of the document', () => {
    itRefuses('ha-local-lb', { groups, vars: { local_lb_port: 6443 } }, []);
  });
});
