import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import private_key from '../../engine/modules/private_key.ts';
import x509_certificate from '../../engine/modules/x509_certificate.ts';
import { Unknown } from '../../engine/template/values.ts';
import { testModule } from '../../engine/testing.ts';
import { type Stage, stage } from '../run/harness.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const keyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const leaf = { path: '/opt/a.crt', private_key_path: '/opt/a.key', common_name: 'a' };
const ca = { ca_path: '/opt/ca.crt', ca_private_key_path: '/opt/ca.key' };

testModule(x509_certificate, 'x509_certificate', {
  'makes key and certificate where there are none': {
    args: { ...leaf, organization: ['system:masters'], subject_alt_name: ['DNS:a', 'IP:::1'], usages: ['client_auth'] },
    want: {
      changed: true,
      log: ['issue /opt/a.crt'],
      scripts: ['0.O = system:masters\n1.CN = a\n'],
      files: { '/opt/a.key': { mode: '0600' }, '/opt/a.crt': { mode: '0644' } },
    },
  },
  'keeps a key that is there': {
    args: leaf,
    world: { files: { '/opt/a.key': { content: keyPem, mode: '0600' } } },
    want: { scripts: ["key='/opt/a.key'"], files: { '/opt/a.key': keyPem } },
  },
  'never overwrites what is no key': {
    args: leaf,
    world: { files: { '/opt/a.key': 'precious' } },
    fails: '/opt/a.key is not a private key',
  },
  'needs the CA': { args: { ...leaf, ...ca }, fails: 'the CA /opt/ca.crt does not exist' },
  'needs both files of the CA': {
    args: { ...leaf, ca_path: '/opt/ca.crt' },
    fails: 'ca_path, ca_private_key_path of the module go together',
  },
  'can be predicted while the CA is only predicted': {
    args: { ...leaf, ...ca },
    world: { files: { '/opt/ca.crt': { content: new Unknown('later') } } },
    want: { changed: true, log: ['issue /opt/a.crt'] },
  },
  'needs the directory': {
    args: { ...leaf, path: '/opt/none/a.crt' },
    fails: 'the directory /opt/none does not exist',
  },
  'refuses names that are none': {
    args: { ...leaf, subject_alt_name: ['a.example'] },
    fails: '"a.example" is no alternative name: write DNS:<name> or IP:<address>',
  },
  'refuses line ends in a subject': {
    args: { ...leaf, common_name: 'a\n[extensions]' },
    fails: 'cannot be part of a subject',
  },
  'refuses to be renewed in every run': {
    args: { ...leaf, valid_days: 30 },
    fails: 'renew_before_days must be less than valid_days',
  },
});

testModule(private_key, 'private_key', {
  'makes a key': {
    args: { path: '/opt/sa.key', type: 'rsa-2048', public_key_path: '/opt/sa.pub' },
    want: {
      log: ['make the key /opt/sa.key'],
      scripts: ['rsa_keygen_bits:2048'],
      files: { '/opt/sa.key': { mode: '0600' }, '/opt/sa.pub': { mode: '0644' } },
    },
  },
  'keeps a key': {
    args: { path: '/opt/sa.key' },
    world: { files: { '/opt/sa.key': { content: keyPem, mode: '0600' } } },
    want: { changed: false, result: { type: 'ec-p256' } },
  },
  'makes only what is missing beside it': {
    args: { path: '/opt/sa.key', public_key_path: '/opt/sa.pub' },
    world: { files: { '/opt/sa.key': { content: keyPem, mode: '0600' } } },
    want: { fields: ['public_key'], files: { '/opt/sa.key': keyPem } },
  },
  'closes a key that is open': {
    args: { path: '/opt/sa.key' },
    world: { files: { '/opt/sa.key': keyPem } },
    want: { fields: ['mode'], log: ['set attributes of /opt/sa.key'] },
  },
  'never replaces a key of another type': {
    args: { path: '/opt/sa.key', type: 'ed25519' },
    world: { files: { '/opt/sa.key': keyPem } },
    fails: 'is a key of type ec-p256, not ed25519',
  },
});

const play = (extra = '', leafExtra = '') => `
- hosts: h1
  gather_facts: false
  tasks:
    - name: keys
      private_key: { path: "{{ playbook_dir }}/sa.key", type: rsa-2048, public_key_path: "{{ playbook_dir }}/sa.pub" }
      delegate_to: localhost
    - name: ca
      x509_certificate:
        path: "{{ playbook_dir }}/ca.crt"
        private_key_path: "{{ playbook_dir }}/ca.key"
        common_name: 'kubernetes $CA #1'
        is_ca: true
        ${extra}
      delegate_to: localhost
    - name: leaf
      x509_certificate:
        path: "{{ playbook_dir }}/a.crt"
        private_key_path: "{{ playbook_dir }}/a.key"
        private_key_type: rsa-2048
        common_name: kube-apiserver
        organization: [system:masters, zwei ö]
        subject_alt_name: ['DNS:*.example.org', 'IP:10.96.0.1', 'IP:2001:db8::0:1']
        usages: [server_auth, client_auth]
        ca_path: "{{ playbook_dir }}/ca.crt"
        ca_private_key_path: "{{ playbook_dir }}/ca.key"
        ${leafExtra}
      delegate_to: localhost
    - name: copy
      copy: { src: "{{ playbook_dir }}/a.crt", dest: "{{ playbook_dir }}/host.crt", mode: '0640' }
`;

describe('certificates by the real openssl', function () {
  this.timeout(60_000);
  let here: Stage;
  const path = (name: string) => join(here.folder, name);
  const changed = async (text: string, options = {}) => {
    const { outcomes } = await here.play(text, options);
    expect(outcomes.filter(({ status }) => status === 'failed').map(({ result }) => result['msg'])).to.deep.equal([]);
    return outcomes.filter(({ status }) => status === 'changed').map(({ task }) => task.name);
  };
  before(function () {
    if (spawnSync('openssl', ['version']).status !== 0) this.skip();
    here = stage({}, ['h1']);
  });
  after(() => here?.close());

  it('are all predicted from nothing, and nothing is written', async () => {
    expect(await changed(play(), { check: true, diff: true })).to.deep.equal(['keys', 'ca', 'leaf', 'copy']);
    expect(() => statSync(path('ca.crt'))).to.throw('ENOENT');
  });

  it('are issued once', async () => {
    expect(await changed(play())).to.deep.equal(['keys', 'ca', 'leaf', 'copy']);
    expect(await changed(play())).to.deep.equal([]);
    expect(await changed(play(), { check: true })).to.deep.equal([]);
    for (const key of ['ca.key', 'a.key', 'sa.key'])
      expect((statSync(path(key)).mode & 0o777).toString(8), key).to.equal('600');
    expect(execFileSync('ls', ['-A', here.folder]).toString()).not.to.contain('.kplay.');
  });

  it('say what they were asked to, and verify', () => {
    const [root, issued] = ['ca.crt', 'a.crt'].map((name) => new X509Certificate(readFileSync(path(name))));
    expect(root!.ca).to.equal(true);
    expect(root!.subject).to.equal('CN=kubernetes $CA #1');
    expect(issued!.verify(root!.publicKey)).to.equal(true);
    expect(issued!.serialNumber).to.have.lengthOf(32);
    const text = execFileSync('openssl', [
      'x509',
      '-in',
      path('a.crt'),
      '-noout',
      '-text',
      '-nameopt',
      'utf8',
    ]).toString();
    expect(text).to.match(/Key Usage: critical\s+Digital Signature, Key Encipherment/);
    expect(text).to.match(/Extended Key Usage:\s+TLS Web Client Authentication, TLS Web Server Authentication/);
    expect(text).to.contain('O=zwei ö');
    expect(text).to.contain('DNS:*.example.org, IP Address:10.96.0.1, IP Address:2001:DB8:0:0:0:0:0:1');
    const verified = spawnSync('openssl', ['verify', '-x509_strict', '-CAfile', path('ca.crt'), path('a.crt')]);
    expect(verified.stderr.toString()).to.equal('');
    expect(verified.status).to.equal(0);
  });

  it('are issued anew, with the same key, when they shall say something else', async () => {
    const key = readFileSync(path('a.key'), 'utf8');
    expect(await changed(play('', 'renew_before_days: 40'))).to.deep.equal([]);
    expect(await changed(play().replace('10.96.0.1', '10.96.0.2'))).to.deep.equal(['leaf', 'copy']);
    expect(readFileSync(path('a.key'), 'utf8')).to.equal(key);
  });

  it('are issued anew when they expire soon', async () => {
    expect(await changed(play('', 'valid_days: 400\n        renew_before_days: 399'))).to.deep.equal(['leaf', 'copy']);
  });

  it('are issued anew when the CA is another', async () => {
    execFileSync('sh', ['-c', `rm ${path('ca.crt')} ${path('ca.key')}`]);
    expect(await changed(play(), { check: true })).to.deep.equal(['ca', 'leaf', 'copy']);
    expect(await changed(play())).to.deep.equal(['ca', 'leaf', 'copy']);
    expect(await changed(play())).to.deep.equal([]);
  });

  it('are issued anew when their key is another', async () => {
    writeFileSync(path('a.key'), execFileSync('openssl', ['genrsa', '2048']), { mode: 0o600 });
    expect(await changed(play())).to.deep.equal(['leaf', 'copy']);
  });

  it('leave files that are no keys alone', async () => {
    writeFileSync(path('a.key'), 'precious');
    utimesSync(path('a.key'), 1, 1);
    const { outcomes } = await here.play(play());
    expect(String(outcomes.find(({ task }) => task.name === 'leaf')!.result['msg'])).to.contain('is not a private key');
    expect(readFileSync(path('a.key'), 'utf8')).to.equal('precious');
  });
});
