import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getCertificate from '../../engine/modules/get_certificate.ts';
import { testModule } from '../../engine/testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'kplay-certificate-'));
const words =
  'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -set_serial 0x48f7 -subj /O=system/CN=api -addext subjectAltName=DNS:api,IP:10.0.0.1';
execFileSync('openssl', [...words.split(' '), '-keyout', join(folder, 'key'), '-out', join(folder, 'crt')], {
  stdio: 'ignore',
});
const pem = readFileSync(join(folder, 'crt'), 'utf8');
rmSync(folder, { recursive: true });

const says = (verified: string) => `CONNECTED(00000003)\n${pem}---\n    Verify return code: ${verified}\n---\n`;
const server = (stdout: string, more: object = {}) => ({ commands: { s_client: { stdout, ...more } } });

testModule(getCertificate, 'get_certificate', {
  'tells what the server presents': {
    args: { host: 'api.example', port: 6443 },
    world: server(says('18 (self-signed certificate)')),
    want: {
      changed: false,
      scripts: ["openssl s_client -connect 'api.example:6443' -servername 'api.example' </dev/null"],
      result: {
        cert: pem,
        subject: 'O=system, CN=api',
        issuer: 'O=system, CN=api',
        serial_number: '48f7',
        subject_alt_name: ['DNS:api', 'IP:10.0.0.1'],
        expired: false,
      },
    },
  },
  'tells it also of a server that then wants a certificate of its client': {
    args: { host: '10.0.0.1', port: 2379 },
    world: server(says('20 (unable to get local issuer certificate)'), { code: 1, stderr: 'alert bad certificate' }),
    want: { scripts: ["-connect '10.0.0.1:2379' </dev/null"], result: { serial_number: '48f7' } },
  },
  'writes IPv6 in brackets, and asks for the name it is given': {
    args: { host: '::1', port: 6443, server_name: 'kubernetes', timeout: 3 },
    world: server(says('0 (ok)')),
    want: { scripts: ['timeout 3', "-connect '[::1]:6443' -servername 'kubernetes'"].slice(1) },
  },
  'is content with a certificate that the authorities vouch for': {
    args: { host: '10.0.0.1', port: 6443, ca_cert: '/etc/kubernetes/pki/ca.crt' },
    world: server(says('0 (ok)')),
    want: { scripts: ["-CAfile '/etc/kubernetes/pki/ca.crt'"] },
  },
  'fails with one that they do not': {
    args: { host: '10.0.0.1', port: 6443, ca_cert: '/ca.crt' },
    world: server(says('18 (self-signed certificate)')),
    fails: '/ca.crt does not vouch for 10.0.0.1:6443: self-signed certificate',
  },
  'says why there is none': {
    args: { host: '10.0.0.1', port: 1 },
    world: server('', {
      code: 1,
      stderr:
        '40D7FEE6147F0000:error:8000006F:system library:BIO_connect:Connection refused:../crypto/bio/bio_sock2.c:117:calling connect()\nconnect:errno=111\n',
    }),
    fails: '10.0.0.1:1 presents no certificate: Connection refused',
  },
  'says that there was no answer': {
    args: { host: '10.0.0.1', port: 1 },
    world: server('', { code: 124 }),
    fails: 'no answer within 10 s',
  },
});
