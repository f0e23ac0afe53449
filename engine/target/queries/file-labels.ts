/** What a file bears beside mode and owner: flags of chattr, and a context of SELinux. */
import { type QueryKind, refusal } from '../query.ts';
import { quote } from '../quote.ts';

export interface LabelsKey {
  readonly path: string;
  /** What a link points to is meant, not the link. */
  readonly follow: boolean;
  /** Of everything below as well; links on the way are left out. */
  readonly below: boolean;
  /** The context by the host's policy is wanted, too. */
  readonly policy: boolean;
}

export interface FileLabels {
  readonly there: boolean;
  /** Each combination of flags that is found, sorted letters; undefined where the host has no lsattr and chattr. */
  readonly flags: readonly string[] | undefined;
  /** Each context that is found, user:role:type:level; undefined where SELinux is off. */
  readonly contexts: readonly string[] | undefined;
  /** The context by the policy, where it was asked for. */
  readonly byPolicy?: string | undefined;
}

export const labelsKind: QueryKind<LabelsKey, FileLabels> = {
  name: 'file-labels',
  domains: ['files', 'packages'],
  id: ({ path, follow, below, policy }) =>
    [follow && '-L', below && '-R', policy && '-p', path].filter(Boolean).join(' '),
  script: (keys) => `LC_ALL=C; export LC_ALL\n${keys.map(lookup).join('\n')}`,
  parse(stdout, keys) {
    const parts = stdout.toString('utf8').split('\x1e\n');
    return keys.map(({ path, policy }, index) => {
      const lines = (parts[index] ?? '').split('\n');
      const told = (mark: string) => lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(2));
      const byPolicy = told('d:')[0];
      if (policy && lines.includes('selinux') && !byPolicy)
        return refusal(
          `the policy has no word on ${path}: matchpathcon (libselinux-utils) is missing or knows nothing`,
        );
      return {
        there: lines.includes('there'),
        flags: lines.includes('chattr') ? distinct(told('f:').map(letters)) : undefined,
        contexts: lines.includes('selinux') ? distinct(told('c:')) : undefined,
        ...(byPolicy !== undefined && { byPolicy }),
      };
    });
  },
};

const distinct = (texts: readonly string[]): readonly string[] => [...new Set(texts)].sort();
const letters = (flags: string): string => [...flags.replaceAll('-', '')].sort().join('');

/** Flags may be refused by the file system: then there are none. */
function lookup({ path, follow, below, policy }: LabelsKey): string {
  const each = (command: string) => (below ? `find "$p" ! -type l -exec ${command} {} +` : `${command} "$p"`);
  const policyLine = `echo "d:$(matchpathcon -n "$p" 2>/dev/null)"`;
  return [
    `p=${quote(path)}; ${follow ? 'p=$(readlink -f "$p" || printf %s "$p"); ' : ''}if [ -e "$p" ] || [ -L "$p" ]; then echo there; fi`,
    'if command -v chattr >/dev/null 2>&1 && command -v lsattr >/dev/null 2>&1; then echo chattr',
    `if [ -e "$p" ]; then ${each('lsattr -d')} 2>/dev/null | sed 's/^ *\\([-A-Za-z]*\\) .*/f:\\1/' | sort -u; fi; fi`,
    'if [ -e /sys/fs/selinux/enforce ]; then echo selinux',
    `if [ -e "$p" ] || [ -L "$p" ]; then ${each('stat -c c:%C')} 2>/dev/null | sort -u; fi`,
    policy ? `${policyLine}; fi` : 'fi',
    "printf '\\036\\n'",
  ].join('\n');
}
