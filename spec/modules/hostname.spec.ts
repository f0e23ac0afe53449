import hostname from '../../engine/modules/hostname.ts';
import setup from '../../engine/modules/setup.ts';
import { testModule } from '../../engine/testing.ts';

const facts = {
  nodename: 'old',
  hostname: 'old',
  fqdn: 'old',
  domain: '',
  default_ipv4: { address: '10.0.0.1' },
  eth0: {},
};

testModule(hostname, 'hostname', {
  'names the host now and for every boot': {
    args: { name: 'master1.example.com' },
    world: { facts, files: { '/etc/hostname': 'old\n' } },
    want: {
      fields: ['current', 'permanent'],
      log: ['write /etc/hostname', 'hostname master1.example.com'],
      files: { '/etc/hostname': 'master1.example.com\n' },
      result: {
        ansible_facts: {
          ansible_nodename: 'master1.example.com',
          ansible_hostname: 'master1',
          ansible_fqdn: 'master1.example.com',
          ansible_domain: 'example.com',
        },
      },
    },
  },
  'is done with a host of that name': {
    args: { name: 'old' },
    world: { facts, files: { '/etc/hostname': '# by hand\nold\n' } },
    want: { changed: false },
  },
});

testModule(setup, 'setup', {
  'returns facts under the names that playbooks use': {
    args: { gather_subset: ['!all', '!min', 'network'] },
    world: { facts },
    want: {
      changed: false,
      log: [],
      result: {
        ansible_facts: Object.fromEntries(Object.entries(facts).map(([name, value]) => [`ansible_${name}`, value])),
      },
    },
  },
  'filters by patterns, with and without the prefix': {
    args: { filter: ['ansible_eth*', 'default_ipv?'] },
    world: { facts },
    want: { result: { ansible_facts: { ansible_default_ipv4: { address: '10.0.0.1' }, ansible_eth0: {} } } },
  },
  'names the subsets there are for one that is none': {
    args: { gather_subset: ['netwrok'] },
    fails: '"netwrok" is not a subset of facts',
  },
});
