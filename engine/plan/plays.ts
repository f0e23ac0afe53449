/** Plays, and playbooks imported among them. */
import { dirname, resolve } from 'node:path';
import type { Problem } from '../errors.ts';
import type { Play, PlaybookImport, RawValue } from '../playbook/ast.ts';
import { mergeVars } from '../playbook/merge-vars.ts';
import { readPlaybook } from '../playbook/playbook.ts';
import { renderBeforeHosts } from './before-hosts.ts';
import { planHandlers } from './handlers.ts';
import { inFolder, inherit, nothing } from './inherit.ts';
import type { Effective, PlannedPlay, Surroundings } from './plan.ts';
import { type Gathered, nothingGathered, type Planning } from './planning.ts';
import { planRoles } from './roles.ts';
import { planStatements } from './statements.ts';

/** A play, with what came to light while it was planned. */
export interface PlayDraft {
  readonly planned: Omit<PlannedPlay, 'mentions'>;
  readonly gathered: Gathered;
}

type Shared = Omit<Planning, 'gathered'> & { readonly extraVars?: Readonly<Record<string, RawValue>> | undefined };

/** The plays of a playbook file, `named` so on the command line, those of imported playbooks in their place. */
export function planFile(
  path: string,
  named: string,
  shared: Shared,
  imports: readonly Import[] = [],
): readonly PlayDraft[] {
  const { documents, problems } = shared;
  const chain = imports.map((each) => each.from);
  if (chain.includes(path)) {
    const circle = [...chain.slice(chain.indexOf(path)), path].map(documents.shown);
    problems.push({
      message: `This import goes round in a circle: ${circle.join(' → ')}`,
      at: imports.at(-1)!.statement.file.at,
    });
    return [];
  }
  if (documents.files.read(path) === undefined) {
    problems.push(missing(documents.shown(path), imports.at(-1)));
    return [];
  }
  const document = documents.yaml(path, problems);
  if (!document) return [];
  return readPlaybook(document, problems).flatMap((entry) => {
    if (entry.kind === 'play') return [planPlay(entry, path, named, shared, imports)];
    const file = fileOf(entry, shared, imports);
    if (file === undefined) return [];
    return planFile(resolve(dirname(path), file), named, shared, [...imports, { from: path, statement: entry }]);
  });
}

/** The name of an imported playbook; a problem where it asks for what no host is needed to know, and nobody says. */
function fileOf({ file, vars }: PlaybookImport, shared: Shared, imports: readonly Import[]): string | undefined {
  const outer = imports.map(({ statement }) => statement.vars).reverse();
  try {
    const known = { extraVars: shared.extraVars, vars: [vars, ...outer] };
    return String(renderBeforeHosts(file.value, file.at, known));
  } catch (error) {
    const { message, hint, at } = error as Error & Pick<Problem, 'at' | 'hint'>;
    shared.problems.push({
      message: `The name of this playbook cannot be told: ${message}`,
      at: at ?? file.at,
      hint: hint ?? 'here only -e and vars of import_playbook are known',
    });
    return undefined;
  }
}

interface Import {
  readonly from: string;
  readonly statement: PlaybookImport;
}

function missing(path: string, by: Import | undefined): Problem {
  return { message: `There is no playbook ${path}.`, ...(by && { at: by.statement.file.at }) };
}

function planPlay(written: Play, path: string, named: string, shared: Shared, imports: readonly Import[]): PlayDraft {
  const play = withImports(written, imports);
  const gathered = nothingGathered();
  const planning = { ...shared, gathered };
  const playbookDir = dirname(path);
  // A play's own variables have a rank of their own, so they are not among the lexical ones.
  const { vars: _, name: _name, ...keywords } = play;
  const conditions = inFolder(playbookDir, inherit(nothing(play.at), conditionsOf(imports, play)));
  const effective: Effective = inherit(conditions, keywords);
  const around: Surroundings = { effective, dir: playbookDir, playbookDir, chain: [path], handlers: false };

  const roles = planRoles(play.roles, around, planning);
  const ofRoles = gathered.handlers.splice(0);
  const preTasks = planStatements(play.preTasks, around, planning);
  const tasks = planStatements(play.tasks, around, planning);
  const postTasks = planStatements(play.postTasks, around, planning);
  const own = planHandlers(play.handlers, { ...around, handlers: true }, planning);
  return {
    gathered,
    planned: {
      play,
      name: play.name ?? hostsText(play),
      playbook: named,
      file: path,
      playbookDir,
      preTasks,
      tasks: [...roles, ...tasks],
      postTasks,
      handlers: [...ofRoles, ...own, ...gathered.handlers],
      publicRoles: gathered.publicRoles,
      lexical: effective.lexical,
    },
  };
}

/** `import_playbook` hands its variables and tags to the plays; the nearest import has the last word. */
function withImports(play: Play, imports: readonly Import[]): Play {
  if (imports.length === 0) return play;
  const statements = imports.map((each) => each.statement).reverse();
  const vars = mergeVars([play, ...statements].flatMap((each) => each.vars ?? []));
  const tags = [...new Set([...imports.flatMap((each) => each.statement.tags), ...play.tags])];
  return { ...play, tags, ...(vars && { vars }) };
}

function conditionsOf(imports: readonly Import[], play: Play) {
  const when = imports.flatMap((each) => each.statement.when);
  return { at: play.at, when, tags: [], environment: [], moduleDefaults: [], notify: [], inherited: {} };
}

function hostsText(play: Play): string {
  const { value } = play.hosts;
  return Array.isArray(value) ? value.join(',') : String(value ?? '');
}
