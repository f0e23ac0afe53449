/**
 * How many watches of files (inotify) root may open. To the kernel all hosts are one root: systemd, its users' sessions, kubelet and
 * containerd take more than ten a host, and the usual 128 are gone with two clusters. A kubelet that gets none ends, again and again.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { hasOtherLab } from './network.ts';

const file = '/proc/sys/fs/inotify/max_user_instances';
const enough = 8192;

/** What it is now, so that {@link lowerWatchers} can put it back. */
export const readWatchers = async (): Promise<string> => (await readFile(file, 'utf8')).trim();

export async function raiseWatchers(): Promise<void> {
  if (Number(await readWatchers()) < enough) await writeFile(file, String(enough));
}

export async function lowerWatchers(before: string | undefined): Promise<void> {
  if (before !== undefined && Number(before) < enough && !(await hasOtherLab())) await writeFile(file, before);
}
