/** Kernel modules: which are in the kernel now, and which will be after the next boot. */
import type { QueryKind } from '../query.ts';
import { quote } from '../quote.ts';

export interface KernelModule {
  /** In the kernel now, as a module or built in. */
  readonly loaded: boolean;
  readonly builtIn: boolean;
  /** Named by a file that is read at boot. */
  readonly atBoot: boolean;
  /** Options set for it in modprobe.d, one entry for each line. */
  readonly options: readonly string[];
  /** The files that name it in either place. */
  readonly files: readonly string[];
}

/** The kernel sees no difference between `br-netfilter` and `br_netfilter`. */
function normal(name: string): string {
  return name.replaceAll('-', '_');
}

export const kernelModuleKind: QueryKind<string, KernelModule> = {
  name: 'kernel module',
  domains: ['kernel', 'files'],
  id: (name) => name,
  script: (names) => `cat /proc/modules 2>/dev/null; printf '\\036'
grep -s ${names.map((name) => `-e ${quote(`/${name.replaceAll(/[-_]/g, '[-_]')}[.]ko`)}`).join(' ')} "/lib/modules/$(uname -r)/modules.builtin"; printf '\\036'
grep -sH '' /dev/null /etc/modules /etc/modules-load.d/*.conf; printf '\\036'
grep -sH '^[[:space:]]*options[[:space:]]' /dev/null /etc/modprobe.d/*.conf
:`,
  parse(stdout, names) {
    const [loaded = '', builtIn = '', boot = '', options = ''] = stdout.toString().split('\x1e');
    const inKernel = new Set(loaded.split('\n').map((line) => line.split(' ')[0] ?? ''));
    const compiled = new Set(
      builtIn.split('\n').map((line) => normal(line.replace(/^.*\//, '').replace(/\.ko.*$/, ''))),
    );
    return names.map((name) => {
      const atBoot = entries(boot).filter(([, line]) => normal(line.trim()) === normal(name));
      const set = entries(options).filter(([, line]) => normal(line.trim().split(/\s+/)[1] ?? '') === normal(name));
      const isBuiltIn = compiled.has(normal(name));
      return {
        loaded: isBuiltIn || inKernel.has(normal(name)),
        builtIn: isBuiltIn,
        atBoot: atBoot.length > 0,
        options: set.map(([, line]) => line.trim().split(/\s+/).slice(2).join(' ')),
        files: [...new Set([...atBoot, ...set].map(([file]) => file))],
      };
    });
  },
};

/** The `file:line` pairs of grep. */
function entries(text: string): [string, string][] {
  return text.split('\n').flatMap((line) => {
    const colon = line.indexOf(':');
    return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1)] as [string, string]];
  });
}
