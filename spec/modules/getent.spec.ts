import { expect } from 'chai';
import getent from '../../engine/modules/getent.ts';
import { testModule } from '../../engine/testing.ts';
import { stage } from '../run/harness.ts';

const says = (part: string, stdout: string, code = 0) => ({ commands: { [part]: { stdout, code } } });

testModule(getent, 'getent', {
  'looks a name up': {
    args: { database: 'passwd', key: 'root' },
    world: says("getent 'passwd' 'root'", 'root:x:0:0::/root:/bin/sh\n'),
    want: {
      changed: false,
      log: [],
      result: { ansible_facts: { getent_passwd: { root: ['x', '0', '0', '', '/root', '/bin/sh'] } } },
    },
  },
  'lists everything, parted by blanks': {
    args: { database: 'hosts' },
    world: says("getent 'hosts'", '127.0.0.1       localhost\n127.0.0.1  me me.lan\n'),
    want: { result: { ansible_facts: { getent_hosts: { '127.0.0.1': ['localhost', 'me', 'me.lan'] } } } },
  },
  'parts as told, and asks one source': {
    args: { database: 'services', key: 'http', split: '/', service: 'files' },
    world: says("getent '-s' 'files' 'services' 'http'", 'http 80/tcp\n'),
    want: { result: { ansible_facts: { getent_services: { 'http 80': ['tcp'] } } } },
  },
  'fails for a key that is not there': {
    args: { database: 'passwd', key: 'nobody2' },
    world: says('getent', '', 2),
    fails: 'could not be found in the database',
  },
  'finds null when that is fine': {
    args: { database: 'passwd', key: 'nobody2', fail_key: false },
    world: says('getent', '', 2),
    want: { result: { ansible_facts: { getent_passwd: { nobody2: null } } } },
  },
  'says that there is no such database': {
    args: { database: 'x' },
    world: says('getent', '', 1),
    fails: 'database unknown',
  },
  'says that a database does not list': {
    args: { database: 'ahosts' },
    world: says('getent', '', 3),
    fails: 'Enumeration not',
  },
  'says that the host has none': { args: { database: 'x' }, world: says('getent', '', 127), fails: 'has no getent' },
  'needs a database': { fails: 'database' },
});

describe('getent on a real host', () => {
  it('gives facts to the tasks after it', async () => {
    const here = stage({}, ['h1']);
    try {
      const played = await here.play(`
- hosts: h1
  gather_facts: false
  tasks:
    - { name: ask, getent: { database: group, key: root } }
    - { name: all, getent: { database: passwd } }
    - { name: told, debug: { msg: "{{ ansible_facts.getent_group.root[1] }} {{ ansible_facts.getent_passwd.root[4] }}" } }
`);
      expect(played.result('told')['msg']).to.equal('0 /root');
    } finally {
      here.close();
    }
  });
});
