/** What update-alternatives knows of a name. */
import { type QueryKind, refusal } from '../query.ts';
import { quote } from '../quote.ts';

export interface Alternative {
  readonly priority: number;
  /** The family it belongs to, where the host knows families. */
  readonly family?: string;
  /** Paths that come along, by the names of their links. */
  readonly subcommands: Readonly<Record<string, string>>;
}

export interface Alternatives {
  /** The best one is taken by itself. */
  readonly auto: boolean;
  /** What the link points to now, null where it points nowhere. */
  readonly current: string | null;
  /** The link, null where the host does not say. */
  readonly link: string | null;
  /** Links that come along, by name. */
  readonly links: Readonly<Record<string, string>>;
  readonly paths: Readonly<Record<string, Alternative>>;
}

/** Shell text that leaves the command in `$a`: Debian's name for it, or Red Hat's. */
export const alternativesCommand =
  'a=update-alternatives; command -v $a >/dev/null 2>&1 || a=alternatives; command -v $a >/dev/null 2>&1 || a=/usr/sbin/update-alternatives';

/** The alternatives for a name, undefined where there are none. */
export const alternativesKind: QueryKind<string, Alternatives | undefined> = {
  name: 'alternatives',
  domains: ['files', 'packages'],
  id: (name) => name,
  script: (names) =>
    `${alternativesCommand}\n${names
      .map((name) => `o=$(LC_ALL=C $a --display ${quote(name)} 2>/dev/null); printf '%s\\035%s\\036' $? "$o"`)
      .join('\n')}`,
  parse(stdout, names) {
    const parts = stdout.toString().split('\x1e');
    return names.map((_, index) => {
      const [code = '', text = ''] = (parts[index] ?? '').split('\x1d');
      if (code === '127') return refusal('the host has no update-alternatives');
      return code === '0' && text.trim() !== '' ? read(text) : undefined;
    });
  },
};

function read(text: string): Alternatives {
  const paths: Record<string, { priority: number; family?: string; subcommands: Record<string, string> }> = {};
  const links: Record<string, string> = {};
  let own: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const [, path, family, priority] = /^(\/.*?) - (?:family (\S+) )?priority (-?\d+)/.exec(line) ?? [];
    if (path !== undefined) {
      own = {};
      paths[path] = { priority: Number(priority), ...(family !== undefined && { family }), subcommands: own };
    }
    const [, name, to] = /^\s+(?:slave|follower) (\S+): (.*)$/.exec(line) ?? [];
    if (name !== undefined && to !== '(null)') own[name] = to!;
    const [, slave, link] = /^\s+(?:slave|follower) (\S+) is (.*)$/.exec(line) ?? [];
    if (slave !== undefined) links[slave] = link!;
  }
  const current = /^ *link currently points to (.*)$/m.exec(text)?.[1];
  return {
    auto: / - (?:status is )?auto/.test(text.split('\n')[0] ?? ''),
    current: current ?? null,
    link: /^\s+link (?!best|currently)\S+ is (.*)$/m.exec(text)?.[1] ?? null,
    links,
    paths,
  };
}
