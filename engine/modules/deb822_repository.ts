import { posix } from 'node:path';
import type { ArgsLiteral, ArgsOf } from '../module/arguments.ts';
import { attributeArgs } from '../module/attributes.ts';
import { defineModule } from '../module/definition.ts';
import { textAt } from '../module/download/url-text.ts';
import { isArmored } from '../module/packages/openpgp.ts';
import { completed, type PlacedFile, place, placedDiffs, probePlaced, wantedFile } from '../module/placed-file.ts';
import { ModuleFailure } from '../target/failure.ts';
import type { ReadableTarget } from '../target/target.ts';

interface RepositoryState {
  /** The file of the source. */
  readonly source: PlacedFile;
  /** The file of a key that was fetched; left out where the task brings no URL of one. */
  readonly key?: PlacedFile;
  /** The key itself; never asked for. */
  readonly fetched: string | undefined;
}

/** The fields of the source; what each is called there follows from the name of its argument. */
const fields = {
  allow_downgrade_to_insecure: { type: 'bool', description: 'the repository may lose its signature' },
  allow_insecure: { type: 'bool', description: 'it may have no valid signature' },
  allow_weak: { type: 'bool', description: 'it may be signed by a weak algorithm' },
  architectures: { type: 'list', elements: 'str', description: 'only these; those of dpkg unless told' },
  by_hash: { type: 'bool' },
  check_date: { type: 'bool', description: 'whether lists from the future are refused' },
  check_valid_until: { type: 'bool', description: 'whether expired lists are refused' },
  components: { type: 'list', elements: 'str', description: 'main, contrib …; none for an exact path' },
  date_max_future: { type: 'int', description: 'seconds that lists may be from the future' },
  enabled: { type: 'bool', description: 'whether it is used' },
  exclude: { type: 'list', elements: 'str', description: 'packages that are never taken from it' },
  include: { type: 'list', elements: 'str', description: 'only these packages are taken from it' },
  inrelease_path: { description: 'the path of InRelease, relative to the usual one' },
  languages: { type: 'list', elements: 'str' },
  pdiffs: { type: 'bool' },
  signed_by: {
    description: 'the key: the path of a keyring on the host, fingerprints, the key itself in armor, or its URL',
  },
  suites: { type: 'list', elements: 'str', description: 'bookworm, or an exact path that ends in /' },
  targets: { type: 'list', elements: 'str' },
  trusted: { type: 'bool', description: 'believe it without any signature' },
  types: { type: 'list', elements: 'str', choices: ['deb', 'deb-src'], default: ['deb'] },
  uris: { type: 'list', elements: 'str', description: 'where it is' },
} as const satisfies ArgsLiteral;

const args = {
  name: { required: true, description: 'the name, and that of the file' },
  state: { choices: ['present', 'absent'], default: 'present', description: 'whether it shall be there' },
  mode: { ...attributeArgs.mode, default: '0644' },
  install_python_debian: { type: 'bool', default: false, description: 'taken and ignored: no Python is needed' },
  ...fields,
} as const satisfies ArgsLiteral;
type Args = ArgsOf<typeof args>;

export default defineModule({
  summary: 'Makes a source of Debian packages, in the format deb822, be there or not.',
  description: [
    'The lists are not fetched: `apt` with `update_cache` does that when this has changed something.',
    'A key named by its URL is fetched, in armor, into /etc/apt/keyrings, and looked at there again by every run.',
  ],
  args,
  returns: {
    repo: 'the text of the source',
    dest: 'its file',
    key_filename: 'the file of the key that was fetched',
  },
  examples: `- name: Add the packages of docker
  deb822_repository:
    name: docker
    uris: https://download.docker.com/linux/debian
    suites: bookworm
    components: stable
    signed_by: https://download.docker.com/linux/debian/gpg
`,

  async probe({ args, target }): Promise<RepositoryState> {
    const isFetched = /^https?:\/\//.test(args.signed_by ?? '');
    const [source, key, fetched] = await Promise.all([
      probePlaced(target, pathOf(args), false),
      isFetched || args.state === 'absent' ? probePlaced(target, keyPath(args), false) : undefined,
      isFetched && args.state === 'present' ? keyAt(args.signed_by ?? '', target) : undefined,
    ]);
    return { source, ...(key && { key }), fetched };
  },

  async desired({ args, state }) {
    const { mode } = args;
    if (slug(args) === '') throw new ModuleFailure(`name: "${args.name}" leaves no name for a file`);
    if (args.state === 'absent') return { source: gone, ...(state.key && { key: gone }) };
    if (args.uris === undefined || args.suites === undefined)
      throw new ModuleFailure('a source has at least one of `uris` and of `suites`');
    const text = textOf(args);
    const source = await wantedFile({ content: Buffer.from(text), source: args.name }, { mode }, state.source);
    if (state.fetched === undefined) return { source: completed(state.source, source) };
    const body = { content: Buffer.from(state.fetched), source: args.signed_by ?? '' };
    const before = state.key ?? gone;
    const key = await wantedFile(body, { mode: '0644' }, before);
    return { source: completed(state.source, source), key: completed(before, key) };
  },

  async apply({ args, state, change, target }) {
    for (const [name, path] of [['key', keyPath(args)] as const, ['source', pathOf(args)] as const]) {
      const moved = change[name];
      if (moved === undefined) continue;
      const after = moved.after as PlacedFile;
      if (after.type === 'absent') await target.remove(path);
      else {
        const folder = posix.dirname(path);
        if (!(await target.exists(folder))) await target.makeDirectory(folder, { mode: '0755' });
        await place(target, path, state[name] ?? gone, after);
      }
    }
  },

  returned: ({ args, state }) => ({
    repo: args.state === 'absent' ? null : textOf(args),
    dest: pathOf(args),
    state: args.state,
    key_filename: state.fetched === undefined ? null : keyPath(args),
  }),

  async preview({ args, state, change, target }) {
    const diffs = await Promise.all(
      [['key', keyPath(args)] as const, ['source', pathOf(args)] as const].map(([name, path]) => {
        const after = change[name]?.after;
        return after === undefined ? [] : placedDiffs(target, path, state[name] ?? gone, after);
      }),
    );
    return diffs.flat();
  },
});

const gone: PlacedFile = { type: 'absent' };

/** As Ansible names them: lower case, no blanks. */
const slug = ({ name }: Args): string =>
  name
    .toLowerCase()
    .replace(/[_\s]+/g, '-')
    .replace(/[^a-z0-9-]+/g, '');
const pathOf = (args: Args): string => `/etc/apt/sources.list.d/${slug(args)}.sources`;
const keyPath = (args: Args): string => `/etc/apt/keyrings/${slug(args)}.asc`;

async function keyAt(url: string, target: ReadableTarget): Promise<string> {
  const options = { url, timeout: 10, headers: {}, useProxy: true, agent: 'ansible-httpget', validateCerts: true };
  const text = await textAt(target, options);
  if (isArmored(Buffer.from(text))) return text;
  throw new ModuleFailure(
    `${url} gives no key in armor: fetch it with get_url into /etc/apt/keyrings, and say its path in signed_by`,
  );
}

const special: Readonly<Record<string, string>> = {
  name: 'X-Repolib-Name',
  inrelease_path: 'InRelease-Path',
  uris: 'URIs',
  pdiffs: 'PDiffs',
};
const fieldName = (name: string): string =>
  special[name] ??
  name
    .split('_')
    .map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`)
    .join('-');

function textOf(args: Args): string {
  return [...Object.keys(fields), 'name']
    .sort()
    .flatMap((name) => {
      const value = args[name as keyof typeof fields | 'name'];
      return value === undefined ? [] : [`${fieldName(name)}: ${valueText(name, value, args)}\n`];
    })
    .join('');
}

/** A key in armor stands below its field, each line behind a blank, an empty one as a dot. */
function valueText(name: string, value: unknown, args: Args): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map((one) => oneLine(name, one)).join(' ');
  if (name !== 'signed_by') return oneLine(name, value);
  if (/^https?:\/\//.test(String(value))) return keyPath(args);
  if (!isArmored(Buffer.from(String(value)))) return oneLine(name, value);
  const lines = String(value).trim().split('\n');
  return `\n${lines.map((line) => ` ${line.trim() || '.'}`).join('\n')}`;
}

/** @throws ModuleFailure for more than a line: the next one would be another field. */
function oneLine(name: string, value: unknown): string {
  const text = String(value).trim();
  if (/[\n\r]/.test(text)) throw new ModuleFailure(`${name} must be one line`);
  return text;
}
