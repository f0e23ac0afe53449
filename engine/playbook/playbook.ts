/** The doors of the room: a document becomes the tree of a playbook, or of a file of tasks. */
import { KplayError, type Problem } from '../errors.ts';
import type { YamlDocument } from '../source/yaml.ts';
import type { PlaybookEntry, Statement } from './ast.ts';
import { complain, describe, items, rootNode } from './node.ts';
import { readPlaybookEntry } from './play.ts';
import { type ListOf, readStatements } from './statement.ts';

/** Reads a playbook. @throws KplayError with everything that is wrong with it */
export function parsePlaybook(document: YamlDocument): readonly PlaybookEntry[] {
  return orThrow((problems) => readPlaybook(document, problems));
}

/** Reads a file of tasks or handlers. @throws KplayError with everything that is wrong with it */
export function parseTasks(document: YamlDocument, of: ListOf = 'tasks'): readonly Statement[] {
  return orThrow((problems) => readTasks(document, problems, of));
}

/** As {@link parsePlaybook}, but adds to `problems` and answers with whatever could be read. */
export function readPlaybook(document: YamlDocument, problems: Problem[]): readonly PlaybookEntry[] {
  const root = rootNode(document, problems);
  if (!Array.isArray(document.value)) {
    complain(
      root,
      `A playbook must be a list of plays, not ${describe(document.value)}.`,
      'begin each play with "- hosts: …"',
    );
    return [];
  }
  return items(root).flatMap((item) => readPlaybookEntry(item) ?? []);
}

/** As {@link parseTasks}, but adds to `problems` and answers with whatever could be read. */
export function readTasks(document: YamlDocument, problems: Problem[], of: ListOf = 'tasks'): readonly Statement[] {
  return readStatements(rootNode(document, problems), of);
}

function orThrow<T>(read: (problems: Problem[]) => T): T {
  const problems: Problem[] = [];
  const tree = read(problems);
  if (problems.length > 0) throw new KplayError(problems);
  return tree;
}
