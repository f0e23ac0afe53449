import { existsSync } from 'node:fs';
import { expect } from 'chai';
import packageFacts from '../../engine/modules/package_facts.ts';
import { testModule } from '../../engine/testing.ts';
import { stage } from '../run/harness.ts';

const says = (stdout: string) => ({ commands: { 'LC_ALL=C': { stdout } } });
const facts = (packages: object) => ({ ansible_facts: { packages: packages } });
const openssl = { name: 'openssl', version: '3.0', arch: 'amd64', category: 'utils', origin: '', source: 'apt' };

testModule(packageFacts, 'package_facts', {
  'lists what dpkg has, not what it only remembers': {
    world: says('ii \topenssl\t3.0\tamd64\tutils\nrc \told\t1\tamd64\tutils\n\x1e\x1e\x1e'),
    want: { changed: false, log: [], result: facts({ openssl: [openssl] }) },
  },
  'lists what rpm has, every version of it': {
    world: says('\x1ekernel\t6.1\t1.el9\t(none)\tx86_64\nkernel\t6.2\t1.el9\t1\tx86_64\n\x1e\x1e'),
    want: {
      result: facts({
        kernel: [
          { name: 'kernel', version: '6.1', release: '1.el9', epoch: null, arch: 'x86_64', source: 'rpm' },
          { name: 'kernel', version: '6.2', release: '1.el9', epoch: 1, arch: 'x86_64', source: 'rpm' },
        ],
      }),
    },
  },
  'lists what apk has': {
    args: { manager: ['apk'] },
    world: says('P:musl\nV:1.2.4-r2\nA:x86_64\nP:zlib\nV:1.3-r0\nA:x86_64\n\x1e'),
    want: {
      result: facts({
        musl: [{ name: 'musl', version: '1.2.4-r2', arch: 'x86_64', source: 'apk' }],
        zlib: [{ name: 'zlib', version: '1.3-r0', arch: 'x86_64', source: 'apk' }],
      }),
    },
  },
  'takes all databases when told so': {
    args: { manager: ['apt', 'rpm'], strategy: 'all' },
    world: says('ii \topenssl\t3.0\tamd64\tutils\n\x1eopenssl\t3.1\t1\t(none)\tx86_64\n\x1e'),
    want: {
      result: facts({
        openssl: [
          openssl,
          { name: 'openssl', version: '3.1', release: '1', epoch: null, arch: 'x86_64', source: 'rpm' },
        ],
      }),
    },
  },
  'says when there is none': { world: says('\x1e\x1e\x1e'), fails: 'Could not detect a supported package manager' },
  'knows its managers': { args: { manager: ['pacman'] }, fails: 'manager "pacman" is not known' },
});

describe('package_facts on a real host', () => {
  it('gives facts to the tasks after it', async function () {
    if (!existsSync('/var/lib/dpkg/status')) this.skip();
    const here = stage({}, ['h1']);
    try {
      const played = await here.play(`
- hosts: h1
  gather_facts: false
  tasks:
    - { name: ask, package_facts: }
    - { name: told, debug: { msg: "{{ ansible_facts.packages.dpkg[0].name }} {{ ansible_facts.packages | length > 10 }}" } }
`);
      expect(played.result('told')['msg']).to.equal('dpkg True');
    } finally {
      here.close();
    }
  });
});
