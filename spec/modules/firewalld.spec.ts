import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import firewalld from '../../engine/modules/firewalld.ts';
import { firewallKind } from '../../engine/target/queries/firewalld.ts';
import { testModule } from '../../engine/testing.ts';
import { stage } from '../run/harness.ts';
import { askHere, shells } from '../target/queries/run-query.ts';

const world = (answers: Readonly<Record<string, string>>) => ({
  answers: Object.fromEntries(Object.entries(answers).map(([key, value]) => [`firewalld ${key}`, value])),
});
const port = { port: '6443/tcp', state: 'enabled' };

testModule(firewalld, 'firewalld', {
  'opens a port now': {
    args: port,
    world: world({ '--query-port=6443/tcp': 'no' }),
    want: {
      fields: ['now'],
      log: ['firewall-cmd --add-port=6443/tcp'],
      diffs: [['now: port 6443/tcp: no\n', 'now: port 6443/tcp: yes\n']],
      result: { msg: 'port 6443/tcp: enabled' },
    },
  },
  'opens it for good': {
    args: { ...port, permanent: true, zone: 'public' },
    world: world({ '--permanent --zone=public --query-port=6443/tcp': 'no' }),
    want: { fields: ['permanent'], log: ['firewall-cmd --permanent --zone=public --add-port=6443/tcp'] },
  },
  'opens it now, where it is open for good': {
    args: { ...port, permanent: true, immediate: true, timeout: 60 },
    world: world({ '--permanent --query-port=6443/tcp': 'yes', '--query-port=6443/tcp': 'no' }),
    want: { fields: ['now'], log: ['firewall-cmd --add-port=6443/tcp --timeout=60'] },
  },
  'is done with what is so': { args: port, world: world({ '--query-port=6443/tcp': 'yes' }), want: { changed: false } },
  'closes what is open': {
    args: { service: 'https', state: 'disabled' },
    world: world({ '--query-service=https': 'yes' }),
    want: { log: ['firewall-cmd --remove-service=https'] },
  },
  'moves an interface': {
    args: { interface: 'eth1', zone: 'trusted', state: 'enabled' },
    world: world({ '--zone=trusted --query-interface=eth1': 'no' }),
    want: { log: ['firewall-cmd --zone=trusted --change-interface=eth1'] },
  },
  'writes rules': {
    args: { rich_rule: `rule service name="ftp" audit limit value="1/m" accept`, state: 'enabled' },
    world: world({ '--query-rich-rule=rule service name="ftp" audit limit value="1/m" accept': 'no' }),
    want: { scripts: [`'--add-rich-rule=rule service name="ftp" audit limit value="1/m" accept'`] },
  },
  'lets packets pass within the zone': {
    args: { forward: true, state: 'enabled' },
    world: world({ '--query-forward': 'no' }),
    want: { log: ['firewall-cmd --add-forward'] },
  },
  'knows switches that shall be off': {
    args: { masquerade: false, state: 'enabled' },
    world: world({ '--query-masquerade': 'yes' }),
    want: { log: ['firewall-cmd --remove-masquerade'] },
  },
  'passes a port on': {
    args: { port_forward: [{ port: '80', proto: 'tcp', toport: '8080' }], state: 'enabled' },
    world: world({ '--query-forward-port=port=80:proto=tcp:toport=8080': 'no' }),
    want: { log: ['firewall-cmd --add-forward-port=port=80:proto=tcp:toport=8080'] },
  },
  'makes a zone': {
    args: { zone: 'pods', state: 'present', permanent: true },
    world: world({ '--permanent --get-zones': 'public trusted' }),
    want: { log: ['firewall-cmd --permanent --new-zone=pods'] },
  },
  'takes a zone away': {
    args: { zone: 'pods', state: 'absent', permanent: true },
    world: world({ '--permanent --get-zones': 'pods public' }),
    want: { log: ['firewall-cmd --permanent --delete-zone=pods'] },
  },
  'gives a zone its target': {
    args: { zone: 'pods', target: '%%REJECT%%', state: 'present', permanent: true },
    world: world({ '--permanent --zone=pods --get-target': 'default' }),
    want: { log: ['firewall-cmd --permanent --zone=pods --set-target=REJECT'] },
  },
  'is about something': { args: { state: 'enabled' }, fails: 'the task is about nothing' },
  'is about one thing': { args: { ...port, service: 'https' }, fails: 'port' },
  'wants a protocol': { args: { ...port, port: '6443' }, fails: 'no port with its protocol' },
  'makes zones for good only': { args: { zone: 'pods', state: 'present' }, fails: 'only ever permanent' },
  'does not mix the words': { args: { ...port, state: 'present' }, fails: 'is enabled or disabled' },
});

describe('firewallKind', () => {
  it('reads what firewall-cmd says', () => {
    const keys = ['yes', 'no', 'none', 'stopped', 'zone'].map((word) => ({
      words: [word],
      permanent: false,
      offline: false,
    }));
    const text = '0\x1dyes\x1e1\x1dno\x1e127\x1d\x1e252\x1dnot running\x1e112\x1dError: INVALID_ZONE: x\x1e';
    const answers = firewallKind.parse(Buffer.from(text), keys);
    expect(answers.slice(0, 2)).to.deep.equal(['yes', 'no']);
    expect(answers.slice(2).map(String).join()).to.match(/no firewall-cmd.*does not run.*INVALID_ZONE/);
  });

  for (const shell of shells)
    it(`asks through ${shell.join(' ')}`, () => {
      const keys = [{ words: ['--query-port=1/tcp'], permanent: true, offline: true }];
      expect(askHere(firewallKind, keys, shell)).to.have.length(1);
    });
});

describe('firewalld on a host', () => {
  it('says all of it to firewall-cmd, once; and to firewall-offline-cmd where it does not run', async () => {
    const here = stage({}, ['h1']);
    try {
      const at = (path: string) => join(here.folder, path);
      mkdirSync(at('bin'));
      // Remembers ports by a file each, as firewalld does by its configuration.
      const fake = `#!/bin/sh
p=now; [ "\${0##*/}" = firewall-cmd ] || p=permanent
for word; do case $word in
  --state) [ -e ${at('running')} ]; exit;;
  --permanent) p=permanent;;
  --query-port=*) if [ -e "${at('bin')}/$p-\${word#*=}" ]; then echo yes; else echo no; exit 1; fi;;
  --add-port=*) echo "\${0##*/} $*" >> ${at('log')}; mkdir -p "${at('bin')}/$p-\${word#*=}"; echo success;;
esac; done
`;
      for (const tool of ['firewall-cmd', 'firewall-offline-cmd']) {
        writeFileSync(at(`bin/${tool}`), fake);
        chmodSync(at(`bin/${tool}`), 0o755);
      }
      here.write({
        hosts: `h1 ansible_connection=exec ansible_exec_command="env PATH=${at('bin')}:${process.env['PATH']} /bin/sh"\n`,
      });
      const play = async (words: string) => {
        const { outcomes } = await here.play(
          `- hosts: h1\n  gather_facts: false\n  tasks:\n    - name: t\n      firewalld: { state: enabled, ${words} }\n`,
        );
        return outcomes.map(({ status, result }) => (status === 'failed' ? result['msg'] : status));
      };
      const offline = 'port: 2/tcp, permanent: true, offline: true';
      expect([await play(offline), await play(offline)]).to.deep.equal([['changed'], ['ok']]);
      writeFileSync(at('running'), '');
      const both = 'port: 1/tcp, permanent: true, immediate: true';
      expect([await play(both), await play(both)]).to.deep.equal([['changed'], ['ok']]);
      expect(readFileSync(at('log'), 'utf8').split('\n')).to.deep.equal([
        'firewall-offline-cmd --add-port=2/tcp',
        'firewall-cmd --permanent --add-port=1/tcp',
        'firewall-cmd --add-port=1/tcp',
        '',
      ]);
    } finally {
      here.close();
    }
  }).timeout(20_000);
});
