/** An etcd cluster alone: neither virtual address nor control plane is asked for. */
import { expectListing, fixtures, itRefuses } from './small-playbooks.ts';

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
      what: 'two members of one address',
      vars: { ip: '192.0.2.9' },
      reason: /two hosts of the inventory share an address/,
    },
  ]);
});
