/** What is on a host, and what of it was not there before. */
import { expect } from 'chai';
import { compareSnapshots, type LabHost, type Snapshot } from '../lab/lab.ts';

/** The disk as the lab sees it, and what only the host itself can tell. */
export interface Sight {
  readonly snapshot: Snapshot;
  readonly folders: ReadonlySet<string>;
  /** Of the files of /etc. */
  readonly checksums: string;
  /** Services, packages, accounts, ports, links, routes, rules, mounts and what container runtimes keep, as text. */
  readonly state: string;
}

/** Looks at a whole host. */
export async function look(host: LabHost): Promise<Sight> {
  const tell = async (script: string) => {
    const { code, stdout, stderr } = await host.exec(script);
    expect(code, `${host.name}: ${script}\n${stderr}`).to.equal(0);
    return stdout;
  };
  const [snapshot, folders, checksums, state] = await Promise.all([
    host.snapshot(),
    tell('find / -xdev -type d'),
    tell(`find /etc -xdev -type f ${bookkeeping} -exec sha256sum {} + | sort -k 2`),
    tell(live),
  ]);
  return { snapshot, folders: new Set(folders.split('\n')), checksums, state };
}

/**
 * What is on the disk and was not before, or the other way round. A folder of the base that was merely written into is no trace, and
 * files of /etc are compared by their content.
 */
export function traces(before: Sight, now: Sight): readonly string[] {
  return compareSnapshots(before.snapshot, now.snapshot).filter((line) => {
    const [sign, path = '', kind] = line.split(' ');
    if (packageTools.test(path)) return false;
    if (sign === '+' && kind === 'directory') return !before.folders.has(path);
    return !(path.startsWith('/etc/') && (kind === 'file' || line.includes(' -> file ')));
  });
}

/** @throws AssertionError when a host is not as it was before. */
export function expectNoTrace(before: Sight, now: Sight, name: string): void {
  expect(now.state, name).to.equal(before.state);
  expect(now.checksums, name).to.equal(before.checksums);
  expect(traces(before, now), name).to.deep.equal([]);
}

/** Files of /etc that the tools for accounts and packages rewrite, whatever they are asked for. */
const bookkeeping = "! -name '*-' ! -name .pwd.lock ! -path /etc/ld.so.cache ! -path /etc/.updated";

const live = [
  "systemctl list-unit-files --no-legend --plain --type=service,socket | awk '{ print $1, $2 }' | sort",
  'systemctl list-units --no-legend --plain --state=failed | sort',
  "dpkg-query -W -f '${db:Status-Abbrev} ${Package}\\n' | sort",
  'cut -d: -f1,3 /etc/passwd /etc/group | sort',
  "ip -4 -o address show | awk '{ print $2, $4 }' | sort",
  "ip -o link show | awk '{ print $2 }' | sort",
  'ip -4 route show | sort',
  "for save in iptables-save ip6tables-save; do command -v $save > /dev/null && $save | grep '^-A'; done",
  "ss -H -l -n -t | awk '{ print $4 }' | sort",
  "findmnt --noheadings --raw --output=TARGET | grep -v '^/run/user/' | sort",
  'for folder in docker containerd kubelet; do find /var/lib/$folder -mindepth 1 2> /dev/null; done',
  "find /sys/fs/cgroup -type d -path '*/kubepods*'",
  'cat /proc/sys/net/ipv4/ip_nonlocal_bind',
].join('\n');

/** What package tools write about themselves; `dpkg-query` tells the same in few words. */
const packageTools = /^\/var\/(lib\/(dpkg|ucf|pam|python)|cache\/(debconf|man|fontconfig))(\/|$)/;
