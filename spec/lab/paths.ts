import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What is expensive to make (images, binaries, the lab's key) is kept here. Any file system will do: only plain files. */
export const cache = join(homedir(), '.cache/kplay');

/** Which of the machine's labs this process speaks of: KPLAY_LAB, 0 (as when it is unset) to 9. */
export const labNumber = numberOf(process.env['KPLAY_LAB'] ?? '0');

/** Everything of the running lab: a file or mount below this path belongs to it. */
export const stateDirectory = labNumber === 0 ? '/run/kplay-lab' : `/run/kplay-lab-${labNumber}`;
export const stateFile = join(stateDirectory, 'state.json');
/** A tmpfs: image layers, upper folders and other writable storage of the hosts. */
export const disk = join(stateDirectory, 'disk');

/** On this machine's own disk: what container runtimes keep is large, and must not lie on an overlay. */
export const volumes = stateDirectory.replace('/run', '/var/lib');

export const hostDirectory = (name: string): string => join(stateDirectory, 'hosts', name);

/** The checkout: `npm run` and mocha start in it, wherever the compiled files lie. */
export const checkout = process.cwd();
export const inventoryFile = join(checkout, labNumber === 0 ? 'hosts' : `hosts-${labNumber}`);

/** A short name for the content of a recipe: a changed recipe gets a new cache folder. */
export const recipeHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

function numberOf(text: string): number {
  if (!/^[0-9]$/.test(text)) throw new Error(`KPLAY_LAB is "${text}"; labs are numbered 0 to 9`);
  return Number(text);
}
