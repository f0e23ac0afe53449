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
});
