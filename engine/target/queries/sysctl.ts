/** Kernel parameters as they are now. */
import type { QueryKind } from '../query.ts';
import { quote } from '../quote.ts';

/** Below /proc/sys, dots and slashes change places: `net.ipv4.conf.eth0/1.mtu` is `net/ipv4/conf/eth0.1/mtu`. */
export function sysctlPath(name: string): string {
  // sysctl(8): a name whose first separator is a slash is a path already.
  const first = /[./]/.exec(name)?.[0];
  const path = first === '/' ? name : name.replace(/[./]/g, (sign) => (sign === '.' ? '/' : '.'));
  return `/proc/sys/${path}`;
}

/** The value of a kernel parameter, `undefined` where the kernel has none of this name or does not let it be read. */
export const sysctlKind: QueryKind<string, string | undefined> = {
  name: 'sysctl',
  domains: ['kernel'],
  id: (name) => name,
  // One grep for all: these files must be read in one go, which `read` of a shell does not.
  script: (names) => `grep -sH '' /dev/null ${names.map((name) => quote(sysctlPath(name))).join(' ')}\n:`,
  parse(stdout, names) {
    const lines = stdout.toString().split('\n');
    return names.map((name) => {
      const start = `${sysctlPath(name)}:`;
      const found = lines.filter((line) => line.startsWith(start)).map((line) => line.slice(start.length));
      return found.length === 0 ? undefined : found.join('\n');
    });
  },
};
