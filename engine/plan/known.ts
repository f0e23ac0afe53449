/** What is known about the variables of one play: which names there are, for whom, and where they are defined. */
import type { Problem } from '../errors.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { RawValue, VarsBlock } from '../playbook/ast.ts';
import type { Documents } from './documents.ts';
import { blocksOfInventory, blocksOfPlay, type LearntNames, namesBeside } from './names.ts';
import type { Lexical, PlannedInclude, PlannedPlay, PlannedStatement, PlannedTask } from './plan.ts';

export interface KnownOptions {
  readonly documents: Documents;
  readonly inventory: Inventory;
  readonly extraVars: Readonly<Record<string, RawValue>>;
  readonly cwd: string;
  readonly learnt: LearntNames;
}

export interface KnownNames {
  /** True for what every task of the play sees, or this one because of where it stands. */
  sees(statement: PlannedStatement, name: string): boolean;
  /** True for what any statement of the play sees: variables are rendered where they are used, not where they are written. */
  anywhere(name: string): boolean;
  readonly everything: ReadonlySet<string>;
  /** Everywhere a name may get its value from. */
  definitions(name: string, statement: PlannedStatement): ReadonlySet<VarsBlock>;
}

/** Adds to `problems` what is wrong with the files of variables. `statements` are all the play can come to. */
export function knownNames(
  play: PlannedPlay,
  statements: Iterable<PlannedStatement>,
  exported: readonly VarsBlock[],
  options: KnownOptions,
  problems: Problem[],
): KnownNames {
  const { documents, inventory, cwd, learnt, extraVars } = options;
  const { playbookDir } = play;
  const ofPlay = [
    ...blocksOfInventory(inventory, playbookDir, problems),
    ...blocksOfPlay(play, learnt, { documents, cwd, playbookDir }, problems),
    ...exported,
  ];
  const names = new Set([
    ...learnt.names,
    ...Object.keys(extraVars),
    ...promptedNames(play),
    ...ofPlay.flatMap((block) => Object.keys(block.values)),
    ...(learnt.regrouped ? namesBeside(playbookDir, documents) : []),
  ]);
  const everything = new Set(names);
  const surveyed = new Set<VarsBlock>();
  for (const statement of statements) {
    for (const name of loopNames(statement)) everything.add(name);
    for (const block of lexicalBlocks(statement.lexical)) {
      if (surveyed.has(block)) continue;
      surveyed.add(block);
      for (const name of Object.keys(block.values)) everything.add(name);
    }
  }
  const defining = byName([...ofPlay, ...learnt.blocks]);
  return {
    sees: (statement, name) =>
      names.has(name) ||
      loopNames(statement).includes(name) ||
      lexicalBlocks(statement.lexical).some((block) => Object.hasOwn(block.values, name)),
    anywhere: (name) => everything.has(name),
    everything,
    definitions: (name, statement) => {
      const lexical = lexicalBlocks(statement.lexical).filter((block) => Object.hasOwn(block.values, name));
      return new Set([...lexical, ...(defining.get(name) ?? [])]);
    },
  };
}

export function promptedNames({ play }: PlannedPlay): readonly string[] {
  return play.varsPrompt.map(({ value }) => String(value['name']));
}

/** Variables of a statement's loop. */
export function loopNames(statement: PlannedStatement): readonly string[] {
  const loop = (statement as Partial<PlannedTask | PlannedInclude>).loop;
  if (!loop) return [];
  const { loopVar, indexVar } = loop.control;
  return indexVar === undefined ? [loopVar] : [loopVar, indexVar];
}

function lexicalBlocks({ vars, includeParams, role }: Lexical): readonly VarsBlock[] {
  return [...vars, ...includeParams, ...(role ? [...role.defaults, ...role.vars, ...role.params] : [])];
}

function byName(blocks: readonly VarsBlock[]): ReadonlyMap<string, ReadonlySet<VarsBlock>> {
  const found = new Map<string, Set<VarsBlock>>();
  for (const block of blocks) {
    for (const name of Object.keys(block.values)) found.set(name, (found.get(name) ?? new Set()).add(block));
  }
  return found;
}
