import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { layers } from './base.ts';
import { makeCgroups, removeCgroups } from './cgroup.ts';
import { attempt, type Finished, quote, run } from './command.ts';
import { writeIdentity } from './identity.ts';
import type { Suite } from './mirror.ts';
import { disconnect, machineOf } from './network.ts';
import { disk, hostDirectory, volumes } from './paths.ts';
import { kill, parentOf, pause, runningPid, startDetached } from './process.ts';
import { type HostPlan, network } from './topology.ts';

export const rootOf = (name: string): string => join(hostDirectory(name), 'root');
/** What differs from the base image: every file that was ever written on the host. */
export const upperOf = (name: string): string => join(disk, name, 'upper');
const pidFile = (name: string) => join(hostDirectory(name), 'nspawn.pid');

/** Folders that container runtimes need on a file system of their own: overlayfs does not stack on overlayfs. */
const runtimeFolders = ['docker', 'containerd', 'kubelet'];

/** Lays a fresh root over the base image and gives it its identity. */
export async function install(host: HostPlan, all: readonly HostPlan[], suite: Suite): Promise<void> {
  const own = join(disk, host.name);
  const folders = [
    ...['upper', 'work'].map((folder) => join(own, folder)),
    ...runtimeFolders.map((folder) => join(volumes, host.name, folder)),
  ];
  for (const folder of [...folders, rootOf(host.name)]) await mkdir(folder, { recursive: true, mode: 0o755 });
  const options = `lowerdir=${layers(suite).join(':')},upperdir=${upperOf(host.name)},workdir=${own}/work`;
  await run(['mount', '-t', 'overlay', '-o', options, 'kplay-lab', rootOf(host.name)]);
  await writeIdentity(host, all);
}

/** Takes a host's disk away. It must be powered off. */
export async function uninstall(name: string): Promise<void> {
  await run(['umount', rootOf(name)]);
  await rm(join(disk, name), { recursive: true });
  await rm(join(volumes, name), { recursive: true });
}

/** Switches a host on; {@link untilReachable} tells when it is up. It stays on when this process ends. */
export async function powerOn(name: string): Promise<void> {
  const nspawn = [
    'systemd-nspawn',
    `--directory=${rootOf(name)}`,
    '--boot',
    `--machine=${machineOf(name)}`,
    '--register=no',
    '--keep-unit',
    '--console=passive',
    '--link-journal=no',
    '--resolv-conf=off',
    '--timezone=off',
    `--network-bridge=${network.bridge}`,
    '--capability=all',
    '--drop-capability=CAP_SYS_TIME', // or a host that sets its time zone would move this machine's clock
    '--system-call-filter=@keyring bpf @mount',
    '--bind=/dev/kmsg',
    ...runtimeFolders.map((folder) => `--bind=${volumes}/${name}/${folder}:/var/lib/${folder}`),
  ];
  const joinGroups = (await makeCgroups(name)).map((file) => `echo $$ > ${quote(file)}`);
  const boot = [...joinGroups, `exec ${nspawn.map(quote).join(' ')}`].join('\n');
  // 133 is nspawn's word for a host that wants to boot again.
  const script = `code=133; while [ $code = 133 ]; do code=0; /bin/sh -euc ${quote(boot)} || code=$?; done; exit $code`;
  await startDetached(['/bin/sh', '-uc', script], pidFile(name), join(hostDirectory(name), 'console.log'));
}

/** Ends a host as a power loss does: nothing in it hears of it, and its disk stays as it is. */
export async function powerOff(name: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (let pid = await runningPid(pidFile(name)); pid; pid = await runningPid(pidFile(name))) {
    const init = await initPid(pid);
    if (init) kill(init); // a host without init has no process left: the kernel kills them all
    if (Date.now() > deadline) kill(-pid);
    await pause(10);
  }
  await rm(pidFile(name), { force: true });
  await disconnect(name);
  await removeCgroups(name);
}

/** The process id, on this machine, of a host's init; undefined when the host is off. */
export async function hostPid(name: string): Promise<number | undefined> {
  const pid = await runningPid(pidFile(name));
  return pid && (await initPid(pid));
}

/** Runs a shell script as root inside a host, past the network and ssh. */
export async function execute(name: string, script: string): Promise<Finished> {
  const pid = await hostPid(name);
  if (!pid) throw new Error(`host ${name} is off`);
  return attempt(['nsenter', '--all', `--target=${pid}`, '/bin/sh'], {
    input: script,
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LANG: 'C.UTF-8' },
  });
}

/**
 * Waits until a host's sshd answers and its boot is over.
 * @throws Error with the end of its console when it does not within 60 seconds, or ended before.
 */
export async function untilReachable(host: HostPlan, signal?: AbortSignal): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await bannerOf(host.address))) {
    signal?.throwIfAborted();
    const off = !(await runningPid(pidFile(host.name)));
    if (off || Date.now() > deadline) {
      const console = await readFile(join(hostDirectory(host.name), 'console.log'), 'utf8');
      throw new Error(
        `host ${host.name} ${off ? 'ended while booting' : 'does not answer ssh'}:\n${console.slice(-2000)}`,
      );
    }
    await pause(25);
  }
  const { stdout } = await execute(host.name, 'systemctl is-system-running --wait');
  if (stdout.trim() === 'running') return;
  const failed = await execute(host.name, 'systemctl list-units --failed --no-legend --plain');
  throw new Error(`host ${host.name} came up ${stdout.trim()}:\n${failed.stdout}`);
}

const bannerOf = (address: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection({ host: address, port: 22, timeout: 1000 });
    const end = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('data', (chunk) => end(chunk.toString('latin1').startsWith('SSH-')));
    socket
      .once('error', () => end(false))
      .once('timeout', () => end(false))
      .once('close', () => end(false));
  });

/** The process that is number 1 in its own namespace, and which the nspawn under this shell started. */
async function initPid(shell: number): Promise<number | undefined> {
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    if ((await parentOf(await parentOf(Number(entry)))) !== shell) continue;
    const status = await readFile(`/proc/${entry}/status`, 'utf8').catch(() => '');
    if (/^NSpid:\s+\d+\s+1$/m.test(status)) return Number(entry);
  }
  return undefined;
}
