/** What a certificate says, in the words of the arguments of x509_certificate. */
import { X509Certificate } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { ModuleFailure } from '../../target/failure.ts';
import { isUnknown, type Unknown } from '../values.ts';

export interface CertificateFields {
  /** `O=…` lines in their order, then `CN=…`. */
  readonly subject: readonly string[];
  /** `DNS:…` and `IP:…`, sorted. */
  readonly subject_alt_name: readonly string[];
  readonly usages: readonly string[];
  readonly is_ca: boolean;
}

export interface CertificateArgs {
  readonly common_name: string;
  readonly organization: readonly string[];
  readonly subject_alt_name: readonly string[];
  readonly usages: readonly string[];
  readonly is_ca: boolean;
}

// RFC 5280, 4.2.1.12
const usageNames: Readonly<Record<string, string>> = {
  '1.3.6.1.5.5.7.3.1': 'server_auth',
  '1.3.6.1.5.5.7.3.2': 'client_auth',
};

/** Undefined where there is no certificate in the file. */
export function readCertificate(pem: Buffer | undefined): X509Certificate | undefined {
  if (pem === undefined) return undefined;
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

export function fieldsOf(certificate: X509Certificate): CertificateFields {
  const { subject } = certificate.toLegacyObject() as unknown as {
    readonly subject: Readonly<Record<string, string | readonly string[]>>;
  };
  const lines = (name: string) => [subject[name] ?? []].flat().map((value) => `${name}=${value}`);
  const others = Object.keys(subject).filter((name) => name !== 'O' && name !== 'CN');
  return {
    subject: [...others.flatMap(lines), ...lines('O'), ...lines('CN')],
    subject_alt_name: (certificate.subjectAltName ?? '')
      .split(', ')
      .filter((name) => name !== '')
      .map((name) => canonicalName(name.replace(/^IP Address:/, 'IP:')))
      .sort(),
    usages: (certificate.keyUsage ?? []).map((oid) => usageNames[oid] ?? oid).sort(),
    is_ca: certificate.ca,
  };
}

/** @throws ModuleFailure for names that cannot stand in a certificate. */
export function wantedFields(args: CertificateArgs): CertificateFields {
  for (const value of [args.common_name, ...args.organization]) {
    if (/\p{Cc}/u.test(value) || value.trim() !== value || value === '')
      throw new ModuleFailure(`"${value}" cannot be part of a subject`);
  }
  for (const name of args.subject_alt_name) {
    const isName = /^DNS:(\*\.)?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$/.test(name);
    if (!isName && !/^IP:[0-9A-Fa-f:.]+$/.test(name))
      throw new ModuleFailure(`"${name}" is no alternative name: write DNS:<name> or IP:<address>`);
  }
  return {
    subject: [...args.organization.map((name) => `O=${name}`), `CN=${args.common_name}`],
    subject_alt_name: [...new Set(args.subject_alt_name.map(canonicalName))].sort(),
    usages: [...new Set(args.usages)].sort(),
    is_ca: args.is_ca,
  };
}

/** One spelling for one address. */
function canonicalName(name: string): string {
  const address = name.startsWith('IP:') ? name.slice(3) : '';
  return isIPv6(address) ? `IP:${new URL(`http://[${address}]`).hostname.slice(1, -1)}` : name;
}

/** `valid`, or why it should be issued anew. */
export function validity({ validFrom, validTo }: X509Certificate, renewBeforeDays: number, now = Date.now()): string {
  const left = (Date.parse(validTo) - now) / 86_400_000;
  if (left <= 0) return `expired on ${validTo}`;
  if (Date.parse(validFrom) > now + 86_400_000) return `valid only from ${validFrom}`;
  return left < renewBeforeDays ? `expires on ${validTo}` : 'valid';
}

/** What results say about a certificate. */
export function certificateResult(certificate: X509Certificate): Readonly<Record<string, unknown>> {
  return {
    not_before: new Date(certificate.validFrom).toISOString(),
    not_after: new Date(certificate.validTo).toISOString(),
    serial_number: certificate.serialNumber.toLowerCase(),
    fingerprint_sha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    subject: fieldsOf(certificate).subject.join(', '),
    issuer: certificate.issuer.split('\n').join(', '),
  };
}

/** The CA's path when its certificate verifies this one, `itself` for one without a CA; otherwise who is named as the issuer. */
export function signer(
  found: X509Certificate,
  path: string | undefined,
  caPem: Buffer | Unknown | undefined,
): string | Unknown {
  if (isUnknown(caPem)) return caPem;
  if (path === undefined)
    return found.checkIssued(found) && found.verify(found.publicKey) ? 'itself' : `another: ${found.issuer}`;
  const ca = readCertificate(caPem);
  if (ca === undefined) throw new ModuleFailure(`${path} holds no certificate`);
  return found.checkIssued(ca) && found.verify(ca.publicKey) ? path : `another: ${found.issuer}`;
}

/** The names of {@link certificateResult}, and of where the files are. */
export const certificateReturns = {
  path: 'the certificate',
  private_key_path: 'its key',
  not_before: 'from when it is valid',
  not_after: 'until when',
  serial_number: 'its serial number in hex',
  fingerprint_sha256: 'its fingerprint in hex',
  subject: 'whom it is for',
  issuer: 'who signed it',
} as const;
