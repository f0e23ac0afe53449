/** `kplay schema`: what an editor's YAML server completes and checks playbooks by. */
import { exitCodes } from '../errors.ts';
import { moduleCatalog } from '../module/load.ts';
import { editorSchema } from '../plan/editor-schema.ts';
import type { CliOptions } from './options.ts';
import { moduleFolders, packageFolders, roleFolders } from './paths.ts';

/** Prints the JSON Schema; the project's own modules are in it. */
export async function printSchema(options: CliOptions): Promise<number> {
  const cwd = process.cwd();
  const modules = moduleCatalog(
    moduleFolders([], roleFolders([], cwd, options.rolesPath), options.modulePath, cwd),
    packageFolders([], cwd),
  );
  await modules.load(modules.names());
  const all = Object.fromEntries(modules.names().map((name) => [name, modules.get(name)]));
  process.stdout.write(`${JSON.stringify(editorSchema(all), undefined, 1)}\n`);
  return exitCodes.ok;
}
