/** A tree of the controller with all that can be brought along of it: permissions, owners, times, links. */

import { lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ControllerFile } from '../module/definition.ts';
import { ModuleFailure } from '../target/failure.ts';
import { octalMode } from '../target/octal-mode.ts';

/** @throws ModuleFailure for what is not there, cannot be read, or leads back into itself. */
export async function localTree(root: string, follow: boolean): Promise<readonly ControllerFile[]> {
  const [users, groups] = [namesIn('/etc/passwd'), namesIn('/etc/group')];
  const found: ControllerFile[] = [];

  function walk(path: string, above: readonly string[]): void {
    const whole = path === '' ? root : join(root, path);
    const stats = follow ? statSync(whole) : lstatSync(whole);
    found.push({
      path,
      type: typeOf(stats),
      mode: octalMode(stats.mode),
      uid: stats.uid,
      gid: stats.gid,
      owner: users.get(stats.uid) ?? String(stats.uid),
      group: groups.get(stats.gid) ?? String(stats.gid),
      size: stats.size,
      mtime: Math.floor(stats.mtimeMs / 1000),
      ...(stats.isSymbolicLink() && { linkTarget: readlinkSync(whole) }),
    });
    if (!stats.isDirectory()) return;
    const real = realpathSync(whole);
    if (above.includes(real)) throw new ModuleFailure(`${whole} leads back to ${real}, which it lies in`);
    for (const name of readdirSync(whole).sort()) walk(join(path, name), follow ? [...above, real] : []);
  }

  try {
    walk('', []);
  } catch (error) {
    if (error instanceof ModuleFailure) throw error;
    throw new ModuleFailure(`${root} cannot be read on the controller: ${(error as Error).message}`);
  }
  return found;
}

function typeOf(stats: Stats): ControllerFile['type'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  return stats.isSymbolicLink() ? 'link' : 'other';
}

/** The names of passwd(5) or group(5) by number, the first of each. */
function namesIn(path: string): ReadonlyMap<number, string> {
  try {
    const lines = readFileSync(path, 'utf8').split('\n').reverse();
    return new Map(lines.map((line) => line.split(':')).map(([name = '', , id]) => [Number(id), name]));
  } catch {
    return new Map(); // a controller without such a file: numbers do
  }
}
