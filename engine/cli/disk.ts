import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs';
import type { Files } from '../source/files.ts';
import { openedText } from '../source/opened-text.ts';
import type { Vault } from '../source/vault.ts';

/** The real disk, for the rooms that only know {@link Files}. */
export const disk: Files = {
  read: (path) => attempt(() => readFileSync(path, 'utf8')),
  list: (dir) => attempt(() => readdirSync(dir)),
  isDirectory: (path) => attempt(() => statSync(path, { throwIfNoEntry: false })?.isDirectory()) ?? false,
  isExecutable: (path) =>
    attempt(() => {
      accessSync(path, constants.X_OK);
      return statSync(path).isFile();
    }) ?? false,
  answer(program, words) {
    const said = spawnSync(program, words, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: Number.POSITIVE_INFINITY,
    });
    const { status, signal, error } = said;
    const stderr = error?.message ?? (signal ? `ended by ${signal}` : said.stderr);
    return { code: status ?? undefined, stdout: said.stdout ?? '', stderr };
  },
};

/** The same files, opened where they are encrypted; `onSecret` is told of every text in vaulted variables. */
export const opened = (files: Files, vault: Vault, onSecret?: (value: string) => void): Files => ({
  ...files,
  read(path) {
    const text = files.read(path);
    return text === undefined ? undefined : openedText(text, path, vault, onSecret);
  },
});

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
