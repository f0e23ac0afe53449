import { defineAction } from '../module/definition.ts';
import { orUnknown } from '../module/unknown.ts';
import { isUnknown } from '../module/values.ts';
import { ModuleFailure } from '../target/failure.ts';

type Manager = 'apt' | 'rpm' | 'apk';

/** How each database is listed: fields parted by tabs, a line for each package. */
const lists: Readonly<Record<Manager, string>> = {
  apt: `[ -s /var/lib/dpkg/status ] && dpkg-query -W -f '\${db:Status-Abbrev}\\t\${Package}\\t\${Version}\\t\${Architecture}\\t\${Section}\\n' 2>/dev/null`,
  rpm: `command -v rpm >/dev/null 2>&1 && rpm -qa --qf '%{NAME}\\t%{VERSION}\\t%{RELEASE}\\t%{EPOCH}\\t%{ARCH}\\n' 2>/dev/null`,
  apk: "grep -s '^[PVA]:' /lib/apk/db/installed",
};

export default defineAction({
  summary: 'Tells every package installed on the host.',
  action: 'reads',
  args: {
    manager: {
      type: 'list',
      elements: 'str',
      default: ['auto'],
      description: 'package databases to read: apt, rpm (dnf, yum, zypper), apk; auto is the one the host has',
    },
    strategy: {
      choices: ['first', 'all'],
      default: 'first',
      description: 'the first database that has packages, or all of them',
    },
  },
  returns: {
    ansible_facts:
      'packages: by name a list of what is installed, each with name, version, arch and source; release and epoch for rpm',
  },
  examples: `- package_facts:
- debug:
    msg: "{{ ansible_facts.packages.openssl[0].version }}"
  when: "'openssl' in ansible_facts.packages"
`,

  async run({ args, target }) {
    const managers = managersOf(args.manager);
    const script = managers.map((manager) => `${lists[manager]}\nprintf '\\036'`).join('\n');
    const answer = await orUnknown(target.observe({ script: `export LC_ALL=C\n${script}\n:` }));
    if (isUnknown(answer)) return { changed: false, ansible_facts: { packages: answer } };
    const { stdout, truncated } = answer;
    if (truncated) throw new ModuleFailure('the list of packages is too long');
    const parts = stdout.toString().split('\x1e');
    const found = managers.map((manager, index) => parsers[manager]((parts[index] ?? '').split('\n')));
    const filled = found.filter((one) => one.length > 0);
    if (filled.length === 0)
      throw new ModuleFailure(
        `Could not detect a supported package manager from the following list: ${managers.join(', ')}`,
      );
    const packages = new Map<string, Installed[]>();
    for (const one of (args.strategy === 'first' ? filled.slice(0, 1) : filled).flat())
      packages.set(one.name, [...(packages.get(one.name) ?? []), one]);
    return { changed: false, ansible_facts: { packages: Object.fromEntries(packages) } };
  },
});

const aliases: Readonly<Record<string, readonly Manager[]>> = {
  auto: ['apt', 'rpm', 'apk'],
  apt: ['apt'],
  rpm: ['rpm'],
  dnf: ['rpm'],
  dnf5: ['rpm'],
  yum: ['rpm'],
  zypper: ['rpm'],
  apk: ['apk'],
};

function managersOf(names: readonly string[]): readonly Manager[] {
  const managers = names.flatMap((name) => {
    const known = Object.hasOwn(aliases, name) ? aliases[name] : undefined;
    if (!known)
      throw new ModuleFailure(`manager "${name}" is not known: use one of ${Object.keys(aliases).join(', ')}`);
    return known;
  });
  return [...new Set(managers)];
}

interface Installed {
  readonly name: string;
  readonly version: string;
  readonly source: Manager;
  readonly [field: string]: unknown;
}

const parsers: Readonly<Record<Manager, (lines: readonly string[]) => readonly Installed[]>> = {
  apt: (lines) =>
    lines.flatMap((line) => {
      const [status = '', name = '', version = '', arch, category] = line.split('\t');
      // The second letter is the state: installed, or installed with triggers still to run.
      return /^.[iWt]/.test(status) ? [{ name, version, arch, category, origin: '', source: 'apt' }] : [];
    }),
  rpm: (lines) =>
    lines.flatMap((line) => {
      const [name = '', version, release, epoch, arch] = line.split('\t');
      if (version === undefined) return [];
      return [{ name, version, release, epoch: epoch === '(none)' ? null : Number(epoch), arch, source: 'rpm' }];
    }),
  apk: (lines) => {
    const found: Record<string, string>[] = [];
    for (const line of lines) {
      if (line.startsWith('P:')) found.push({});
      const last = found.at(-1);
      if (last) last[line[0] ?? ''] = line.slice(2);
    }
    return found.map(({ P: name = '', V: version = '', A: arch = '' }) => ({ name, version, arch, source: 'apk' }));
  },
};
