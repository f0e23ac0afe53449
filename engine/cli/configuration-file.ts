/** `ansible.cfg`: which one counts, and what is written in it. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes, KplayError, type Location, type Problem } from '../errors.ts';
import { disk } from './disk.ts';

export interface Entry {
  readonly section: string;
  /** In lower case. */
  readonly name: string;
  readonly value: string;
  readonly at: Location;
}

export interface Surroundings {
  readonly cwd: string;
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The first that is there: ANSIBLE_CONFIG, the working folder's, the user's, the machine's. */
export function findConfiguration({ cwd, home, environment }: Surroundings): {
  readonly file?: string;
  readonly warnings: readonly string[];
} {
  const given = environment['ANSIBLE_CONFIG']?.replace(/^~(?=\/)/, home);
  const named = given && disk.isDirectory(given) ? join(given, 'ansible.cfg') : given;
  const here = join(cwd, 'ansible.cfg');
  // whoever may write here could have the run do as they like
  const isOpen = disk.read(here) !== undefined && (statSync(cwd).mode & 0o002) !== 0;
  const candidates = [named, isOpen ? undefined : here, join(home, '.ansible.cfg'), '/etc/ansible/ansible.cfg'];
  const file = candidates.find((one) => one && disk.read(one) !== undefined);
  const isPassedOver = isOpen && (file === undefined || file !== named);
  return {
    ...(file && { file }),
    warnings: isPassedOver
      ? [`${here} is not read, because anyone may write to its folder: chmod o-w the folder, or set ANSIBLE_CONFIG`]
      : [],
  };
}

/** What is written in it, in order, as Python's configparser reads it. Throws KplayError with every line that is nothing. */
export function readConfiguration(text: string, file: string): readonly Entry[] {
  const entries: Entry[] = [];
  const problems: Problem[] = [];
  let section: string | undefined;
  let follows = false;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const content = line.trim().replace(/\s;.*$/, '');
    const at: Location = { file, line: index + 1, column: line.search(/\S/) + 1 };
    const header = /^\[([^\]]+)\]/.exec(line)?.[1];
    const pair = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(content);
    if (header !== undefined) {
      section = header;
      follows = false;
    } else if (follows && /^\s/.test(line)) {
      const last = entries.pop()!;
      entries.push({ ...last, value: `${last.value}\n${content}`.trim() });
    } else if (pair && section !== undefined) {
      entries.push({ section, name: pair[1]!.toLowerCase(), value: unquoted(pair[2]!), at });
      follows = true;
    } else {
      const message = pair ? 'this stands before any [section]' : `"${content}" is not of the form name = value`;
      problems.push({ message, at, source: text });
    }
  }
  if (problems.length > 0) throw new KplayError(problems, { exitCode: exitCodes.usage });
  return entries;
}

const unquoted = (text: string): string => /^(["'])(.*)\1$/.exec(text)?.[2] ?? text;
