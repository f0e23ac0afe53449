/** The project's roles as the files they are. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseYaml } from '../../engine/source/yaml.ts';

export type Mapping = Readonly<Record<string, unknown>>;

export const roleNames = readdirSync('roles').sort();

export function readYaml(path: string): unknown {
  return existsSync(path) ? parseYaml(readFileSync(path, 'utf8'), path).value : undefined;
}

export function readMapping(path: string): Mapping {
  return (readYaml(path) ?? {}) as Mapping;
}

/** A task, and where it is written. */
export interface WrittenTask {
  readonly file: string;
  readonly task: Mapping;
  /** The module's name, and its arguments when they are a mapping; undefined for a block. */
  readonly module: string | undefined;
  readonly args: Mapping;
}

/** Every task, block and handler of a role, those inside blocks included. */
export function tasksOf(role: string): readonly WrittenTask[] {
  return ['tasks', 'handlers'].flatMap((folder) => {
    const path = join('roles', role, folder);
    const files = existsSync(path) ? readdirSync(path).sort() : [];
    return files.flatMap((file) => tasksIn((readYaml(join(path, file)) ?? []) as readonly Mapping[], join(path, file)));
  });
}

export function tasksIn(tasks: readonly Mapping[], file: string): readonly WrittenTask[] {
  return tasks.flatMap((task) => {
    const inner = ['block', 'rescue', 'always'].flatMap((key) => (task[key] ?? []) as readonly Mapping[]);
    const module = Object.keys(task).find((key) => !keywords.has(key));
    const given = module === undefined ? undefined : task[module];
    const args = typeof given === 'object' && given !== null ? (given as Mapping) : {};
    return [{ file, task, module, args }, ...tasksIn(inner, file)];
  });
}

const keywords = new Set(
  [
    'name when loop loop_control register vars until retries delay notify changed_when failed_when check_mode no_log environment',
    'block rescue always tags become become_user delegate_to run_once throttle any_errors_fatal listen args ignore_errors',
    'ignore_unreachable',
  ].flatMap((line) => line.split(' ')),
);
