/** Whether the key a host shows is the host's: asked before anything secret is sent. */

import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AcceptedHostKey, HostKeyChecking } from './connection.ts';
import { readKept } from './kept-file.ts';
import {
  checkHostKey,
  fingerprint,
  type KnownHost,
  keyType,
  knownHostLine,
  knownHostName,
  parseKnownHosts,
  type Verdict,
} from './known-hosts.ts';
import { Unreachable } from './unreachable.ts';

export interface HostKeyRules {
  readonly label: string;
  readonly host: string;
  readonly port: number;
  readonly checking: HostKeyChecking;
  readonly known: readonly KnownHost[];
  /** Where a new key is remembered. */
  readonly file: string | undefined;
  readonly onAccepted?: ((accepted: AcceptedHostKey) => void) | undefined;
}

/** What the files last held, and their entries: a thousand hosts share one file of a thousand lines. */
let last: { readonly contents: readonly (Buffer | undefined)[]; readonly known: readonly KnownHost[] } | undefined;

/** The entries of all the files that can be read. While these are as they were, so is what is returned. */
export async function readKnownHosts(files: readonly string[]): Promise<readonly KnownHost[]> {
  const contents = await Promise.all(files.map((file) => readKept(file).catch(() => undefined)));
  const same =
    last?.contents.length === contents.length && last.contents.every((one, index) => one === contents[index]);
  if (last === undefined || !same) {
    const known = files.flatMap((file, index) => entriesIn(contents[index], file));
    last = { contents, known };
  }
  return last.known;
}

function entriesIn(content: Buffer | undefined, file: string): readonly KnownHost[] {
  try {
    return content === undefined ? [] : parseKnownHosts(content.toString(), file);
  } catch {
    return []; // longer than a text can be
  }
}

/** Resolves when the key may be trusted; remembers it under `accept-new`. Throws {@link Unreachable} `hostkey`. */
export async function checkShownKey(rules: HostKeyRules, key: Buffer): Promise<void> {
  if (rules.checking === 'off') return;
  const verdict = checkHostKey(rules.known, rules.host, rules.port, key);
  if (verdict.kind === 'known') return;
  if (verdict.kind !== 'unknown' || rules.checking === 'strict') throw mistrust(rules, verdict, key);
  await remember(rules, key);
}

function mistrust(rules: HostKeyRules, verdict: Exclude<Verdict, { kind: 'known' }>, key: Buffer): Unreachable {
  const shown = `${keyType(key)} ${fingerprint(key)}`;
  const name = knownHostName(rules.host, rules.port);
  if (verdict.kind === 'unknown') {
    const hint = verdict.authority
      ? 'it is known by a certificate authority, which needs connection: openssh'
      : `compare it with ssh-keygen -lf on the host, then ssh-keyscan -p ${rules.port} ${rules.host} >>${rules.file ?? 'known_hosts'}, or set host key checking to accept-new`;
    return new Unreachable('hostkey', `${rules.label}: the host key of ${name} is not known: ${shown}`, { hint });
  }
  const { file, line, type, key: old } = verdict.entry;
  if (verdict.kind === 'revoked') {
    const hint = 'the host still uses a key that was withdrawn; nothing was sent';
    return new Unreachable('hostkey', `${rules.label}: the host key ${shown} is revoked at ${file}:${line}`, { hint });
  }
  const message = `${rules.label}: the host key has changed: ${file}:${line} has ${type} ${fingerprint(old)}, the host shows ${shown}`;
  const hint = `someone may be in between; if the host was rebuilt, ssh-keygen -R '${name}' -f ${file}`;
  return new Unreachable('hostkey', message, { hint });
}

/** One append of one whole line: other processes may write to the same file. */
async function remember(rules: HostKeyRules, key: Buffer): Promise<void> {
  const { file, host, port, onAccepted } = rules;
  if (file === undefined) {
    throw new Unreachable('settings', `${rules.label}: there is no known_hosts file to remember the host key in`);
  }
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(file, 'a+', 0o600);
    try {
      const at = await handle.stat();
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(1), 0, 1, Math.max(0, at.size - 1));
      const gap = bytesRead === 1 && buffer[0] !== 0x0a ? '\n' : '';
      await handle.write(gap + knownHostLine(host, port, key));
      if (at.isFile()) await handle.sync(); // /dev/null has no disk
    } finally {
      await handle.close();
    }
  } catch (cause) {
    const message = `${rules.label}: the host key could not be remembered in ${file}: ${(cause as Error).message}`;
    throw new Unreachable('hostkey', message, { cause });
  }
  onAccepted?.({ host: knownHostName(host, port), fingerprint: fingerprint(key), file });
}
