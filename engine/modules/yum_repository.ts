import { posix } from 'node:path';
import type { ArgsLiteral, ArgsOf } from '../module/arguments.ts';
import { attributeArgs } from '../module/attributes.ts';
import { defineModule } from '../module/definition.ts';
import { ModuleFailure } from '../target/failure.ts';

interface RepositoryState {
  /** The options of its section, null where there is no such section. */
  readonly options: Readonly<Record<string, string>> | null;
  /** The file that holds it, null where there is none; never asked for. */
  readonly text: string | null;
}

const list = { type: 'list', elements: 'str' } as const;
const bool = { type: 'bool' } as const;
const secret = { secret: true } as const;

/** The options of a repository, by their names in the file. */
const options = {
  async: bool,
  bandwidth: {},
  baseurl: { ...list, description: 'where the packages are' },
  cost: {},
  countme: bool,
  deltarpm_metadata_percentage: {},
  deltarpm_percentage: {},
  enabled: { ...bool, description: 'whether it is used' },
  enablegroups: bool,
  exclude: { ...list, aliases: ['excludepkgs'], description: 'packages that are never taken from it' },
  failovermethod: { choices: ['roundrobin', 'priority'] },
  gpgcakey: {},
  gpgcheck: { ...bool, description: 'whether signatures of packages are looked at' },
  gpgkey: { ...list, description: 'where the keys are' },
  http_caching: { choices: ['all', 'packages', 'none'] },
  include: {},
  includepkgs: list,
  ip_resolve: { choices: ['4', '6', 'IPv4', 'IPv6', 'whatever'] },
  keepalive: bool,
  keepcache: { choices: ['0', '1'] },
  metadata_expire: {},
  metadata_expire_filter: { choices: ['never', 'read-only:past', 'read-only:present', 'read-only:future'] },
  metalink: {},
  mirrorlist: {},
  mirrorlist_expire: {},
  module_hotfixes: bool,
  password: secret,
  priority: {},
  protect: bool,
  proxy: {},
  proxy_password: secret,
  proxy_username: {},
  repo_gpgcheck: bool,
  retries: {},
  s3_enabled: bool,
  skip_if_unavailable: bool,
  ssl_check_cert_permissions: bool,
  sslcacert: { aliases: ['ca_cert'] },
  sslclientcert: { aliases: ['client_cert'] },
  sslclientkey: { aliases: ['client_key'] },
  sslverify: { ...bool, aliases: ['validate_certs'] },
  throttle: {},
  timeout: {},
  ui_repoid_vars: {},
  username: {},
} as const satisfies ArgsLiteral;

const args = {
  name: { required: true, description: 'the id of the repository' },
  description: { description: 'its name for people' },
  file: { description: 'the file without .repo; the id unless told' },
  reposdir: { type: 'path', default: '/etc/yum.repos.d', description: 'where the files are' },
  state: { choices: ['present', 'absent'], default: 'present', description: 'whether it shall be there' },
  ...options,
  ...attributeArgs,
} as const satisfies ArgsLiteral;
type Args = ArgsOf<typeof args>;

export default defineModule({
  summary: 'Makes a repository of packages for yum and dnf be there or not.',
  description: ['Options that the task does not name go; other repositories of the file stay as they are.'],
  args,
  returns: { repo: 'the id', path: 'the file it is in', state: 'as asked' },
  examples: `- name: The packages of Kubernetes
  yum_repository:
    name: kubernetes
    description: Kubernetes
    baseurl: https://pkgs.k8s.io/core:/stable:/v1.31/rpm/
    gpgkey: https://pkgs.k8s.io/core:/stable:/v1.31/rpm/repodata/repomd.xml.key
    gpgcheck: true
`,

  async probe({ args, target }): Promise<RepositoryState> {
    const text = (await target.readFile(pathOf(args)))?.toString() ?? null;
    return { options: text === null ? null : optionsIn(text, args.name), text };
  },

  desired({ args, controller }) {
    if (args.state === 'absent') return { options: null };
    if (/[\]\n]/.test(args.name)) throw new ModuleFailure(`"${args.name}" cannot be the id of a repository`);
    if (!args.baseurl && !args.metalink && !args.mirrorlist)
      throw new ModuleFailure("Parameter 'baseurl', 'metalink' or 'mirrorlist' is required.");
    if (args.description === undefined) throw new ModuleFailure("Parameter 'description' is required.");
    for (const one of [args.password, args.proxy_password]) if (one !== undefined) controller.secret(one);
    return { options: wantedOptions(args) };
  },

  async apply({ args, state, wanted, target }) {
    const text = edited(state.text ?? '', args.name, wanted.options ?? null);
    if (text === '') return target.remove(pathOf(args));
    const { owner, group } = args;
    // A file of sources is for everybody to read, unless there is a password in it.
    const secret = args.password !== undefined || args.proxy_password !== undefined;
    const mode = args.mode ?? (state.text === null ? (secret ? '0600' : '0644') : undefined);
    await target.writeFile(pathOf(args), Buffer.from(text), { mode, owner, group });
  },

  returned: ({ args }) => ({ repo: args.name, state: args.state, path: pathOf(args) }),

  preview({ args, state, wanted }) {
    const header = pathOf(args);
    return [
      {
        beforeHeader: header,
        afterHeader: header,
        before: shown(state.text ?? ''),
        after: shown(edited(state.text ?? '', args.name, wanted.options ?? null)),
      },
    ];
  },
});

/** An old password is as secret as a new one. */
const shown = (text: string) => text.replace(/^((?:proxy_)?password\s*[=:]\s*).*$/gim, '$1(hidden)');

const pathOf = ({ reposdir, file, name }: Args) => posix.join(reposdir, `${file ?? name}.repo`);

function wantedOptions(args: Args): Readonly<Record<string, string>> {
  const given = Object.keys(options).flatMap((name) => {
    const value = args[name as keyof typeof options];
    return value === undefined ? [] : [[name, valueText(value)] as const];
  });
  return Object.fromEntries([['name', args.description ?? ''] as const, ...given]);
}

/** Booleans are 0 and 1, lists one item a line, as yum reads them. */
function valueText(value: unknown): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return Array.isArray(value) ? value.join('\n') : String(value);
}

interface Section {
  readonly from: number;
  readonly to: number;
}

const linesOf = (text: string) => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

function sectionOf(lines: readonly string[], name: string): Section | undefined {
  const from = lines.findIndex((line) => /^\[(.*)\]/.exec(line)?.[1] === name);
  if (from < 0) return undefined;
  const next = lines.findIndex((line, index) => index > from && line.startsWith('['));
  // Blank lines and comments above the next section are about that one.
  const last = lines.findLastIndex((line, at) => (next < 0 || at < next) && !/^\s*([#;]|$)/.test(line));
  return { from, to: last + 1 };
}

function optionsIn(text: string, name: string): Readonly<Record<string, string>> | null {
  const lines = linesOf(text);
  const section = sectionOf(lines, name);
  if (section === undefined) return null;
  const found: [string, string][] = [];
  for (const line of lines.slice(section.from + 1, section.to)) {
    const last = found.at(-1);
    // What is indented goes on with the line above.
    if (/^\s+\S/.test(line) && last) last[1] = `${last[1]}\n${line.trim()}`;
    const [, option, value] = /^([^\s#;=:][^=:]*?)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
    if (option !== undefined) found.push([option.toLowerCase(), value ?? '']);
  }
  return Object.fromEntries(found);
}

function edited(text: string, name: string, wanted: Readonly<Record<string, string>> | null): string {
  const lines = linesOf(text);
  const { from, to } = sectionOf(lines, name) ?? { from: lines.length, to: lines.length };
  const fresh =
    wanted === null
      ? []
      : [
          `[${name}]`,
          ...Object.entries(wanted).map(([option, value]) => `${option} = ${value.replaceAll('\n', '\n\t')}`),
        ];
  const gap = wanted !== null && from === lines.length && lines.length > 0 && lines.at(-1) !== '' ? [''] : [];
  const all = [...lines.slice(0, from), ...gap, ...fresh, ...lines.slice(to)];
  return all.every((line) => line.trim() === '') ? '' : all.map((line) => `${line}\n`).join('');
}
