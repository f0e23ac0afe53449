/** Ansible's vault: text encrypted by a password, in its formats 1.1 and 1.2 (which names the password by an id). */
import { createCipheriv, createDecipheriv, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';
import { KplayError, type Location } from '../errors.ts';

/** A password and the id it goes by; `default` where nobody named it. */
export interface VaultSecret {
  readonly id: string;
  readonly password: string;
}

/** What opens encrypted text. */
export interface Vault {
  /** @throws KplayError at `at` when no password opens it, or the text is damaged. */
  open(text: string, at?: Location): Buffer;
}

const header = '$ANSIBLE_VAULT;';
const rounds = 10_000;
const lineLength = 80;

export const isVaulted = (text: string | Buffer): boolean => text.toString('utf8', 0, header.length).startsWith(header);

/** A vault with these passwords. The one whose id the text names is tried first, then the others in their order. */
export function vaultWith(secrets: readonly VaultSecret[]): Vault {
  const opened = new Map<string, Buffer>();
  return {
    open(text, at) {
      const known = opened.get(text);
      if (known) return known;
      const problem = (message: string, hint?: string) => new KplayError([{ message, at, hint }]);
      const envelope = parseEnvelope(text);
      if (typeof envelope === 'string') throw problem(envelope);
      if (secrets.length === 0)
        throw problem('this is encrypted, and no vault password was given', 'add --vault-password-file FILE or -J');
      const inOrder = [...secrets].sort((a, b) => Number(b.id === envelope.id) - Number(a.id === envelope.id));
      for (const { password } of inOrder) {
        const plain = decipher(envelope, password);
        if (!plain) continue;
        opened.set(text, plain);
        return plain;
      }
      const ids = secrets.map(({ id }) => id).join(', ');
      const wanted = envelope.id ? ` (it was encrypted for "${envelope.id}")` : '';
      throw problem(`no vault password opens this${wanted}; tried: ${ids}`, 'is it the right password file?');
    },
  };
}

/** Encrypted text as vault files hold it. Format 1.2 when the id is not `default`. */
export function seal(plain: Buffer, { id, password }: VaultSecret, salt: Buffer = randomBytes(32)): string {
  const keys = keysOf(password, salt);
  const cipher = createCipheriv('aes-256-ctr', keys.cipher, keys.iv);
  const padding = 16 - (plain.length % 16);
  const text = Buffer.concat([cipher.update(Buffer.concat([plain, Buffer.alloc(padding, padding)])), cipher.final()]);
  const mac = createHmac('sha256', keys.mac).update(text).digest('hex');
  const body = Buffer.from(`${salt.toString('hex')}\n${mac}\n${text.toString('hex')}`).toString('hex');
  const first = id === 'default' ? `${header}1.1;AES256` : `${header}1.2;AES256;${id}`;
  return `${[first, ...(body.match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? [])].join('\n')}\n`;
}

interface Envelope {
  readonly id: string | undefined;
  readonly salt: Buffer;
  readonly mac: Buffer;
  readonly text: Buffer;
}

/** The parts of encrypted text, or what is wrong with it. */
function parseEnvelope(text: string): Envelope | string {
  const [first = '', ...lines] = text.trim().split(/\r?\n/);
  const [, version, cipher, id] = first.split(';');
  if (!first.startsWith(header) || !/^1\.[012]$/.test(version ?? '') || cipher?.trim() !== 'AES256')
    return `this is no vault text kplay knows: its first line is "${first.slice(0, 60)}"`;
  const body = lines.map((line) => line.trim()).join('');
  const parts = Buffer.from(body, 'hex').toString('latin1').split('\n');
  if (!/^([0-9a-f]{2})+$/i.test(body) || parts.length !== 3 || !parts.every((part) => /^([0-9a-f]{2})*$/i.test(part)))
    return 'this vault text is damaged: its body is not what a vault writes';
  const [salt, mac, ciphertext] = parts.map((part) => Buffer.from(part, 'hex')) as [Buffer, Buffer, Buffer];
  return { id: id?.trim() || undefined, salt, mac, text: ciphertext };
}

/** The plain bytes; undefined when the password is not the right one. */
function decipher({ salt, mac, text }: Envelope, password: string): Buffer | undefined {
  const keys = keysOf(password, salt);
  const own = createHmac('sha256', keys.mac).update(text).digest();
  if (own.length !== mac.length || !timingSafeEqual(own, mac)) return undefined;
  const decipher = createDecipheriv('aes-256-ctr', keys.cipher, keys.iv);
  const padded = Buffer.concat([decipher.update(text), decipher.final()]);
  return padded.subarray(0, padded.length - (padded.at(-1) ?? 0));
}

function keysOf(password: string, salt: Buffer) {
  const bytes = pbkdf2Sync(password, salt, rounds, 80, 'sha256');
  return { cipher: bytes.subarray(0, 32), mac: bytes.subarray(32, 64), iv: bytes.subarray(64, 80) };
}
