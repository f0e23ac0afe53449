import type { ArgsLiteral, ArgsOf } from '../module/arguments.ts';
import { defineModule } from '../module/definition.ts';
import { ModuleFailure } from '../target/failure.ts';
import {
  type Alternative,
  type Alternatives,
  alternativesCommand,
  alternativesKind,
} from '../target/queries/alternatives.ts';
import { effect } from '../target/query.ts';
import { quote } from '../target/quote.ts';

interface AlternativesState {
  /** How the path is registered, null where it is not. */
  readonly registered: Alternative | null;
  /** What the link points to, null where it points nowhere. */
  readonly current: string | null;
  /** The best one is taken by itself. */
  readonly auto: boolean;
  /** The family of what the link points to, null where it has none. */
  readonly family: string | null;
  /** The links that come along, as far as the host tells of them. */
  readonly links: Readonly<Record<string, string>>;
  /** All that is known of the name; never asked for. */
  readonly known: Alternatives | undefined;
}

const args = {
  name: { required: true, description: 'the name of the link among the alternatives, such as editor' },
  path: { type: 'path', description: 'what the link shall stand for' },
  family: {
    description:
      'the family that path is registered in; selected chooses the best path of it. Only Red Hat has families',
  },
  link: { type: 'path', description: 'the link; needed for a name that is not known yet' },
  priority: { type: 'int', description: 'of the path; the one it has, or 50, unless told' },
  state: {
    choices: ['present', 'selected', 'auto', 'absent'],
    default: 'selected',
    description: 'registered; chosen as well; left to the priorities; not registered',
  },
  subcommands: {
    type: 'list',
    aliases: ['slaves'],
    options: {
      name: { required: true, description: 'the name of a link that comes along' },
      path: { type: 'path', required: true, description: 'what it stands for' },
      link: { type: 'path', required: true, description: 'the link' },
    },
    description: 'links that come along; those it has unless told',
  },
} as const satisfies ArgsLiteral;
type Args = ArgsOf<typeof args>;

export default defineModule({
  summary: 'Registers a path as an alternative, and chooses it.',
  args,
  rules: {
    requiredIf: [
      ['state', 'present', ['path']],
      ['state', 'absent', ['path']],
    ],
  },
  returns: {},
  examples: '- name: Edit with vim\n  alternatives:\n    name: editor\n    path: /usr/bin/vim.basic\n',

  async probe({ args, target }): Promise<AlternativesState> {
    if (args.name.startsWith('-')) throw new ModuleFailure(`"${args.name}" cannot be the name of an alternative`);
    const known = await target.query(alternativesKind, args.name);
    const family = known?.paths[known.current ?? '']?.family;
    return {
      family: family ?? null,
      links: known?.links ?? {},
      registered: (args.path !== undefined && known?.paths[args.path]) || null,
      current: known?.current ?? null,
      auto: known?.auto ?? false,
      known,
    };
  },

  desired({ args, state }) {
    if (args.family !== undefined && state.known?.link != null)
      throw new ModuleFailure("family is known to Red Hat's alternatives alone, and the host has Debian's");
    if (args.state === 'absent') return { registered: null };
    const { family } = args;
    if (args.path === undefined && args.state === 'selected') {
      if (family === undefined) throw new ModuleFailure('either path or family must be given');
      if (pathsOf(family, state.known).length === 0)
        throw new ModuleFailure(`no alternative for ${args.name} is of the family ${family}`);
      return { family };
    }
    if (args.state === 'auto' && args.path === undefined) {
      if (state.known === undefined) throw new ModuleFailure(`there are no alternatives for ${args.name}`);
      return { auto: true };
    }
    const registered = wantedPath(args, state);
    if (state.known === undefined && args.link === undefined)
      throw new ModuleFailure(`${args.name} is not known yet: link says where its link shall be`);
    const links = { ...state.links, ...linksOf(args, state.links) };
    if (args.state === 'present') return { registered, links };
    if (args.state === 'selected' && family !== undefined) return { registered, links, family };
    return { registered, links, ...(args.state === 'auto' ? { auto: true } : { current: args.path! }) };
  },

  async apply({ args, state, wanted, change, target }) {
    const [name, path] = [quote(args.name), quote(args.path ?? '')];
    const steps = [
      ...(wanted.registered && (change.registered || change.links) ? [install(args, state, wanted.registered)] : []),
      ...(change.registered && change.registered.after === null ? [`"$a" --remove ${name} ${path}`] : []),
      ...(change.auto ? [`"$a" --auto ${name}`] : []),
      ...(change.family ? [`"$a" --set ${name} ${quote(args.family ?? '')}`] : []),
      ...(wanted.current === undefined || state.current === wanted.current ? [] : [`"$a" --set ${name} ${path}`]),
    ];
    await target.mutate({
      summary: `update-alternatives ${args.name} ${args.path ?? ''}`.trim(),
      script: `export LC_ALL=C\n${alternativesCommand}\n${steps.map((step) => `${step} >&2 || exit $?`).join('\n')}`,
      effects: [effect(alternativesKind, args.name, believed(args, state, wanted))],
      touches: ['files'],
    });
  },

  preview({ args, change }) {
    const header = `alternatives of ${args.name}`;
    const lines = (side: 'before' | 'after') =>
      [
        change.registered?.[side] && `${args.path}: ${JSON.stringify(change.registered[side])}\n`,
        change.links && `links: ${JSON.stringify(change.links[side])}\n`,
        change.family?.[side] && `family: ${change.family[side]}\n`,
        change.current?.[side] && `current: ${change.current[side]}\n`,
        change.auto && `mode: ${change.auto[side] ? 'auto' : 'manual'}\n`,
      ]
        .filter(Boolean)
        .join('');
    return [{ beforeHeader: header, afterHeader: header, before: lines('before'), after: lines('after') }];
  },
});

function wantedPath(args: Args, { registered }: AlternativesState): Alternative {
  const given = args.subcommands?.map(({ name, path }) => [name, path] as const);
  return {
    priority: args.priority ?? registered?.priority ?? 50,
    ...((args.family ?? registered?.family) !== undefined && { family: (args.family ?? registered?.family)! }),
    subcommands: given === undefined ? (registered?.subcommands ?? {}) : Object.fromEntries(given),
  };
}

/** Where the links shall be, of those whose place the host tells. */
function linksOf(
  { subcommands = [] }: Args,
  known: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    subcommands.flatMap(({ name, link }) => (Object.hasOwn(known, name) ? [[name, link]] : [])),
  );
}

/** The paths of a family, the best one first. */
function pathsOf(family: string, known: Pick<Alternatives, 'paths'> | undefined): readonly string[] {
  const all = Object.entries(known?.paths ?? {}).filter(([, one]) => one.family === family);
  return all.sort(([, a], [, b]) => b.priority - a.priority).map(([path]) => path);
}

function install(args: Args, { known }: AlternativesState, { priority, family, subcommands }: Alternative): string {
  const link = args.link ?? known?.link ?? `/usr/bin/${args.name}`;
  const along = Object.entries(subcommands).flatMap(([name, path]) => {
    const at = args.subcommands?.find((one) => one.name === name)?.link ?? known?.links[name] ?? `/usr/bin/${name}`;
    return ['--slave', at, name, path];
  });
  return `"$a" --install ${[link, args.name, args.path ?? '', String(priority), ...(family === undefined ? [] : ['--family', family]), ...along].map(quote).join(' ')}`;
}

/** What there will be, as far as it can be said: in automatic mode the highest priority wins. */
function believed(
  args: Args,
  { known }: AlternativesState,
  wanted: Partial<AlternativesState>,
): Alternatives | undefined {
  const { path = '', link = known?.link ?? null } = args;
  const paths = { ...known?.paths };
  if (wanted.registered) paths[path] = wanted.registered;
  if (wanted.registered === null) delete paths[path];
  const names = Object.keys(paths);
  if (names.length === 0) return undefined;
  const lost = wanted.registered === null && known?.current === path;
  const chosen = wanted.current ?? (wanted.family ? pathsOf(wanted.family, { paths })[0] : undefined);
  const auto = chosen === undefined ? (wanted.auto ?? (lost || (known?.auto ?? true))) : false;
  const best = names.reduce((a, b) => (paths[b]!.priority > paths[a]!.priority ? b : a));
  return {
    auto,
    current: chosen ?? (auto ? best : (known?.current ?? null)),
    // a host with families does not tell where its links are
    link: args.family === undefined ? link : null,
    links: wanted.links ?? known?.links ?? {},
    paths,
  };
}
