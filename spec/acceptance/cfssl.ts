import { spawnSync } from 'node:child_process';

/**
 * Sees to it that this machine, the controller, has cfssl: installs Debian's package when it has not.
 * @throws Error that says so when there is no way.
 */
export function ensureCfssl(): void {
  if (spawnSync('cfssl', ['version']).status === 0) return;
  process.stderr.write('      installing golang-cfssl on this machine\n');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, stderr } = spawnSync('apt-get', ['install', '-q', '-y', 'golang-cfssl'], { env, encoding: 'utf8' });
  if (status !== 0)
    throw new Error(`CFSSL CANNOT BE INSTALLED HERE, and these specs need it (golang-cfssl): ${stderr}`);
}
