/** `kplay doc [MODULE|ROLE…]`: the text is made from the very literals and specs that arguments are checked by. */
import { basename, join, resolve } from 'node:path';
import { exitCodes, KplayError } from '../errors.ts';
import { documentation } from '../module/documentation.ts';
import { moduleCatalog } from '../module/load.ts';
import { roleDocumentation } from '../module/role-documentation.ts';
import { didYouMean } from '../source/suggest.ts';
import { parseYaml } from '../source/yaml.ts';
import { disk } from './disk.ts';
import type { CliOptions } from './options.ts';
import { moduleFolders, packageFolders, roleFolders } from './paths.ts';

/** A name that is both a module's and a role's is told of twice. Throws KplayError with every name that is neither. */
export async function printDocumentation(names: readonly string[], options: CliOptions): Promise<number> {
  const cwd = process.cwd();
  const roots = roleFolders([], cwd, options.rolesPath);
  const modules = moduleCatalog(moduleFolders([], roots, options.modulePath, cwd), packageFolders([], cwd));
  const roles = roots.flatMap((root) => disk.list(root) ?? []);
  const roleOf = (name: string) =>
    [...(/^[./]/.test(name) ? [resolve(cwd, name)] : roots.map((root) => join(root, name)))].find(disk.isDirectory);
  const unknown = names.filter((name) => !modules.has(name) && roleOf(name) === undefined);
  if (unknown.length > 0) {
    const explain = (name: string) => `${modules.explain(name)}${roleMeant(name, roles, modules.names())}`;
    throw new KplayError(unknown.map((name) => ({ message: explain(name) })));
  }
  const wanted = names.length > 0 ? names.filter((name) => modules.has(name)) : modules.names();
  await modules.load(wanted);
  if (names.length === 0) {
    for (const name of wanted) process.stdout.write(`${name.padEnd(24)} ${modules.get(name).summary}\n`);
    return exitCodes.ok;
  }
  const texts = names.flatMap((name) => {
    const role = roleOf(name);
    return [
      ...(modules.has(name) ? [documentation(name, modules.get(name))] : []),
      ...(role === undefined ? [] : [roleDocumentation(basename(role), filesOf(role))]),
    ];
  });
  process.stdout.write(texts.join('\n'));
  return exitCodes.ok;
}

function roleMeant(name: string, roles: readonly string[], modules: readonly string[]): string {
  return didYouMean(name, modules) === '' ? ` Nor is there such a role.${didYouMean(name, roles)}` : '';
}

function filesOf(role: string) {
  const read = (folder: string, name: string) => {
    const path = ['.yml', '.yaml'].map((end) => join(role, folder, name + end)).find((file) => disk.read(file));
    return path === undefined ? undefined : parseYaml(disk.read(path)!, path).value;
  };
  const meta = read('meta', 'main');
  return { meta, specifications: read('meta', 'argument_specs') ?? meta, defaults: read('defaults', 'main') };
}
