/** Where a file named in a playbook is looked for. */
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Location } from '../errors.ts';
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
  /** The task's own place: files may lie beside it. */
  readonly at?: Location;
}

/**
 * Candidates for a template, a file of variables or any other that a task brings along, nearest first: the roles, beside the task,
 * the playbook's folder, the working folder.
 */
export function roleFileCandidates(folder: string, name: string, from: FileSeeker): readonly string[] {
  if (isAbsolute(name)) return [name];
  const beside = from.at ? [dirname(from.at.file)] : [];
  const roots = [...(from.lexical.role?.searchPath ?? []), ...beside, from.playbookDir, from.cwd];
  const found = roots.flatMap((root) => [join(root, folder, name), join(root, name)]);
  return [...new Set(found.map((path) => resolve(from.cwd, path)))];
}
