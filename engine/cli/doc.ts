import { exitCodes, KplayError } from '../errors.ts';
import { documentation } from '../module/documentation.ts';
import { moduleCatalog } from '../module/load.ts';
import type { CliOptions } from './options.ts';
import { moduleFolders, roleFolders } from './paths.ts';

/** `kplay doc [module…]`: the text is made from the very literal the arguments are checked by. */
export async function printDocumentation(names: readonly string[], options: CliOptions): Promise<number> {
  const cwd = process.cwd();
  const modules = moduleCatalog(moduleFolders([], roleFolders([], cwd), options.modulePath, cwd));
  const unknown = names.filter((name) => !modules.has(name));
  if (unknown.length > 0) throw new KplayError(unknown.map((name) => ({ message: modules.explain(name) })));
  const wanted = names.length > 0 ? names : modules.names();
  await modules.load(wanted);
  const texts =
    names.length > 0
      ? wanted.map((name) => documentation(name, modules.get(name)))
      : wanted.map((name) => `${name.padEnd(24)} ${modules.get(name).summary}\n`);
  process.stdout.write(texts.join(names.length > 0 ? '\n' : ''));
  return exitCodes.ok;
}
