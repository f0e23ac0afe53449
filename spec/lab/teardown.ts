import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { removeCgroups } from './cgroup.ts';
import { attempt, run } from './command.ts';
import { powerOff } from './host.ts';
import { inventoryMark } from './inventory.ts';
import { clearLatency } from './latency.ts';
import { lowerNetwork } from './network.ts';
import { inventoryFile, stateDirectory, volumes } from './paths.ts';
import { readState } from './state.ts';
import { lowerWatchers } from './watchers.ts';

/**
 * Takes the lab away: hosts, mounts, network, cgroups, state. It asks the machine what is there, so it also clears up
 * after a start that was cut off at any point; where nothing is, it does nothing.
 */
export async function tearDown(): Promise<void> {
  const state = await readState();
  const hosts = join(stateDirectory, 'hosts');
  const names = existsSync(hosts) ? await readdir(hosts) : [];
  await Promise.all(names.map(powerOff));
  for (const mount of (await mountsBelow(stateDirectory)).reverse()) {
    if ((await attempt(['umount', mount])).code !== 0) await run(['umount', '--lazy', mount]);
  }
  await clearLatency();
  await lowerNetwork(state?.forwarding);
  await lowerWatchers(state?.watchers);
  await removeCgroups();
  for (const path of [volumes, stateDirectory]) await rm(path, { recursive: true, force: true });
  if (await wroteInventory()) await rm(inventoryFile);
}

/** Whether the checkout's inventory is one that the lab wrote. */
export async function wroteInventory(): Promise<boolean> {
  return existsSync(inventoryFile) && (await readFile(inventoryFile, 'utf8')).startsWith(inventoryMark);
}

/** The mount points below a path, in the order in which they were mounted. */
async function mountsBelow(path: string): Promise<string[]> {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).trim().split('\n');
  return lines.map((line) => line.split(' ')[4]!).filter((mount) => mount.startsWith(`${path}/`));
}
