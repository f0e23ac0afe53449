/** A virtual address on hosts of `lb` alone, in front of any servers. */
import { expectCorrected } from './document.ts';
import { expectListing, fixtures, itRefuses } from './small-playbooks.ts';

const servers = [{ name: 'w1', address: '192.0.2.41' }];

const corrected = {
  'script_user root': 'the check needs no rights',
  'vrrp_script check {': 'the name that all playbooks have for it',
  check: 'likewise',
  'vrrp_instance VI_1 {': 'likewise',
  'script "killall -0 kube-apiserver"': 'whether haproxy listens: that is where the address leads (S4.E2, S4.E3)',
  'interval 2': '1 s',
  'authentication {': 'in a file for root alone',
  'auth_type PASS': 'likewise',
  'auth_pass 123456': 'likewise, generated',
  '10.0.0.50 dev ens32': 'with its prefix length (S2.E15)',
} as const;

const nonpreemptive = {
  'weight -20': 'FAULT: a backup with nopreempt accepts the adverts of a sunken priority (S4.E1)',
  'virtual_router_id 251': "follows from the cluster's name, so that two clusters of a segment differ",
} as const;

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
      reason: /keepalived_weight=-2 must be more than the distance of 2/,
    },
    {
      what: 'a positive weight smaller than that spread (S2.E11)',
      vars: { keepalived_mode: 'preempt', keepalived_weight: 2 },
      reason: /keepalived_weight=2 must be more than the distance of 2/,
    },
    {
      what: 'a positive weight that leads beyond 254',
      vars: { keepalived_mode: 'preempt', keepalived_weight: 155 },
      reason: /keepalived_weight=155 leads from priorities of 100 downwards to 98 to 255/,
    },
    {
      what: 'a weight that leads below 1, twice where processes are watched as well',
      vars: { keepalived_mode: 'preempt', keepalived_weight: -49, keepalived_check_impl: 'process' },
      reason: /keepalived_weight=-49 leads from priorities of 100 downwards to 0 to 100/,
    },
    {
      what: 'a key that is too short for signatures (S2.E13)',
      vars: { keepalived_auth: 'hmac', keepalived_auth_key: 'abcd1234' },
      reason: /keepalived_auth_key must be 32 to 64 bytes/,
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
      what: 'a virtual router id out of range',
      vars: { keepalived_virtual_router_id: 0 },
      reason: /a virtual router id of 1 to 255\s+\(0\)/,
    },
    {
      what: 'an image that is not pinned, where keepalived runs in a container',
      vars: { keepalived_runtime: 'docker', keepalived_image: 'osixia/keepalived' },
      reason: /keepalived_image osixia\/keepalived names neither a version nor a digest/,
    },
    {
      what: 'notify scripts where haproxy is no service',
      vars: { keepalived_notify_haproxy: true, haproxy_runtime: 'docker' },
      reason: /needs keepalived_runtime=systemd and haproxy_runtime=systemd/,
    },
    {
      what: 'a password that keepalived would cut',
      vars: { keepalived_auth_pass: 'abcdefghi' },
      reason: /keepalived_auth_pass must have 1 to 8 letters and digits/,
    },
  ]);

  for (const [step, paths, more] of [
    ['S4.3', ['s4/master1', 's4/master2', 's4/master3'], nonpreemptive],
    ['S4.4', ['s4-preempt/master1', 's4-preempt/master2', 's4-preempt/master3'], {}],
  ] as const)
    for (const path of paths)
      it(`each line of ${step} for ${path} is kept, or corrected for a reason`, () => {
        const file = `spec/fixtures/roles/${path}/keepalived.conf`;
        expectCorrected(`${file}.document`, `${file}.golden`, { ...corrected, ...more });
      });
});
