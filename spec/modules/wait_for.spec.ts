import { expect } from 'chai';
import { countConnections } from '../../engine/module/network/connections.ts';
import waitFor from '../../engine/modules/wait_for.ts';
import { testModule } from '../../engine/testing.ts';

const refused = { commands: { '/dev/tcp': { code: 1 } } };
const now = { timeout: 0, sleep: 0 };

testModule(waitFor, 'wait_for', {
  'is over when the port answers': {
    args: { port: 6443, host: '10.0.0.100', ...now },
    want: {
      changed: false,
      log: [],
      scripts: ["'10.0.0.100' '6443'"],
      result: { port: 6443, state: 'started', match_groups: [] },
    },
  },
  'is over when the port is closed': {
    args: { port: 80, state: 'stopped', ...now },
    world: refused,
    want: { changed: false },
  },
  'waits for a file': {
    args: { path: '/run/ready', ...now },
    want: { scripts: ["[ -e '/run/ready' ]"], result: { path: '/run/ready' } },
  },
  'waits until a file is gone': {
    args: { path: '/run/lock', state: 'absent', ...now },
    world: { commands: { '/run/lock': { code: 1 } } },
  },
  'finds a text and its groups': {
    args: { path: '/log', search_regex: '^joined as (?P<name>\\w+)$', ...now },
    world: { commands: { "cat '/log'": { stdout: 'starting\njoined as etcd1\n' } } },
    want: { result: { match_groups: ['etcd1'], match_groupdict: { name: 'etcd1' } } },
  },
  'finds a text that the port says': {
    args: { port: 22, search_regex: 'OpenSSH', ...now },
    world: { commands: { 'cat <&3': { stdout: 'SSH-2.0-OpenSSH_9.2\r\n' } } },
    want: { result: { search_regex: 'OpenSSH' } },
  },
  'gives up in the words of Ansible': {
    args: { port: 80, ...now },
    world: refused,
    fails: 'Timeout when waiting for 127.0.0.1:80',
  },
  'gives up on a text': {
    args: { path: '/log', search_regex: 'joined', ...now },
    fails: 'Timeout when waiting for search string joined in /log',
  },
  'gives up on a port that stays open': {
    args: { port: 80, state: 'stopped', ...now },
    fails: 'Timeout when waiting for 127.0.0.1:80 to stop.',
  },
  'gives up in the words of the task': {
    args: { port: 80, msg: 'no haproxy', ...now },
    world: refused,
    fails: 'no haproxy',
  },
  'is over when no connection is left': {
    args: { port: 80, state: 'drained', ...now },
    world: { commands: { '/proc/net/tcp': { stdout: '   0: 0100007F:0050 0100007F:C350 08 0 0' } } },
    want: { result: { state: 'drained' } },
  },
  'says that a regular expression is none': {
    args: { path: '/log', search_regex: '(', ...now },
    fails: 'search_regex is no regular expression',
  },
  'does not wait for a port and a file at once': { args: { port: 80, path: '/x' }, fails: 'exclude each other' },
  'says what it would need on a host that cannot try a port': {
    args: { port: 80, ...now },
    world: { commands: { '/dev/tcp': { code: 3 } } },
    fails: 'bash, nc, perl or curl',
  },
});

describe('countConnections', () => {
  const table = [
    '  sl  local_address rem_address   st',
    '   0: 0100007F:0050 00000000:0000 0A 0', // listening
    '   1: 0100007F:0050 0200000A:C350 01 0', // 10.0.0.2, established
    '   2: 0100007F:0050 0300000A:C351 06 0', // 10.0.0.3, time wait
    '   3: 0100007F:0051 0300000A:C351 01 0', // another port
    '   4: 0000000000000000FFFF00000100007F:0050 0000000000000000FFFF00000400000A:C352 01 0',
    '   5: 00000000000000000000000001000000:0050 00000000000000000000000001000000:C353 01 0',
  ].join('\n');
  const base = { host: '127.0.0.1', port: 80, states: ['ESTABLISHED', 'TIME_WAIT'], excluded: [] };
  const cases: Readonly<Record<string, [object, number]>> = {
    'of one address, IPv4 in IPv6 as well': [{}, 3],
    'in the states asked for': [{ states: ['TIME_WAIT'] }, 1],
    'without excluded peers': [{ excluded: ['10.0.0.2', '10.0.0.4'] }, 1],
    'of any address': [{ host: '0.0.0.0' }, 4],
    'of IPv6': [{ host: '::1' }, 1],
    'of localhost': [{ host: 'localhost' }, 4],
  };
  for (const [title, [change, count]] of Object.entries(cases)) {
    it(`counts those ${title}`, () => expect(countConnections(table, { ...base, ...change })).to.equal(count));
  }
});
