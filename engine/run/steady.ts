/** What a task may look at before its turn: nothing that the tasks before it, on whichever host, may still change. */
import { basename } from 'node:path';
import type { Controller } from '../module/definition.ts';
import { NotAhead } from './bound-target.ts';
import type { PlayRun } from './context.ts';
import type { Prepared } from './prepare.ts';

/** Whoever asks for this waits for its turn. */
export const no = (): never => {
  throw new NotAhead('not before its turn');
};

/** The play for those who may not see what can still change: who is left of its hosts, and the controller's files. */
export function steadyOnly(ahead: PlayRun): PlayRun {
  const none = <T extends object>(functions: T): T =>
    Object.fromEntries(Object.keys(functions).map((name) => [name, no])) as T;
  const { run } = ahead;
  const steady = { ...ahead, run: { ...run, lookups: { ...none(run.lookups), varnames: no }, tests: none(run.tests) } };
  return Object.defineProperties(steady, { batch: { get: no }, allHosts: { get: no } });
}

/** The controller's files, but those that the train may be writing (a container can share them), and no folders. */
export function steadyController(controller: Controller, names: ReadonlySet<string>): Controller {
  const unlessWritten = (path: string) => (names.has(basename(path)) ? no() : path);
  return {
    ...controller,
    find: (folder, name) => controller.find(folder, unlessWritten(name)),
    file: async (path, options) => controller.file(unlessWritten(path), options),
    render: async (path, options) => controller.render(unlessWritten(path), options),
    isDirectory: async (path) => (await controller.isDirectory(path)) && no(),
    list: no,
    tree: no,
    local: no,
    variables: no,
  };
}

/** Templates that bring others wait for their turn: those are files of the controller as well. */
export const withoutIncludes = (prepared: Prepared): Prepared => ({
  ...prepared,
  environment: { ...prepared.environment, load: no },
});
