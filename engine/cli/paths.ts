/** Where roles and modules live. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { disk } from './disk.ts';
import { packageRoot } from './package.ts';

/** kplay's own modules: beside the bundle, or in the compiled tree. */
function builtInModules(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  return (
    [join(here, 'modules'), join(here, '../modules')].find((folder) => existsSync(folder)) ?? join(here, 'modules')
  );
}

/** Folders with modules, nearest first: roles', beside the playbooks, the project's, `-M`, kplay's own. */
export function moduleFolders(
  playbooks: readonly string[],
  roots: readonly string[],
  given: readonly string[],
  cwd: string,
): readonly string[] {
  const ofRoles = roots.flatMap((root) => (disk.list(root) ?? []).map((role) => join(root, role, 'modules')));
  const beside = playbooks.map((playbook) => join(dirname(resolve(cwd, playbook)), 'modules'));
  const folders = [
    ...ofRoles,
    ...beside,
    join(cwd, 'modules'),
    ...given.map((folder) => resolve(cwd, folder)),
    builtInModules(),
  ];
  return [...new Set(folders)].filter(
    // where there is only a library, its Python modules are named when one is asked for
    (folder) => disk.isDirectory(folder) || disk.isDirectory(join(dirname(folder), 'library')),
  );
}

/** Folders `node_modules` that packages with modules may be in: of the playbooks' folders, of the working folder, and above them. */
export function packageFolders(playbooks: readonly string[], cwd: string): readonly string[] {
  const starts = [...playbooks.map((playbook) => dirname(resolve(cwd, playbook))), resolve(cwd)];
  const above = (folder: string): readonly string[] =>
    dirname(folder) === folder ? [folder] : [folder, ...above(dirname(folder))];
  return [...new Set(starts.flatMap(above))].map((folder) => join(folder, 'node_modules'));
}

/** Folders with roles, nearest first: beside the playbooks, those given, the working folder's, kplay's own. */
export function roleFolders(
  playbooks: readonly string[],
  cwd: string,
  given: readonly string[] = [],
): readonly string[] {
  const beside = playbooks.map((playbook) => join(dirname(resolve(cwd, playbook)), 'roles'));
  return [...new Set([...beside, ...given, join(cwd, 'roles'), join(packageRoot(), 'roles')])].filter((folder) =>
    disk.isDirectory(folder),
  );
}
