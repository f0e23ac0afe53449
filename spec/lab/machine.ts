import { existsSync } from 'node:fs';
import { attempt, run } from './command.ts';
import type { Progress } from './progress.ts';

/** A program the lab calls, and the Debian package that brings it. */
const programs: Readonly<Record<string, string>> = {
  debootstrap: 'debootstrap',
  'systemd-nspawn': 'systemd-container',
  iptables: 'iptables',
  ip: 'iproute2',
  tc: 'iproute2',
  nsenter: 'util-linux',
  'ssh-keygen': 'openssh-client',
};
const kubernetesPrograms: Readonly<Record<string, string>> = {
  go: 'golang-go',
  gcc: 'gcc',
  make: 'make',
  rsync: 'rsync',
  jq: 'jq',
  'dpkg-source': 'dpkg-dev',
};
const files: Readonly<Record<string, string>> = {
  '/usr/share/keyrings/debian-archive-keyring.gpg': 'debian-archive-keyring',
};
const kubernetesFiles: Readonly<Record<string, string>> = {
  '/usr/share/gocode/src/github.com/modern-go/reflect2': 'golang-github-modern-go-reflect2-dev',
};

const onPath = (program: string): boolean =>
  ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'].some((folder) =>
    existsSync(`${folder}/${program}`),
  );

/**
 * Says what keeps a lab from starting here.
 * @throws Error naming every reason at once.
 */
export async function checkMachine(): Promise<void> {
  const reasons: string[] = [];
  if (process.platform !== 'linux')
    reasons.push(`it boots Linux hosts with systemd-nspawn, and this is ${process.platform}`);
  else {
    if (process.getuid?.() !== 0) reasons.push('it mounts, makes bridges and boots hosts: run it as root');
    if (!onPath('apt-get'))
      reasons.push('it installs its tools with apt-get, which is not here: use a Debian or Ubuntu');
    if (process.getuid?.() === 0 && (await attempt(['unshare', '--mount', 'true'])).code !== 0) {
      reasons.push('this root may not make namespaces (CAP_SYS_ADMIN is missing, as in an unprivileged container)');
    }
  }
  if (reasons.length > 0)
    throw new Error(`the lab cannot run here:\n${reasons.map((reason) => `  - ${reason}`).join('\n')}`);
}

/** Installs the Debian packages that the lab (and the Kubernetes build, if asked) needs and this machine lacks. */
export async function ensureTools(kubernetesBuild: boolean, { log, signal }: Progress): Promise<void> {
  const wantedPrograms = { ...programs, ...(kubernetesBuild ? kubernetesPrograms : {}) };
  const wantedFiles = { ...files, ...(kubernetesBuild ? kubernetesFiles : {}) };
  const missing = new Set([
    ...Object.entries(wantedPrograms).flatMap(([program, name]) => (onPath(program) ? [] : [name])),
    ...Object.entries(wantedFiles).flatMap(([path, name]) => (existsSync(path) ? [] : [name])),
  ]);
  if (missing.size === 0) return;
  log(`installing ${[...missing].join(' ')}`);
  const apt = ['apt-get', '-q', '-o', 'DPkg::Lock::Timeout=300'];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run([...apt, 'update'], { signal, env });
  await run([...apt, 'install', '-y', '--no-install-recommends', ...missing], { signal, env });
}
