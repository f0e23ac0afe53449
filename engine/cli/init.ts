/** `kplay init role|module|project NAME`: small starts that run as they stand. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { exitCodes, KplayError } from '../errors.ts';
import type { StartKind } from './start-kinds.ts';
import { moduleStart } from './starts/module.ts';
import { projectStart } from './starts/project.ts';
import { roleStart } from './starts/role.ts';

const starts = {
  role: { files: roleStart, names: /^[a-z][a-z0-9_-]*$/, are: 'small letters, digits, _ and -' },
  module: { files: moduleStart, names: /^[a-z][a-z0-9_]*$/, are: 'small letters, digits and _' },
  project: { files: projectStart, names: /^[a-z0-9][a-z0-9._-]*$/, are: 'small letters, digits, ".", _ and -' },
} as const satisfies Readonly<Record<StartKind, unknown>>;

/** Writes the files below the working folder, and names them. Throws KplayError, and writes nothing, when one is there. */
export function init(kind: StartKind, name: string): number {
  const { files, names, are } = starts[kind];
  if (!names.test(name))
    throw new KplayError([{ message: `"${name}" cannot be the name of a ${kind}`, hint: `${are}, a letter first` }], {
      exitCode: exitCodes.usage,
    });
  const written = Object.entries(files(name));
  const there = written.filter(([path]) => existsSync(path));
  if (there.length > 0)
    throw new KplayError(
      there.map(([path]) => ({
        message: `${path} is there already`,
        hint: 'nothing was written: choose another name',
      })),
    );
  for (const [path, text] of written) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: 'wx' });
    process.stdout.write(`${path}\n`);
  }
  return exitCodes.ok;
}
