/** A virtual address on hosts of `lb` alone, in front of any servers. */
import { expectListing, fixtures, itRefuses } from './small-playbooks.ts';

const servers = [{ name: 'w1', address: '192.0.2.41' }];

describe('keepalived-vip.yml', function () {
  this.timeout('30s');

  it('lists what S4.3 and S4.4 do: refuse, haproxy, keepalived, verify', () =>
    expectListing('keepalived-vip', `${fixtures}/hosts.lb`));

  const groups = { lb: ['l1', 'l2', 'l3'] };
  itRefuses('keepalived-vip', { groups, vars: { cluster_vip: '192.0.2.100/24', haproxy_backends: servers } }, [
    {
      what: 'nonpreempt with a weight (S4.E1)',
      vars: { keepalived_mode: 'nonpreempt', keepalived_weight: -20 },
      reason: /keepalived_mode=nonpreempt with keepalived_weight=-20 never fails over/,
    },
    {
      what: 'a weight smaller than the spread of priorities',
      vars: { keepalived_mode: 'preempt', keepalived_weight: -2 },
      reason: /keepalived_weight=-2 must be negative, and larger than the distance of 2/,
    },
    {
      what: 'equal priorities',
      vars: { keepalived_mode: 'preempt', keepalived_priority: 100 },
      reason: /priorities of 1 to 254, one less for each host/,
    },
    { what: 'no virtual address', vars: { cluster_vip: '' }, reason: /the empty cluster_vip is not an IPv4 address/ },
    {
      what: 'a virtual address without prefix',
      vars: { cluster_vip: '192.0.2.100' },
      reason: /192\.0\.2\.100 is not an IPv4 address with its prefix length/,
    },
    {
      what: 'a virtual address that is a host',
      vars: { cluster_vip: '192.0.2.11/24' },
      reason: /192\.0\.2\.11\/32 and 192\.0\.2\.11\/32 overlap/,
    },
    { what: 'a load balancer without servers', vars: { haproxy_backends: [] }, reason: /would have no server/ },
    {
      what: 'a check over TLS without the authority to check by',
      vars: { haproxy_check: 'readyz', haproxy_ca_src: '/nonexistent/ca.crt' },
      reason: /\/nonexistent\/ca\.crt is no file on the\s+controller/,
    },
    {
      what: 'a password that keepalived would cut',
      vars: { keepalived_auth_pass: 'abcdefghi' },
      reason: /keepalived_auth_pass must have 1 to 8 letters and digits/,
    },
  ]);
});
