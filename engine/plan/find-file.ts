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

/** Where a task stands that names a file. */
export interface FileSeeker {
  readonly lexical: Lexical;
  readonly playbookDir: string;
  readonly cwd: string;
}

/** Where a task's files are searched, nearest first: the role and those that led to it, beside the task, the playbook's folder. */
export function searchPath({ role, dir }: Lexical, playbookDir: string): readonly string[] {
  return [...new Set([...(role?.searchPath ?? []), ...(dir === undefined ? [] : [dir]), playbookDir])];
}

/** Candidates for a template, a file of variables or any other that a task brings along, nearest first. */
export function roleFileCandidates(folder: string, name: string, from: FileSeeker): readonly string[] {
  return fileCandidates(folder, name, searchPath(from.lexical, from.playbookDir), from.cwd);
}

/** The same along a search path: below each root in the folder of its kind, then as it is; the working folder comes last. */
export function fileCandidates(folder: string, name: string, roots: readonly string[], cwd: string): readonly string[] {
  if (isAbsolute(name)) return [name];
  const found = [...roots, cwd].flatMap((root) => [join(root, folder, name), join(root, name)]);
  return [...new Set(found.map((path) => resolve(cwd, path)))];
}
