import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { stateDirectory, stateFile } from './paths.ts';
import type { Topology } from './topology.ts';

/** What a later process must know of the lab that an earlier one started. */
export interface LabState {
  readonly topology: Topology;
  readonly startedAt: string;
  /** False until every host answers: a lab that is being started, or whose start was cut off. */
  readonly up: boolean;
  /** The process that starts the lab. */
  readonly starter: number;
  /** `net.ipv4.ip_forward` of this machine before the lab. */
  readonly forwarding: string;
  /** `fs.inotify.max_user_instances` before the lab. */
  readonly watchers: string;
  readonly kubernetes?: string | undefined;
  readonly images?: string | undefined;
}

/**
 * Takes this lab's place on the machine.
 * @throws Error saying which lab has it, and what to do.
 */
export async function claim(state: LabState): Promise<void> {
  try {
    await mkdir(stateDirectory, { mode: 0o755 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new Error(await describeClaim());
  }
  await writeState(state);
}

async function describeClaim(): Promise<string> {
  const other = await readState();
  const advice = '`npm run lab -- down` ends it';
  if (!other) return `a lab left ${stateDirectory} behind: ${advice}`;
  const hosts = other.topology.hosts.map(({ name }) => name).join(' ');
  if (other.up) return `a lab is already up (${hosts}; since ${other.startedAt}): ${advice}`;
  if (existsSync(`/proc/${other.starter}`)) return `process ${other.starter} is starting a lab (${hosts}): wait for it`;
  return `the start of a lab (${hosts}) was cut off: ${advice}`;
}

export async function writeState(state: LabState): Promise<void> {
  await writeFile(`${stateFile}.new`, `${JSON.stringify(state, null, 2)}\n`);
  await rename(`${stateFile}.new`, stateFile);
}

export async function readState(): Promise<LabState | undefined> {
  if (!existsSync(stateFile)) return undefined;
  return JSON.parse(await readFile(stateFile, 'utf8')) as LabState;
}
