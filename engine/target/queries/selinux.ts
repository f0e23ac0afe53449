/** Whether SELinux is at work on a host. */
import type { QueryKind } from '../query.ts';

/** What the kernel does now; undefined where it knows nothing of SELinux. */
export const selinuxKind: QueryKind<'', 'enforcing' | 'permissive' | undefined> = {
  name: 'selinux',
  domains: ['kernel'],
  id: () => 'host',
  script: () => 'cat /sys/fs/selinux/enforce 2>/dev/null\n:',
  parse(stdout, keys) {
    const said = stdout.toString().trim();
    return keys.map(() => (said === '1' ? 'enforcing' : said === '0' ? 'permissive' : undefined));
  },
};
