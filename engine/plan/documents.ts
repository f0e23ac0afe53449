/** The YAML files of a plan, each read and parsed once. */
import { isAbsolute, join, relative, resolve } from 'node:path';
import { isKplayError, type Problem } from '../errors.ts';
import type { Statement, VarsBlock } from '../playbook/ast.ts';
import { isMapping, rootNode, varsBlock } from '../playbook/node.ts';
import { readTasks } from '../playbook/playbook.ts';
import type { ListOf } from '../playbook/statement.ts';
import type { Files } from '../source/files.ts';
import { parseYaml, type YamlDocument } from '../source/yaml.ts';

export interface Documents {
  readonly files: Files;
  /** A path as messages show it: relative when it is below the working folder. */
  shown(path: string): string;
  /** The text of a file that has been read, by its path as shown: for the code frames of problems. */
  source(shown: string): string | undefined;
  /** Undefined when there is no such file or it is malformed; the latter has then been added to the problems. */
  yaml(path: string, problems: Problem[]): YamlDocument | undefined;
  /** The text of any file; undefined when there is none, or it is encrypted and no password opens it. */
  text(path: string): string | undefined;
  tasks(path: string, of: ListOf, problems: Problem[]): readonly Statement[];
  /** A file of variables; an empty file holds none. */
  vars(path: string, problems: Problem[]): VarsBlock | undefined;
  /** Keys written twice. */
  readonly warnings: Problem[];
  /** Every YAML file read so far that is well formed. */
  parsed(): readonly YamlDocument[];
}

export function documents(disk: Files, cwd: string): Documents {
  const files = readingOnce(disk);
  const parsed = new Map<string, YamlDocument | undefined>();
  const statements = new Map<string, readonly Statement[]>();
  const texts = new Map<string, string | undefined>();
  const blocks = new Map<string, VarsBlock | undefined>();
  const warnings: Problem[] = [];

  const shown = (path: string) => {
    const short = relative(cwd, path);
    return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
  };
  // many files are only looked at because they may be meant: one that cannot be opened stops nobody who does not use it
  const unopened = new Map<string, readonly Problem[]>();
  const textOf = (path: string) =>
    once(texts, path, () => {
      try {
        return files.read(path);
      } catch (error) {
        if (!isKplayError(error)) throw error;
        unopened.set(path, error.problems);
        return undefined;
      }
    });
  const parse = (path: string, problems: Problem[]): YamlDocument | undefined => {
    const text = textOf(path);
    problems.push(...(unopened.get(path) ?? []));
    if (text === undefined) return undefined;
    if (text.startsWith('$ANSIBLE_VAULT;')) {
      problems.push({
        message: 'This file is encrypted, and cannot be read without its password.',
        at: { file: shown(path), line: 1, column: 1 },
      });
      return undefined;
    }
    try {
      const document = parseYaml(text, shown(path));
      warnings.push(...document.warnings.map((warning) => ({ ...warning, rule: 'duplicate-key' })));
      return document;
    } catch (error) {
      if (!isKplayError(error)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  };
  const yaml = (path: string, problems: Problem[]) => once(parsed, path, () => parse(path, problems));
  return {
    files,
    shown,
    source: (file) => texts.get(resolve(cwd, file)),
    yaml,
    warnings,
    parsed: () => [...parsed.values()].filter((document) => document !== undefined),
    text: textOf,
    tasks: (path, of, problems) =>
      once(statements, `${of} ${path}`, () => {
        const document = yaml(path, problems);
        return document ? readTasks(document, problems, of) : [];
      }),
    vars: (path, problems) =>
      once(blocks, path, () => {
        const document = yaml(path, problems);
        if (!document) return undefined;
        if (document.value !== null && !isMapping(document.value)) {
          problems.push({
            message: 'Variables must be a mapping, "name: value".',
            at: document.locate([]),
            source: document.text,
          });
          return undefined;
        }
        return varsBlock(rootNode(document, problems));
      }),
  };
}

/** Whether a file is there is asked by reading it, and then it is read; roles are looked for again and again. What is not there yet may come. */
function readingOnce(files: Files): Files {
  const texts = new Map<string, string>();
  const folders = new Set<string>();
  return {
    ...files,
    read(path) {
      const text = texts.get(path) ?? files.read(path);
      if (text !== undefined) texts.set(path, text);
      return text;
    },
    isDirectory(path) {
      if (!folders.has(path) && files.isDirectory(path)) folders.add(path);
      return folders.has(path);
    },
  };
}

function once<T>(known: Map<string, T>, key: string, make: () => T): T {
  if (!known.has(key)) known.set(key, make());
  return known.get(key) as T;
}

/** Every file below a folder, sorted; none when there is no such folder. */
export function filesBelow(files: Files, folder: string): readonly string[] {
  return [...(files.list(folder) ?? [])]
    .filter((name) => !name.startsWith('.'))
    .sort()
    .map((name) => join(folder, name))
    .flatMap((path) => (files.isDirectory(path) ? filesBelow(files, path) : [path]));
}
