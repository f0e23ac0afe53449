/** What cfssl's own files ask for: a request (`csr.json`) and the profile it is signed with (`ca-config.json`). */
import { isIP } from 'node:net';
import { ModuleFailure } from '../../target/failure.ts';
import { quote } from '../../target/quote.ts';
import { temporaryPattern } from '../../target/scripts.ts';
import { type CertificateFields, wantedFields } from './certificate.ts';

export interface CfsslRequest extends CertificateFields {
  /** In the words of x509_certificate: ec-p256, rsa-2048 … */
  readonly keyType: string;
  /** How many days it will be valid. */
  readonly days: number;
}

interface Sources {
  readonly request: Buffer;
  readonly requestPath: string;
  /** Undefined for an authority, whose life is part of its own request. */
  readonly config?: Buffer | undefined;
  readonly configPath?: string | undefined;
  readonly profile?: string | undefined;
}

/** @throws ModuleFailure for a file that cfssl would not understand, or a profile that is not there. */
export function readRequest({ request, requestPath, config, configPath, profile }: Sources): CfsslRequest {
  const csr = json(request, requestPath);
  const { algo, size } = { algo: 'ecdsa', size: 256, ...mapping(csr['key']) };
  const signing = config === undefined ? undefined : signingOf(json(config, configPath!), profile!, configPath!);
  const expiry = signing === undefined ? mapping(csr['ca'])['expiry'] : signing['expiry'];
  return {
    ...wantedFields({
      common_name: String(csr['CN'] ?? ''),
      organization: list(csr['names']).flatMap((name) =>
        mapping(name)['O'] === undefined ? [] : [String(mapping(name)['O'])],
      ),
      subject_alt_name: list(csr['hosts']).map((host) => `${isIP(String(host)) ? 'IP' : 'DNS'}:${host}`),
      usages: list(signing?.['usages']).flatMap((usage) => extended[String(usage)] ?? []),
      is_ca: signing === undefined,
    }),
    keyType: algo === 'ecdsa' ? `ec-p${size}` : `${algo}-${size}`,
    days: hours(expiry) / 24,
  };
}

// The other usages of cfssl are those of a key, which x509_certificate gives every certificate alike.
const extended: Readonly<Record<string, string>> = { 'server auth': 'server_auth', 'client auth': 'client_auth' };

/** cfssl's life of an authority that nobody set. */
const otherwise = '43800h';

function signingOf(config: Mapping, profile: string, path: string): Mapping {
  const chosen = mapping(mapping(config['signing'])['profiles'])[profile];
  if (chosen === undefined) throw new ModuleFailure(`${path} has no profile ${profile}`);
  return mapping(chosen);
}

function hours(duration: unknown = otherwise): number {
  const [, number] = /^(\d+)h$/.exec(String(duration)) ?? [];
  if (number === undefined) throw new ModuleFailure(`an expiry is written in hours, such as 8760h, not ${duration}`);
  return Number(number);
}

type Mapping = Readonly<Record<string, unknown>>;

function json(text: Buffer, path: string): Mapping {
  try {
    return mapping(JSON.parse(text.toString('utf8')));
  } catch (cause) {
    throw new ModuleFailure(`${path} is no JSON: ${(cause as Error).message}`);
  }
}

const mapping = (value: unknown): Mapping => (typeof value === 'object' && value !== null ? (value as Mapping) : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export interface CfsslIssue {
  readonly path: string;
  readonly keyPath: string;
  readonly requestPath: string;
  /** The authority keeps the key it has. */
  readonly keepKey: boolean;
  readonly mode: string;
  readonly signer:
    | { readonly ca: string; readonly caKey: string; readonly config: string; readonly profile: string }
    | undefined;
}

/**
 * cfssl prints key and certificate in one JSON text: it goes into a private folder beside the certificate, not through a pipe whose
 * left end may fail unseen; cfssljson parts it there. The certificate is printed at the end, the key never.
 */
export function cfsslScript({ path, keyPath, requestPath, keepKey, mode, signer }: CfsslIssue): string {
  const how =
    signer === undefined
      ? `-initca${keepKey ? ` -ca-key ${quote(keyPath)}` : ''}`
      : `-ca ${quote(signer.ca)} -ca-key ${quote(signer.caKey)} -config ${quote(signer.config)} -profile ${quote(signer.profile)}`;
  return [
    'for tool in cfssl cfssljson; do command -v $tool >/dev/null 2>&1 || { echo "$tool is needed on this host (Debian\'s package is golang-cfssl)" >&2; exit 127; }; done',
    'umask 077',
    'd=',
    `trap 'rm -rf "$d"' EXIT`,
    `d=$(mktemp -d ${temporaryPattern(path)}) || exit 1`,
    `cfssl gencert -loglevel 2 ${how} ${quote(requestPath)} > "$d/answer" || exit 1`,
    'cfssljson -bare "$d/new" < "$d/answer" || exit 1',
    `chmod ${mode} "$d/new.pem" || exit 1`,
    ...(keepKey ? [] : [`chmod 0600 "$d/new-key.pem" && mv -f "$d/new-key.pem" ${quote(keyPath)} || exit 1`]),
    `mv -f "$d/new.pem" ${quote(path)} || exit 1`,
    `cat ${quote(path)}`,
  ].join('\n');
}
