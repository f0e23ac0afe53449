/** `sha256:<hex>`, or `sha256:<URL of a file of sums>`. */
import { posix } from 'node:path';
import { ModuleFailure } from '../../target/failure.ts';
import { type HashAlgorithm, hashAlgorithms } from '../file-details.ts';

export interface WantedChecksum {
  readonly algorithm: HashAlgorithm;
  /** The digest in hex, or where to read it. */
  readonly hex?: string;
  readonly url?: string;
}

const lengths: Readonly<Record<HashAlgorithm, number>> = {
  md5: 32,
  sha1: 40,
  sha224: 56,
  sha256: 64,
  sha384: 96,
  sha512: 128,
};

/** Undefined for an empty text. @throws ModuleFailure for one that is no checksum. */
export function parseChecksum(text: string | undefined): WantedChecksum | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const [, name = '', value = ''] = /^\s*([A-Za-z0-9]+):\s*(.+?)\s*$/.exec(text) ?? [];
  const algorithm = hashAlgorithms.find((known) => known === name.toLowerCase());
  if (algorithm === undefined)
    throw new ModuleFailure(
      `the checksum "${text}" must be <algorithm>:<digest or URL>; algorithms are ${hashAlgorithms.join(', ')}`,
    );
  if (/^(https?|file):/.test(value)) return { algorithm, url: value };
  const hex = value.replace(/\s/g, '').toLowerCase();
  if (!/^[0-9a-f]+$/.test(hex) || hex.length !== lengths[algorithm])
    throw new ModuleFailure(`"${value}" is not a ${algorithm} digest: it has ${lengths[algorithm]} hex digits`);
  return { algorithm, hex };
}

/** The digest of a file in the text of a sums file: `<hex>  <name>` lines, or a single digest. */
export function digestIn(sums: string, algorithm: HashAlgorithm, fileUrl: string, sumsUrl: string): string {
  const name = fileName(fileUrl);
  const lines = sums
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const isDigest = (word: string) => word.length === lengths[algorithm] && /^[0-9a-fA-F]+$/.test(word);
  const only = lines.length === 1 ? lines[0]!.split(/\s+/) : [];
  if (only.length > 0 && isDigest(only[0]!)) return only[0]!.toLowerCase();
  for (const line of lines) {
    const gnu = /^([0-9a-fA-F]+)\s+[ *]?(.+)$/.exec(line);
    const bsd = /^\w+ ?\((.+)\) ?= ?([0-9a-fA-F]+)$/.exec(line);
    const [digest, file] = gnu ? [gnu[1]!, gnu[2]!] : bsd ? [bsd[2]!, bsd[1]!] : ['', ''];
    if (isDigest(digest) && posix.basename(file) === name) return digest.toLowerCase();
  }
  throw new ModuleFailure(`${sumsUrl} has no ${algorithm} digest of ${name}`);
}

/** The last part of a URL's path, as a file name. */
export function fileName(url: string): string {
  const path = new URL(url).pathname;
  const name = decodeURIComponent(posix.basename(path)).replace(/[/\\\0]/g, '_');
  return name === '' || name === '.' || name === '..' ? 'index.html' : name;
}
