/** Which version of a package is installed, by the package manager that the host has. */
import type { QueryKind } from '../query.ts';
import { quote } from '../quote.ts';

/** The package managers that kplay can drive, as the fact `pkg_mgr` names them. */
export const packageManagers = ['apt', 'dnf', 'yum', 'apk'] as const;
export type PackageManager = (typeof packageManagers)[number];

/**
 * Decides the family once: dpkg counts only where it is the database in use, since Fedora ships it as a mere tool.
 * Leaves `dpkg`, `rpm`, `apk` or nothing in `$family`.
 */
const family = `family=
if [ -s /var/lib/dpkg/status ] && command -v dpkg-query >/dev/null 2>&1; then family=dpkg
elif [ -e /lib/apk/db/installed ]; then family=apk
elif command -v rpm >/dev/null 2>&1; then family=rpm; fi`;

/**
 * The installed version of the package with this name, `undefined` where it is not installed. A virtual name counts as
 * installed when an installed package provides it, as apt and dnf see it.
 */
export const packagesKind: QueryKind<string, string | undefined> = {
  name: 'package',
  domains: ['packages'],
  id: (name) => name,
  script(names) {
    const words = names.map(quote).join(' ');
    const patterns = names.map((name) => `-e ${quote(bareName(name))}`).join(' ');
    return `${family}
export LC_ALL=C
echo "$family"
case $family in
dpkg)
  f='\${db:Status-Abbrev}\\t\${Package}:\${Architecture}\\t\${Version}\\t\${Provides}\\n'
  known=$(dpkg-query -W -f "$f" -- ${words} 2>/dev/null)
  if [ $? -ne 0 ] || printf '%s\\n' "$known" | grep -q '^[^ih]\\|^.[^i]'; then
    dpkg-query -W -f "$f" 2>/dev/null | grep -F ${patterns}
  else printf '%s\\n' "$known"; fi;;
rpm)
  f='%{NAME}\\t%{VERSION}-%{RELEASE}\\t%{ARCH}\\t[%{PROVIDES} ]\\n'
  known=$(rpm -q --qf "$f" -- ${words} 2>/dev/null)
  code=$?
  printf '%s\\n' "$known" | grep '\t'
  if [ $code -ne 0 ]; then
    rpm -q --whatprovides --qf "$f" -- ${words} 2>/dev/null | grep '\t'
    ${names
      .filter((name) => name.startsWith('/'))
      .map(
        (path) =>
          `rpm -qf --qf "%{NAME}\\t%{VERSION}-%{RELEASE}\\t%{ARCH}\\t"${quote(path)}'\\n' -- ${quote(path)} 2>/dev/null | grep '\t'`,
      )
      .join('\n    ')}
  fi;;
apk) grep '^[PVp]:' /lib/apk/db/installed;;
esac
:`;
  },
  parse(stdout, names) {
    const [kind = '', ...lines] = stdout.toString().split('\n');
    const installed = kind === 'dpkg' ? dpkg(lines) : kind === 'rpm' ? rpm(lines) : kind === 'apk' ? apk(lines) : [];
    return names.map((name) => versionOf(name, installed));
  },
};

/** The package manager to use on this host, `undefined` when it has none that kplay can drive. */
export const packageManagerKind: QueryKind<'', PackageManager | undefined> = {
  name: 'package manager',
  domains: ['packages'],
  id: () => 'host',
  script: () => `${family}
case $family in
dpkg) command -v apt-get >/dev/null 2>&1 && echo apt;;
apk) echo apk;;
rpm) for t in dnf dnf5 microdnf yum; do command -v $t >/dev/null 2>&1 && { echo "$t"; break; }; done;;
esac
:`,
  parse(stdout, keys) {
    const found = stdout.toString().trim();
    const manager = found === 'dnf5' || found === 'microdnf' ? 'dnf' : found;
    return keys.map(() => packageManagers.find((name) => name === manager));
  },
};

interface Installed {
  readonly name: string;
  readonly architecture?: string | undefined;
  readonly version: string;
  readonly provides: readonly string[];
}

function bareName(name: string): string {
  return name.replace(/:[a-z0-9-]+$/, '');
}

function dpkg(lines: readonly string[]): Installed[] {
  return lines.flatMap((line) => {
    const [status = '', full = '', version = '', provides = ''] = line.split('\t');
    // The second letter is the state: installed, or installed with triggers still to run.
    if (!/^.[iWt]/.test(status)) return [];
    const [name = '', architecture] = full.split(':');
    const virtual = provides.split(',').map((word) => word.trim().replace(/[ :(].*$/, ''));
    return [{ name, architecture, version, provides: virtual.filter(Boolean) }];
  });
}

function rpm(lines: readonly string[]): Installed[] {
  return lines.flatMap((line) => {
    const [name = '', version, architecture, provides = ''] = line.split('\t');
    return version === undefined
      ? []
      : [{ name, version, architecture, provides: provides.split(' ').filter(Boolean) }];
  });
}

/** The installed database of apk: `P:` starts a package, `V:` its version, `p:` what it provides. */
function apk(lines: readonly string[]): Installed[] {
  const found: { name: string; version: string; provides: string[] }[] = [];
  for (const line of lines) {
    const value = line.slice(2);
    if (line.startsWith('P:')) found.push({ name: value, version: '', provides: [] });
    const last = found.at(-1);
    if (line.startsWith('V:') && last) last.version = value;
    if (line.startsWith('p:') && last)
      last.provides.push(...value.split(' ').map((word) => word.replace(/[<>=~].*$/, '')));
  }
  return found;
}

/** By name, by name with architecture or version as dpkg and rpm write them, then by what is provided. */
function versionOf(name: string, installed: readonly Installed[]): string | undefined {
  const real = installed.find((one) => spellings(one).includes(name));
  return (real ?? installed.find((one) => one.provides.includes(name)))?.version;
}

/** `libc6:i386`, `glibc.i686`, `nginx-1.20.1`, `nginx-1.20.1-14.el9.x86_64`. */
function spellings({ name, version, architecture }: Installed): string[] {
  const [upstream] = version.split('-');
  const texts = [name, `${name}-${upstream}`, `${name}-${version}`];
  return [...texts, ...texts.map((text) => `${text}.${architecture}`), `${name}:${architecture}`];
}
