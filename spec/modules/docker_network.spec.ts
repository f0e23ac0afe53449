import dockerNetwork from '../../engine/modules/docker_network.ts';
import { testModule } from '../../engine/testing.ts';

const network = {
  Name: 'lb',
  Driver: 'bridge',
  Internal: false,
  IPAM: { Config: [{ Subnet: '10.200.0.0/24', Gateway: '10.200.0.1' }] },
};
const world = (answer: object) => ({ answers: { 'docker network lb': answer } });
const there = world({ state: 'present', value: network });
const absent = world({ state: 'absent' });
const subnet = (text: string) => [{ subnet: text }];

testModule(dockerNetwork, 'docker_network', {
  'is made': {
    args: { name: 'lb', ipam_config: subnet('10.200.0.0/24'), internal: true },
    world: absent,
    want: {
      changed: true,
      log: ['docker network create lb'],
      scripts: ["docker network create '--driver=bridge' '--subnet=10.200.0.0/24' '--internal' 'lb'"],
    },
  },
  'is left alone; what docker chose is not compared': {
    args: { name: 'lb', ipam_config: subnet('10.200.0.0/24') },
    world: there,
    want: { changed: false, result: { network } },
  },
  'is made anew with other addresses': {
    args: { name: 'lb', ipam_config: [{ subnet: '10.201.0.0/24', gateway: '10.201.0.9' }] },
    world: there,
    want: {
      scripts: ["docker network rm 'lb'"],
      diffs: [
        [
          'driver: bridge\nipam_config: [{"subnet":"10.200.0.0/24","gateway":"10.200.0.1","iprange":""}]\n',
          'driver: bridge\nipam_config: [{"subnet":"10.201.0.0/24","gateway":"10.201.0.9","iprange":""}]\n',
        ],
      ],
    },
  },
  'is made anew every time when told so': {
    args: { name: 'lb', force: true },
    world: there,
    want: { changed: true },
    always: 'force',
  },
  'is removed': { args: { name: 'lb', state: 'absent' }, world: there, want: { log: ['docker network rm lb'] } },
  'need not be removed': { args: { name: 'lb', state: 'absent' }, world: absent, want: { changed: false } },
  'has the containers that are asked for, and no others': {
    args: { name: 'lb', connected: ['a', 'b'] },
    world: world({ state: 'present', value: { ...network, Containers: { x1: { Name: 'b' }, x2: { Name: 'c' } } } }),
    want: {
      fields: ['connected'],
      log: ['docker network connect lb'],
      scripts: ["docker network disconnect 'lb' 'c' >/dev/null || exit $?\ndocker network connect 'lb' 'a'"],
      diffs: [['driver: bridge\nconnected: b\nconnected: c\n', 'driver: bridge\nconnected: a\nconnected: b\n']],
    },
  },
  'keeps other containers when told so': {
    args: { name: 'lb', containers: ['b'], appends: true },
    world: world({ state: 'present', value: { ...network, Containers: { x1: { Name: 'b' }, x2: { Name: 'c' } } } }),
    want: { changed: false },
  },
  'of other settings is made anew around its containers': {
    args: { name: 'lb', connected: ['b'], enable_ipv6: true },
    world: world({ state: 'present', value: { ...network, Containers: { x1: { Name: 'b' } } } }),
    want: {
      scripts: [
        "docker network disconnect 'lb' 'b' >/dev/null || exit $?\ndocker network rm 'lb' >/dev/null || exit $?\ndocker network create '--driver=bridge' '--ipv6=true' 'lb' || exit $?\ndocker network connect 'lb' 'b'",
      ],
    },
  },
  'may hold settings only': {
    args: { name: 'lb', config_only: true, ipam_config: [{ subnet: '10.0.0.0/24', aux_addresses: { r: '10.0.0.9' } }] },
    world: absent,
    want: {
      scripts: ["create '--subnet=10.0.0.0/24' '--aux-address=r=10.0.0.9' '--config-only' 'lb'"],
    },
  },
  'is that of the host': {
    args: { name: 'lb', docker_host: 'tcp://elsewhere:2376' },
    world: absent,
    fails: 'docker_host: tcp://elsewhere:2376 is not the docker of the host itself: say delegate_to',
  },
});
