import { posix } from 'node:path';
import type { ArgsLiteral, ArgsOf } from '../module/arguments.ts';
import { defineModule } from '../module/definition.ts';
import { textAt } from '../module/download/url-text.ts';
import { globKind } from '../module/glob.ts';
import { isArmored, type PublicKey, publicKeysIn } from '../module/packages/openpgp.ts';
import { ModuleFailure } from '../target/failure.ts';
import type { ReadableTarget } from '../target/target.ts';

/** A file of keys that apt trusts. */
interface Keyring {
  readonly path: string;
  readonly keys: readonly PublicKey[];
  readonly armored: boolean;
}

interface AptKeyState {
  /** The fingerprints of those asked for that apt trusts. */
  readonly trusted: readonly string[];
  /** The keys asked for, and where there are any; never asked for. */
  readonly asked: readonly PublicKey[];
  readonly keyrings: readonly Keyring[];
}

const args = {
  id: { description: 'the end of its fingerprint: 8, 16 or 40 hex digits; with it nothing is fetched that is there' },
  data: { description: 'the key itself, in armor' },
  file: { type: 'path', description: 'a file of the host that holds it, in binary or in armor' },
  url: { description: 'where the host gets it, in armor' },
  keyserver: { description: 'a server of keys that the host asks over HTTP for the id' },
  keyring: { type: 'path', description: 'the file of keys; one of its own in /etc/apt/trusted.gpg.d unless told' },
  state: { choices: ['present', 'absent'], default: 'present', description: 'whether apt shall trust the key' },
  validate_certs: { type: 'bool', default: true, description: 'verify the certificate of the server' },
} as const satisfies ArgsLiteral;
type Args = ArgsOf<typeof args>;

export default defineModule({
  summary: 'Makes apt trust a key or not.',
  description: [
    'Keys are kept as files in /etc/apt/trusted.gpg.d, as apt reads them: neither apt-key nor gpg need be on the host.',
    'Not possible are keys in binary from a URL (get_url puts those right there, `FINGERPRINT.gpg`), keyrings in the format of ' +
      'keyboxes, which apt does not read either, and new keys in an armored keyring that is there already.',
    'Such keys are trusted for every source. A file of its own, which a source names by `signed-by`, is better: get_url or copy.',
  ],
  args,
  rules: {
    mutuallyExclusive: [['data', 'file', 'url', 'keyserver']],
    requiredOneOf: [['id', 'data', 'file', 'url']],
  },
  returns: { fingerprints: 'those of the keys', key_id: 'the last 16 digits of the first', keyrings: 'where they are' },
  examples: `- name: Trust the packages of Kubernetes
  apt_key:
    url: https://pkgs.k8s.io/core:/stable:/v1.31/deb/Release.key
    id: DE15B14486CD377B9E876E1A234654DA9A296436
`,

  async probe({ args, target }): Promise<AptKeyState> {
    if (args.id !== undefined && !/^(0x)?[0-9A-F]{8}([0-9A-F]{8}([0-9A-F]{24})?)?$/i.test(args.id))
      throw new ModuleFailure(`id: "${args.id}" must be 8, 16 or 40 hex digits`);
    const found = await readKeyrings(args, target);
    const known = found.flatMap(({ keys }) => keys);
    const named = args.id === undefined ? [] : known.filter(isNamed(args));
    const fromSource = named.length === 0 && (args.id === undefined || args.state === 'present');
    const asked = fromSource ? await keysOf(args, target) : named;
    // Patterns are answered by the host alone: the file that the keys would get is asked for by its name.
    const own = newKeyring(args, asked);
    const unseen = found.some(({ path }) => path === own)
      ? []
      : await readKeyring(own, args.keyring !== undefined, target);
    const keyrings = [...found, ...unseen];
    const held = new Set(fingerprints(keyrings.flatMap(({ keys }) => keys)));
    const trusted = fingerprints(asked).filter((one) => held.has(one));
    return { trusted, asked, keyrings };
  },

  desired: ({ args, state }) => ({ trusted: args.state === 'present' ? fingerprints(state.asked) : [] }),

  async apply({ args, state, target }) {
    for (const { path, keys } of edited(args, state)) {
      if (keys.length === 0) await target.remove(path);
      else {
        const content = Buffer.concat(keys.map(({ bytes }) => bytes));
        await target.writeFile(path, content, { mode: '0644' });
      }
    }
  },

  returned({ args, state }) {
    const all = fingerprints(state.asked);
    const present = new Map(
      [...state.keyrings, ...edited(args, state)].map(({ path, keys }) => [path, fingerprints(keys)]),
    );
    const holding = [...present].filter(([, held]) => held.some((one) => all.includes(one)));
    return { fingerprints: all, key_id: all[0]?.slice(-16), keyrings: holding.map(([path]) => path) };
  },

  preview: ({ args, state }) =>
    edited(args, state).map(({ path, keys }) => {
      const before = state.keyrings.find((one) => one.path === path)?.keys ?? [];
      return { beforeHeader: path, afterHeader: path, before: shown(before), after: shown(keys) };
    }),
});

const folder = '/etc/apt/trusted.gpg.d';
const fingerprints = (keys: readonly PublicKey[]) => [...new Set(keys.map(({ fingerprint }) => fingerprint))].sort();
const shown = (keys: readonly PublicKey[]) => keys.map(({ fingerprint, user }) => `${fingerprint} ${user}\n`).join('');

/** Every file apt takes keys from, or the one asked for. */
async function readKeyrings({ keyring }: Args, target: ReadableTarget): Promise<readonly Keyring[]> {
  if (keyring !== undefined) return readKeyring(keyring, true, target);
  const found = await target.query(globKind, { pattern: `${folder}/*` });
  const paths = ['/etc/apt/trusted.gpg', ...found.filter((path) => /\.(gpg|asc)$/.test(path))];
  return (await Promise.all(paths.map((path) => readKeyring(path, false, target)))).flat();
}

/** One file of keys, if there is one; where it holds nothing that apt could read, that matters only to who asked for it. */
async function readKeyring(path: string, isAskedFor: boolean, target: ReadableTarget): Promise<readonly Keyring[]> {
  const content = await target.readFile(path);
  if (content === undefined || content.length === 0) return [];
  try {
    return [{ path, keys: publicKeysIn(content), armored: isArmored(content) }];
  } catch (error) {
    if (isAskedFor) throw new ModuleFailure(`${path}: ${(error as Error).message}`);
    return [];
  }
}

const newKeyring = ({ keyring }: Args, keys: readonly PublicKey[]) =>
  keyring ?? posix.join(folder, `${fingerprints(keys)[0] ?? 'none'}.gpg`);

const isNamed = ({ id = '' }: Args) => {
  const end = id.replace(/^0x/i, '').toUpperCase();
  return ({ fingerprint, subkeys }: PublicKey) => [fingerprint, ...subkeys].some((one) => one.endsWith(end));
};

/** The keys the task brings. @throws ModuleFailure where it brings none, or another than it names. */
async function keysOf(args: Args, target: ReadableTarget): Promise<readonly PublicKey[]> {
  const source = await sourceOf(args, target);
  if (source === undefined)
    throw new ModuleFailure(`apt has no key ${args.id}: data, file, url or keyserver brings it`);
  try {
    const keys = publicKeysIn(source.content);
    const named = keys.filter(isNamed(args)); // all of them, where no id is asked for
    if (named.length === 0)
      throw new ModuleFailure(`there is no key ${args.id} in it, but ${fingerprints(keys).join(', ')}`);
    return args.keyserver === undefined ? keys : named;
  } catch (error) {
    throw new ModuleFailure(`${source.name}: ${(error as Error).message}`);
  }
}

interface Source {
  readonly name: string;
  readonly content: Buffer;
}

async function sourceOf(args: Args, target: ReadableTarget): Promise<Source | undefined> {
  if (args.data !== undefined) return { name: 'data', content: Buffer.from(args.data) };
  if (args.file !== undefined) {
    const content = await target.readFile(args.file);
    if (content === undefined) throw new ModuleFailure(`file: ${args.file} does not exist on the host`);
    return { name: args.file, content };
  }
  const url = args.url ?? (args.keyserver === undefined ? undefined : lookupAt(args.keyserver, args.id));
  if (url === undefined) return undefined;
  const options = { url, timeout: 10, headers: {}, useProxy: true, agent: 'ansible-httpget' };
  const content = Buffer.from(await textAt(target, { ...options, validateCerts: args.validate_certs }));
  if (!isArmored(content))
    throw new ModuleFailure(`${url} gives no key in armor: get_url puts keys in binary into ${folder}, as NAME.gpg`);
  return { name: url, content };
}

/** The protocol of key servers is HTTP, on a port of its own. */
function lookupAt(server: string, id: string | undefined): string {
  if (id === undefined) throw new ModuleFailure('keyserver needs the id of the key');
  const [, scheme = 'hkp', host = ''] = /^(?:(hkps?|https?):\/\/)?([\w.:[\]-]+)\/?$/.exec(server) ?? [];
  if (host === '') throw new ModuleFailure(`keyserver: "${server}" is no server, such as hkps://keyserver.ubuntu.com`);
  const port = scheme === 'hkp' && !/:\d+$/.test(host) ? ':11371' : '';
  const search = `0x${id.replace(/^0x/i, '')}`;
  return `${scheme.replace(/^hkp/, 'http')}://${host}${port}/pks/lookup?op=get&options=mr&search=${search}`;
}

/** The keyrings that become others: with the keys that are missing, or without those that shall not be there. */
function edited(args: Args, { trusted, asked, keyrings }: AptKeyState): readonly Omit<Keyring, 'armored'>[] {
  if (args.state === 'present') {
    const missing = asked.filter(({ fingerprint }) => !trusted.includes(fingerprint));
    if (missing.length === 0) return [];
    const path = newKeyring(args, asked);
    return [{ path, keys: [...inBinary(keyrings.find((one) => one.path === path)), ...missing] }];
  }
  const unwanted = new Set(fingerprints(asked));
  return keyrings
    .filter(({ keys }) => keys.some(({ fingerprint }) => unwanted.has(fingerprint)))
    .map((keyring) => {
      const keys = keyring.keys.filter(({ fingerprint }) => !unwanted.has(fingerprint));
      return { path: keyring.path, keys: keys.length === 0 ? keys : inBinary({ ...keyring, keys }) };
    });
}

/** Its keys, where they can be written back with others. */
function inBinary(keyring: Keyring | undefined): readonly PublicKey[] {
  if (keyring?.armored)
    throw new ModuleFailure(
      `${keyring.path} is in armor and holds other keys as well: gpg --dearmor makes it editable`,
    );
  return keyring?.keys ?? [];
}
