/** The controller as one task's module sees it: search paths, files, templates and expressions. */

import { existsSync, realpathSync } from 'node:fs';
import { isPlain } from '../module/convert.ts';
import type { Controller } from '../module/definition.ts';
import { type FileSeeker, roleFileCandidates } from '../plan/find-file.ts';
import type { PlannedTask } from '../plan/plan.ts';
import { parseYaml } from '../source/yaml.ts';
import type { Content } from '../target/content.ts';
import { fileEffects } from '../target/effects.ts';
import { ModuleFailure, UnknownState } from '../target/failure.ts';
import { checksumKind, contentKind, normalPath } from '../target/files.ts';
import { type PredictedWorld, type Prediction, predictionOf } from '../target/prediction.ts';
import type { Environment } from '../template/environment.ts';
import { evaluateExpression, renderText } from '../template/render.ts';
import { unsafely } from '../template/unsafely.ts';
import { type Scope, Unknown } from '../template/values.ts';
import type { HostState, PlayRun } from './context.ts';
import type { GrowingInventory } from './growing.ts';
import type { Jobs } from './jobs.ts';
import { type LocalFiles, listBelow, saveFile, seen } from './local-files.ts';
import { localTree } from './local-tree.ts';
import { besideTemplate } from './lookups.ts';
import type { Machine } from './machines.ts';
import type { Prepared } from './prepare.ts';
import type { Secrets } from './secrets.ts';

export interface ControllerOptions extends FileSeeker {
  readonly host: string;
  readonly delegatedTo: string | undefined;
  readonly environment: Environment;
  readonly files: LocalFiles;
  readonly secrets: Secrets;
  readonly world: PredictedWorld;
  readonly simulated: boolean;
  readonly verbosity: number;
  readonly inventory: GrowingInventory;
  readonly jobs: Jobs;
  /** The machine that the controller itself is. */
  readonly machine: () => Machine;
}

/** The controller for a task that has been prepared. */
export function controllerFor(play: PlayRun, host: HostState, task: PlannedTask, prepared: Prepared): Controller {
  const { run, variables } = play;
  return taskController({
    host: host.name,
    delegatedTo: prepared.delegated ? prepared.runsOn : undefined,
    lexical: task.lexical,
    playbookDir: variables.play.playbookDir,
    cwd: run.options.cwd,
    environment: prepared.environment,
    files: run.files,
    secrets: run.secrets,
    world: run.world,
    simulated: prepared.simulated,
    verbosity: run.options.verbosity,
    inventory: run.inventory,
    jobs: run.jobs,
    machine: run.controller,
  });
}

export function taskController(options: ControllerOptions): Controller {
  const { environment, files } = options;
  const here: Prediction | undefined = options.simulated ? predictionOf(options.world, 'localhost') : undefined;

  async function file(path: string, { decrypt = true } = {}): Promise<Content> {
    const answer = here?.answers.get(`${contentKind.name} ${contentKind.id(path)}`);
    if (answer instanceof Unknown || Buffer.isBuffer(answer)) return answer;
    const found = await files.file(path, { decrypt });
    if (!found) throw new ModuleFailure(`${path} is not a file on the controller`);
    return found;
  }

  return {
    host: options.host,
    delegatedTo: options.delegatedTo,
    verbosity: options.verbosity,
    find(folder, name) {
      const candidates = roleFileCandidates(folder, name, options);
      const exists = (path: string) => here?.answers.has(`stat P${normalPath(path)}`) || existsSync(path);
      const found = candidates.find(exists);
      if (found) return found;
      throw new ModuleFailure(`could not find "${name}" on the controller. Searched in: ${candidates.join(', ')}`);
    },
    file,
    isDirectory: async (path) => seen(path)?.isDirectory() ?? false,
    realPath,
    list: async (directory) => listBelow(directory),
    async tree(path, { follow = false } = {}) {
      const root = normalPath(path);
      const changed = [...(here?.answers.keys() ?? []), ...(here?.removed ?? [])].find((id) =>
        `${id.slice(id.indexOf('/'))}/`.startsWith(root === '/' ? root : `${root}/`),
      );
      if (changed !== undefined) throw new UnknownState(`${root} is changed by the run before`);
      return localTree(path, follow);
    },
    async render(path, render) {
      const source = withoutLines(files.text(path), render.skipLines ?? 0);
      const scope = render.variables ? layered(render.variables, environment.scope) : environment.scope;
      const within = besideTemplate({ ...environment, scope }, path);
      const text = renderText(source, within, { file: path, ...renderOptions(render) });
      return text instanceof Unknown ? text : Buffer.from(text, 'utf8');
    },
    evaluate: (expression) => evaluateExpression(expression, environment),
    async variables(path) {
      const document = parseYaml(files.text(path), path);
      const { value } = document;
      if (value === null) return {};
      if (!isPlain(value)) throw new ModuleFailure(`${path} must hold a mapping of variables`);
      return value;
    },
    async save(path, chunks) {
      if (!here) return saveFile(path, chunks);
      for (const effect of fileEffects(path, { content: new Unknown(`${path} is fetched by the run`) }))
        here.answers.set(`${effect.kind.name} ${effect.id}`, effect.value);
    },
    async matches(path, sha256) {
      const answer = here?.answers.get(`${checksumKind.name} ${checksumKind.id(path)}`);
      if (typeof answer === 'string') return answer === sha256;
      const found = await files.file(path);
      return found !== undefined && (await found.sha256()) === sha256;
    },
    local() {
      const machine = options.machine();
      machine.forget({ domains: undefined }); // others work there as well, and tell nobody
      return machine.target(undefined, options.simulated ? 'simulated' : 'live');
    },
    grow: (addition) =>
      options.inventory.grow({
        ...addition,
        vars: Object.fromEntries(Object.entries(addition.vars).map(([name, value]) => [name, unsafely(value)])),
      }),
    secret: (value) => options.secrets.add(value),
    job: (id) => options.jobs.started.get(id),
  };
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

function renderOptions(render: Parameters<Controller['render']>[1]) {
  return {
    ...(render.trimBlocks === undefined ? {} : { trimBlocks: render.trimBlocks }),
    ...(render.lstripBlocks === undefined ? {} : { lstripBlocks: render.lstripBlocks }),
    ...(render.newline === undefined ? {} : { newline: render.newline }),
    ...(render.delimiters === undefined ? {} : { delimiters: render.delimiters }),
  };
}

function layered(extra: Readonly<Record<string, unknown>>, below: Scope): Scope {
  return {
    get: (name) => (Object.hasOwn(extra, name) ? extra[name] : below.get(name)),
    *names() {
      yield* Object.keys(extra);
      yield* below.names();
    },
  };
}

/** The text without its first lines. */
function withoutLines(text: string, count: number): string {
  let from = 0;
  for (let line = 0; line < count; line += 1) from = text.indexOf('\n', from) + 1 || text.length;
  return text.slice(from);
}
