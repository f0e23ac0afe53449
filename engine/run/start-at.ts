/** `--start-at-task`: a task by its name, with or without its role's, `*` standing for anything and `?` for one character. */
import type { PlannedStatement } from '../plan/plan.ts';

/** The names a statement can be started at by. */
export function namesOf({ name, lexical }: PlannedStatement): readonly string[] {
  if (name === undefined) return [];
  return lexical.role === undefined ? [name] : [name, `${lexical.role.name} : ${name}`];
}

export function matchesName(asked: string, name: string): boolean {
  if (!/[*?]/.test(asked)) return name === asked;
  const pattern = asked
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${pattern}$`).test(name);
}
