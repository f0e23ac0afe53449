import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { quote, run, runScript } from './command.ts';
import { debianMirrors, type Mirrors, type Suite } from './mirror.ts';
import { cache, disk, recipeHash } from './paths.ts';
import type { Progress } from './progress.ts';

/** A server as one rents it: systemd, sshd, sudo; no Python. */
const basePackages =
  'systemd systemd-sysv dbus libpam-systemd openssh-server iproute2 sudo procps ca-certificates iputils-ping netcat-openbsd kmod';
/** Not installed: only their packages lie in every host's apt cache, so that a host can install them quickly. */
const cachedPackages =
  'haproxy keepalived etcd-server etcd-client curl openssl nginx libnginx-mod-stream chrony psmisc rsyslog socat conntrack ipset ipvsadm jq python3-minimal docker.io containerd containernetworking-plugins docker-registry iptables ebtables ethtool golang-cfssl';

/** Run inside the new base. Host keys and machine-id go: each host gets its own. */
const finishBase = (suite: Suite, { packages, security }: Mirrors) => `
rm -f /etc/ssh/ssh_host_* /var/lib/dbus/machine-id
: > /etc/machine-id
useradd --create-home --shell /bin/bash --groups sudo ops
echo ops:ops | chpasswd
systemctl mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer >&2
systemctl mask console-getty.service e2scrub_reap.service systemd-firstboot.service >&2
apt-get clean
rm -rf /var/lib/apt/lists/* /var/log/* /debootstrap
cat > /etc/apt/sources.list <<LIST
deb ${packages} ${suite} main
deb ${packages} ${suite}-updates main
deb ${security} ${suite}-security main
LIST
echo 'Acquire::Languages "none";' > /etc/apt/apt.conf.d/10lab
`;

/** Run inside a layer over the base; what it adds to apt's lists and cache is kept. */
const fetchPackages = `
apt-get update -q
apt-get install -q -y --download-only ${cachedPackages}
apt-cache policy > /dev/null
`;

/** The archives of a release: the base system, and what lies over it. */
function archives(suite: Suite): { readonly base: string; readonly packages: string } {
  // which mirror it came from makes no other base
  const recipe = [suite, basePackages, finishBase(suite, { packages: '', security: '' }), fetchPackages];
  const folder = join(cache, 'base', recipeHash(recipe.join('\n')));
  return { base: join(folder, 'base.tar'), packages: join(folder, 'packages.tar') };
}

/** The lines of this machine's apt configuration by which it reaches its mirror: proxies, and date checks turned off. */
export async function aptReachability(): Promise<string> {
  const settings = (await run(['apt-config', 'dump'])).split('\n');
  const kept = settings.filter((line) =>
    /^Acquire::(https?::Proxy|Check-Valid-Until|Check-Date)\b.* ".+";$/i.test(line),
  );
  const proxy = process.env['http_proxy'] ?? process.env['HTTP_PROXY'];
  if (proxy && !kept.some((line) => /^Acquire::http::Proxy /i.test(line)))
    kept.push(`Acquire::http::Proxy "${proxy}";`);
  return kept.map((line) => `${line}\n`).join('');
}

/** Makes, once, the archives of the base system and of the packages' cache. */
export async function ensureBase(suite: Suite, progress: Progress): Promise<void> {
  const to = archives(suite);
  if (existsSync(to.packages) && existsSync(to.base)) return;
  await mkdir(dirname(to.base), { recursive: true });
  // In the lab's tmpfs: debootstrap makes device nodes and syncs much, and a cache may lie where neither is welcome.
  const work = join(disk, 'build');
  await mkdir(work);
  await buildBase(suite, work, progress);
  await run(['umount', `${work}/root`]);
  await rm(work, { recursive: true });
}

async function buildBase(suite: Suite, work: string, { log, signal }: Progress): Promise<void> {
  const to = archives(suite);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
  const options = { env, signal };
  const mirrors = await debianMirrors(suite);
  log(`making the base system of Debian ${suite} with debootstrap, once (about a minute)`);
  await run(
    [
      'debootstrap',
      '--variant=minbase',
      '--keyring=/usr/share/keyrings/debian-archive-keyring.gpg',
      `--include=${basePackages.replaceAll(' ', ',')}`,
      suite,
      `${work}/base`,
      mirrors.packages,
    ],
    options,
  );
  await run(['chroot', `${work}/base`, '/bin/sh', '-eu'], { ...options, input: finishBase(suite, mirrors) });
  await archive(`${work}/base`, ['.'], to.base, signal);

  log('fetching the packages that hosts may install');
  await runScript(
    `mkdir ${work}/upper ${work}/work ${work}/root
     mount -t overlay -o lowerdir=${work}/base,upperdir=${work}/upper,workdir=${work}/work kplay-base ${work}/root
     cp /etc/resolv.conf ${work}/root/etc/resolv.conf
     printf %s ${quote(await aptReachability())} > ${work}/root/etc/apt/apt.conf.d/20machine`,
    options,
  );
  await run(['chroot', `${work}/root`, '/bin/sh', '-eu'], { ...options, input: fetchPackages });
  await archive(`${work}/upper`, ['var/cache/apt', 'var/lib/apt'], to.packages, signal);
}

/** The rename is the last step: a file of that name is whole. */
async function archive(from: string, paths: readonly string[], to: string, signal?: AbortSignal): Promise<void> {
  const part = `${to}.${process.pid}`;
  try {
    await run(['tar', '--numeric-owner', '--xattrs', '-C', from, '-cf', part, ...paths], { signal });
    await rename(part, to);
  } finally {
    await rm(part, { force: true });
  }
}

/** The lower folders of a host's root, uppermost first. */
export const layers = (suite: Suite): readonly string[] => [join(disk, suite, 'packages'), join(disk, suite, 'base')];

/** Unpacks both archives of a release into the lab's tmpfs, unless they are there. */
export async function unpackLayers(suite: Suite, signal?: AbortSignal): Promise<void> {
  if (existsSync(join(disk, suite))) return;
  const from = archives(suite);
  const unpack = async (archive: string, to: string) => {
    await mkdir(to, { recursive: true, mode: 0o755 });
    await run(['tar', '--numeric-owner', '--xattrs', '--xattrs-include=*', '-xpf', archive, '-C', to], { signal });
  };
  const [packages, base] = layers(suite);
  await Promise.all([unpack(from.packages, packages!), unpack(from.base, base!)]);
}
