import { isIP, isIPv6 } from 'node:net';
import { defineAction } from '../module/definition.ts';
import { certificateResult, fieldsOf, readCertificate } from '../module/pki/certificate.ts';
import { needsOpenssl } from '../module/pki/public-key.ts';
import { ModuleFailure } from '../target/failure.ts';
import { quote } from '../target/quote.ts';

export default defineAction({
  summary: 'Tells which certificate a TLS server presents, by the openssl of the host.',
  description: [
    'What a server has in memory, which after a rotation may not be what lies on its disk: probe with until.',
    'A server that wants a certificate of its client presents its own before it says so.',
  ],
  action: 'reads',
  args: {
    host: { required: true, description: 'name or address of the server, as the host of the task reaches it' },
    port: { type: 'int', required: true },
    server_name: { description: 'the name asked for (SNI); the name of the host unless told' },
    ca_cert: {
      type: 'path',
      description: 'authorities on the host, as PEM: the certificate must be signed by one of them',
    },
    timeout: { type: 'int', default: 10, description: 'seconds to wait for the server' },
  },
  returns: {
    cert: 'the certificate as PEM',
    subject: 'whom it is for',
    issuer: 'who signed it',
    subject_alt_name: 'its other names, as DNS:<name> and IP:<address>',
    not_before: 'from when it is valid',
    not_after: 'until when',
    expired: 'whether that is over',
    serial_number: 'its serial number in hex, as x509_certificate gives it',
    fingerprint: 'its SHA-256 fingerprint in hex',
  },
  examples: `- name: Wait until the apiserver presents the new certificate
  get_certificate:
    host: 127.0.0.1
    port: 6443
  register: presented
  until: presented.serial_number | default('') == issued.serial_number
`,

  async run({ args, target }) {
    const { host, port, server_name: name = isIP(host) ? undefined : host, ca_cert: authorities, timeout } = args;
    const server = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
    const options = [
      `-connect ${quote(server)}`,
      ...(name === undefined ? [] : [`-servername ${quote(name)}`]),
      ...(authorities === undefined ? [] : [`-CAfile ${quote(authorities)}`]),
    ];
    const { stdout, stderr, timedOut, code } = await target.observe({
      script: `${needsOpenssl}
t=; command -v timeout >/dev/null 2>&1 && t='timeout ${timeout}'
$t openssl s_client ${options.join(' ')} </dev/null`,
      timeoutMs: (timeout + 5) * 1000,
    });
    const said = stdout.toString('latin1');
    const certificate = readCertificate(
      Buffer.from(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END[^\n]*/.exec(said)?.[0] ?? ''),
    );
    if (certificate === undefined) {
      const why = timedOut || code === 124 ? `no answer within ${timeout} s` : reasonIn(stderr.toString('latin1'));
      throw new ModuleFailure(`${server} presents no certificate: ${why}`);
    }
    const verified = /Verify return code: (\d+) \(([^)]*)\)/.exec(said);
    if (authorities !== undefined && verified?.[1] !== '0')
      throw new ModuleFailure(`${authorities} does not vouch for ${server}: ${verified?.[2] ?? 'not verified'}`);
    const result = certificateResult(certificate);
    return {
      changed: false,
      cert: certificate.toString(),
      ...result,
      fingerprint: result['fingerprint_sha256'],
      subject_alt_name: fieldsOf(certificate).subject_alt_name,
      expired: Date.parse(certificate.validTo) < Date.now(),
    };
  },
});

/** openssl names each of its functions on the way; the reason stands in the middle of the first line of an error. */
function reasonIn(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const reason = /:error:[^:]*:[^:]*:[^:]*:([^:]+):/.exec(stderr)?.[1];
  return reason ?? lines.at(-1) ?? 'the connection was closed';
}
