/** Which installed packages of an rpm host have a newer version in its repositories. */
import type { QueryKind } from '../query.ts';
import { quote } from '../quote.ts';

/** The newer version, `undefined` where there is none. `*` answers with the names of all such packages. */
export const rpmUpdateKind: QueryKind<string, string | undefined> = {
  name: 'rpm update',
  domains: ['packages', 'files'],
  id: (name) => name,
  script(names) {
    const all = names.includes('*');
    return `export LC_ALL=C
for t in dnf dnf5 microdnf yum; do command -v $t >/dev/null 2>&1 && break; done
$t -q check-update ${all ? '' : names.map(quote).join(' ')} </dev/null 2>/dev/null
:`;
  },
  parse(stdout, names) {
    const updates = new Map<string, string>();
    for (const line of stdout.toString().split('\n')) {
      if (/^Obsoleting/.test(line)) break;
      const found = /^(\S+)\.([a-z0-9_]+)\s+(\S+)\s+\S+\s*$/.exec(line);
      if (found) updates.set(found[1]!, found[3]!);
    }
    return names.map((name) => (name === '*' ? [...updates.keys()].join(' ') || undefined : updates.get(name)));
  },
};
