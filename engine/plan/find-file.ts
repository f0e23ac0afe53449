/** Where a file named in a playbook is looked for. */
import { isAbsolute, join, resolve } from 'node:path';
import type { Lexical, Surroundings } from './plan.ts';

/**
 * Candidates for a file of tasks, nearest first: beside the file that names it, then the `tasks` folder (`handlers` for a
 * handler) of the role and of those that led to it, then the playbook's folder and the working folder.
 */
export function tasksFileCandidates(name: string, around: Surroundings, cwd: string): readonly string[] {
  if (isAbsolute(name)) return [name];
  const folders = around.handlers ? ['handlers', 'tasks'] : ['tasks'];
  const roots = [...(around.effective.lexical.role?.searchPath ?? []), around.playbookDir];
  const below = roots.flatMap((root) => [...folders.map((folder) => join(root, folder, name)), join(root, name)]);
  return [...new Set([resolve(around.dir, name), ...below, resolve(cwd, name)])];
}

/** Candidates for a template or a file of variables, nearest first: the roles, the playbook's folder, the working folder. */
export function roleFileCandidates(
  folder: string,
  name: string,
  from: { readonly lexical: Lexical; readonly playbookDir: string; readonly cwd: string },
): readonly string[] {
  if (isAbsolute(name)) return [name];
  const roots = [...(from.lexical.role?.searchPath ?? []), from.playbookDir, from.cwd];
  return [...new Set(roots.flatMap((root) => [join(root, folder, name), join(root, name)]))];
}
