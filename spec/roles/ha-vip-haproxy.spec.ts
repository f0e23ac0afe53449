/** S0's masters: what is listed, and what is refused before any connection. */
import { expectListing, itRefuses } from './small-playbooks.ts';

const m = ['m1', 'm2', 'm3'];

describe('ha-vip-haproxy.yml', function () {
  this.timeout('60s');

  it('lists what S0.1 to S0.11 do: refuse, issue, etcd, load balancer, API, controllers, verify', () =>
    expectListing('ha-vip-haproxy', 'spec/fixtures/roles/s0/hosts'));

  itRefuses(
    'ha-vip-haproxy',
    { groups: { kube_control_plane: m, etcd: m, lb: m }, vars: { cluster_vip: '192.0.2.100/24' } },
    [
      {
        what: 'load balancers on hosts of their own',
        groups: { kube_control_plane: m, etcd: m, lb: ['l1', 'l2'] },
        reason: /the groups etcd and lb have the hosts of kube_control_plane/,
      },
      {
        what: 'priorities whose distance the weight does not cover (S0.E2)',
        vars: { keepalived_weight: -2 },
        reason: /keepalived_weight=-2 must be more than the distance of 2/,
      },
      {
        what: 'pods in the Service network (S0.E9)',
        vars: { cluster_service_cidr: '10.254.0.0/16', cluster_pod_cidr: '10.254.0.0/16' },
        reason: /10\.254\.0\.0\/16 and 10\.254\.0\.0\/16 overlap \(S0\.E9, S1\.E4\)/,
      },
      {
        what: 'the API without authentication (S0.E8)',
        vars: { kube_apiserver_extra_args: { 'insecure-bind-address': '0.0.0.0' } },
        reason: /kube-apiserver\/insecure-bind-address must not be among the extra flags/,
      },
      {
        what: 'tokens in a file (S0.E13)',
        vars: { kube_apiserver_extra_args: { 'token-auth-file': '/etc/kubernetes/token.csv' } },
        reason: /kube-apiserver\/token-auth-file must not be/,
      },
    ],
  );
});
