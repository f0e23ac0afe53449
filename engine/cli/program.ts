/** Opens kplay's bundle, one script, together with what V8 made of it in earlier runs. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import { importFile } from '../module/import-file.ts';
import { keepCode, keptCodeFile, readCode } from './kept-code.ts';

/** The parts of the bundle; each is made ready when it is first asked for. */
export interface Program {
  /** Does what the command line says. */
  readonly main: () => unknown;
  /** The public API. */
  readonly index: () => Readonly<Record<string, unknown>>;
  readonly testing: () => Readonly<Record<string, unknown>>;
  /** kplay's own modules, by name. */
  readonly modules: Readonly<Record<string, () => unknown>>;
}

let opened: Program | undefined;

/**
 * The bundle beside this file. The command itself gives its `id`, which names the bundle's contents: then the process is tuned for
 * a run, and what V8 makes of the script is kept in the user's cache folder. Programs that only import from kplay are left as they are.
 */
export function program(id?: string): Program {
  opened ??= open(fileURLToPath(new URL('./program.cjs', import.meta.url)), id);
  return opened;
}

function open(file: string, id: string | undefined): Program {
  // before the script: V8 takes what it made only under the flags that it made it with
  if (id !== undefined) tuneEngine();
  const store = id === undefined ? undefined : keptCodeFile(id, file);
  const kept = store === undefined ? undefined : readCode(store);
  const script = new Script(readFileSync(file, 'latin1'), {
    filename: file,
    ...(kept !== undefined && { cachedData: kept.data }),
  });
  if (store !== undefined) {
    const before = script.cachedDataRejected === false ? kept!.size : 0;
    process.once('exit', () => keepCode(store, script, before));
  }
  const module: { exports: unknown } = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file), importFile);
  return module.exports as Program;
}

/**
 * V8 is told what kind of program this is. It optimizes on other cores whatever has run for some milliseconds: in runs as short as
 * these that was a third of all processor time, and hardly made anything faster; what is still hot after nine times as long is
 * optimized as before. And it lets the heap double before it looks for what can go: little of a run is kept, so half as much will do.
 */
function tuneEngine(): void {
  setFlagsFromString('--interrupt-budget=600000');
  setFlagsFromString('--heap-growing-percent=50');
}
