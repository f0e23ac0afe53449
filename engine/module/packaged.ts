/** Modules of npm packages: `my-package.module` is a file of the package's `modules/`, or of the folder its package.json names. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { KplayError } from '../errors.ts';

/** The package and the module that a name means: `tools.greet`, `@me/tools.greet`. Undefined for a name without a package. */
export function packageAndModule(name: string): readonly [packaged: string, module: string] | undefined {
  const [, packaged, module] = /^((?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*)\.([a-z_][a-z0-9_]*)$/i.exec(name) ?? [];
  return packaged === undefined || module === undefined ? undefined : [packaged, module];
}

/**
 * The folder of an installed package's modules; `roots` are folders `node_modules`, nearest first.
 * @throws KplayError where the package's package.json cannot be read.
 */
export function modulesOfPackage(packaged: string, roots: readonly string[]): string | undefined {
  const root = roots.map((one) => join(one, packaged)).find((one) => existsSync(join(one, 'package.json')));
  if (root === undefined) return undefined;
  const named = member(member(manifestOf(join(root, 'package.json')), 'kplay'), 'modules');
  return resolve(root, typeof named === 'string' ? named : 'modules');
}

function manifestOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const message = `${file} cannot be read: ${(cause as Error).message}`;
    throw new KplayError([{ message, hint: 'install the package again' }], { cause });
  }
}

/** What a mapping has by this name; undefined for anything that is no mapping. */
function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

/** The file of a packaged module, if its package is installed and has it. */
export function packagedModule(name: string, roots: readonly string[]): string | undefined {
  const [packaged, module] = packageAndModule(name) ?? [];
  if (packaged === undefined) return undefined;
  const folder = modulesOfPackage(packaged, roots);
  // Node reads no TypeScript below node_modules
  return folder && ['js', 'mjs'].map((kind) => join(folder, `${module}.${kind}`)).find((file) => existsSync(file));
}
