/** Who we are to a host: keys, agent, password, each tried once; the only file that imports ssh2 itself. */

import { createPrivateKey, sign } from 'node:crypto';
import type { AnyAuthMethod, AuthHandlerMiddleware, ParsedKey } from 'ssh2';
import ssh2 from 'ssh2';
import type { Endpoint } from './endpoint.ts';
import { readKept } from './kept-file.ts';
import { Unreachable } from './unreachable.ts';

export interface Credentials {
  readonly passphrase?: string | undefined;
  readonly password?: string | undefined;
}

export interface Authentication {
  readonly handler: AuthHandlerMiddleware;
  /** What was tried and what the host would take, for the message when nothing helped. */
  describe(): string;
}

interface Method {
  readonly name: string;
  readonly method: AnyAuthMethod;
}

/** The methods in order: named keys, agent, key files by default, password. Throws {@link Unreachable} `auth` for a bad named key. */
export async function authentication(endpoint: Endpoint, credentials: Credentials): Promise<Authentication> {
  const methods = [...(await keyMethods(endpoint, credentials.passphrase)), ...passwordMethods(endpoint, credentials)];
  const first: readonly Method[] =
    methods.length > 0 ? methods : [{ name: 'nothing', method: { type: 'none', username: endpoint.user } }];
  return inTurn(first);
}

function inTurn(methods: readonly Method[]): Authentication {
  const left = [...methods];
  const tried: string[] = [];
  let allowed: readonly string[] = [];
  const handler = (offered: readonly string[] | null, _partial: boolean | null): AnyAuthMethod | false => {
    if (offered !== null) allowed = offered;
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const wire = next.method.type === 'agent' ? 'publickey' : next.method.type;
      if (offered !== null && !offered.includes(wire)) continue;
      // The same wrong password a second time would only bring the account nearer to its lock.
      if (wire === 'keyboard-interactive' && allowed.includes('password') && tried.includes('password')) continue;
      tried.push(next.name);
      return next.method;
    }
    return false;
  };
  return {
    handler: handler as unknown as AuthHandlerMiddleware,
    describe: () =>
      `tried ${tried.join(', ') || 'nothing'}${allowed.length > 0 ? `; it takes ${allowed.join(', ')}` : ''}`,
  };
}

async function keyMethods(endpoint: Endpoint, passphrase: string | undefined): Promise<Method[]> {
  const { files, given, only } = endpoint.identities;
  const username = endpoint.user;
  const keys: Method[] = [];
  let locked: string | undefined;
  for (const file of files) {
    const key = await readKey(file, passphrase);
    if (typeof key !== 'string') keys.push({ name: file, method: { type: 'publickey', username, key } });
    else if (key === 'encrypted') locked = file;
    else if (given) throw new Unreachable('auth', `${endpoint.label}: the key ${file} ${key}`);
  }
  if (locked !== undefined && given && endpoint.agent === undefined) {
    const message = `${endpoint.label}: the key ${locked} needs ${passphrase === undefined ? 'a' : 'another'} passphrase`;
    throw new Unreachable('auth', message, { hint: 'load it into an ssh agent, or give the passphrase' });
  }
  if (endpoint.agent === undefined || (only && locked === undefined)) return keys;
  const agent: Method = { name: 'agent', method: { type: 'agent', username, agent: endpoint.agent } };
  return given || only ? [...keys, agent] : [agent, ...keys];
}

/** What was made of a key's file; all hosts have the same few, and to decipher one takes long on purpose. */
const keys = new Map<string, { readonly bytes: Buffer; readonly key: ParsedKey | string }>();

/** The key, or why there is none. */
async function readKey(file: string, passphrase: string | undefined): Promise<ParsedKey | string> {
  try {
    const bytes = await readKept(file);
    if (bytes === undefined) return 'cannot be read: ENOENT';
    const name = `${file}\0${passphrase ?? ''}`;
    const known = keys.get(name);
    if (known?.bytes === bytes) return known.key;
    const key = parseKey(bytes, passphrase);
    keys.set(name, { bytes, key });
    return key;
  } catch (error) {
    return `cannot be read: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`;
  }
}

function parseKey(bytes: Buffer, passphrase: string | undefined): ParsedKey | string {
  const parsed: ParsedKey | ParsedKey[] | Error = ssh2.utils.parseKey(bytes, passphrase);
  if (parsed instanceof Error) {
    if (/encrypted|passphrase|integrity check|decrypt/i.test(parsed.message)) return 'encrypted';
    if (/sk-(ssh|ecdsa)/.test(parsed.message)) return 'is held by a hardware token, which needs connection: openssh';
    return `is no private key: ${parsed.message}`;
  }
  const key = [parsed].flat()[0];
  return key?.isPrivateKey() ? readOnce(key) : 'is no private key';
}

/** ssh2 has the text of a key read for each signature, which takes ten times as long as signing. */
function readOnce(key: ParsedKey): ParsedKey {
  if (key.type !== 'ssh-ed25519') return key;
  try {
    const secret = createPrivateKey(key.getPrivatePEM());
    key.sign = (data) => sign(null, Buffer.from(data), secret);
  } catch {
    // ssh2 will say so where it is needed
  }
  return key;
}

function passwordMethods(endpoint: Endpoint, { password }: Credentials): Method[] {
  if (password === undefined) return [];
  const username = endpoint.user;
  let asked = false;
  const prompt = (
    _name: string,
    _instructions: string,
    _language: string,
    prompts: { prompt: string; echo?: boolean }[],
    finish: (answers: string[]) => void,
  ): void => {
    const answers = prompts.map(({ echo }) => (echo || asked ? '' : password));
    asked = true;
    finish(answers);
  };
  return [
    { name: 'password', method: { type: 'password', username, password } },
    { name: 'keyboard-interactive', method: { type: 'keyboard-interactive', username, prompt } },
  ];
}
