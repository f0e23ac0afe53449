/** Access control lists of files, as getfacl tells them. */
import { type QueryKind, refusal } from '../query.ts';
import { quote } from '../quote.ts';

export interface AclKey {
  readonly path: string;
  /** Of everything below as well; links on the way are nobody's. */
  readonly recursive: boolean;
  /** Only of directories: nothing else has defaults for what comes into being in it. */
  readonly directories: boolean;
  /** Accounts by their numbers. */
  readonly numeric: boolean;
}

/** The list of one file: `user:etcd:r--`, `default:group::r-x`. */
export interface FileAcl {
  readonly path: string;
  readonly entries: readonly string[];
}

export const aclKind: QueryKind<AclKey, readonly FileAcl[]> = {
  name: 'acl',
  domains: ['files', 'accounts', 'packages'],
  id: ({ path, recursive, directories, numeric }) =>
    [recursive && '-R', directories && '-d', numeric && '-n', path].filter(Boolean).join(' '),
  script: (keys) =>
    `export LC_ALL=C\n${keys.map((key) => `o=$(${lookup(key)} 2>&1); printf '%s\\035%s\\036' $? "$o"`).join('\n')}`,
  parse(stdout, keys) {
    const parts = stdout.toString().split('\x1e');
    return keys.map(({ path }, index) => {
      const [code = '', text = ''] = (parts[index] ?? '').split('\x1d');
      if (code === '127') return refusal('the host has no getfacl (package acl)');
      if (code !== '0') return refusal(`the ACL of ${path} cannot be read: ${text.trim() || `exit code ${code}`}`);
      return text.split(/^# file: /m).flatMap((part) => {
        const [name = '', ...lines] = part.split('\n');
        return name === '' ? [] : [{ path: name, entries: lines.filter((line) => /^\w/.test(line)) }];
      });
    });
  },
};

// find, because getfacl's own recursion does not tell directories from files.
function lookup({ path, recursive, directories, numeric }: AclKey): string {
  const tell = `getfacl -pE${numeric ? 'n' : ''}`;
  if (!recursive) return `${tell} -- ${quote(path)}`;
  const kinds = directories ? '-type d' : '! -type l';
  return `{ command -v getfacl >/dev/null || exit 127; find -H ${quote(path)} ${kinds} -exec ${tell} -- {} +; }`;
}
