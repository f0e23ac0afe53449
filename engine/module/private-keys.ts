/** Private keys made by openssl: the kinds there are, and how each is made and recognised. */
import type { KeyObject } from 'node:crypto';
import type { ArgsLiteral } from './arguments.ts';

export const keyArgs = {
  type: { choices: ['ec-p256', 'rsa-2048', 'rsa-4096'], default: 'ec-p256', description: 'the kind of key' },
} as const satisfies ArgsLiteral;

const algorithms: Readonly<Record<string, string>> = {
  'ec-p256': '-algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:named_curve',
  'rsa-2048': '-algorithm RSA -pkeyopt rsa_keygen_bits:2048',
  'rsa-4096': '-algorithm RSA -pkeyopt rsa_keygen_bits:4096',
};

/** Shell text that makes a key in a file, given as a shell word. It is on no command line and on no stream. */
export function makeKey(type: string, file: string): string {
  return `openssl genpkey ${algorithms[type] ?? algorithms['ec-p256']} -out ${file} 2>/dev/null`;
}

/** The kind of a key in the words of the argument, or openssl's own words for others. */
export function keyTypeOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  if (asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'ec-p256';
  if (asymmetricKeyType === 'rsa') return `rsa-${asymmetricKeyDetails?.modulusLength}`;
  return asymmetricKeyType ?? 'unknown';
}
