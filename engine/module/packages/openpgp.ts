/** Public keys of OpenPGP, as keyrings of apt hold them: which there are, and the bytes of each. */
import { createHash } from 'node:crypto';
import { ModuleFailure } from '../../target/failure.ts';

export interface PublicKey {
  /** In capital hex. */
  readonly fingerprint: string;
  /** Those of its subkeys. */
  readonly subkeys: readonly string[];
  /** Whom it says it belongs to. */
  readonly user: string;
  /** The key with its subkeys and signatures, in binary. */
  readonly bytes: Buffer;
}

/** The keys in a file, in binary or in armor. @throws ModuleFailure where it holds something else. */
export function publicKeysIn(content: Buffer): readonly PublicKey[] {
  const packets = packetsOf(isArmored(content) ? withoutArmor(content.toString('latin1')) : content);
  const starts = packets.flatMap(({ tag }, index) => (tag === tags.publicKey ? [index] : []));
  if (packets.some(({ tag }) => tag === tags.secretKey || tag === tags.secretSubkey))
    throw new ModuleFailure('this is a private key: apt takes public ones only');
  if (starts[0] !== 0) throw new ModuleFailure('there is no public key of OpenPGP in it');
  return starts.map((start, index) => {
    const own = packets.slice(start, starts[index + 1]);
    return {
      fingerprint: fingerprintOf(own[0]!.body),
      subkeys: own.filter(({ tag }) => tag === tags.publicSubkey).map(({ body }) => fingerprintOf(body)),
      user: own.find(({ tag }) => tag === tags.userId)?.body.toString('utf8') ?? '',
      bytes: Buffer.concat(own.map(({ whole }) => whole)),
    };
  });
}

/** True for the text form, which begins with a line of dashes. */
export const isArmored = (content: Buffer) => content.includes('-----BEGIN PGP ');

const tags = { secretKey: 5, publicKey: 6, secretSubkey: 7, userId: 13, publicSubkey: 14 } as const;

interface Packet {
  readonly tag: number;
  readonly body: Buffer;
  readonly whole: Buffer;
}

function packetsOf(bytes: Buffer): readonly Packet[] {
  const packets: Packet[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { tag, head, length } = headerAt(bytes, at);
    const end = at + head + length;
    if (end > bytes.length) throw notOpenPgp();
    packets.push({ tag, body: bytes.subarray(at + head, end), whole: bytes.subarray(at, end) });
    at = end;
  }
  return packets;
}

/** The two formats of a packet's header (RFC 9580, 4.2); lengths that are not said in advance are never a key's. */
function headerAt(bytes: Buffer, at: number): { readonly tag: number; readonly head: number; readonly length: number } {
  const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
  const number = (from: number, size: number) => {
    if (from + size > bytes.length) throw notOpenPgp();
    return bytes.readUIntBE(from, size);
  };
  if ((first & 0x80) === 0) throw notOpenPgp();
  if ((first & 0x40) === 0) {
    const size = [1, 2, 4][first & 3];
    if (size === undefined) throw notOpenPgp();
    return { tag: (first >> 2) & 15, head: 1 + size, length: number(at + 1, size) };
  }
  const tag = first & 63;
  if (second < 192) return { tag, head: 2, length: second };
  if (second < 224) return { tag, head: 3, length: ((second - 192) << 8) + third + 192 };
  if (second === 255) return { tag, head: 6, length: number(at + 2, 4) };
  throw notOpenPgp();
}

const notOpenPgp = () => new ModuleFailure('this is no public key of OpenPGP, neither in binary nor in armor');

/** By the version of the key (RFC 9580, 5.5.4). */
function fingerprintOf(body: Buffer): string {
  const [version = 0] = body;
  const length = Buffer.alloc(version === 4 ? 2 : 4);
  length.writeUIntBE(body.length, 0, length.length);
  const start = { 4: 0x99, 5: 0x9a, 6: 0x9b }[version];
  if (start === undefined) throw new ModuleFailure(`a key of version ${version} is not for apt`);
  const hash = createHash(version === 4 ? 'sha1' : 'sha256');
  return hash
    .update(Buffer.from([start]))
    .update(length)
    .update(body)
    .digest('hex')
    .toUpperCase();
}

function withoutArmor(text: string): Buffer {
  const blocks = [...text.matchAll(/-----BEGIN PGP ([A-Z ]+)-----\r?\n([\s\S]*?)-----END PGP \1-----/g)];
  if (blocks.length === 0) throw new ModuleFailure('the armor of the key has no end');
  return Buffer.concat(
    blocks.map(([, , block = '']) => {
      // Headers end with an empty line; the checksum behind the data is a line that begins with "=".
      const data = block.replace(/^(?:[A-Za-z]+: .*\r?\n)*\s*/, '').replace(/^=.{4}\s*$/m, '');
      return Buffer.from(data, 'base64');
    }),
  );
}
