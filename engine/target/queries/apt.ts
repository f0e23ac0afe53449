/** What apt knows beside the installed versions: candidates, the age of its lists, and what an upgrade would do. */
import type { QueryKind } from '../query.ts';
import { quote } from '../quote.ts';

/** The version that apt would install, `undefined` where it knows no such package or only a virtual one. */
export const aptCandidateKind: QueryKind<string, string | undefined> = {
  name: 'apt candidate',
  domains: ['packages', 'files'],
  id: (name) => name,
  script: (names) => `LC_ALL=C apt-cache policy -- ${names.map(quote).join(' ')} 2>/dev/null\n:`,
  parse(stdout, names) {
    const candidates = new Map<string, string>();
    let name = '';
    for (const line of stdout.toString().split('\n')) {
      if (/^\S.*:$/.test(line)) name = line.slice(0, -1);
      const candidate = /^ {2}Candidate: (\S+)$/.exec(line)?.[1];
      if (candidate !== undefined && candidate !== '(none)') candidates.set(name, candidate);
    }
    return names.map((one) => candidates.get(one) ?? candidates.get(one.replace(/:[a-z0-9]+$/, '')));
  },
};

export interface AptLists {
  /** When the lists were last fetched: seconds since the epoch, 0 for never. */
  readonly fetched: number;
  /** Seconds since then, by the host's own clock. */
  readonly age: number;
}

/** How old the package lists are. */
export const aptListsKind: QueryKind<'', AptLists> = {
  name: 'apt lists',
  domains: ['packages'],
  id: () => 'host',
  script: () => `date +%s
for f in /var/lib/apt/periodic/update-success-stamp /var/lib/apt/lists; do
  [ -e "$f" ] && { stat -c %Y "$f"; break; }
done
ls /var/lib/apt/lists 2>/dev/null | grep -q '_Packages\\|_InRelease\\|_Release' && echo lists
:`,
  parse(stdout, keys) {
    const [now = '0', stamp = '0', lists] = stdout.toString().trim().split('\n');
    const fetched = lists === 'lists' ? Number(stamp) : 0;
    return keys.map(() => ({ fetched, age: Number(now) - fetched }));
  },
};

/**
 * What a run of apt-get with these words (`dist-upgrade`, `autoremove`, `build-dep nginx`) would touch now: one name a
 * package or archive.
 */
export const aptPlanKind: QueryKind<string, readonly string[]> = {
  name: 'apt plan',
  domains: ['packages', 'files'],
  id: (plan) => plan,
  script: (plans) =>
    `export LC_ALL=C DEBIAN_FRONTEND=noninteractive\n${plans
      .map((plan) => {
        const ask =
          plan === 'clean'
            ? 'ls /var/cache/apt/archives 2>/dev/null | sed -n "s/^\\(.*\\.deb\\)$/Del \\1/p"'
            : `apt-get -s -q -y ${plan.split(' ').map(quote).join(' ')} 2>/dev/null`;
        return `printf '\\036'; ${ask} | grep '^\\(Inst\\|Remv\\|Del\\) '`;
      })
      .join('\n')}\n:`,
  parse(stdout, plans) {
    const parts = stdout.toString().split('\x1e').slice(1);
    return plans.map((_, index) => (parts[index] ?? '').split('\n').flatMap((line) => line.split(' ')[1] ?? []));
  },
};

/** True when configuration of a removed package is still there, which only a purge takes away. */
export const aptLeftoverKind: QueryKind<string, boolean> = {
  name: 'apt leftover',
  domains: ['packages'],
  id: (name) => name,
  script: (names) =>
    `LC_ALL=C dpkg-query -W -f '\${db:Status-Abbrev}\\t\${Package}\\n' -- ${names.map(quote).join(' ')} 2>/dev/null\n:`,
  parse(stdout, names) {
    const lines = stdout.toString().split('\n');
    return names.map((name) => lines.some((line) => line.startsWith('rc') && line.split('\t')[1] === name));
  },
};

export interface DebFile {
  readonly name: string;
  readonly version: string;
}

/** What a package file on the host holds; `undefined` where there is no such file, a text where it is no package. */
export const debFileKind: QueryKind<string, DebFile | string | undefined> = {
  name: 'deb file',
  domains: ['files'],
  id: (path) => path,
  script: (paths) =>
    `${paths.map((path) => `printf '\\036'; [ -e ${quote(path)} ] && dpkg-deb -f ${quote(path)} Package Version 2>&1`).join('\n')}\n:`,
  parse(stdout, paths) {
    const parts = stdout.toString().split('\x1e').slice(1);
    return paths.map((_, index) => {
      const text = (parts[index] ?? '').trim();
      const [name, version] = [/^Package: (\S+)$/m.exec(text)?.[1], /^Version: (\S+)$/m.exec(text)?.[1]];
      return name !== undefined && version !== undefined ? { name, version } : text || undefined;
    });
  },
};
