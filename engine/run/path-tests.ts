/** Tests about the controller's own files: `path is exists`, `is directory`, … */
import { lstatSync, readFileSync, type Stats, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { isVaulted } from '../source/vault.ts';
import type { TestFunction } from '../template/environment.ts';
import { toText } from '../template/render.ts';

export function pathTests(cwd: string): Readonly<Record<string, TestFunction>> {
  const about =
    (read: (path: string) => Stats, holds: (found: Stats) => boolean): TestFunction =>
    (value) => {
      try {
        return holds(read(resolve(cwd, toText(value))));
      } catch {
        return false; // what is not there is neither file nor folder
      }
    };
  const tests: Readonly<Record<string, TestFunction>> = {
    exists: about(statSync, () => true),
    link_exists: about(lstatSync, () => true),
    file: about(statSync, (found) => found.isFile()),
    directory: about(statSync, (found) => found.isDirectory()),
    link: about(lstatSync, (found) => found.isSymbolicLink()),
    vaulted_file: (value) => {
      try {
        return isVaulted(readFileSync(resolve(cwd, toText(value))));
      } catch {
        return false;
      }
    },
    mount: (value) =>
      about(statSync, (found) => isMount(found, statSync(resolve(cwd, toText(value), '..'))))(
        value,
        [],
        {},
        {} as never,
      ),
    same_file: (value, [other]) =>
      about(statSync, (found) => isSame(found, statSync(resolve(cwd, toText(other)))))(value, [], {}, {} as never),
  };
  const alsoKnown = {
    is_file: 'file',
    is_dir: 'directory',
    is_link: 'link',
    is_mount: 'mount',
    is_same_file: 'same_file',
  };
  return {
    ...tests,
    ...Object.fromEntries(Object.entries(alsoKnown).map(([name, usual]) => [name, tests[usual]!])),
  };
}

/** Another device than its parent's, or the root, which is its own parent. */
function isMount(found: Stats, parent: Stats): boolean {
  return found.dev !== parent.dev || isSame(found, parent);
}

function isSame(one: Stats, other: Stats): boolean {
  return one.dev === other.dev && one.ino === other.ino;
}
