import type { Lab } from '../lab/lab.ts';

/** Runs a shell script as root on all hosts of a lab. Throws Error where it fails. */
export async function everywhere(lab: Lab, script: string): Promise<void> {
  for (const { code, stderr } of await Promise.all(lab.hosts.map((host) => host.exec(script))))
    if (code !== 0) throw new Error(`${script}: ${stderr}`);
}
