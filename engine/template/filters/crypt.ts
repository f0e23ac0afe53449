/**
 * Password hashes as /etc/shadow holds them: SHA-crypt with 256 or 512 bits (https://www.akkadia.org/drepper/SHA-crypt.txt), bcrypt,
 * and MD5.
 */
import { createHash, randomInt } from 'node:crypto';
import { hashSync } from 'bcryptjs';
import { TemplateError } from '../errors.ts';
import { alphabet, base64 } from './crypt-text.ts';
import { md5Crypt } from './md5-crypt.ts';

const schemes: Readonly<
  Record<string, { readonly id: string; readonly algorithm: string; readonly size: number; readonly rounds: number }>
> = {
  sha256: { id: '5', algorithm: 'sha256', size: 32, rounds: 535_000 },
  sha512: { id: '6', algorithm: 'sha512', size: 64, rounds: 656_000 },
};
const defaultRounds = 5000;

export interface CryptOptions {
  /** Drawn by chance unless given. */
  readonly salt?: string | undefined;
  /** Characters of a salt that is drawn, 1 to 16; 16 unless given. */
  readonly saltSize?: number | undefined;
  /** Those of Ansible unless given. For bcrypt the power of two. */
  readonly rounds?: number | undefined;
  /** The variant of bcrypt: `2a`, `2y`, or `2b` unless given. */
  readonly ident?: string | undefined;
}

/** The hash of a password by a scheme: `sha256`, `sha512`, `bcrypt`, `md5`. Throws a `TemplateError` for any other, or an odd salt. */
export function cryptPassword(password: string, scheme: string, options: CryptOptions = {}): string {
  if (isBcrypt(scheme)) return bcrypt(password, options);
  if (scheme === 'md5') {
    const { saltSize = saltSizeOf(scheme), salt = drawnSalt(saltSize) } = options;
    return md5Crypt(password, checkedSalt(salt, 8));
  }
  const chosen = Object.hasOwn(schemes, scheme) ? schemes[scheme]! : undefined;
  if (!chosen) throw new TemplateError(`password_hash knows sha256, sha512, bcrypt and md5, not "${scheme}"`);
  const { saltSize = 16, salt = drawnSalt(saltSize), rounds } = options;
  checkedSalt(salt, 16);
  const count = Math.min(Math.max(rounds ?? chosen.rounds, 1000), 999_999_999);
  const digest = shaCrypt(Buffer.from(password), Buffer.from(salt), count, chosen.algorithm, chosen.size);
  const label = count === defaultRounds ? '' : `rounds=${count}$`;
  return `$${chosen.id}$${label}${salt}$${encoded(digest, chosen.size)}`;
}

function bcrypt(
  password: string,
  { salt = drawnSalt(saltSizeOf('bcrypt')), rounds = 12, ident = '2b' }: CryptOptions,
): string {
  if (!/^[./A-Za-z0-9]{22}$/.test(salt))
    throw new TemplateError('a salt of bcrypt has 22 letters, digits, dots or slashes');
  if (!Number.isInteger(rounds) || rounds < 4 || rounds > 31) throw new TemplateError('bcrypt takes 4 to 31 rounds');
  if (!/^2[aby]$/.test(ident)) throw new TemplateError(`bcrypt knows the idents 2a, 2b and 2y, not "${ident}"`);
  return hashSync(password, `$${ident}$${String(rounds).padStart(2, '0')}$${salt}`);
}

function checkedSalt(salt: string, most: number): string {
  if (salt.length > most || !/^[./A-Za-z0-9]+$/.test(salt))
    throw new TemplateError(`a salt has 1 to ${most} letters, digits, dots or slashes`);
  return salt;
}

const isBcrypt = (scheme: string | undefined): boolean => scheme === 'bcrypt' || scheme === 'blowfish';

/** Characters a salt of this scheme has unless told. */
export const saltSizeOf = (scheme: string | undefined): number => (scheme === 'md5' ? 8 : isBcrypt(scheme) ? 22 : 16);

/** For who only asks whether a scheme works. */
export const fewestRounds = (scheme: string): number => (isBcrypt(scheme) ? 4 : 1000);

/** Characters of a salt, drawn by chance. */
export const drawnSalt = (size: number): string =>
  Array.from({ length: Number.isInteger(size) && size <= 22 ? size : 0 }, () => alphabet[randomInt(64)]).join('');

function shaCrypt(key: Buffer, salt: Buffer, rounds: number, algorithm: string, size: number): Buffer {
  const digestOf = (...parts: readonly Buffer[]) => {
    const hash = createHash(algorithm);
    for (const part of parts) hash.update(part);
    return hash.digest();
  };
  const repeated = (block: Buffer, length: number) =>
    Buffer.alloc(length, block.length === 0 ? Buffer.alloc(1) : block);
  const b = digestOf(key, salt, key);
  const parts = [key, salt, repeated(b, key.length)];
  for (let bits = key.length; bits > 0; bits >>= 1) parts.push(bits & 1 ? b : key);
  let digest = digestOf(...parts);
  const p = repeated(digestOf(...Array<Buffer>(key.length).fill(key)), key.length);
  const s = repeated(digestOf(...Array<Buffer>(16 + digest[0]!).fill(salt)), salt.length);
  for (let round = 0; round < rounds; round++) {
    const odd = round % 2 === 1;
    digest = digestOf(
      odd ? p : digest,
      round % 3 ? s : Buffer.alloc(0),
      round % 7 ? p : Buffer.alloc(0),
      odd ? digest : p,
    );
  }
  return digest.subarray(0, size);
}

/** Groups of three bytes, in the order of the scheme, as base 64 with the lowest bits first. */
function encoded(digest: Buffer, size: number): string {
  const third = Math.floor(size / 3);
  const groups: number[][] = [];
  let [a, b, c] = [0, third, 2 * third];
  for (let index = 0; index < third; index++) {
    groups.push([digest[a]!, digest[b]!, digest[c]!]);
    [a, b, c] = size === 64 ? [b + 1, c + 1, a + 1] : [c + 1, a + 1, b + 1];
  }
  let text = groups.map(([x, y, z]) => base64(x! * 65536 + y! * 256 + z!, 4)).join('');
  text += size === 64 ? base64(digest[63]!, 2) : base64(digest[31]! * 256 + digest[30]!, 3);
  return text;
}
