/**
 * Names that nothing could define, found before any connection. It never cries wolf: a name is an error only where it is certain
 * to be looked at, and a warning where that depends on a condition.
 */
import type { Location, Problem } from '../errors.ts';
import { selectHosts } from '../inventory/select-hosts.ts';
import type { Clause, VarsBlock } from '../playbook/ast.ts';
import { holdsTemplate } from '../playbook/values.ts';
import { didYouMean } from '../source/suggest.ts';
import { namesOf } from './ahead.ts';
import { namesAskedAbout } from './certain.ts';
import { type KnownNames, type KnownOptions, knownNames, loopNames, promptedNames } from './known.ts';
import type { Included, PlannedInclude, PlannedPlay, PlannedStatement, PlannedTask } from './plan.ts';
import { templateFilesOf } from './template-files.ts';
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
import { type Use, useFinder } from './uses.ts';

export interface UndefinedOptions extends KnownOptions {
  readonly expressionsOf: (module: string) => readonly string[];
  /** Everything the play can come to. */
  readonly statements: readonly PlannedStatement[];
  /** What a dynamic include brings under a name known already; undefined when nothing can be said. */
  readonly ahead: (statement: PlannedInclude, name: string) => Included | undefined;
  /** Warn of each use; of each name once otherwise. */
  readonly everyUse?: boolean;
  readonly problems: Problem[];
  readonly warnings: Problem[];
}

const rule = 'undefined-variable';

/** Checks one play, and the files of variables it names. */
export function checkUndefined(play: PlannedPlay, options: UndefinedOptions): void {
  const known = knownNames(play, options.statements, exportedBy(options), options, options.problems);
  const check = new UndefinedCheck(play, known, options);
  check.hosts();
  if (!options.learnt.open) check.statements();
}

/** Variables of roles included with `public: true`. */
function exportedBy({ statements, ahead }: UndefinedOptions): readonly VarsBlock[] {
  return statements.flatMap((statement) => {
    if (statement.kind !== 'include' || statement.include.kind !== 'role' || !statement.include.public) return [];
    return (namesOf(statement) ?? []).flatMap((name) => {
      const role = ahead(statement, name)?.role;
      return role ? [...role.defaults, ...role.vars] : [];
    });
  });
}

/** What is known around a statement, beside its own lexical variables. */
interface Scope {
  /** Loop variables of includes that led here. */
  readonly names: readonly string[];
  /** Conditions that guard the statement though it does not inherit them. */
  readonly guards: readonly Clause[];
  /** The statement may never run. */
  readonly doubtful: boolean;
  /** Includes that led here, each entered once. */
  readonly includes: readonly object[];
}

/** A class for the state that one walk over a play carries along. */
class UndefinedCheck {
  readonly #play: PlannedPlay;
  readonly #known: KnownNames;
  readonly #options: UndefinedOptions;
  readonly #usesOf = useFinder();
  /** Definitions that have been looked into, and whether that was for sure. */
  readonly #followed = new Map<VarsBlock, Map<string, boolean>>();
  readonly #warned = new Set<string>();
  #entered = 0;
  #mayHaveEnded = false;

  constructor(play: PlannedPlay, known: KnownNames, options: UndefinedOptions) {
    this.#play = play;
    this.#known = known;
    this.#options = options;
  }

  /** `hosts` sees only what is known without a host. */
  hosts(): void {
    const { play } = this.#play;
    const known = [
      ...Object.keys(this.#options.extraVars),
      ...Object.keys(play.vars?.values ?? {}),
      ...promptedNames(this.#play),
    ];
    for (const use of textsOfPositioned(play.hosts).flatMap(this.#usesOf)) {
      if (known.includes(use.name) || this.#known.anywhere(use.name)) continue;
      this.#options.problems.push({
        rule,
        message: `"${use.name}" is undefined.`,
        at: use.at(),
        hint: `give it with -e ${use.name}=…`,
      });
    }
  }

  statements(): void {
    const { preTasks, tasks, postTasks, handlers } = this.#play;
    const scope: Scope = { names: [], guards: [], doubtful: !this.#matchesHosts(), includes: [] };
    for (const list of [preTasks, tasks, postTasks]) this.#list(list, scope);
    const notified = handlers.map((handler) => handler.task);
    this.#list(notified, { ...scope, doubtful: true });
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

  #list(statements: readonly PlannedStatement[], scope: Scope): void {
    for (const statement of statements) this.#statement(statement, scope);
  }

  #statement(statement: PlannedStatement, scope: Scope): void {
    switch (statement.kind) {
      case 'block':
        this.#list(statement.block, statement.rescue.length > 0 ? { ...scope, doubtful: true } : scope);
        this.#list(statement.rescue, { ...scope, doubtful: true });
        this.#list(statement.always, scope);
        return;
      case 'role':
        this.#list(statement.statements, scope);
        return;
      case 'meta':
        this.#conditions(statement, scope);
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
    this.#conditions(statement, scope);
    this.#check(statement, textsOfLoop(statement), scope);
    const each = perItem(statement, scope);
    this.#check(statement, [...textsOfInclude(statement), ...textsOfRepetition(statement)], each);
    if (scope.includes.includes(statement.include) || this.#entered > entriesAtMost) return;
    const names = namesOf(statement) ?? [];
    const within: Scope = {
      names: [...scope.names, ...loopNames(statement)],
      guards: [...scope.guards, ...statement.when],
      doubtful: this.#isDoubtful(statement, each) || names.length > 1,
      includes: [...scope.includes, statement.include],
    };
    for (const name of names) {
      const included = this.#options.ahead(statement, name)?.statements ?? [];
      this.#entered += included.length;
      this.#list(included, within);
    }
  }

  #task(task: PlannedTask, scope: Scope): void {
    if (task.module === 'validate_argument_spec') return;
    this.#conditions(task, scope);
    this.#check(task, textsOfLoop(task), scope);
    const each = perItem(task, scope);
    // debug shows an undefined variable rather than failing, and assert is there to find out: no expressions.
    const expressions = this.#options.expressionsOf(task.module);
    const args = textsOfArguments(task.args, expressions).filter((text) => text.kind === 'template');
    const { playbookDir } = this.#play;
    this.#check(
      task,
      [...args, ...textsOfKeywords(task), ...templateFilesOf(task, { ...this.#options, playbookDir })],
      each,
    );
    this.#check(task, [...textsAfter(task), ...textsOfRepetition(task)], each);
  }

  /** Clauses are looked at in turn, each only when those before it hold. */
  #conditions(statement: PlannedStatement, scope: Scope): void {
    const [first, ...others] = textsOfClauses(statement.when);
    if (first) this.#check(statement, [first], scope, this.#isDoubtful({ ...statement, when: [] }, scope));
    this.#check(statement, others, scope);
  }

  #isDoubtful(statement: PlannedStatement, scope: Scope): boolean {
    const { when, tags, inherited } = statement;
    return (
      scope.doubtful ||
      this.#mayHaveEnded ||
      when.length > 0 ||
      tags.includes('never') ||
      inherited.ignore_errors !== undefined
    );
  }

  #check(
    statement: PlannedStatement,
    texts: readonly TemplateText[],
    scope: Scope,
    doubtful = this.#isDoubtful(statement, scope),
  ): void {
    let asked: ReadonlySet<string> | undefined;
    for (const use of texts.flatMap(this.#usesOf)) {
      const unsure = doubtful || !use.certain;
      if (this.#known.sees(statement, use.name) || scope.names.includes(use.name)) {
        this.#follow(use, statement, unsure);
        continue;
      }
      asked ??= namesAskedIn([...statement.when, ...scope.guards]);
      if (!asked.has(use.name)) this.#complain(use.name, use.at(), unsure);
    }
  }

  /** A variable defined by other variables: those are looked at as well, with the place of the definition. */
  #follow({ name, path }: Pick<Use, 'name' | 'path'>, statement: PlannedStatement, doubtful: boolean): void {
    const blocks = this.#known.definitions(name, statement);
    // Of several definitions, which one counts depends on the host.
    const unsure = doubtful || blocks.size > 1;
    for (const block of blocks) {
      const followed = this.#followed.get(block) ?? new Map<string, boolean>();
      this.#followed.set(block, followed);
      const key = [name, ...path].join('.');
      if (followed.get(key) === true || followed.get(key) === !unsure) continue;
      followed.set(key, !unsure);
      for (const use of textsOfVariable(block, name, path).flatMap(this.#usesOf)) {
        if (this.#known.anywhere(use.name)) this.#follow(use, statement, unsure || !use.certain);
        else this.#complain(use.name, use.at(), unsure || !use.certain);
      }
    }
  }

  #complain(name: string, at: Location, doubtful: boolean): void {
    const { problems, warnings } = this.#options;
    if (!doubtful) problems.push({ rule, message: `"${name}" is undefined.${this.#suggestion(name)}`, at });
    const once = this.#options.everyUse ? `${name} ${at.file}:${at.line}:${at.column}` : name;
    if (!doubtful || this.#warned.has(once)) return;
    this.#warned.add(once);
    warnings.push({
      rule,
      message: `"${name}" is defined nowhere, and an error if this is reached.${this.#suggestion(name)}`,
      at,
    });
  }

  /** Long names of one role are all alike, so only those of nearly the same length are worth a word. */
  #suggestion(name: string): string {
    return didYouMean(
      name,
      [...this.#known.everything].filter((known) => Math.abs(known.length - name.length) <= 2),
    );
  }
}

/** An end to includes that include each other in many ways. */
const entriesAtMost = 50_000;

/** The items of a loop may turn out to be none. */
function perItem(statement: PlannedTask | PlannedInclude, scope: Scope): Scope {
  const { loop } = statement;
  return loop && !Array.isArray(loop.terms.value) ? { ...scope, doubtful: true } : scope;
}

function namesAskedIn(clauses: readonly Clause[]): ReadonlySet<string> {
  return new Set(clauses.flatMap(({ expression }) => namesAskedAbout(String(expression))));
}
