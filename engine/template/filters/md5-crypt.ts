/** The oldest of the hashes in /etc/shadow, `$1$`: a thousand rounds of MD5. Nothing new should have it. */
import { createHash } from 'node:crypto';
import { base64 } from './crypt-text.ts';

/** The salt has up to 8 characters. */
export function md5Crypt(password: string, salt: string): string {
  const key = Buffer.from(password);
  const inner = md5(password, salt, password);
  const parts: Uint8Array[] = [key, Buffer.from(`$1$${salt}`)];
  for (let left = key.length; left > 0; left -= 16) parts.push(inner.subarray(0, Math.min(left, 16)));
  for (let bits = key.length; bits > 0; bits >>= 1) parts.push(bits & 1 ? Buffer.alloc(1) : key.subarray(0, 1));
  let digest = md5(...parts);
  for (let round = 0; round < 1000; round++) {
    const odd = round % 2 === 1;
    digest = md5(odd ? key : digest, round % 3 ? salt : '', round % 7 ? key : '', odd ? digest : key);
  }
  const groups = [0, 1, 2, 3, 4].map((first) => [first, first + 6, first === 4 ? 5 : first + 12] as const);
  const text = groups.map(([a, b, c]) => base64(digest[a]! * 65536 + digest[b]! * 256 + digest[c]!, 4));
  return `$1$${salt}$${text.join('')}${base64(digest[11]!, 2)}`;
}

function md5(...parts: readonly (string | Uint8Array)[]): Buffer {
  const hash = createHash('md5');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
