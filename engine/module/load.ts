/** Where modules come from: one file each, named as the playbook names the module; nearer folders hide farther ones. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { KplayError, type Problem } from '../errors.ts';
import { didYouMean } from '../source/suggest.ts';
import { type AnyModule, isModule } from './definition.ts';
import { importFile } from './import-file.ts';
import { modulesOfPackage, packageAndModule, packagedModule } from './packaged.ts';

/** The modules that can be named. Nothing is loaded until asked for; what is asked for is loaded once. */
export interface ModuleCatalog {
  has(name: string): boolean;
  names(): readonly string[];
  /** The file a module is read from. */
  file(name: string): string | undefined;
  /** What to tell someone who named a module that is not there. */
  explain(name: string): string;
  /** Loads modules and whatever is wrong with their files; throws {@link KplayError} with every problem. */
  load(names: Iterable<string>): Promise<void>;
  /** A loaded module. Throws when it was not loaded. */
  get(name: string): AnyModule;
}

const source = /^([a-z_][a-z0-9_]*)\.(js|mjs|ts)$/i;
const collections =
  /^(ansible\.(builtin|legacy|posix|utils)|community\.(general|crypto|docker)|kubernetes\.core|kplay)\./;

/**
 * The modules of some folders, nearest first; kplay's own folder comes last. Folders that do not exist are empty ones.
 * `packages` are folders `node_modules`, nearest first: `my-package.module` is looked for there.
 * @throws KplayError when one folder holds two files for the same name.
 */
export function moduleCatalog(folders: readonly string[], packages: readonly string[] = []): ModuleCatalog {
  const files = new Map<string, string>();
  const problems: Problem[] = [];
  for (const folder of folders) {
    const here = new Map<string, string>();
    for (const entry of entries(folder)) {
      const name = entry.endsWith('.d.ts') ? undefined : source.exec(entry)?.[1];
      if (name === undefined) continue;
      const twin = here.get(name);
      if (twin)
        problems.push({
          message: `two files are the module "${name}": ${twin} and ${join(folder, entry)}`,
          hint: 'keep one',
        });
      here.set(name, join(folder, entry));
    }
    for (const [name, file] of here) if (!files.has(name)) files.set(name, file);
  }
  if (problems.length > 0) throw new KplayError(problems);

  const loaded = new Map<string, AnyModule>();
  const plain = (name: string) => (files.has(name) ? name : name.replace(collections, ''));
  /** A module of a package is looked for when it is first named. */
  function find(name: string): string | undefined {
    const here = files.get(plain(name));
    if (here !== undefined) return here;
    const packaged = packagedModule(name, packages);
    if (packaged !== undefined) files.set(name, packaged);
    return packaged;
  }
  return {
    has: (name) => find(name) !== undefined,
    names: () => [...files.keys()].sort(),
    file: find,
    explain: (name) => explainPackage(name, packages) ?? explain(plain(name), folders, files.keys()),
    async load(names) {
      const named = [...names].filter((name) => find(name) !== undefined).map(plain);
      const wanted = [...new Set(named)].filter((name) => !loaded.has(name));
      const outcomes = await Promise.allSettled(wanted.map((name) => importModule(name, files.get(name)!)));
      const found = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? problemsOf(outcome.reason) : []));
      if (found.length > 0) throw new KplayError(found);
      for (const [index, outcome] of outcomes.entries()) {
        if (outcome.status === 'fulfilled') loaded.set(wanted[index]!, outcome.value);
      }
    },
    get(name) {
      const module = loaded.get(plain(name));
      if (!module) throw new Error(`the module "${name}" was not loaded`);
      return module;
    },
  };
}

function entries(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** For a name that means a package: what is missing, the package or only the module. */
function explainPackage(name: string, packages: readonly string[]): string | undefined {
  const [packaged, module] = packageAndModule(name) ?? [];
  if (packaged === undefined) return undefined;
  const folder = modulesOfPackage(packaged, packages);
  if (folder !== undefined)
    return `the package ${packaged} has no module "${module}": there is no ${join(folder, `${module}.mjs`)}`;
  if (collections.test(name)) return undefined;
  return `no module is named "${name}": neither is there a collection "${packaged}" here, nor is a package of this name installed (npm install ${packaged})`;
}

function explain(name: string, folders: readonly string[], known: Iterable<string>): string {
  const library = folders.flatMap((folder) => [folder, join(dirname(folder), 'library')]);
  const python = [...new Set(library)].map((folder) => join(folder, `${name}.py`)).find((path) => existsSync(path));
  if (python === undefined) return `no module is named "${name}".${didYouMean(name, known)}`;
  return `${python} is a module for Ansible, written in Python, which kplay does not run: write it as modules/${name}.mjs beside library/ (README, "Write a module")`;
}

async function importModule(name: string, file: string): Promise<AnyModule> {
  const wrong = (message: string, hint: string, cause?: unknown) =>
    new KplayError([{ message, hint }], { ...(cause !== undefined && { cause }) });
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = await importFile(pathToFileURL(file).href);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ERR_UNKNOWN_FILE_EXTENSION' || (file.endsWith('.ts') && cause instanceof SyntaxError)) {
      const message = `${file} is TypeScript, which this version of Node does not read`;
      throw wrong(message, `use Node 22.18 or later, or compile it to ${basename(file, '.ts')}.js`, cause);
    }
    throw wrong(`the module "${name}" cannot be loaded: ${(cause as Error).message}`, file, cause);
  }
  const module = exported['default'];
  if (isModule(module)) return module;
  throw wrong(`${file} is not a module`, 'its default export must come from defineModule or defineAction');
}

function problemsOf(reason: unknown): readonly Problem[] {
  return reason instanceof KplayError ? reason.problems : [{ message: String(reason) }];
}
