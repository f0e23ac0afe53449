import { remembered } from '../source/remembered.ts';
import { ModuleFailure } from '../target/failure.ts';
import { isTest } from '../target/queries/test.ts';
import type { Target } from '../target/target.ts';
import { Withheld } from '../template/errors.ts';

/** A target for one task: the `environment` keyword reaches what it runs, `timeout` bounds it. */
export function boundTarget(
  target: Target,
  variables: Readonly<Record<string, string>>,
  timeoutMs: number | undefined,
): Target {
  const names = Object.keys(variables);
  if (names.length === 0 && timeoutMs === undefined) return target;
  const bound = <T extends { readonly environment?: Readonly<Record<string, string>> | undefined }>(command: T): T => ({
    ...command,
    environment: { ...variables, ...command.environment },
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  const exports = names.map((name) => `export ${name}='${variables[name]!.replaceAll("'", "'\\''")}'\n`).join('');
  const inTime = async <T extends { readonly timedOut: boolean }>(running: Promise<T>): Promise<T> => {
    const completed = await running;
    if (completed.timedOut)
      throw new ModuleFailure(`the task took longer than its timeout of ${(timeoutMs ?? 0) / 1000} s`);
    return completed;
  };
  return {
    ...target,
    // what is asked for one task alone can be asked in its environment
    query: (kind, key) =>
      target.query(kind.volatile ? { ...kind, script: (keys) => exports + kind.script(keys) } : kind, key),
    run: (command) => inTime(target.run(bound(command))),
    observe: (command) => inTime(target.observe(bound(command))),
    mutate: (mutation) =>
      target.mutate({
        ...mutation,
        script: exports + mutation.script,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      }),
  };
}

/** Thrown where reading ahead would have to do more than read. */
export class NotAhead extends Withheld {}

/** A target that only answers what is remembered or can be read; everything else ends the reading ahead. */
export const readOnlyTarget = remembered((target: Target): Target => {
  const no = (): never => {
    throw new NotAhead('only reading is done ahead');
  };
  return {
    ...target,
    query: (kind, key) => (kind.volatile ? no() : target.query(kind, key)),
    writeFile: no,
    makeDirectory: no,
    setAttributes: no,
    makeLink: no,
    remove: no,
    mutate: no,
    run: (command) => (isTest(command) ? target.run(command) : no()),
    observe: no,
    download: no,
  };
});
