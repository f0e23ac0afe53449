/** A certificate and its private key on a host: how they are found, and what issuing them anew changes. */
import type { X509Certificate } from 'node:crypto';
import { posix } from 'node:path';
import { fileEffects } from '../../target/effects.ts';
import { ModuleFailure } from '../../target/failure.ts';
import { type Effect, effect } from '../../target/query.ts';
import type { FileState } from '../../target/state.ts';
import type { ReadableTarget } from '../../target/target.ts';
import { type Owned, ownedBy } from '../attributes.ts';
import { orUnknown } from '../unknown.ts';
import { isUnknown, Unknown } from '../values.ts';
import {
  type CertificateFields,
  certificateResult,
  fieldsOf,
  readCertificate,
  signer,
  validity,
} from './certificate.ts';
import { keyType, publicKey, publicKeyKind, sameKey } from './public-key.ts';

export interface Issued extends Owned, Partial<CertificateFields> {
  /** `valid`, `absent`, or why it is issued anew. */
  readonly certificate: string;
  /** The type of the private key, `absent` where there is none. */
  readonly private_key: string;
  readonly private_key_mode?: string | undefined;
  /** Whether the certificate is for that key. */
  readonly key_matches?: boolean;
  /** Who signed it. */
  readonly signed_by?: string | Unknown;
  readonly found: X509Certificate | undefined;
  readonly file: FileState;
}

export interface IssuedArgs {
  readonly path: string;
  readonly private_key_path: string;
  readonly ca_path?: string | undefined;
  readonly renew_before_days: number;
}

export type IssuedFiles = Awaited<ReturnType<typeof readIssued>>;

/** All that has to be asked of the host, at once. */
export async function readIssued(args: IssuedArgs, target: ReadableTarget) {
  const [file, keyFile, parent, pem, publicPem, caPem] = await Promise.all([
    target.stat(args.path, { follow: true }),
    target.stat(args.private_key_path, { follow: true }),
    target.stat(posix.dirname(args.path), { follow: true }),
    orUnknown(target.readFile(args.path)),
    orUnknown(target.query(publicKeyKind, args.private_key_path)),
    args.ca_path === undefined ? undefined : orUnknown(target.readFile(args.ca_path)),
  ]);
  return { file, keyFile, parent, pem, publicPem, caPem };
}

/**
 * What was found. A key that is only predicted is of the type `newKey`; `fields` are what the certificate is asked to say.
 * @throws ModuleFailure when the folder or the CA is missing.
 */
export function issuedState(
  args: IssuedArgs,
  read: IssuedFiles,
  newKey: string,
  fields: () => CertificateFields,
): Issued {
  const { file, keyFile, parent, pem, publicPem, caPem } = read;
  if (!parent.exists) throw new ModuleFailure(`the directory ${posix.dirname(args.path)} does not exist`);
  if (args.ca_path !== undefined && caPem === undefined)
    throw new ModuleFailure(`the CA ${args.ca_path} does not exist`);
  const files = { file, ...ownedBy(file), private_key_mode: keyFile.exists ? keyFile.mode : undefined };
  // Issued earlier in a run that is only predicted: whatever it will say, it was asked for the same way.
  if (isUnknown(pem)) return { ...files, ...fields(), ...asAsked(args, newKey), found: undefined };
  const key = isUnknown(publicPem) ? undefined : publicKey(publicPem, args.private_key_path);
  const found = readCertificate(pem);
  const private_key = isUnknown(publicPem) ? newKey : key === undefined ? 'absent' : keyType(key);
  if (found === undefined)
    return { ...files, certificate: pem === undefined ? 'absent' : 'not a certificate', private_key, found };
  return {
    ...files,
    ...fieldsOf(found),
    certificate: validity(found, args.renew_before_days),
    private_key,
    key_matches: key !== undefined && sameKey(key, found.publicKey),
    signed_by: signer(found, args.ca_path, caPem),
    found,
  };
}

/** The part of a state that says "as asked for". */
export function asAsked(
  { ca_path: ca }: IssuedArgs,
  newKey: string,
): Pick<Issued, 'certificate' | 'private_key' | 'key_matches' | 'signed_by'> {
  return { certificate: 'valid', private_key: newKey, key_matches: true, signed_by: ca ?? 'itself' };
}

/** Whether a CA that is only predicted has signed it cannot be told: that is no reason to issue it anew. */
export const unknownSigner = ({ found, signed_by }: Issued): Pick<Issued, 'signed_by'> =>
  found !== undefined && isUnknown(signed_by) ? { signed_by } : {};

/** What the files will be once it is issued, with a new key or by the one there is. */
export function issuedEffects(
  { path, private_key_path: keyPath }: IssuedArgs,
  hasNewKey: boolean,
  { mode, ...owners }: { readonly mode: string; readonly owner?: string; readonly group?: string },
): readonly Effect[] {
  const unknown = (of: string) => new Unknown(`${of} is issued by the run`);
  const certificate = fileEffects(path, { content: unknown(path), mode, ...owners });
  if (!hasNewKey) return certificate;
  return [
    ...certificate,
    ...fileEffects(keyPath, { content: unknown(keyPath), mode: '0600', ...owners }),
    effect(publicKeyKind, keyPath, unknown(keyPath)),
  ];
}

/** What tasks are told of it. */
export const issuedResult = ({ path, private_key_path }: IssuedArgs, { found }: Issued) => ({
  path,
  private_key_path,
  ...(found && certificateResult(found)),
});
