/** Plans of files held in memory, with a handful of small modules. */
import { formatProblem } from '../../engine/errors.ts';
import { loadInventory } from '../../engine/inventory/load.ts';
import { type AnyModule, defineAction } from '../../engine/module/definition.ts';
import type { PlanModules } from '../../engine/plan/modules.ts';
import type { PlannedPlay, PlannedStatement, PlannedTask } from '../../engine/plan/plan.ts';
import { type Planned, type PlanOptions, planPlaybooks } from '../../engine/plan/plan-playbooks.ts';
import { walkPlay } from '../../engine/plan/walk.ts';
import { filesInMemory } from '../../engine/source/files.ts';

const run = async () => ({});
const any = { type: 'raw' } as const;

const modules: Readonly<Record<string, AnyModule>> = {
  debug: defineAction({ summary: '', action: 'controller', args: { msg: any, var: {} }, expressions: ['var'], run }),
  assert: defineAction({
    summary: '',
    action: 'controller',
    args: { that: { type: 'list' }, msg: {} },
    expressions: ['that'],
    run,
  }),
  set_fact: defineAction({
    summary: '',
    action: 'controller',
    args: { cacheable: { type: 'bool' } },
    otherArgs: any,
    run,
  }),
  include_vars: defineAction({
    summary: '',
    action: 'controller',
    args: { file: {}, dir: {}, name: {} },
    freeForm: 'file',
    run,
  }),
  add_host: defineAction({ summary: '', action: 'controller', args: {}, otherArgs: any, run }),
  command: defineAction({ summary: '', action: 'changes', args: { cmd: {}, creates: {} }, freeForm: 'cmd', run }),
  copy: defineAction({
    summary: '',
    action: 'changes',
    args: { src: {}, dest: { required: true }, mode: { type: 'mode' }, backup: { type: 'bool' } },
    run,
  }),
  template: defineAction({
    summary: '',
    action: 'changes',
    args: { src: { required: true }, dest: { required: true } },
    run,
  }),
  service: defineAction({
    summary: '',
    action: 'changes',
    args: { name: { required: true }, state: { choices: ['started', 'stopped'] } },
    run,
  }),
  service_facts: defineAction({ summary: '', action: 'reads', args: {}, returns: { ansible_facts: 'services' }, run }),
};

const catalog: PlanModules = {
  has: (name) => Object.hasOwn(modules, name),
  names: () => Object.keys(modules),
  load: async () => {},
  get: (name) => modules[name]!,
};

interface Given extends Partial<PlanOptions> {
  /** An INI inventory; without one nothing is known about variables. */
  readonly hosts?: string;
  readonly playbook?: string;
}

/** Plans `/p/site.yml` among the given files, whose paths are relative to `/p`. */
export function planOf(texts: Readonly<Record<string, string>>, given: Given = {}): Promise<Planned> {
  const { hosts, playbook = 'site.yml', ...options } = given;
  const all = { ...texts, ...(hosts !== undefined && { 'inventory/hosts': hosts }) };
  const files = filesInMemory(
    Object.fromEntries(Object.entries(all).map(([path, text]) => [path.startsWith('/') ? path : `/p/${path}`, text])),
  );
  const inventory =
    hosts === undefined ? undefined : loadInventory(['/p/inventory/hosts'], files, { playbookDir: '/p' });
  return planPlaybooks([playbook], {
    files,
    rolesPath: ['/shipped'],
    modules: catalog,
    cwd: '/p',
    ...(inventory && { inventory }),
    ...options,
  });
}

/** Problems as the user reads them. */
export async function problemsOf(
  texts: Readonly<Record<string, string>>,
  given: Given = {},
): Promise<readonly string[]> {
  return (await planOf(texts, given)).problems.map(formatProblem);
}

export async function warningsOf(
  texts: Readonly<Record<string, string>>,
  given: Given = {},
): Promise<readonly string[]> {
  return (await planOf(texts, given)).warnings.map(formatProblem);
}

/** The first play; throws when anything is wrong with the playbook. */
export async function playOf(texts: Readonly<Record<string, string>>, given: Given = {}): Promise<PlannedPlay> {
  const { plan, problems } = await planOf(texts, given);
  if (problems.length > 0) throw new Error(problems.map(formatProblem).join('\n'));
  return plan.plays[0]!;
}

export function tasksOf(play: PlannedPlay): readonly PlannedTask[] {
  return [...walkPlay(play)].filter((statement) => statement.kind === 'task');
}

/** Names of tasks in the order they run. */
export function namesOf(statements: Iterable<PlannedStatement>): readonly string[] {
  return [...statements].flatMap((statement) =>
    statement.kind === 'task' ? [statement.name ?? statement.module] : [],
  );
}
