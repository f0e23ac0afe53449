/** The words of rsync_opts that mean something without rsync; every other one is refused by name. */
import { ModuleFailure } from '../../target/failure.ts';
import type { Rule } from './rules.ts';

export interface SyncOptions {
  readonly rules: readonly Rule[];
  readonly deleteExcluded: boolean;
}

/** @throws ModuleFailure for a word that has no meaning here, with the argument that says it, if there is one. */
export function syncOptions(words: readonly string[]): SyncOptions {
  const rules: Rule[] = [];
  let deleteExcluded = false;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]!;
    const [, name, given] = /^--(exclude|include)(?:=(.*))?$/s.exec(word) ?? [];
    if (name !== undefined) {
      index += given === undefined ? 1 : 0;
      const pattern = given ?? words[index];
      if (pattern === undefined || /^\/?$/.test(pattern))
        throw new ModuleFailure(`rsync_opts: ${word} needs a pattern`);
      rules.push({ excludes: name === 'exclude', pattern });
    } else if (word === '--delete-excluded') deleteExcluded = true;
    else if (!aboutTheWay.test(word)) throw refused(word);
  }
  return { rules, deleteExcluded };
}

/** They are about how rsync's own connection does it, and leave the same files behind. */
const aboutTheWay =
  /^(?:--no-motd|-z|--compress|--compress-level=\d+|--partial|--delay-updates|-q|--quiet|-h|--human-readable)$/;

function refused(word: string): ModuleFailure {
  const name = word.replace(/=.*$/s, '');
  const hint =
    instead[name] ?? 'of rsync_opts only --exclude, --include and --delete-excluded mean something without rsync';
  return new ModuleFailure(`rsync_opts: ${name} is not done here: ${hint}`);
}

const byFile = 'a file task behind this one sets it, with recurse where it is meant for all below';
const byPatterns = 'write the patterns as --exclude=PATTERN and --include=PATTERN, one each';

const instead: Readonly<Record<string, string>> = {
  '--archive': 'say archive: true',
  '-a': 'say archive: true',
  '--recursive': 'say recursive: true',
  '-r': 'say recursive: true',
  '--checksum': 'say checksum: true',
  '-c': 'say checksum: true',
  '--delete': 'say delete: true',
  '--delete-after': 'say delete: true',
  '--existing': 'say existing_only: true',
  '--copy-links': 'say copy_links: true',
  '-L': 'say copy_links: true',
  '--no-perms': 'say perms: false',
  '--no-owner': 'say owner: false',
  '--no-group': 'say group: false',
  '--no-times': 'say times: false',
  '--no-links': 'say links: false',
  '--no-recursive': 'say recursive: false',
  '--chmod': byFile,
  '--chown': byFile,
  '--exclude-from': byPatterns,
  '--include-from': byPatterns,
  '--filter': byPatterns,
  '-f': byPatterns,
};
