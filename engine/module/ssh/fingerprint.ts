/** A public key as `ssh-keygen -l` tells it: bits, SHA-256, comment and kind. */
import { hash } from 'node:crypto';

/** `256 SHA256:… bob@host (ED25519)`; undefined for what is no public key. */
export function fingerprintOf(publicKey: string): string | undefined {
  const [, type = '', text = '', comment = 'no comment'] = /^(\S+) ([A-Za-z0-9+/=]+)(?: +(.*))?$/.exec(publicKey) ?? [];
  const blob = Buffer.from(text, 'base64');
  const bits = bitsOf(type, blob);
  if (bits === undefined) return undefined;
  const sum = hash('sha256', blob, 'base64').replace(/=+$/, '');
  const kind = type.replace(/^(?:ssh|sk-ssh)-|^(?:sk-)?(ecdsa)-sha2-nistp\d+/, '$1').replace(/@.*$/, '');
  return `${bits} SHA256:${sum} ${comment} (${kind.replace('dss', 'dsa').toUpperCase()})`;
}

function bitsOf(type: string, blob: Buffer): number | undefined {
  const [, curve] = /nistp(\d+)/.exec(type) ?? [];
  if (curve !== undefined) return Number(curve);
  if (/ed25519/.test(type)) return 256;
  // the name of the kind, then numbers: of RSA the modulus is the second one, of DSA the first
  const number = fieldsOf(blob)[type === 'ssh-rsa' ? 2 : 1];
  if (!/^ssh-(?:rsa|dss)$/.test(type) || number === undefined) return undefined;
  const significant = number[0] === 0 ? number.subarray(1) : number;
  return significant.length === 0 ? undefined : significant.length * 8 - Math.clz32(significant[0]!) + 24;
}

/** Each behind its length. */
function fieldsOf(blob: Buffer): readonly Buffer[] {
  const fields: Buffer[] = [];
  for (let at = 0; at + 4 <= blob.length; ) {
    const end = at + 4 + blob.readUInt32BE(at);
    fields.push(blob.subarray(at + 4, end));
    at = end;
  }
  return fields;
}
