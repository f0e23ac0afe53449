/** What a rule of `kplay lint` is, and what it looks at. */
import type { Problem } from '../errors.ts';
import type { Expansion } from '../plan/ahead.ts';
import type { Documents } from '../plan/documents.ts';
import type { PlanModules } from '../plan/modules.ts';
import type { PlannedPlay, PlannedTask } from '../plan/plan.ts';
import type { TemplateText } from '../plan/texts.ts';

/** `error` would stop the run, or stops it once it is reached; `warning` runs, and is hardly what is meant. */
export type Level = 'error' | 'warning';

export interface Rule {
  readonly id: string;
  readonly level: Level;
  /** One sentence. */
  readonly summary: string;
  /** Why, and what to write instead: the text of `--explain`. */
  readonly explanation: string;
  /** What it has against the playbooks. Rules without are checks of the plan itself, which names them. */
  check?(subject: Subject): Iterable<Problem>;
}

/** Everything the playbooks come to. */
export interface Subject {
  readonly plays: readonly LintedPlay[];
  /** The files, read where they have not been yet. */
  readonly documents: Documents;
  readonly modules: PlanModules;
  readonly cwd: string;
}

export interface LintedPlay {
  readonly play: PlannedPlay;
  readonly reached: Expansion;
  /** The template files a task renders. */
  templateFiles(task: PlannedTask): readonly TemplateText[];
}

export interface Finding extends Problem {
  readonly rule: string;
  readonly level: Level;
}

/** Every task of every play, each as written once. */
export function* tasksOf({ plays }: Subject): Generator<readonly [PlannedTask, LintedPlay]> {
  const seen = new Set<object>();
  for (const play of plays) {
    for (const statement of play.reached.statements) {
      if (statement.kind !== 'task' || statement.module === 'validate_argument_spec' || seen.has(statement.args))
        continue;
      seen.add(statement.args);
      yield [statement, play];
    }
  }
}
