/** The script that makes a key and has a certificate signed, with nothing but openssl. */
import { quote } from '../../target/quote.ts';
import { temporaryPattern, temporaryScript } from '../../target/scripts.ts';
import type { CertificateFields } from './certificate.ts';
import { generate, type KeyType, needsOpenssl } from './public-key.ts';

export interface Issue {
  readonly path: string;
  readonly keyPath: string;
  /** The type of the key to make; undefined keeps the one that is there. */
  readonly newKey: KeyType | undefined;
  readonly ca: { readonly path: string; readonly keyPath: string } | undefined;
  readonly fields: CertificateFields;
  readonly days: number;
  readonly mode: string;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
}

/**
 * Key and certificate are made in private files beside their places, get mode and owner, and are then renamed. The key is
 * never on a command line or on stdout; the certificate is printed at the end.
 */
export function issueScript(issue: Issue): string {
  const { path, keyPath, newKey, ca, days, mode } = issue;
  const signer = ca ? `-CA ${quote(ca.path)} -CAkey ${quote(ca.keyPath)}` : '-signkey "$key"';
  return [
    needsOpenssl,
    'umask 077',
    'd= k=',
    `trap 'rm -rf "$d" "$k"' EXIT`,
    `d=$(mktemp -d ${temporaryPattern(path)}) || exit 1`,
    ...(newKey === undefined ? [`key=${quote(keyPath)}`] : keyLines(keyPath, newKey)),
    `cat > "$d/request" <<'KPLAY_CONFIG'\n${requestConfig(issue.fields)}\nKPLAY_CONFIG`,
    'openssl req -new -sha256 -utf8 -key "$key" -config "$d/request" -out "$d/csr" || exit 1',
    // 128 random bits; the first byte is fixed so that the number is positive and of full length.
    'serial=0x4$(openssl rand -hex 16 | cut -c2-) || exit 1',
    `openssl x509 -req -sha256 -in "$d/csr" ${signer} -set_serial "$serial" -days ${days} -extfile "$d/request" -extensions extensions -out "$d/crt" 2>"$d/words" || { cat "$d/words" >&2; exit 1; }`,
    `chmod ${mode} "$d/crt" || exit 1`,
    ...ownerLine('"$d/crt"', issue),
    ...(newKey === undefined ? [] : [...ownerLine('"$k"', issue), `mv -f "$k" ${quote(keyPath)} || exit 1`]),
    `mv -f "$d/crt" ${quote(path)} || exit 1`,
    `cat ${quote(path)}`,
  ].join('\n');
}

/** Makes a private key in a file of mode 0600 and leaves its name in `$k` and `$key`. */
export function keyLines(path: string, type: KeyType): readonly string[] {
  return [
    `k=$(${temporaryScript(path)}) || exit 1`,
    `${generate(type)} 2>/dev/null > "$k" || { echo 'openssl made no key' >&2; exit 1; }`,
    'key=$k',
  ];
}

function ownerLine(
  file: string,
  { owner, group }: { readonly owner?: string | undefined; readonly group?: string | undefined },
): readonly string[] {
  if (owner === undefined && group === undefined) return [];
  return [`chown ${quote(owner ?? '')}${group === undefined ? '' : `:${quote(group)}`} ${file} || exit 1`];
}

/** Subject and extensions in openssl's configuration format (config(5ssl)). */
function requestConfig({ subject, subject_alt_name: names, usages, is_ca: isCa }: CertificateFields): string {
  const distinguished = subject.map((line, index) => {
    const [kind, ...value] = line.split('=');
    return `${index}.${kind} = ${escaped(value.join('='))}`;
  });
  const extended = usages.map((usage) => ({ server_auth: 'serverAuth', client_auth: 'clientAuth' })[usage] ?? usage);
  return [
    '[req]',
    'prompt = no',
    'utf8 = yes',
    'string_mask = utf8only',
    'distinguished_name = subject',
    '[subject]',
    ...distinguished,
    '[extensions]',
    `basicConstraints = critical,CA:${isCa ? 'TRUE' : 'FALSE'}`,
    `keyUsage = critical,${isCa ? 'keyCertSign,cRLSign' : 'digitalSignature,keyEncipherment'}`,
    ...(extended.length > 0 ? [`extendedKeyUsage = ${extended.join(',')}`] : []),
    'subjectKeyIdentifier = hash',
    'authorityKeyIdentifier = keyid',
    ...(names.length > 0
      ? ['subjectAltName = @names', '[names]', ...names.map((name, index) => name.replace(':', `.${index} = `))]
      : []),
  ].join('\n');
}

function escaped(value: string): string {
  return value.replace(/[\\$#"'`]/g, '\\$&');
}
