/** Entries of a known_hosts file found, put in and taken out; names may be hashed, as ssh-keygen -H does it. */
import { createHmac, randomBytes } from 'node:crypto';

/** One line of known_hosts. */
export interface HostKey {
  /** `@cert-authority`, `@revoked` or nothing. */
  readonly marker: string;
  /** Names with commas between, or one hashed name. */
  readonly names: string;
  readonly type: string;
  readonly key: string;
  readonly comment: string;
}

/** A line read as a key of a host, `undefined` for a comment or what is none. */
export function hostKeyOf(line: string): HostKey | undefined {
  const found = /^\s*(?:(@\S+)\s+)?([^\s#]\S*)\s+([a-z][\w.@-]+)\s+([A-Za-z0-9+/=]+)(?:\s+(.*?))?\s*$/.exec(line);
  if (!found) return undefined;
  const [, marker = '', names = '', type = '', key = '', comment = ''] = found;
  return { marker, names, type, key, comment };
}

/** The line is about this host: by one of its names, or by the hash of its only one. */
export function isAbout({ names }: HostKey, host: string): boolean {
  const name = host.toLowerCase();
  const [, salt, hash] = /^\|1\|([^|]+)\|([^|]+)$/.exec(names) ?? [];
  if (salt === undefined) return names.split(',').some((one) => one.toLowerCase() === name);
  return hashed(name, Buffer.from(salt, 'base64')) === names && hash !== undefined;
}

function hashed(name: string, salt: Buffer): string {
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

export function hostKeyLine({ marker, names, type, key, comment }: HostKey): string {
  return [marker, names, type, key, comment].filter((part) => part !== '').join(' ');
}

/** The same key with the host's name as a hash with a salt of its own. */
export function withHashedName(key: HostKey, host: string): HostKey {
  return { ...key, names: hashed(host.toLowerCase(), randomBytes(20)) };
}

const isSame = (a: HostKey, b: HostKey) => a.type === b.type && a.key === b.key && a.marker === b.marker;

/** The lines with this key of a host: left where it is there, else at the end, in place of another key of its type. */
export function withHostKey(lines: readonly string[], host: string, key: HostKey): readonly string[] {
  const about = (line: string) => {
    const entry = hostKeyOf(line);
    return entry !== undefined && isAbout(entry, host) ? entry : undefined;
  };
  if (lines.some((line) => isSame(about(line) ?? nobody, key))) return lines;
  return [...lines.filter((line) => about(line)?.type !== key.type), hostKeyLine(key)];
}

/** The lines without this key of a host, or without any key of it. */
export function withoutHostKey(lines: readonly string[], host: string, key: HostKey | undefined): readonly string[] {
  return lines.filter((line) => {
    const entry = hostKeyOf(line);
    if (entry === undefined || !isAbout(entry, host)) return true;
    return key !== undefined && !isSame(entry, key);
  });
}

const nobody: HostKey = { marker: '', names: '', type: '', key: '', comment: '' };
