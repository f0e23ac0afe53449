/** Access control lists of files, as getfacl tells them. */
import { type QueryKind, refusal } from '../query.ts';
import { quote } from '../quote.ts';

export interface AclKey {
  readonly path: string;
  /** Of everything below as well; links on the way are nobody's. */
  readonly recursive: boolean;
  /** Accounts by their numbers. */
  readonly numeric: boolean;
}

/** The list of one file: `user:etcd:r--`, `default:group::r-x`. */
export interface FileAcl {
  readonly path: string;
  /** Only directories have defaults for what comes into being in them. */
  readonly isDirectory: boolean;
  readonly entries: readonly string[];
}

export const aclKind: QueryKind<AclKey, readonly FileAcl[]> = {
  name: 'acl',
  domains: ['files', 'accounts', 'packages'],
  volatile: true, // getfacl may come with the run
  id: ({ path, recursive, numeric }) => [recursive && '-R', numeric && '-n', path].filter(Boolean).join(' '),
  script: (keys) =>
    `export LC_ALL=C\n${keys.map((key) => `o=$(${lookup(key)} 2>&1); printf '%s\\035%s\\036' $? "$o"`).join('\n')}`,
  parse(stdout, keys) {
    const parts = stdout.toString().split('\x1e');
    return keys.map(({ path }, index) => {
      const [code = '', text = ''] = (parts[index] ?? '').split('\x1d');
      if (code === '127') return refusal('the host has no getfacl (package acl)');
      if (code !== '0') return refusal(`the ACL of ${path} cannot be read: ${text.trim() || `exit code ${code}`}`);
      const [directories = '', files = ''] = text.split(/^# files:$/m);
      return [...listsIn(directories, true), ...listsIn(files, false)];
    });
  },
};

function listsIn(text: string, isDirectory: boolean): readonly FileAcl[] {
  return text.split(/^# file: /m).flatMap((part) => {
    const [path = '', ...lines] = part.split('\n');
    return path === '' ? [] : [{ path, isDirectory, entries: lines.filter((line) => /^\w/.test(line)) }];
  });
}

/** Directories first, then a line of our own, and what is none: getfacl does not tell them apart. */
function lookup({ path, recursive, numeric }: AclKey): string {
  const [tell, at] = [`getfacl -pE${numeric ? 'n' : ''} --`, quote(path)];
  if (!recursive) return `{ [ -d ${at} ] || echo '# files:'; ${tell} ${at}; }`;
  const all = (kind: string) => `find -H ${at} ${kind} -exec ${tell} {} +`;
  return `{ command -v getfacl >/dev/null || exit 127; ${all('-type d')} && echo '# files:' && ${all('! -type d ! -type l')}; }`;
}
