/** Roles on disk: where one is found, and what its folder holds. */
import { basename, extname, join, resolve } from 'node:path';
import type { Location, Problem } from '../errors.ts';
import type { RoleUse, VarsBlock } from '../playbook/ast.ts';
import { child, isMapping, type Node, rootNode } from '../playbook/node.ts';
import { readRoleEntries } from '../playbook/role-entry.ts';
import { readBool } from '../playbook/values.ts';
import { didYouMean } from '../source/suggest.ts';
import { type Documents, filesBelow } from './documents.ts';

/** Which of a role's files are used: `tasks_from` and its kin. */
export type EntryPoints = Pick<RoleUse, 'tasksFrom' | 'varsFrom' | 'defaultsFrom' | 'handlersFrom'>;

/** A role's folder, apart from any use of it. */
export interface RoleFolder {
  readonly name: string;
  readonly path: string;
  readonly defaults: readonly VarsBlock[];
  readonly vars: readonly VarsBlock[];
  /** Undefined when the role has none. */
  readonly tasks: string | undefined;
  readonly handlers: string | undefined;
  readonly dependencies: readonly RoleUse[];
  readonly allowDuplicates: boolean;
  readonly specification: Specification | undefined;
}

/** The arguments an entry point declares in `meta/argument_specs.yml`. */
export interface Specification {
  readonly entryPoint: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly summary: string | undefined;
  readonly at: Location;
}

/** Where roles are looked for, nearest first. */
export interface RoleSearch {
  readonly playbookDir: string;
  readonly cwd: string;
  readonly rolesPath: readonly string[];
  /** Folders beside the roles that led here. */
  readonly beside: readonly string[];
}

/** A role's name and folder; complains with everywhere it was looked for when there is none. */
export function findRole(
  documents: Documents,
  search: RoleSearch,
  use: RoleUse,
  problems: Problem[],
): { readonly name: string; readonly path: string } | undefined {
  const { files } = documents;
  const { cwd, playbookDir } = search;
  const name = use.role.value;
  const folders = [
    join(playbookDir, 'roles'),
    join(cwd, 'roles'),
    ...search.rolesPath.map((path) => resolve(cwd, path)),
    ...search.beside,
  ];
  const searched = [...new Set(folders)];
  // A role may also be given by its path.
  const byPath = /^[./]/.test(name);
  const inFolders = byPath ? [name] : [name, withoutCollection(name)];
  const paths = [resolve(playbookDir, name), resolve(cwd, name)];
  for (const path of [
    ...(byPath ? paths : []),
    ...inFolders.flatMap((each) => searched.map((folder) => resolve(folder, each))),
    ...paths,
  ]) {
    if (files.isDirectory(path)) return { name: byPath ? basename(path) : name, path };
  }
  const known = searched.flatMap((folder) =>
    [...(files.list(folder) ?? [])].filter((entry) => files.isDirectory(join(folder, entry))),
  );
  problems.push({
    message: `There is no role "${name}".${didYouMean(name, known)}`,
    at: use.role.at,
    hint: `searched in ${searched.map(documents.shown).join(', ')}`,
  });
  return undefined;
}

/** A role of a collection may stand among the others: `ns.collection.role` is then `role`. */
function withoutCollection(name: string): string {
  const parts = name.split('.');
  return parts.length > 2 ? parts.slice(2).join('/') : name;
}

const extensions = ['.yml', '.yaml', '.json'];

/** The file of a role's folder: `main` means `main.yml`, `main.yaml` or `main.json`; a name may also be written in full. */
export function entryFile(documents: Documents, folder: string, name: string): string | undefined {
  const named = extname(name) === '' ? [] : [name];
  const candidates = [...named, ...extensions.map((extension) => name + extension), name];
  return candidates
    .map((candidate) => join(folder, candidate))
    .find((path) => documents.files.read(path) !== undefined);
}

/** Reads what a use of a role needs of its folder. */
export function readRole(
  documents: Documents,
  found: { readonly name: string; readonly path: string },
  use: RoleUse,
  problems: Problem[],
): RoleFolder {
  const { path } = found;
  const file = (folder: string, name: string, required: boolean): string | undefined => {
    const entry = entryFile(documents, join(path, folder), name);
    if (entry === undefined && required) {
      const known = filesBelow(documents.files, join(path, folder)).map((each) =>
        each.slice(join(path, folder).length + 1),
      );
      problems.push({
        message: `The role "${found.name}" has no ${folder}/${name}.${didYouMean(
          name,
          known.map((each) => each.replace(/\.\w+$/, '')),
        )}`,
        at: use.at,
        hint: `searched in ${documents.shown(join(path, folder))}`,
      });
    }
    return entry;
  };
  const meta = readMeta(documents, path, problems);
  const entryPoint = use.tasksFrom.replace(/\.(ya?ml|json)$/, '');
  return {
    ...found,
    defaults: readVars(documents, path, 'defaults', use.defaultsFrom, file, problems),
    vars: readVars(documents, path, 'vars', use.varsFrom, file, problems),
    tasks: file('tasks', use.tasksFrom, entryPoint !== 'main'),
    handlers: file('handlers', use.handlersFrom, use.handlersFrom !== 'main'),
    dependencies: meta ? readRoleEntries(child(meta, 'dependencies')) : [],
    allowDuplicates: (meta && readBool(child(meta, 'allow_duplicates').value)) ?? false,
    specification: use.validate ? specificationOf(documents, path, entryPoint, meta, problems) : undefined,
  };
}

/** `main.yml` and the like; for `main` a folder of files as well. */
function readVars(
  documents: Documents,
  role: string,
  folder: 'defaults' | 'vars',
  name: string,
  file: (folder: string, name: string, required: boolean) => string | undefined,
  problems: Problem[],
): readonly VarsBlock[] {
  const many = filesBelow(documents.files, join(role, folder, name)).filter((path) =>
    extensions.includes(extname(path)),
  );
  const one = file(folder, name, name !== 'main' && many.length === 0);
  return [...(one === undefined ? [] : [one]), ...many].flatMap((path) => documents.vars(path, problems) ?? []);
}

function readMeta(documents: Documents, role: string, problems: Problem[]): Node | undefined {
  const path = entryFile(documents, join(role, 'meta'), 'main');
  const document = path === undefined ? undefined : documents.yaml(path, problems);
  return document && rootNode(document, problems);
}

function specificationOf(
  documents: Documents,
  role: string,
  entryPoint: string,
  meta: Node | undefined,
  problems: Problem[],
): Specification | undefined {
  const path = entryFile(documents, join(role, 'meta'), 'argument_specs');
  const document = path === undefined ? undefined : documents.yaml(path, problems);
  const root = document ? rootNode(document, problems) : meta;
  if (!root) return undefined;
  const entry = child(child(root, 'argument_specs'), entryPoint);
  const options = child(entry, 'options').value;
  if (!isMapping(entry.value) || !isMapping(options)) return undefined;
  const summary = entry.value['short_description'];
  return {
    entryPoint,
    options,
    summary: typeof summary === 'string' ? summary : undefined,
    at: root.document.locateKey(['argument_specs', entryPoint]),
  };
}
