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
  return {
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
      about(statSync, (found) => found.dev !== statSync(resolve(cwd, toText(value), '..')).dev)(
        value,
        [],
        {},
        {} as never,
      ),
    same_file: (value, [other]) =>
      about(statSync, (found) => same(found, resolve(cwd, toText(other))))(value, [], {}, {} as never),
  };
}

function same(found: Stats, other: string): boolean {
  const there = statSync(other);
  return there.dev === found.dev && there.ino === found.ino;
}
