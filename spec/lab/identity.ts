import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { aptReachability } from './base.ts';
import { run } from './command.ts';
import { cache, hostDirectory, stateDirectory } from './paths.ts';
import { type HostPlan, network } from './topology.ts';

/** The ssh key that opens every lab host, for root and for ops. */
export const key = join(cache, 'lab/id_ed25519');
export const knownHosts = join(stateDirectory, 'known_hosts');

/** Makes the lab's ssh key, once. */
export async function ensureKey(): Promise<void> {
  if (existsSync(key)) return;
  await mkdir(dirname(key), { recursive: true, mode: 0o700 });
  await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'kplay lab', '-f', key]);
}

const hostKey = (name: string) => join(hostDirectory(name), 'ssh_host_ed25519_key');

/** A host's own key, made with the lab: a host that is reset is still the one which known_hosts names. */
export async function ensureHostKey(name: string): Promise<void> {
  if (existsSync(hostKey(name))) return;
  await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', hostKey(name)]);
}

/** Writes known_hosts from the keys that lie in the hosts' own file systems. */
export async function writeKnownHosts(hosts: readonly HostPlan[]): Promise<void> {
  const lines = hosts.map(async ({ name, address }) => {
    const path = join(hostDirectory(name), 'root/etc/ssh/ssh_host_ed25519_key.pub');
    const [type, text] = (await readFile(path, 'utf8')).split(' ');
    return `${name},${address} ${type} ${text}\n`;
  });
  await writeFile(knownHosts, (await Promise.all(lines)).join(''));
}

/**
 * Does inside a host, at every boot, what a machine's own firmware and kernel would have done: gives the network card
 * its address, and lets kubelet and container runtimes have their cgroups, mounts and sysctls (read-only in nspawn).
 */
const bootScript = (address: string) => `#!/bin/sh
set -eu
ip link set lo up
ip address replace ${address}/${network.prefixLength} dev host0
ip link set host0 up
ip route replace default via ${network.gateway}
mount --make-rshared /
if [ ! -e /sys/fs/cgroup/cgroup.procs ]; then
  mount -o remount,rw /sys/fs/cgroup
  for controller in /sys/fs/cgroup/*/; do mount -o remount,rw,bind "$controller"; done
fi
for sysctl in kernel/panic kernel/panic_on_oops vm/overcommit_memory; do
  mkdir -p "/run/sysctl/\${sysctl%/*}"
  cat "/proc/sys/$sysctl" > "/run/sysctl/$sysctl"
  mount --bind "/run/sysctl/$sysctl" "/proc/sys/$sysctl"
done
`;

const bootUnit = `[Unit]
Description=Network card and kernel of a lab host
DefaultDependencies=no
After=systemd-remount-fs.service
Before=network-pre.target network.target sysinit.target
Wants=network.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/lib/lab-host

[Install]
WantedBy=sysinit.target
`;

/** Writes into a host's root, before its first boot, what makes it this host and no other. */
export async function writeIdentity(host: HostPlan, all: readonly HostPlan[]): Promise<void> {
  const root = join(hostDirectory(host.name), 'root');
  const publicKey = await readFile(`${key}.pub`, 'utf8');
  const names = all.map(({ name, address }) => `${address} ${name}\n`).join('');
  const files: readonly (readonly [path: string, text: string, mode: number])[] = [
    ['etc/hostname', `${host.name}\n`, 0o644],
    ['etc/hosts', `127.0.0.1 localhost\n::1 localhost ip6-localhost\n${names}`, 0o644],
    ['etc/machine-id', `${randomUUID().replaceAll('-', '')}\n`, 0o444],
    ['etc/apt/apt.conf.d/20machine', await aptReachability(), 0o644],
    ['usr/local/lib/lab-host', bootScript(host.address), 0o755],
    ['etc/systemd/system/lab-host.service', bootUnit, 0o644],
    ['root/.ssh/authorized_keys', publicKey, 0o600],
    ['home/ops/.ssh/authorized_keys', publicKey, 0o600],
  ];
  for (const [path, text, mode] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true, mode: path.includes('.ssh') ? 0o700 : 0o755 });
    await writeFile(join(root, path), text);
    await chmod(join(root, path), mode);
  }
  await copyFile(hostKey(host.name), join(root, 'etc/ssh/ssh_host_ed25519_key'));
  await chmod(join(root, 'etc/ssh/ssh_host_ed25519_key'), 0o600);
  await copyFile(`${hostKey(host.name)}.pub`, join(root, 'etc/ssh/ssh_host_ed25519_key.pub'));
  await copyFile('/etc/resolv.conf', join(root, 'etc/resolv.conf'));
  await run(['chroot', root, '/bin/sh', '-euc', 'chown -R ops:ops /home/ops/.ssh; systemctl -q enable lab-host']);
}
