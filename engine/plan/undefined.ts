/**
 * Names that nothing could define, found before any connection. It never cries wolf: a name is an error only where it is certain
 * to be looked at, and a warning where that depends on a condition.
 */
import type { Location, Problem } from '../errors.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { selectHosts } from '../inventory/select-hosts.ts';
import type { Clause, RawValue, VarsBlock } from '../playbook/ast.ts';
import { holdsTemplate } from '../playbook/values.ts';
import { didYouMean } from '../source/suggest.ts';
import { type Reference, references } from '../template/references.ts';
import { isAlwaysEvaluated, namesAskedAbout } from './certain.ts';
import type { Documents } from './documents.ts';
import { roleFileCandidates } from './find-file.ts';
import { blocksOfInventory, blocksOfPlay, type LearntNames, namesBeside } from './names.ts';
import type { Included, Lexical, PlannedInclude, PlannedPlay, PlannedStatement, PlannedTask } from './plan.ts';
import { possibleTexts } from './possible.ts';
import { offsetOf } from './syntax.ts';
import {
  type TemplateText,
  textsAfter,
  textsOfArguments,
  textsOfClauses,
  textsOfInclude,
  textsOfKeywords,
  textsOfLoop,
  textsOfPositioned,
  textsOfRepetition,
  textsOfVariable,
} from './texts.ts';
import { isWellKnown } from './well-known.ts';

export interface UndefinedOptions {
  readonly documents: Documents;
  readonly inventory: Inventory;
  readonly extraVars: Readonly<Record<string, RawValue>>;
  readonly cwd: string;
  readonly learnt: LearntNames;
  readonly expressionsOf: (module: string) => readonly string[];
  /** What a dynamic include brings under a name known already; undefined when nothing can be said. */
  readonly ahead: (statement: PlannedInclude, name: string) => Included | undefined;
  readonly problems: Problem[];
  readonly warnings: Problem[];
}

/** What is known around a statement, beside its own lexical variables. */
interface Scope {
  /** Loop variables of includes that led here. */
  readonly names: readonly string[];
  /** Conditions that guard the statement though it does not inherit them. */
  readonly guards: readonly Clause[];
  /** True when the statement may never run. */
  readonly doubtful: boolean;
  readonly includes: readonly object[];
}

/** Checks one play. `vars_files` that are missing are among the problems too. */
export function checkUndefined(play: PlannedPlay, options: UndefinedOptions): void {
  const { documents, inventory, cwd, learnt, problems } = options;
  const { playbookDir } = play;
  const place = { documents, cwd, playbookDir };
  const blocks = [...blocksOfInventory(inventory, playbookDir, problems), ...blocksOfPlay(play, learnt, place, problems)];
  const names = new Set([
    ...learnt.names,
    ...Object.keys(options.extraVars),
    ...blocks.flatMap((block) => Object.keys(block.values)),
    ...play.play.varsPrompt.map(({ value }) => String(value['name'])),
    ...(learnt.regrouped ? namesBeside(playbookDir, documents) : []),
  ]);
  const check = new UndefinedCheck(play, options, blocks, names);
  check.hosts();
  if (!learnt.open) check.statements();
}

/** A class for the state that one walk over a play carries along. */
class UndefinedCheck {
  readonly #play: PlannedPlay;
  readonly #options: UndefinedOptions;
  readonly #definitions = new Map<string, VarsBlock[]>();
  readonly #names: ReadonlySet<string>;
  /** Every name any statement of the play sees: for variables defined by other variables. */
  readonly #everywhere: Set<string>;
  readonly #visited = new Map<VarsBlock, Map<string, 'certain' | 'doubtful'>>();
  readonly #warned = new Set<string>();
  readonly #files = new Map<string, string>();
  #mayHaveEnded = false;
  #depth = 0;

  constructor(play: PlannedPlay, options: UndefinedOptions, blocks: readonly VarsBlock[], names: ReadonlySet<string>) {
    this.#play = play;
    this.#options = options;
    this.#names = names;
    this.#everywhere = new Set(names);
    for (const block of [...blocks, ...options.learnt.blocks]) this.#define(block);
  }

  #define(block: VarsBlock): void {
    for (const name of Object.keys(block.values)) {
      const known = this.#definitions.get(name);
      if (!known) this.#definitions.set(name, [block]);
      else if (!known.includes(block)) known.push(block);
    }
  }

  /** `hosts` sees only what is known without a host. */
  hosts(): void {
    const { play } = this.#play;
    const prompted = play.varsPrompt.map(({ value }) => String(value['name']));
    const known = new Set([
      ...Object.keys(this.#options.extraVars),
      ...Object.keys(play.vars?.values ?? {}),
      ...prompted,
    ]);
    for (const text of textsOfPositioned(play.hosts)) {
      for (const reference of referencesOf(text)) {
        if (
          reference.guarded ||
          known.has(reference.name) ||
          isWellKnown(reference.name) ||
          this.#names.has(reference.name)
        )
          continue;
        this.#options.problems.push({
          message: `"${reference.name}" is undefined.`,
          at: placeOf(text, reference),
          hint: `give it with -e ${reference.name}=…`,
        });
      }
    }
  }

  statements(): void {
    const { preTasks, tasks, postTasks, handlers } = this.#play;
    const scope: Scope = { names: [], guards: [], doubtful: !this.#matchesHosts(), includes: [] };
    const lists = [preTasks, tasks, postTasks, handlers.map((handler) => handler.task)];
    for (const list of lists) for (const statement of list) this.#survey(statement, []);
    for (const list of lists.slice(0, 3)) this.#list(list, scope);
    this.#list(lists[3]!, { ...scope, doubtful: true });
  }

  #matchesHosts(): boolean {
    const { value } = this.#play.play.hosts;
    const pattern = Array.isArray(value) ? value.join(',') : String(value);
    if (holdsTemplate(pattern)) return true;
    try {
      return selectHosts(this.#options.inventory, pattern).length > 0;
    } catch {
      return false; // a pattern that cannot be read is complained about where hosts are selected
    }
  }

  /** Notes every name a statement sees. */
  #survey(statement: PlannedStatement, includes: readonly object[]): void {
    this.#surveyLexical(statement.lexical);
    if (statement.kind === 'task' || statement.kind === 'include') {
      for (const name of loopNames(statement)) this.#everywhere.add(name);
    }
    if (statement.kind === 'include') {
      this.#surveyBlocks(statement.include.vars ? [statement.include.vars] : []);
      this.#into(statement, includes, (included, chain) => {
        if (statement.include.kind === 'role' && statement.include.public && included.role) {
          for (const block of [...included.role.defaults, ...included.role.vars]) this.#define(block);
          this.#surveyBlocks([...included.role.defaults, ...included.role.vars]);
          this.#exported.push(...included.role.defaults, ...included.role.vars);
        }
        for (const inner of included.statements) this.#survey(inner, chain);
      });
    }
    for (const inner of inside(statement)) this.#survey(inner, includes);
  }

  readonly #exported: VarsBlock[] = [];
  readonly #surveyed = new WeakSet<object>();

  #surveyLexical({ vars, includeParams, role }: Lexical): void {
    for (const list of [vars, includeParams, role?.defaults, role?.vars, role?.params]) {
      if (!list || this.#surveyed.has(list)) continue;
      this.#surveyed.add(list);
      this.#surveyBlocks(list);
    }
  }

  #surveyBlocks(blocks: readonly VarsBlock[]): void {
    for (const block of blocks) for (const name of Object.keys(block.values)) this.#everywhere.add(name);
  }

  /** What a dynamic include of a known name brings; each is entered once on the way down. */
  #into(
    statement: PlannedInclude,
    includes: readonly object[],
    visit: (included: Included, chain: readonly object[]) => void,
  ): void {
    const { include } = statement;
    if (includes.includes(include) || includes.length > 20 || this.#depth > 50_000) return;
    for (const name of possibleTexts(include.kind === 'role' ? include.role.value : include.file.value, include.loop) ??
      []) {
      const included = this.#options.ahead(statement, name);
      if (!included) continue;
      this.#depth += included.statements.length;
      visit(included, [...includes, include]);
    }
  }

  #list(statements: readonly PlannedStatement[], scope: Scope): void {
    for (const statement of statements) this.#statement(statement, scope);
  }

  #statement(statement: PlannedStatement, scope: Scope): void {
    switch (statement.kind) {
      case 'block': {
        const rescued = statement.rescue.length > 0;
        this.#list(statement.block, rescued ? { ...scope, doubtful: true } : scope);
        this.#list(statement.rescue, { ...scope, doubtful: true });
        this.#list(statement.always, scope);
        return;
      }
      case 'role':
        this.#list(statement.statements, scope);
        return;
      case 'meta':
        this.#check(statement, textsOfClauses(statement.when), scope);
        if (statement.action.startsWith('end_')) this.#mayHaveEnded = true;
        return;
      case 'include':
        this.#include(statement, scope);
        return;
      case 'task':
        this.#task(statement, scope);
    }
  }

  #include(statement: PlannedInclude, scope: Scope): void {
    this.#check(statement, textsOfClauses(statement.when), scope);
    this.#check(statement, textsOfLoop(statement), scope);
    const each = this.#perItem(statement, scope);
    this.#check(statement, [...textsOfInclude(statement), ...textsOfRepetition(statement)], each);
    const within: Scope = {
      names: [...scope.names, ...loopNames(statement)],
      guards: [...scope.guards, ...statement.when],
      doubtful: each.doubtful || this.#isDoubtful(statement, scope),
      includes: scope.includes,
    };
    const uncertain = (possibleTexts(nameOf(statement), statement.loop)?.length ?? 0) > 1;
    this.#into(statement, scope.includes, (included, chain) => {
      this.#list(included.statements, { ...within, doubtful: within.doubtful || uncertain, includes: chain });
    });
  }

  #task(task: PlannedTask, scope: Scope): void {
    if (task.module === 'validate_argument_spec') return;
    this.#check(task, textsOfClauses(task.when), scope);
    this.#check(task, textsOfLoop(task), scope);
    const each = this.#perItem(task, scope);
    const expressions = this.#options.expressionsOf(task.module);
    // debug shows an undefined variable rather than failing, and assert is there to find out.
    const args =
      expressions.length > 0
        ? {
            ...task.args,
            values: without(task.args.values, expressions),
            locateText: task.args.locateText?.bind(task.args),
          }
        : task.args;
    this.#check(task, textsOfArguments(args as PlannedTask['args'], []), each);
    this.#check(task, textsOfKeywords(task), each);
    this.#check(task, [...textsAfter(task), ...textsOfRepetition(task)], {
      ...each,
      names: [...each.names, ...(task.register === undefined ? [] : [task.register])],
    });
    if (task.module === 'template') this.#templateFiles(task, each);
  }

  /** The items of a loop may turn out to be none. */
  #perItem(statement: PlannedTask | PlannedInclude, scope: Scope): Scope {
    const { loop } = statement;
    return loop && !Array.isArray(loop.terms.value) ? { ...scope, doubtful: true } : scope;
  }

  #templateFiles(task: PlannedTask, scope: Scope): void {
    const from = { lexical: task.lexical, playbookDir: this.#play.playbookDir, cwd: this.#options.cwd };
    const { values } = task.args;
    if (Object.keys(values).some((name) => name.endsWith('_string'))) return; // other delimiters
    for (const name of possibleTexts(values['src'], task.loop) ?? []) {
      const path = roleFileCandidates('templates', name, from).find(
        (candidate) => this.#readFile(candidate) !== undefined,
      );
      const source = path === undefined ? undefined : this.#readFile(path);
      if (path === undefined || source === undefined || source.startsWith('#jinja2:')) continue;
      const file = this.#options.documents.shown(path);
      this.#check(task, [{ source, kind: 'template', locate: (offset) => locationIn(file, source, offset) }], scope);
    }
  }

  #readFile(path: string): string | undefined {
    if (!this.#files.has(path)) {
      const text = this.#options.documents.files.read(path);
      if (text === undefined) return undefined;
      this.#files.set(path, text);
    }
    return this.#files.get(path);
  }

  #isDoubtful(statement: PlannedStatement, scope: Scope): boolean {
    return (
      scope.doubtful ||
      this.#mayHaveEnded ||
      statement.when.length > 0 ||
      statement.tags.includes('never') ||
      statement.inherited.ignore_errors !== undefined
    );
  }

  #check(statement: PlannedStatement, texts: readonly TemplateText[], scope: Scope): void {
    if (texts.length === 0) return;
    const clauses = [...statement.when, ...scope.guards].map(({ expression }) => String(expression));
    const firstClause = statement.when[0];
    for (const text of texts) {
      let asked: Set<string> | undefined;
      for (const reference of referencesOf(text)) {
        if (reference.guarded) continue;
        const { name } = reference;
        if (this.#knows(name, statement, scope)) {
          this.#follow(
            reference,
            statement,
            this.#isDoubtful(statement, scope) || !isAlwaysEvaluated(text, offsetOf(text.source, reference)),
          );
          continue;
        }
        asked ??= new Set([...clauses, text.source].flatMap(namesAskedAbout));
        if (asked.has(name)) continue;
        const isFirst =
          text.kind === 'expression' &&
          text.source === firstClause?.expression &&
          !scope.doubtful &&
          !this.#mayHaveEnded;
        const doubtful =
          (!isFirst && this.#isDoubtful(statement, scope)) ||
          !isAlwaysEvaluated(text, offsetOf(text.source, reference));
        this.#complain(name, placeOf(text, reference), doubtful);
      }
    }
  }

  #knows(name: string, statement: PlannedStatement, scope: Scope): boolean {
    if (isWellKnown(name) || this.#names.has(name) || scope.names.includes(name)) return true;
    if ((statement.kind === 'task' || statement.kind === 'include') && loopNames(statement).includes(name)) return true;
    return this.#lexicalBlocks(statement.lexical).some((block) => Object.hasOwn(block.values, name));
  }

  #lexicalBlocks({ vars, includeParams, role }: Lexical): readonly VarsBlock[] {
    return [
      ...vars,
      ...includeParams,
      ...this.#exported,
      ...(role ? [...role.defaults, ...role.vars, ...role.params] : []),
    ];
  }

  /** A variable defined by other variables: those are looked at as well, with the place of the definition. */
  #follow(reference: Pick<Reference, 'name' | 'path'>, statement: PlannedStatement, doubtful: boolean): void {
    const { name, path } = reference;
    const lexical = this.#lexicalBlocks(statement.lexical).filter((block) => Object.hasOwn(block.values, name));
    const blocks = new Set([...lexical, ...(this.#definitions.get(name) ?? [])]);
    for (const block of blocks) {
      const seen = this.#visited.get(block) ?? new Map<string, 'certain' | 'doubtful'>();
      this.#visited.set(block, seen);
      const key = [name, ...path].join('.');
      const before = seen.get(key);
      if (before === 'certain' || (before === 'doubtful' && doubtful)) continue;
      seen.set(key, doubtful ? 'doubtful' : 'certain');
      // Where a name has several definitions, which of them counts depends on the host.
      const unclear = doubtful || blocks.size > 1;
      for (const text of textsOfVariable(block, name, path)) this.#followText(text, statement, unclear);
    }
  }

  #followText(text: TemplateText, statement: PlannedStatement, doubtful: boolean): void {
    for (const reference of referencesOf(text)) {
      if (reference.guarded) continue;
      if (isWellKnown(reference.name)) continue;
      const unclear = doubtful || !isAlwaysEvaluated(text, offsetOf(text.source, reference));
      if (this.#everywhere.has(reference.name)) this.#follow(reference, statement, unclear);
      else if (!namesAskedAbout(text.source).includes(reference.name))
        this.#complain(reference.name, placeOf(text, reference), unclear);
    }
  }

  #complain(name: string, at: Location, doubtful: boolean): void {
    const { problems, warnings } = this.#options;
    if (!doubtful) {
      problems.push({ message: `"${name}" is undefined.${didYouMean(name, this.#everywhere)}`, at });
      return;
    }
    if (this.#warned.has(name)) return;
    this.#warned.add(name);
    warnings.push({
      message: `"${name}" is defined nowhere, and an error if this is reached.${didYouMean(name, this.#everywhere)}`,
      at,
    });
  }
}

function nameOf({ include }: PlannedInclude): string {
  return include.kind === 'role' ? include.role.value : include.file.value;
}

function loopNames({ loop }: PlannedTask | PlannedInclude): readonly string[] {
  if (!loop) return [];
  const { loopVar, indexVar } = loop.control;
  return indexVar === undefined ? [loopVar] : [loopVar, indexVar];
}

function inside(statement: PlannedStatement): readonly PlannedStatement[] {
  if (statement.kind === 'block') return [...statement.block, ...statement.rescue, ...statement.always];
  return statement.kind === 'role' ? statement.statements : [];
}

function without(values: Readonly<Record<string, RawValue>>, names: readonly string[]): Record<string, RawValue> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
}

/** A template that cannot be parsed has been complained about already. */
function referencesOf(text: TemplateText): readonly Reference[] {
  try {
    return references(text.source, text.kind, { file: '', line: 1, column: 1 });
  } catch {
    return [];
  }
}

function placeOf(text: TemplateText, reference: Reference): Location {
  return text.locate(offsetOf(text.source, reference));
}

function locationIn(file: string, source: string, offset: number): Location {
  const before = source.slice(0, offset).split('\n');
  return { file, line: before.length, column: before.at(-1)!.length + 1 };
}
