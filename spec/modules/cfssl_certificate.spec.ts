import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import cfssl_certificate from '../../engine/modules/cfssl_certificate.ts';
import { Unknown } from '../../engine/template/values.ts';
import { testModule } from '../../engine/testing.ts';
import { type Stage, stage } from '../run/harness.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const keyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const config = JSON.stringify({
  signing: {
    default: { expiry: '8760h' },
    profiles: {
      peer: { expiry: '8760h', usages: ['signing', 'key encipherment', 'server auth', 'client auth'] },
      short: { expiry: '24h', usages: ['client auth'] },
    },
  },
});
const authority = { path: '/opt/ca.crt', private_key_path: '/opt/ca.key', request_path: '/opt/ca-csr.json' };
const peer = {
  path: '/opt/peer.crt',
  private_key_path: '/opt/peer.key',
  request_path: '/opt/peer.json',
  config_path: '/opt/ca-config.json',
  profile: 'peer',
  ca_path: '/opt/ca.crt',
  ca_private_key_path: '/opt/ca.key',
};
const files = {
  '/opt/ca-csr.json': '{ "CN": "etcd", "key": { "algo": "rsa", "size": 2048 }, "ca": { "expiry": "87600h" } }',
  '/opt/peer.json': '{ "CN": "etcd0", "hosts": ["etcd0", "10.0.0.1"] }',
  '/opt/ca-config.json': config,
};
const signed = { ...files, '/opt/ca.crt': { content: new Unknown('later') } };

testModule(cfssl_certificate, 'cfssl_certificate', {
  'makes an authority where there is none': {
    args: authority,
    world: { files },
    want: {
      changed: true,
      log: ['issue /opt/ca.crt'],
      scripts: ["cfssl gencert -loglevel 2 -initca '/opt/ca-csr.json'"],
      files: { '/opt/ca.key': { mode: '0600' }, '/opt/ca.crt': { mode: '0644' } },
    },
  },
  'keeps the key of an authority': {
    args: authority,
    world: { files: { ...files, '/opt/ca.crt': 'lost', '/opt/ca.key': { content: keyPem, mode: '0600' } } },
    want: { scripts: ["-initca -ca-key '/opt/ca.key'"], files: { '/opt/ca.key': keyPem } },
  },
  'signs with the profile': {
    args: peer,
    world: { files: signed },
    want: {
      log: ['issue /opt/peer.crt'],
      scripts: [
        "-ca '/opt/ca.crt' -ca-key '/opt/ca.key' -config '/opt/ca-config.json' -profile 'peer' '/opt/peer.json'",
      ],
      files: { '/opt/peer.key': { mode: '0600' } },
    },
  },
  'cannot tell before its request is there': {
    args: peer,
    world: { files: { ...signed, '/opt/peer.json': { content: new Unknown('written by the run') } } },
    unknown: 'written by the run',
  },
  'needs the request': { args: peer, world: { files: { '/opt/ca.crt': '' } }, fails: '/opt/peer.json does not exist' },
  'needs JSON': {
    args: peer,
    world: { files: { ...signed, '/opt/peer.json': 'CN=x' } },
    fails: '/opt/peer.json is no JSON',
  },
  'needs the profile': {
    args: { ...peer, profile: 'none' },
    world: { files: signed },
    fails: '/opt/ca-config.json has no profile none',
  },
  'needs a name': { args: peer, world: { files: { ...signed, '/opt/peer.json': '{}' } }, fails: '"" cannot be part' },
  'needs all that signing takes': { args: { ...peer, profile: undefined }, fails: 'go together' },
  'refuses to be renewed in every run': {
    args: { ...peer, profile: 'short' },
    world: { files: signed },
    fails: 'renew_before_days must be less than the 1 days',
  },
  'refuses a life that is not in hours': {
    args: authority,
    world: { files: { ...files, '/opt/ca-csr.json': '{ "CN": "etcd", "ca": { "expiry": "1y" } }' } },
    fails: 'an expiry is written in hours',
  },
});

const play = (hosts = '[etcd0, 10.0.0.1]', extra = '') => `
- hosts: h1
  gather_facts: false
  tasks:
    - { name: config, delegate_to: localhost, copy: { dest: "{{ playbook_dir }}/ca-config.json", mode: "0644", content: '${config}' } }
    - { name: ca-csr, delegate_to: localhost, copy: { dest: "{{ playbook_dir }}/ca-csr.json", mode: "0644", content: "{{ { 'CN': 'etcd', 'key': { 'algo': 'rsa', 'size': 2048 }, 'ca': { 'expiry': '87600h' } } | to_nice_json }}" } }
    - { name: csr, delegate_to: localhost, copy: { dest: "{{ playbook_dir }}/peer.json", mode: "0644", content: "{{ { 'CN': 'etcd0', 'hosts': hosts, 'names': [{ 'O': 'a b' }], 'key': { 'algo': 'ecdsa', 'size': 256 } } | to_nice_json }}" }, vars: { hosts: ${hosts} } }
    - name: ca
      cfssl_certificate: { path: "{{ playbook_dir }}/ca.crt", private_key_path: "{{ playbook_dir }}/ca.key", request_path: "{{ playbook_dir }}/ca-csr.json" }
      delegate_to: localhost
    - name: peer
      cfssl_certificate:
        path: "{{ playbook_dir }}/peer.crt"
        private_key_path: "{{ playbook_dir }}/peer.key"
        request_path: "{{ playbook_dir }}/peer.json"
        config_path: "{{ playbook_dir }}/ca-config.json"
        profile: peer
        ca_path: "{{ playbook_dir }}/ca.crt"
        ca_private_key_path: "{{ playbook_dir }}/ca.key"
        ${extra}
      delegate_to: localhost
`;

describe('certificates by the real cfssl', function () {
  this.timeout(60_000);
  let here: Stage;
  const path = (name: string) => join(here.folder, name);
  const changed = async (text: string, options = {}) => {
    const { outcomes } = await here.play(text, options);
    expect(outcomes.filter(({ status }) => status === 'failed').map(({ result }) => result['msg'])).to.deep.equal([]);
    return outcomes.filter(({ status }) => status === 'changed').map(({ task }) => task.name);
  };
  before(function () {
    if (spawnSync('cfssl', ['version']).status !== 0) this.skip();
    here = stage({}, ['h1']);
  });
  after(() => here?.close());

  it('are all predicted from nothing, and nothing is written', async () => {
    expect(await changed(play(), { check: true, diff: true })).to.deep.equal(['config', 'ca-csr', 'csr', 'ca', 'peer']);
    expect(() => statSync(path('ca.crt'))).to.throw('ENOENT');
  });

  it('are issued once, their keys for their owner alone', async () => {
    expect(await changed(play())).to.deep.equal(['config', 'ca-csr', 'csr', 'ca', 'peer']);
    expect(await changed(play())).to.deep.equal([]);
    expect(await changed(play(), { check: true })).to.deep.equal([]);
    for (const key of ['ca.key', 'peer.key'])
      expect((statSync(path(key)).mode & 0o777).toString(8), key).to.equal('600');
    expect(
      readdirSync(here.folder).filter((name) => name.startsWith('.kplay.') || name.endsWith('.csr')),
    ).to.deep.equal([]);
  });

  it('say what request and profile say, and verify', () => {
    const [root, issued] = ['ca.crt', 'peer.crt'].map((name) => new X509Certificate(readFileSync(path(name))));
    expect(root!.ca).to.equal(true);
    expect(issued!.verify(root!.publicKey)).to.equal(true);
    expect(issued!.subject).to.equal('O=a b\nCN=etcd0');
    expect(issued!.subjectAltName).to.equal('DNS:etcd0, IP Address:10.0.0.1');
    expect(issued!.keyUsage).to.have.members(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
    const years = (Date.parse(root!.validTo) - Date.now()) / 86_400_000 / 365;
    expect(years).to.be.within(9.9, 10.1);
    const verified = spawnSync('openssl', ['verify', '-CAfile', path('ca.crt'), path('peer.crt')]);
    expect(verified.status, verified.stderr.toString()).to.equal(0);
  });

  it('are issued anew when they shall say something else, or expire soon', async () => {
    expect(await changed(play('[etcd0, 10.0.0.2]'))).to.deep.equal(['csr', 'peer']);
    expect(await changed(play('[etcd0, 10.0.0.2]', 'renew_before_days: 364'))).to.deep.equal([]);
    execFileSync('sh', ['-c', `rm ${path('peer.crt')}`]);
    expect(await changed(play('[etcd0, 10.0.0.2]'))).to.deep.equal(['peer']);
  });

  it('are issued anew when the CA is another; a CA whose certificate is lost keeps its key', async () => {
    const key = readFileSync(path('ca.key'), 'utf8');
    execFileSync('sh', ['-c', `rm ${path('ca.crt')}`]);
    expect(await changed(play('[etcd0, 10.0.0.2]'))).to.deep.equal(['ca']);
    expect(readFileSync(path('ca.key'), 'utf8')).to.equal(key);
    execFileSync('sh', ['-c', `rm ${path('ca.crt')} ${path('ca.key')}`]);
    expect(await changed(play('[etcd0, 10.0.0.2]'))).to.deep.equal(['ca', 'peer']);
  });

  it('leave no half of a certificate when cfssl fails', async () => {
    mkdirSync(path('broken'));
    const text = play('[etcd0]').replaceAll('"{{ playbook_dir }}/peer.', '"{{ playbook_dir }}/broken/peer.');
    const broken = text.replace('ca_private_key_path: "{{ playbook_dir }}/ca.key"', 'ca_private_key_path: /dev/null');
    const { outcomes } = await here.play(broken);
    expect(outcomes.find(({ task }) => task.name === 'peer')!.status).to.equal('failed');
    expect(readdirSync(path('broken'))).to.deep.equal(['peer.json']);
  });
});
