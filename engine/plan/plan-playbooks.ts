/** From playbook files to a plan: everything resolved and checked, and everything wrong collected. */
import { join, resolve } from 'node:path';
import type { Problem } from '../errors.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { RawValue } from '../playbook/ast.ts';
import type { Files } from '../source/files.ts';
import { type Expansion, expand, namesOf } from './ahead.ts';
import { type Documents, documents } from './documents.ts';
import { anyFact, mentionFinder } from './mentions.ts';
import { checkName, checkTaskArguments, type PlanModules } from './modules.ts';
import { learnFrom, nothingLearnt } from './names.ts';
import { checkNotify } from './notify.ts';
import type { Included, Plan, PlannedPlay, PlannedStatement, PlannedTask, Planner } from './plan.ts';
import { includeResolver, planner } from './planner.ts';
import { type PlayDraft, planFile } from './plays.ts';
import { syntaxChecker } from './syntax.ts';
import { templateFilesOf } from './template-files.ts';
import { textsOfPositioned } from './texts.ts';
import { checkUndefined } from './undefined.ts';
import { walk } from './walk.ts';

export interface PlanOptions {
  readonly files: Files;
  /** Without an inventory nobody can tell which variables are defined, so that is not checked. */
  readonly inventory?: Inventory;
  /** Where roles are looked for beside the playbook and the working folder, kplay's own last. */
  readonly rolesPath: readonly string[];
  readonly modules: PlanModules;
  /** Absolute working folder. */
  readonly cwd: string;
  readonly extraVars?: Readonly<Record<string, RawValue>>;
  /** Names of variables that hosts have from runs before. */
  readonly keptNames?: readonly string[];
  /**
   * Every use of an undefined name is told of, not each name once. With an inventory that has no sources, what its groups would say is
   * taken from the files beside the playbook, and what roles declare as their arguments is taken as given.
   */
  readonly thorough?: boolean;
}

export interface Planned {
  readonly plan: Plan;
  readonly planner: Planner;
  /** Nothing may run while there are any. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** What each play can come to, in the order of the plays. */
  readonly expansions: readonly Expansion[];
  readonly documents: Documents;
}

/** Plans playbooks, given by their paths. Loads the modules they name. Never throws for what a user did wrong. */
export async function planPlaybooks(paths: readonly string[], options: PlanOptions): Promise<Planned> {
  const { modules, cwd, rolesPath } = options;
  const read = documents(options.files, cwd);
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const shared = { documents: read, cwd, rolesPath, roleFolders: new Map() };
  const drafts = paths.flatMap((path) =>
    planFile(resolve(cwd, path), path, { ...shared, problems, extraVars: options.extraVars }),
  );
  const resolver = includeResolver(shared);
  const expansions = drafts.map((draft) => expand(draft.planned, resolver));
  for (const expansion of expansions) {
    problems.push(...expansion.problems);
    warnings.push(...expansion.warnings);
  }

  const everything = new Set(expansions.flatMap((expansion) => expansion.statements));
  const tasks = [...everything].filter((statement) => statement.kind === 'task');
  await modules.load([...new Set(tasks.map((task) => task.module))].filter((name) => modules.has(name)));
  problems.push(...under('argument', checkModules(tasks, modules)));
  for (const expansion of expansions) {
    if (expansion.open) continue;
    problems.push(...under('notify-without-handler', checkNotify(expansion.statements, expansion.handlers)));
  }

  const malformed: Problem[] = [];
  const syntax = syntaxChecker((name) => expressionsOf(name, modules), options.thorough);
  for (const { planned } of drafts) {
    if (planned.play.vars) syntax.checkBlock(planned.play.vars, malformed);
    syntax.checkTexts([planned.play.hosts, ...planned.play.varsFiles].flatMap(textsOfPositioned), malformed);
    for (const role of planned.publicRoles)
      for (const block of [...role.defaults, ...role.vars]) syntax.checkBlock(block, malformed);
  }
  for (const statement of everything) syntax.checkStatement(statement, malformed);
  for (const [index, { planned }] of drafts.entries()) {
    for (const task of expansions[index]!.statements) {
      if (task.kind !== 'task') continue;
      syntax.checkTexts(templateFilesOf(task, { documents: read, playbookDir: planned.playbookDir, cwd }), malformed);
    }
  }
  problems.push(...under('template-syntax', malformed));

  const mentionsOf = mentionFinder(read);
  const plays = drafts.map(
    (draft, index): PlannedPlay => ({
      ...draft.planned,
      mentions: mentionsOfPlay(draft, expansions[index]!, mentionsOf),
    }),
  );
  if (options.inventory) {
    const learnt = nothingLearnt();
    for (const name of options.keptNames ?? []) learnt.names.add(name);
    if (options.thorough && options.inventory.sources.length === 0) {
      learnt.regrouped = true;
      for (const name of tasks.flatMap(declaredArguments)) learnt.names.add(name);
    }
    for (const [index, play] of plays.entries()) {
      const place = { documents: read, cwd, playbookDir: play.playbookDir };
      for (const statement of expansions[index]!.statements) {
        learnFrom(statement, learnt, place, (name) => returnsFacts(name, modules));
      }
    }
    for (const [index, play] of plays.entries()) {
      checkUndefined(play, {
        statements: expansions[index]!.statements,
        documents: read,
        inventory: options.inventory,
        extraVars: options.extraVars ?? {},
        cwd,
        learnt,
        expressionsOf: (name) => expressionsOf(name, modules),
        ahead: (statement, name) => resolver.resolve(statement, name).included,
        everyUse: options.thorough ?? false,
        problems,
        warnings,
      });
    }
  }
  const check = (included: Included) => checkIncluded(included, modules, syntax);
  return {
    plan: { plays },
    planner: planner(resolver, check, (found) => tidy(found, read)),
    problems: tidy(problems, read),
    warnings: tidy([...read.warnings, ...warnings], read),
    expansions,
    documents: read,
  };
}

/** A problem that a check found, under that check's name. */
function under(rule: string, problems: readonly Problem[]): readonly Problem[] {
  return problems.map((problem) => ({ rule, ...problem }));
}

/** The arguments a role says it takes. */
function declaredArguments({ module, args }: PlannedTask): readonly string[] {
  return module === 'validate_argument_spec' ? Object.keys(args.values['argument_spec'] ?? {}) : [];
}

function checkModules(tasks: readonly PlannedTask[], modules: PlanModules): readonly Problem[] {
  const seen = new Set<object>();
  return tasks.flatMap((task) => {
    if (seen.has(task.args)) return [];
    seen.add(task.args);
    const unknown = checkName(task, modules);
    return unknown ? [unknown] : checkTaskArguments(task, modules);
  });
}

/** During the run arguments are judged when they have been rendered, so only what would stop the run is looked for. */
function checkIncluded(
  included: Included,
  modules: PlanModules,
  syntax: ReturnType<typeof syntaxChecker>,
): readonly Problem[] {
  const problems: Problem[] = [];
  const statements: PlannedStatement[] = [...included.statements, ...included.handlers.map((handler) => handler.task)];
  for (const statement of statements.flatMap((each) => [...walk(each)])) {
    syntax.checkStatement(statement, problems);
    const unknown = statement.kind === 'task' ? checkName(statement, modules) : undefined;
    if (unknown) problems.push(unknown);
  }
  return problems;
}

function mentionsOfPlay(
  draft: PlayDraft,
  expansion: Expansion,
  mentionsOf: ReturnType<typeof mentionFinder>,
): ReadonlySet<string> {
  const all = [draft.gathered, ...expansion.gathered];
  const { file, playbookDir } = draft.planned;
  const found = mentionsOf(
    [file, ...all.flatMap((gathered) => [...gathered.files])],
    [join(playbookDir, 'templates'), ...all.flatMap((gathered) => [...gathered.folders])],
  );
  return expansion.open && hasUnknownFiles(expansion) ? new Set([...found, anyFact]) : found;
}

/** An include of a name that only the run knows may bring files nobody has looked into, save those of its own role. */
function hasUnknownFiles(expansion: Expansion): boolean {
  return expansion.statements.some((statement) => {
    if (statement.kind !== 'include') return false;
    const { include, around } = statement;
    if (namesOf(statement) !== undefined) return false;
    const role = statement.lexical.role;
    return include.kind === 'role' || !role || !around.dir.startsWith(role.path) || include.file.value.includes('/');
  });
}

function expressionsOf(name: string, modules: PlanModules): readonly string[] {
  return loaded(name, modules)?.expressions ?? [];
}

function returnsFacts(name: string, modules: PlanModules): boolean {
  const returns = loaded(name, modules)?.returns;
  return returns === undefined ? name.endsWith('_facts') : 'ansible_facts' in returns;
}

function loaded(name: string, modules: PlanModules) {
  try {
    return modules.has(name) ? modules.get(name) : undefined;
  } catch {
    return undefined; // named only since the run began
  }
}

/** Each problem once, in the order of files and lines, with the text for a code frame. */
function tidy(problems: readonly Problem[], documents: Documents): readonly Problem[] {
  const unique = new Map(problems.map((problem) => [`${place(problem)} ${problem.message}`, problem]));
  const framed = [...unique.values()].map((problem) => ({
    ...problem,
    source: problem.source ?? (problem.at && documents.source(problem.at.file)),
  }));
  return framed.sort(
    (a, b) =>
      compare(a.at?.file ?? '', b.at?.file ?? '') ||
      (a.at?.line ?? 0) - (b.at?.line ?? 0) ||
      (a.at?.column ?? 0) - (b.at?.column ?? 0),
  );
}

function place({ at }: Problem): string {
  return at ? `${at.file}:${at.line}:${at.column}` : '';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
