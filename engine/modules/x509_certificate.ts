import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { posix } from 'node:path';
import type { ArgsOf } from '../module/arguments.ts';
import { keyArgs, keyTypeOf, makeKey } from '../module/private-keys.ts';
import { defineModule } from '../module/definition.ts';
import { type Diff } from '../module/definition.ts';
import { ModuleFailure } from '../target/failure.ts';
import { fileEffects } from '../target/files.ts';
import { Unknown } from '../target/content.ts';
import { quote } from '../target/quote.ts';
import type { ReadableTarget } from '../target/target.ts';

const args = {
  path: { type: 'path', required: true, description: 'the certificate (PEM); its folder must exist' },
  private_key_path: { type: 'path', required: true, description: 'its private key (PEM, 0600); made when missing, kept when it fits' },
  private_key_type: { ...keyArgs.type, description: 'what a new key is' },
  common_name: { required: true, description: 'CN of the subject' },
  organization: { type: 'list', elements: 'str', default: [], description: 'O of the subject; Kubernetes reads groups from it' },
  subject_alt_name: { type: 'list', elements: 'str', default: [], description: 'DNS:name or IP:address' },
  usages: { type: 'list', choices: ['server_auth', 'client_auth'], default: [], description: 'extended key usages' },
  is_ca: { type: 'bool', default: false, description: 'may sign other certificates' },
  ca_path: { type: 'path', description: 'certificate of the authority that signs; without it the certificate signs itself' },
  ca_private_key_path: { type: 'path', description: 'its private key' },
  valid_days: { type: 'int', description: 'unless told 365, for an authority 3650' },
  renew_before_days: { type: 'int', default: 30, description: 'issue anew when fewer days are left' },
  mode: { type: 'mode', default: '0644', description: 'of the certificate' },
  owner: { description: 'of both files' },
  group: { description: 'of both files' },
} as const;
type Args = ArgsOf<typeof args>;

interface State {
  readonly state: 'absent' | 'unreadable' | 'present';
  readonly subject?: string;
  readonly subject_alt_name?: readonly string[];
  readonly usages?: readonly string[];
  readonly is_ca?: boolean;
  readonly key?: 'fits' | 'missing' | 'does not fit' | 'has another type';
  readonly issuer?: 'as asked' | 'another';
  readonly renewal?: 'not due' | 'due';
  readonly mode?: string;
  readonly until?: string;
}

const day = 24 * 60 * 60 * 1000;
const usageIds: Readonly<Record<string, string>> = { '1.3.6.1.5.5.7.3.1': 'server_auth', '1.3.6.1.5.5.7.3.2': 'client_auth' };

export default defineModule({
  summary: 'Issues a certificate and its key by openssl, and issues it anew when it is missing, wrong or about to expire.',
  description: ['Keys never leave the machine it runs on; delegate it to localhost to sign on the controller.', 'Needs openssl there.'],
  args,
  rules: { requiredTogether: [['ca_path', 'ca_private_key_path']] },
  returns: { filename: 'the certificate', privatekey: 'its key', not_after: 'when it expires, ISO 8601, of the certificate found' },
  async probe({ args, target }): Promise<State> {
    const file = await target.stat(args.path, { follow: true });
    if (!file.exists) return { state: 'absent' };
    const [certificate, key, authority] = await Promise.all([args.path, args.private_key_path, args.ca_path].map((path) => (path === undefined ? undefined : read(target, path))));
    const found = certificate && parsed(certificate);
    if (!found) return { state: 'unreadable' };
    const issuer = args.ca_path === undefined ? found : authority && parsed(authority);
    return {
      state: 'present',
      subject: found.subject,
      subject_alt_name: namesOf(found),
      usages: (found.keyUsage ?? []).map((id) => usageIds[id] ?? id).sort(),
      is_ca: found.ca,
      key: fit(found, key, args.private_key_type),
      issuer: issuer && found.checkIssued(issuer) && found.verify(issuer.publicKey) ? 'as asked' : 'another',
      renewal: Date.parse(found.validTo) - Date.now() > args.renew_before_days * day ? 'not due' : 'due',
      mode: file.mode,
      until: new Date(found.validTo).toISOString(),
    };
  },
  desired: ({ args }): Partial<State> => ({
    state: 'present',
    subject: [...args.organization.map((name) => `O=${name}`), `CN=${args.common_name}`].join('\n'),
    subject_alt_name: args.subject_alt_name.map(normalName).sort(),
    usages: [...args.usages].sort(),
    is_ca: args.is_ca,
    key: 'fits',
    issuer: 'as asked',
    renewal: 'not due',
    mode: args.mode,
  }),
  async apply({ args, state, change, target }) {
    if (Object.keys(change).every((name) => name === 'mode')) return target.setAttributes(args.path, { mode: args.mode }).then(() => ({}));
    const keep = state.key === 'fits';
    await target.mutate({
      summary: `issue ${args.path}`,
      script: issueScript(args, keep),
      touches: ['files'],
      effects: [
        ...fileEffects(args.path, { content: new Unknown(`${args.path} is issued by the run`), mode: args.mode }),
        ...(keep ? [] : fileEffects(args.private_key_path, { content: new Unknown(`${args.private_key_path} is made by the run`), mode: '0600' })),
      ],
    });
    return {};
  },
  returned: ({ args, state }) => ({ filename: args.path, privatekey: args.private_key_path, ...(state.until === undefined ? {} : { not_after: state.until }) }),
  preview({ args, change }): readonly Diff[] {
    const lines = (side: 'before' | 'after') => Object.entries(change).map(([name, one]) => `${name}: ${[one[side] ?? 'none'].flat().join(', ').replaceAll('\n', ', ')}\n`);
    return [{ beforeHeader: args.path, afterHeader: args.path, before: lines('before').join(''), after: lines('after').join('') }];
  },
});

/** The content, or undefined where there is none yet. A file that an earlier task would issue cannot be read before the run. */
async function read(target: ReadableTarget, path: string): Promise<Buffer | undefined> {
  return (await target.stat(path, { follow: true })).exists ? target.readFile(path) : undefined;
}

function parsed(pem: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function fit(certificate: X509Certificate, pem: Buffer | undefined, type: string): NonNullable<State['key']> {
  if (!pem) return 'missing';
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    return 'does not fit';
  }
  if (!certificate.checkPrivateKey(key)) return 'does not fit';
  return keyTypeOf(key) === type ? 'fits' : 'has another type';
}

/** `DNS:a, IP Address:10.0.0.1` as a sorted list in the words of the argument. */
function namesOf({ subjectAltName }: X509Certificate): readonly string[] {
  return (subjectAltName ?? '').split(', ').filter(Boolean).map(normalName).sort();
}

function normalName(name: string): string {
  const [, kind, value] = /^(DNS|IP|IP Address):(.+)$/.exec(name.trim()) ?? [];
  if (!kind || !value) throw new ModuleFailure(`subject_alt_name "${name}" is neither DNS:name nor IP:address`);
  return kind === 'DNS' ? `DNS:${value}` : `IP:${canonicalAddress(value)}`;
}

/** IPv6 is compared in the long form openssl prints: eight groups, no leading zeros, capitals. */
function canonicalAddress(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const [before, after] = [groups(head), tail === undefined ? [] : groups(tail)];
  const middle = tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...middle, ...after].map((group) => Number.parseInt(group, 16).toString(16).toUpperCase()).join(':');
}

function issueScript(args: Args, keepKey: boolean): string {
  const days = args.valid_days ?? (args.is_ca ? 3650 : 365);
  const owner = `${args.owner ?? ''}${args.group === undefined ? '' : `:${args.group}`}`;
  const sign =
    args.ca_path === undefined
      ? `openssl req -x509 -new -key "$k" -config "$w/conf" -extensions ext -days ${days} -set_serial "0x$(openssl rand -hex 16)" -out "$w/crt"`
      : `openssl req -new -key "$k" -config "$w/conf" -out "$w/csr" && openssl x509 -req -in "$w/csr" -CA ${quote(args.ca_path)} -CAkey ${quote(args.ca_private_key_path ?? '')} -set_serial "0x$(openssl rand -hex 16)" -days ${days} -extfile "$w/conf" -extensions ext -out "$w/crt"`;
  return `umask 077
w=$(mktemp -d ${quote(`${posix.dirname(args.path)}/.kplay.XXXXXXXX`)}) || exit 1
trap 'rm -rf "$w"' EXIT
cat > "$w/conf" <<'KPLAY_CONF'
${opensslConfiguration(args)}
KPLAY_CONF
${keepKey ? `k=${quote(args.private_key_path)}` : `k="$w/key"\n${makeKey(args.private_key_type, '"$k"')} || exit 1`}
{ ${sign}; } 2>"$w/err" || { cat "$w/err" >&2; exit 1; }
chmod ${quote(args.mode)} "$w/crt" || exit 1
${owner === '' ? '' : `chown ${quote(owner)} "$w/crt" "$k" || exit 1`}
${keepKey ? '' : `mv -f "$w/key" ${quote(args.private_key_path)} || exit 1`}
mv -f "$w/crt" ${quote(args.path)}`;
}

function opensslConfiguration(args: Args): string {
  const keyUsage = args.is_ca ? 'critical, keyCertSign, cRLSign, digitalSignature' : 'critical, digitalSignature, keyEncipherment';
  const usages = args.usages.map((usage) => (usage === 'server_auth' ? 'serverAuth' : 'clientAuth'));
  return [
    '[req]',
    'prompt = no',
    'distinguished_name = dn',
    'string_mask = utf8only',
    'utf8 = yes',
    '[dn]',
    ...args.organization.map((name, index) => `${index}.O = ${literal(name)}`),
    `CN = ${literal(args.common_name)}`,
    '[ext]',
    `basicConstraints = critical, CA:${args.is_ca ? 'TRUE' : 'FALSE'}`,
    `keyUsage = ${keyUsage}`,
    ...(usages.length > 0 ? [`extendedKeyUsage = ${usages.join(', ')}`] : []),
    'subjectKeyIdentifier = hash',
    ...(args.ca_path === undefined ? [] : ['authorityKeyIdentifier = keyid']),
    ...(args.subject_alt_name.length > 0 ? ['subjectAltName = @names', '[names]', ...args.subject_alt_name.map((name, index) => nameLine(normalName(name), index))] : []),
  ].join('\n');
}

function nameLine(name: string, index: number): string {
  const at = name.indexOf(':');
  return `${name.slice(0, at)}.${index} = ${literal(name.slice(at + 1))}`;
}

/** A value in openssl's configuration: its special characters escaped, and nothing that could begin a new line. */
function literal(text: string): string {
  if (/[\u0000-\u001f]/.test(text)) throw new ModuleFailure(`"${text}" holds control characters`);
  return text.replace(/[\\$#"']/g, '\\$&');
}
