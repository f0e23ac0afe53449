import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { stateDirectory } from './paths.ts';

const root = '/sys/fs/cgroup';
const labGroup = basename(stateDirectory);

/** The cgroup hierarchies of this machine: one folder with cgroup v2, one per controller with v1. */
async function hierarchies(): Promise<string[]> {
  if (existsSync(join(root, 'cgroup.procs'))) return [root];
  const names = await readdir(root);
  return names.map((name) => join(root, name)).filter((path) => existsSync(join(path, 'cgroup.procs')));
}

/**
 * Makes a host's own cgroups and returns their `cgroup.procs` files: a process that writes its id into each is a member
 * of them all. systemd, docker and kubelet inside the host take these for the roots.
 */
export async function makeCgroups(name: string): Promise<string[]> {
  const paths: string[] = [];
  for (const hierarchy of await hierarchies()) {
    const lab = join(hierarchy, labGroup);
    const host = join(lab, name);
    await mkdir(host, { recursive: true });
    // A v1 cpuset accepts no process before it has cpus and memory nodes.
    for (const file of ['cpuset.cpus', 'cpuset.mems']) {
      if (hierarchy === root || !existsSync(join(hierarchy, file))) continue;
      const value = await readFile(join(hierarchy, file), 'utf8');
      for (const group of [lab, host]) await writeFile(join(group, file), value);
    }
    if (hierarchy === root) for (const group of [root, lab]) await delegateControllers(group);
    paths.push(join(host, 'cgroup.procs'));
  }
  return paths;
}

/** cgroup v2: what a group does not hand on, the groups in it do not have. */
async function delegateControllers(group: string): Promise<void> {
  const controllers = (await readFile(join(group, 'cgroup.controllers'), 'utf8')).trim().split(' ');
  for (const controller of controllers) {
    // One which this machine does not give away is one that hosts go without.
    await writeFile(join(group, 'cgroup.subtree_control'), `+${controller}`).catch(() => {});
  }
}

/** Removes a host's cgroups, or with no name those of the whole lab. Their processes must have ended. */
export async function removeCgroups(name = ''): Promise<void> {
  for (const hierarchy of await hierarchies()) await removeTree(join(hierarchy, labGroup, name));
}

async function removeTree(path: string): Promise<void> {
  if (!existsSync(path)) return;
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeTree(join(path, entry.name));
  }
  // A process that was just killed may still be on its way out.
  for (let tries = 0; ; tries++) {
    try {
      return await rmdir(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY' || tries === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
