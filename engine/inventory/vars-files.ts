/** Variables in files: `group_vars/` and `host_vars/`, beside an inventory or beside a playbook. */
import { join } from 'node:path';
import { KplayError, type Problem } from '../errors.ts';
import type { Files } from '../source/files.ts';
import { closest } from '../source/suggest.ts';
import { parseYaml } from '../source/yaml.ts';
import { aliasesOf } from './group-aliases.ts';
import type { VarsLayer } from './inventory.ts';

/** What the two folders of one place hold, by group and by host. */
export interface VarsFolders {
  readonly groups: ReadonlyMap<string, readonly VarsLayer[]>;
  readonly hosts: ReadonlyMap<string, readonly VarsLayer[]>;
  readonly warnings: readonly Problem[];
}

const extensions = ['', '.yml', '.yaml', '.json'];

/**
 * Reads `group_vars/NAME` and `host_vars/NAME` for the names given. NAME is a file, with `.yml`, `.yaml`, `.json` or nothing behind
 * it, or a directory whose files merge in sorted order, later over earlier.
 * @throws KplayError with every malformed file
 */
export function readVarsFolders(
  dir: string,
  names: { readonly groups: Iterable<string>; readonly hosts: Iterable<string> },
  files: Files,
): VarsFolders {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const read = (folder: string, wanted: Iterable<string>, others: (name: string) => readonly string[]) => {
    const path = join(dir, folder);
    const entries = new Set(files.list(path) ?? []);
    const layers = new Map<string, readonly VarsLayer[]>();
    if (entries.size === 0) return layers;
    const known = new Set(wanted);
    for (const name of known) {
      const found = [...others(name).filter((other) => !known.has(other)), name].flatMap((each) =>
        filesOf(each, path, entries, files, warnings).flatMap((file) =>
          layerOf(file, folder, files, problems, warnings),
        ),
      );
      if (found.length > 0) layers.set(name, found);
    }
    warnings.push(...misnamed(path, entries, known, others));
    return layers;
  };
  const groups = read('group_vars', names.groups, aliasesOf);
  const hosts = read('host_vars', names.hosts, () => []);
  if (problems.length > 0) throw new KplayError(problems);
  return { groups, hosts, warnings };
}

/** The files of one name. Of several forms side by side the first counts, as in Ansible, but not silently. */
function filesOf(
  name: string,
  folder: string,
  entries: ReadonlySet<string>,
  files: Files,
  warnings: Problem[],
): string[] {
  const [first, ...rest] = extensions.map((extension) => name + extension).filter((entry) => entries.has(entry));
  if (first === undefined) return [];
  for (const other of rest)
    warnings.push({ message: `${join(folder, other)} is not read, because ${join(folder, first)} is there` });
  return filesIn(join(folder, first), files);
}

function filesIn(path: string, files: Files): string[] {
  if (!files.isDirectory(path)) return [path];
  const entries = [...(files.list(path) ?? [])]
    .filter((entry) => !entry.startsWith('.') && !entry.endsWith('~'))
    .sort();
  return entries
    .map((entry) => join(path, entry))
    .filter((entry) => files.isDirectory(entry) || /(?:^|\/)[^./]+$|\.(?:ya?ml|json)$/.test(entry))
    .flatMap((entry) => filesIn(entry, files));
}

function layerOf(file: string, folder: string, files: Files, problems: Problem[], warnings: Problem[]): VarsLayer[] {
  const text = files.read(file);
  if (text === undefined) return [];
  if (text.startsWith('$ANSIBLE_VAULT;')) {
    problems.push({
      message: 'the file is encrypted, and was not opened',
      at: { file, line: 1, column: 1 },
    });
    return [];
  }
  try {
    const document = parseYaml(text, file);
    warnings.push(...document.warnings);
    const values = document.value ?? {};
    if (typeof values !== 'object' || Object.getPrototypeOf(values) !== Object.prototype) {
      problems.push({ message: 'variables must be a mapping, "name: value"', at: document.locate([]), source: text });
      return [];
    }
    const own = values as Readonly<Record<string, unknown>>;
    const locate = (name: string) => (Object.hasOwn(own, name) ? document.locateKey([name]) : undefined);
    return [{ kind: folder, file, values: own, locate }];
  } catch (error) {
    if (!(error instanceof KplayError)) throw error;
    problems.push(...error.problems);
    return [];
  }
}

/** Files that belong to no name but nearly to one: a slip which would otherwise go unseen. */
function misnamed(
  folder: string,
  entries: ReadonlySet<string>,
  known: ReadonlySet<string>,
  others: (name: string) => readonly string[],
): Problem[] {
  return [...entries].flatMap((entry) => {
    const name = entry.replace(/\.(?:ya?ml|json)$/, '');
    if (name.length < 5 || known.has(name) || others(name).some((other) => known.has(other))) return [];
    const meant = closest(name, known);
    return meant === undefined
      ? []
      : [{ message: `${join(folder, entry)} names no group or host. Did you mean "${meant}"?` }];
  });
}
