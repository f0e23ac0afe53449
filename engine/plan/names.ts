/** Every name a play's variables can have, and where each is defined; found without running anything. */

import { basename, dirname, extname, join, resolve } from 'node:path';
import { isKplayError, type Problem } from '../errors.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { VarsBlock } from '../playbook/ast.ts';
import { isMapping } from '../playbook/node.ts';
import { holdsTemplate } from '../playbook/values.ts';
import { literalPattern } from '../source/literal-pattern.ts';
import { namesOf } from './ahead.ts';
import { type Documents, filesBelow } from './documents.ts';
import { roleFileCandidates } from './find-file.ts';
import type { PlannedPlay, PlannedStatement, PlannedTask } from './plan.ts';
import { possibleTexts } from './possible.ts';
import { factsOf } from './well-known.ts';

/** Names that come to be during the run: registered, set, included. They outlive the play. */
export interface LearntNames {
  readonly names: Set<string>;
  readonly blocks: VarsBlock[];
  /** True once anything might be defined: a mapping of facts made by a template, a file nobody can name. */
  open: boolean;
  /** Hosts may join groups, whose variables nobody has asked for yet. */
  regrouped: boolean;
}

export function nothingLearnt(): LearntNames {
  return { names: new Set(), blocks: [], open: false, regrouped: false };
}

interface Place {
  readonly documents: Documents;
  readonly cwd: string;
  readonly playbookDir: string;
}

/** Adds what a statement may define. */
export function learnFrom(
  statement: PlannedStatement,
  learnt: LearntNames,
  place: Place,
  returnsFacts: (module: string) => boolean,
): void {
  if (statement.kind === 'include') {
    if (statement.register !== undefined) learnt.names.add(statement.register);
    learnFromUnknownInclude(statement, learnt, place);
  }
  if (statement.kind !== 'task') return;
  const { module, args } = statement;
  if (statement.register !== undefined) learnt.names.add(statement.register);
  switch (module) {
    case 'set_fact':
    case 'add_host':
      if (args.template || args.freeForm !== undefined || Object.keys(args.values).some(holdsTemplate))
        learnt.open = true;
      for (const name of Object.keys(args.values)) learnt.names.add(name);
      learnt.regrouped ||= module === 'add_host';
      return;
    case 'group_by':
      learnt.regrouped = true;
      return;
    case 'include_vars':
      learnFromVarsFile(statement, learnt, place);
      return;
    default:
      for (const name of factsOf.get(module) ?? []) learnt.names.add(name);
      if (!factsOf.has(module) && returnsFacts(module)) learnt.open = true;
  }
}

function learnFromVarsFile(task: PlannedTask, learnt: LearntNames, place: Place): void {
  const { args, lexical } = task;
  if (typeof args.values['name'] === 'string') {
    learnt.names.add(args.values['name']);
    return;
  }
  const from = { lexical, playbookDir: place.playbookDir, cwd: place.cwd };
  const dir = args.values['dir'];
  if (typeof dir === 'string' && !holdsTemplate(dir)) {
    const folder = roleFileCandidates('vars', dir, from).find((path) => place.documents.files.isDirectory(path));
    if (folder === undefined) learnt.open = true;
    else learnBelow(folder, learnt, place);
    return;
  }
  const names = possibleTexts(args.values['file'] ?? args.freeForm, task.loop);
  const files = names?.map((name) =>
    roleFileCandidates('vars', name, from).find((path) => place.documents.files.read(path) !== undefined),
  );
  if (files?.every((file) => file !== undefined)) {
    for (const file of files) learnFile(file, learnt, place);
    return;
  }
  // Which file it is depends on the host: any of the role's counts. Without a role, nobody can tell.
  if (!lexical.role) learnt.open = true;
  for (const root of lexical.role?.searchPath ?? []) {
    for (const folder of ['vars', 'defaults']) learnBelow(join(root, folder), learnt, place);
  }
  const text = String(args.values['file'] ?? args.freeForm ?? '');
  if (text.includes('/') || text === '') learnt.open = true;
}

/** An include whose name depends on the host: whatever stands in the files beside it may be learnt. */
function learnFromUnknownInclude(
  statement: PlannedStatement & { kind: 'include' },
  learnt: LearntNames,
  place: Place,
): void {
  const { include, around } = statement;
  if (namesOf(statement) !== undefined) return;
  if (include.kind === 'role' || include.file.value.includes('/')) {
    learnt.open = true;
    return;
  }
  for (const file of filesBelow(place.documents.files, around.dir)) {
    if (!['.yml', '.yaml'].includes(extname(file))) continue;
    const document = place.documents.yaml(file, []);
    if (document) harvest(document.value, learnt);
    else learnt.open = true; // unreadable, hence anything
  }
}

/** Every name tasks may define, wherever in a document it stands. */
function harvest(value: unknown, learnt: LearntNames): void {
  if (Array.isArray(value)) for (const item of value) harvest(item, learnt);
  if (!isMapping(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    if (['register', 'loop_var', 'index_var'].includes(key) && typeof inner === 'string') learnt.names.add(inner);
    if (/^(?:ansible\.builtin\.)?(?:set_fact|add_host)$|^vars$/.test(key)) {
      if (isMapping(inner)) for (const name of Object.keys(inner)) learnt.names.add(name);
      else learnt.open = true;
    }
    if (/include_vars$|include_role$|import_role$/.test(key)) learnt.open = true;
    harvest(inner, learnt);
  }
}

function learnBelow(folder: string, learnt: LearntNames, place: Place): void {
  for (const file of filesBelow(place.documents.files, folder)) learnFile(file, learnt, place);
}

function learnFile(file: string, learnt: LearntNames, place: Place): void {
  const block = place.documents.vars(file, []);
  if (!block) {
    learnt.open = true; // unreadable, hence anything
    return;
  }
  learnt.blocks.push(block);
  for (const name of Object.keys(block.values)) learnt.names.add(name);
}

/** Variables that all tasks of a play see, lowest precedence first, apart from the inventory's. */
export function blocksOfPlay(
  play: Pick<PlannedPlay, 'play' | 'playbookDir' | 'publicRoles'>,
  learnt: LearntNames,
  place: Place,
  problems: Problem[],
): readonly VarsBlock[] {
  const files = play.play.varsFiles.flatMap(({ value, at }) => {
    const options = (Array.isArray(value) ? value : [value]).map(String);
    const found = options.flatMap((option) => filesMatching(option, place));
    if (options.some(holdsTemplate)) {
      if (found.length === 0) learnt.open = true;
    } else if (found.length === 0) {
      problems.push({
        message: `There is no file ${options.map((option) => `"${option}"`).join(' or ')}.`,
        at,
        hint: `searched in ${place.documents.shown(place.playbookDir) || '.'}`,
      });
    }
    // which of the files that fit a template is meant, only the run knows: the others may be anything
    const heard = options.some(holdsTemplate) ? [] : problems;
    return found.flatMap((file) => {
      const block = place.documents.vars(file, heard);
      if (!block) learnt.open = true;
      return block ?? [];
    });
  });
  const ofRoles = play.publicRoles.flatMap((role) => [...role.defaults, ...role.vars]);
  return [...ofRoles, ...(play.play.vars ? [play.play.vars] : []), ...files];
}

/** The file itself; for a name that holds templates, every file that fits it. */
function filesMatching(name: string, { documents, playbookDir }: Place): readonly string[] {
  const folders = [playbookDir, join(playbookDir, 'vars')];
  if (!holdsTemplate(name)) {
    const found = folders
      .map((folder) => resolve(folder, name))
      .find((path) => documents.files.read(path) !== undefined);
    return found === undefined ? [] : [found];
  }
  if (holdsTemplate(dirname(name))) return [];
  const parts = basename(name)
    .split(/\{\{.*?\}\}/)
    .map(literalPattern);
  const pattern = new RegExp(`^${parts.join('.*')}$`);
  return folders.flatMap((folder) => {
    const dir = resolve(folder, dirname(name));
    return (documents.files.list(dir) ?? []).filter((entry) => pattern.test(entry)).map((entry) => join(dir, entry));
  });
}

/** Variables of the inventory and of the files beside it and the playbook, for any host; each place once. */
export function blocksOfInventory(
  inventory: Inventory,
  playbookDir: string,
  problems: Problem[],
): readonly VarsBlock[] {
  const blocks = new Set<VarsBlock>();
  try {
    for (const host of [...inventory.hosts.keys(), 'localhost']) {
      for (const layer of inventory.layers(host, playbookDir)) blocks.add(layer);
    }
  } catch (error) {
    if (!isKplayError(error)) throw error;
    problems.push(...error.problems);
  }
  return [...blocks];
}

/** Names in all `group_vars` and `host_vars` beside a playbook, also of groups that do not exist yet. */
export function namesBeside(playbookDir: string, documents: Documents): readonly string[] {
  return ['group_vars', 'host_vars'].flatMap((folder) =>
    filesBelow(documents.files, join(playbookDir, folder)).flatMap((file) =>
      Object.keys(documents.vars(file, [])?.values ?? {}),
    ),
  );
}
