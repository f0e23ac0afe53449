/** The public half of private keys that stay where they are. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { ModuleFailure } from '../../target/failure.ts';
import { normalPath } from '../../target/files.ts';
import type { QueryKind } from '../../target/query.ts';
import { quote } from '../../target/quote.ts';

const mark = '\u001dkplay';

/** The public key of a private key file as PEM; undefined where there is no file, '' where it is no key in the clear. */
export const publicKeyKind: QueryKind<string, string | undefined> = {
  name: 'public-key',
  domains: ['files'],
  id: normalPath,
  script: (paths) =>
    paths
      .map(
        (path) =>
          `if [ -e ${quote(path)} ]; then echo there; openssl pkey -in ${quote(path)} -pubout -passin pass: 2>/dev/null; fi; printf '${mark}\\n'`,
      )
      .join('\n'),
  parse(stdout, paths) {
    const parts = stdout.toString('utf8').split(`${mark}\n`);
    return paths.map((_, index) => {
      const part = parts[index] ?? '';
      return part.startsWith('there\n') ? part.slice('there\n'.length) : undefined;
    });
  },
};

export const keyTypes = ['ec-p256', 'ec-p384', 'rsa-2048', 'rsa-4096', 'ed25519'] as const;
export type KeyType = (typeof keyTypes)[number];

/**
 * The public key behind a PEM text.
 * @throws ModuleFailure when the file is there but is no key: it is never overwritten.
 */
export function publicKey(pem: string | undefined, path: string): KeyObject | undefined {
  if (pem === undefined) return undefined;
  if (pem === '')
    throw new ModuleFailure(`${path} is not a private key that openssl on this host can read; it is left as it is`);
  return createPublicKey(pem);
}

/** The type in the words of the arguments; another key's own words where it is none of them. */
export function keyType(key: KeyObject): string {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  if (namedCurve !== undefined)
    return { prime256v1: 'ec-p256', secp384r1: 'ec-p384' }[namedCurve] ?? `ec-${namedCurve}`;
  return modulusLength === undefined ? (key.asymmetricKeyType ?? 'unknown') : `rsa-${modulusLength}`;
}

/** openssl's words for a new key of a type. */
export function generate(type: KeyType): string {
  if (type === 'ed25519') return 'openssl genpkey -algorithm ED25519';
  const [kind, size] = type.split('-');
  if (kind === 'rsa') return `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:${size}`;
  return `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-${size!.slice(1)} -pkeyopt ec_param_enc:named_curve`;
}

/** True when two keys are one. */
export function sameKey(a: KeyObject, b: KeyObject): boolean {
  return a.export({ type: 'spki', format: 'der' }).equals(b.export({ type: 'spki', format: 'der' }));
}

export const needsOpenssl = `command -v openssl >/dev/null 2>&1 || { echo 'openssl is needed on this host' >&2; exit 127; }`;
