import arp_probe from '../../engine/modules/arp_probe.ts';
import vrrp_adverts from '../../engine/modules/vrrp_adverts.ts';
import { testModule } from '../../engine/testing.ts';

const head = '01005e00001200005e0001330800';
const heard = (...frames: readonly string[]) => ({
  commands: { 'command -v perl': { stdout: `${frames.join('\n')}\n` } },
});
/** From 10.77.0.9 to 224.0.0.18, protocol 112: version 2, router 51, priority 100, one address 10.77.0.100. */
const advert = `${head}45c0002800010000ff7000000a4d0009e000001221336401000100000a4d00640000000000000000`;

testModule(vrrp_adverts, 'vrrp_adverts', {
  'tells who announces what, once': {
    args: { interface: 'eth0' },
    world: heard(advert, advert),
    want: {
      changed: false,
      log: [],
      scripts: ["set -- 'eth0' '2048' '4' '23' '112' '01005e000012'"],
      result: {
        adverts: [
          {
            router_id: 51,
            source: '10.77.0.9',
            destination: '224.0.0.18',
            priority: 100,
            version: 2,
            addresses: ['10.77.0.100'],
          },
        ],
      },
    },
  },
  'takes nothing for an advert that is none': {
    args: { interface: 'eth0', seconds: 1 },
    world: heard(advert.slice(0, 60), `${head}4500`, advert.replace('21336401', '22336401'), 'not hex'),
    want: { result: { adverts: [] } },
  },
  'says why it cannot listen': {
    args: { interface: 'none' },
    world: { commands: { 'command -v perl': { code: 1, stderr: 'the host has no interface none\n' } } },
    fails: 'the host has no interface none',
  },
  'needs an interface': { fails: 'interface' },
});

const own = '02:00:00:00:00:01';
/** An answer of 02:…:09 that it holds 10.0.0.50. */
const answer = '020000000001020000000009080600010800060400020200000000090a00003202000000000100000000';
const asking = (stdout: string) => ({
  commands: { 'command -v perl': { stdout }, 'cat ': { stdout: `${own}\n` } },
});

testModule(arp_probe, 'arp_probe', {
  'tells who answers': {
    args: { address: '10.0.0.50', interface: 'eth0' },
    world: asking(`${answer}\n${answer}\n`),
    want: {
      changed: false,
      log: [],
      scripts: ["cat '/sys/class/net/eth0/address'", "'eth0' '2054' '2' '-1' '0' ''"],
      result: { holders: ['02:00:00:00:00:09'] },
    },
  },
  'asks without a name of its own': {
    args: { address: '10.0.0.50', interface: 'eth0' },
    world: asking(''),
    want: {
      scripts: [
        "cat '/sys/class/net/eth0/address'",
        'ffffffffffff02000000000108060001080006040001020000000001000000000000000000000a000032',
      ],
      result: { holders: [] },
    },
  },
  'hears no others, and not itself': {
    args: { address: '10.0.0.50', interface: 'eth0' },
    world: asking(`${answer.replace('0a000032', '0a000033')}\n${answer.replaceAll('020000000009', '020000000001')}\n`),
    want: { result: { holders: [] } },
  },
  'needs an address': { args: { address: 'x', interface: 'eth0' }, fails: 'x is no IPv4 address' },
  'needs an interface of a link': { args: { address: '10.0.0.50', interface: 'lo0' }, fails: 'no interface lo0' },
});
