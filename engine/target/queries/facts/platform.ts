/** The machine and its kernel, its names, and its distribution. */
import { assignments, type FactSubset, lines } from './subset.ts';

export const platform: FactSubset = {
  facts: [
    ...['system', 'kernel', 'kernel_version', 'machine', 'architecture', 'userspace_bits', 'userspace_architecture'],
    ...['nodename', 'hostname', 'fqdn', 'domain', 'machine_id'],
  ],
  // The resolver is asked only when neither the name itself nor /etc/hosts knows the domain: it may take its time.
  script: `S platform
cat /proc/sys/kernel/ostype /proc/sys/kernel/hostname /proc/sys/kernel/osrelease /proc/sys/kernel/version
uname -m
S machine_id; cat /etc/machine-id 2>/dev/null || cat /var/lib/dbus/machine-id 2>/dev/null
S hosts; cat /etc/hosts 2>/dev/null
S fqdn; n=$(cat /proc/sys/kernel/hostname)
case $n in *.*) ;; *) grep -q "[[:space:]]$n\\([[:space:]]\\|\\$\\)" /etc/hosts 2>/dev/null ||
  { t=; command -v timeout >/dev/null && t='timeout 3'; command -v hostname >/dev/null && $t hostname -f; } 2>/dev/null;; esac`,
  parse(section) {
    const [system = '', nodename = '', kernel = '', version = '', machine = ''] = section('platform').split('\n');
    const fqdn = qualified(nodename, section('hosts'), section('fqdn').trim());
    const is64 = /64|s390x|alpha/.test(machine);
    const is32x86 = /^i[3-6]86$/.test(machine);
    return {
      system,
      nodename,
      hostname: nodename.split('.')[0],
      fqdn,
      domain: fqdn.includes('.') ? fqdn.slice(fqdn.indexOf('.') + 1) : '',
      kernel,
      kernel_version: version,
      machine,
      architecture: is32x86 ? 'i386' : machine,
      userspace_bits: is64 ? '64' : '32',
      userspace_architecture: is32x86 ? 'i386' : machine,
      machine_id: section('machine_id').trim(),
    };
  },
};

/** As a resolver that reads /etc/hosts answers: the first name with a dot of the host's own line. */
function qualified(nodename: string, hosts: string, resolved: string): string {
  if (nodename.includes('.')) return nodename;
  const names = lines(hosts)
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/).slice(1))
    .find((one) => one.includes(nodename));
  return names?.find((name) => name.includes('.')) ?? names?.[0] ?? (resolved || nodename);
}

export const distribution: FactSubset = {
  facts: [
    ...['distribution', 'distribution_version', 'distribution_major_version', 'distribution_minor_version'],
    ...['distribution_release', 'distribution_file_variety', 'distribution_file_path', 'distribution_file_parsed'],
    ...['os_family', 'lsb'],
  ],
  script: `S os_release; cat /etc/os-release 2>/dev/null || cat /usr/lib/os-release 2>/dev/null
S debian_version; cat /etc/debian_version 2>/dev/null
S redhat_release; cat /etc/redhat-release 2>/dev/null
S alpine_release; cat /etc/alpine-release 2>/dev/null`,
  parse(section) {
    const release = assignments(section('os_release'));
    const id = release.ID ?? '';
    const name = names[id] ?? release.NAME ?? 'Linux';
    const family = families[name] ?? familyLike(release.ID_LIKE ?? '') ?? name;
    const version = versionOf(name, family, release, section);
    const [major = 'NA', minor] = version.split('.');
    const codename = codenameOf(family, release, section('redhat_release'));
    const variety = family === 'RedHat' ? 'RedHat' : name;
    const path = { RedHat: '/etc/redhat-release', Alpine: '/etc/alpine-release' }[family] ?? '/etc/os-release';
    return {
      distribution: name,
      distribution_version: version,
      distribution_major_version: major,
      ...(minor === undefined ? {} : { distribution_minor_version: minor }),
      distribution_release: codename,
      distribution_file_parsed: true,
      distribution_file_path: path,
      distribution_file_variety: variety,
      os_family: family,
      lsb: {
        id: name,
        codename,
        description: release.PRETTY_NAME ?? name,
        release: release.VERSION_ID ?? version,
        major_release: major,
      },
    };
  },
};

/** os-release's ID, and the distribution's name among Ansible's facts. */
const names: Readonly<Record<string, string>> = {
  debian: 'Debian',
  raspbian: 'Debian',
  ubuntu: 'Ubuntu',
  linuxmint: 'Linux Mint',
  kali: 'Kali',
  pop: 'Pop!_OS',
  rhel: 'RedHat',
  centos: 'CentOS',
  rocky: 'Rocky',
  almalinux: 'AlmaLinux',
  fedora: 'Fedora',
  ol: 'OracleLinux',
  amzn: 'Amazon',
  openEuler: 'openEuler',
  kylin: 'Kylin Linux Advanced Server',
  alpine: 'Alpine',
  arch: 'Archlinux',
  gentoo: 'Gentoo',
  flatcar: 'Flatcar',
  sles: 'SLES',
  'opensuse-leap': 'openSUSE Leap',
  'opensuse-tumbleweed': 'openSUSE Tumbleweed',
};

const families: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    Debian: ['Debian', 'Ubuntu', 'Linux Mint', 'Kali', 'Pop!_OS'],
    RedHat: [
      ...['RedHat', 'CentOS', 'Rocky', 'AlmaLinux', 'Fedora', 'OracleLinux', 'Amazon', 'openEuler'],
      'Kylin Linux Advanced Server',
    ],
    Suse: ['SLES', 'openSUSE Leap', 'openSUSE Tumbleweed'],
    Alpine: ['Alpine'],
    Archlinux: ['Archlinux'],
    Gentoo: ['Gentoo'],
    Flatcar: ['Flatcar'],
  }).flatMap(([family, members]) => members.map((member) => [member, family])),
);

function familyLike(likes: string): string | undefined {
  for (const like of likes.split(' ')) {
    const family = families[names[like] ?? ''];
    if (family) return family;
  }
  return likes.includes('suse') ? 'Suse' : undefined;
}

/** os-release says `12` where Debian's own file says `12.11`, and `7` where CentOS' says `7.9.2009`. */
function versionOf(
  name: string,
  family: string,
  release: Readonly<Record<string, string>>,
  section: (name: string) => string,
): string {
  const stated = release.VERSION_ID;
  if (name === 'Debian') {
    const precise = section('debian_version').trim();
    if (/^\d/.test(precise)) return precise;
  }
  if (name === 'CentOS' && stated === '7') {
    const precise = /release (\d+\.\d+)/.exec(section('redhat_release'))?.[1];
    if (precise) return precise;
  }
  if (family === 'Alpine') return section('alpine_release').trim() || (stated ?? 'NA');
  return stated ?? 'NA';
}

function codenameOf(family: string, release: Readonly<Record<string, string>>, redhatRelease: string): string {
  if (release.ID === 'fedora') return '';
  const stated = release.VERSION_CODENAME ?? release.UBUNTU_CODENAME;
  if (stated) return stated;
  const inBrackets = /\(([^)]+)\)/.exec(family === 'RedHat' && redhatRelease ? redhatRelease : (release.VERSION ?? ''));
  return inBrackets?.[1] ?? 'NA';
}
