/** The known_hosts format of sshd(8): plain, wildcard and hashed names, [host]:port, @revoked. Values in, values out. */

import { createHash, createHmac } from 'node:crypto';
import { wildcard } from './wildcard.ts';

/** One line of a known_hosts file. */
export interface KnownHost {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly marker: 'revoked' | 'cert-authority' | undefined;
  /** The first field, as written. */
  readonly names: string;
  readonly type: string;
  /** The key's wire form. */
  readonly key: Buffer;
}

/** What the known hosts say about a key that a host has shown. */
export type Verdict =
  | { readonly kind: 'known' }
  | { readonly kind: 'unknown'; readonly authority: boolean }
  | { readonly kind: 'changed'; readonly entry: KnownHost }
  | { readonly kind: 'revoked'; readonly entry: KnownHost };

/** The entries of the text; lines that make no sense are passed over, as ssh does. */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
  return text.split(/\r?\n/).flatMap((raw, index) => {
    const fields = raw.trim().split(/[ \t]+/);
    const marker = fields[0]?.startsWith('@') ? fields.shift()?.slice(1) : undefined;
    const [names, type, base64] = fields;
    if (names === undefined || type === undefined || base64 === undefined || names.startsWith('#')) return [];
    if (marker !== undefined && marker !== 'revoked' && marker !== 'cert-authority') return [];
    const key = Buffer.from(base64, 'base64');
    return keyType(key) === type ? [{ file, line: index + 1, marker, names, type, key }] : [];
  });
}

/**
 * What the entries say. A host known by other keys only has changed, even when its new key is of another type: known
 * types are asked for first, so such a host no longer has the key it had. Like ssh, a key known for the bare name is
 * known for any port.
 */
export function checkHostKey(known: readonly KnownHost[], host: string, port: number, key: Buffer): Verdict {
  const here = entriesOf(known, host, port);
  const same = (entry: KnownHost): boolean => entry.key.equals(key);
  const bare = port === 22 ? [] : entriesOf(known, host, 22);
  const revoked = [...here, ...bare].find((entry) => entry.marker === 'revoked' && same(entry));
  if (revoked !== undefined) return { kind: 'revoked', entry: revoked };
  const plain = here.filter((entry) => entry.marker === undefined);
  if (plain.some(same) || bare.some((entry) => entry.marker === undefined && same(entry))) return { kind: 'known' };
  const old = plain.find((entry) => entry.type === keyType(key)) ?? plain[0];
  if (old !== undefined) return { kind: 'changed', entry: old };
  return { kind: 'unknown', authority: here.some((entry) => entry.marker === 'cert-authority') };
}

/** The types of key by which the host is known, for asking it for one of these. */
export function knownKeyTypes(known: readonly KnownHost[], host: string, port: number): string[] {
  const here = entriesOf(known, host, port);
  const entries = here.length > 0 || port === 22 ? here : entriesOf(known, host, 22);
  return [...new Set(entries.filter((entry) => entry.marker === undefined).map((entry) => entry.type))];
}

/** A line for a known_hosts file. */
export function knownHostLine(host: string, port: number, key: Buffer): string {
  return `${knownHostName(host, port)} ${keyType(key)} ${key.toString('base64')}\n`;
}

/** `host`, or `[host]:port` where the port is not ssh's own. */
export function knownHostName(host: string, port: number): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

/** `SHA256:…`, as `ssh-keygen -l` prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The name of the key's type, from its wire form; empty when it is none. */
export function keyType(key: Buffer): string {
  if (key.length < 4) return '';
  const length = key.readUInt32BE(0);
  return length > 64 ? '' : key.toString('latin1', 4, 4 + length);
}

function entriesOf(known: readonly KnownHost[], host: string, port: number): readonly KnownHost[] {
  const name = knownHostName(host, port);
  const index = indices.get(known) ?? indexed(known);
  const found = index.found.get(name) ?? [
    ...(index.plain.get(name) ?? []),
    ...index.others.filter((entry) => namesMatch(entry.names, name)),
  ];
  index.found.set(name, found);
  return found;
}

/** Entries by their names; hashed names and patterns have to be tried one by one, once for each name that is asked for. */
interface Index {
  readonly plain: ReadonlyMap<string, readonly KnownHost[]>;
  readonly others: readonly KnownHost[];
  readonly found: Map<string, readonly KnownHost[]>;
}

const indices = new WeakMap<readonly KnownHost[], Index>();

function indexed(known: readonly KnownHost[]): Index {
  const plain = new Map<string, KnownHost[]>();
  const others: KnownHost[] = [];
  for (const entry of known) {
    if (/^\||[*?!]/.test(entry.names)) others.push(entry);
    else
      for (const name of new Set(entry.names.toLowerCase().split(','))) {
        const same = plain.get(name);
        if (same === undefined) plain.set(name, [entry]);
        else same.push(entry);
      }
  }
  const index: Index = { plain, others, found: new Map() };
  indices.set(known, index);
  return index;
}

function namesMatch(names: string, name: string): boolean {
  if (names.startsWith('|1|')) {
    const [, , salt = '', hash = ''] = names.split('|');
    return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
  }
  const patterns = names.toLowerCase().split(',');
  const excluded = patterns.some((pattern) => pattern.startsWith('!') && wildcard(pattern.slice(1), name));
  return !excluded && patterns.some((pattern) => wildcard(pattern, name));
}
