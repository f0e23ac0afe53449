import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs';
import type { Files } from '../source/files.ts';

/** The real disk, for the rooms that only know {@link Files}. */
export const disk: Files = {
  read: (path) => attempt(() => readFileSync(path, 'utf8')),
  list: (dir) => attempt(() => readdirSync(dir)),
  isDirectory: (path) => attempt(() => statSync(path).isDirectory()) ?? false,
  isExecutable: (path) =>
    attempt(() => {
      accessSync(path, constants.X_OK);
      return statSync(path).isFile();
    }) ?? false,
};

/** Not being there is an answer; anything else that goes wrong is an error. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'EACCES') return undefined;
    throw error;
  }
}
