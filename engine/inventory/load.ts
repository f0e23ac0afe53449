/** Reads inventories: files in INI, YAML or TOML, scripts that print one, directories of these, and lists of hosts. */
import { basename, dirname, join } from 'node:path';
import { fail, KplayError, type Location, type Problem } from '../errors.ts';
import type { Files } from '../source/files.ts';
import { withAddition } from './addition.ts';
import { namesPlugin, readConstructed, type SoFar } from './constructed.ts';
import { copyOf, type Draft, defineGroup, draftHost, emptyDraft } from './draft.ts';
import { existingName, impliedGroups } from './group-aliases.ts';
import { type Hierarchy, layerOf, resolveHierarchy } from './hierarchy.ts';
import { localhostNames, readHostNames } from './host-names.ts';
import { readIniInventory } from './ini.ts';
import type { Group, Host, Inventory, VarsLayer } from './inventory.ts';
import { isScript, readScriptInventory } from './script-inventory.ts';
import { readTomlInventory } from './toml-inventory.ts';
import { readVarsFolders, type VarsFolders } from './vars-files.ts';
import { readYamlInventory } from './yaml-inventory.ts';

/** Of a name that is no host's: one list, since others remember what they made of it. */
const noLayers: readonly VarsLayer[] = [];

/** Files of a directory that are no inventory. */
const ignored = /^\.|~$|\.(?:pyc|pyo|swp|bak|rpm|md|txt|rst|orig|cfg|retry)$|^(?:group_vars|host_vars)$/;

/**
 * Reads all sources into one inventory; of two values for one name the later source's holds. A source is a file, a directory,
 * or a list of hosts with at least one comma (`h1,h2,`).
 * @throws KplayError with every problem of every source
 */
export function loadInventory(
  sources: readonly string[],
  files: Files,
  options: { readonly playbookDir?: string } = {},
): Inventory {
  const draft = emptyDraft();
  /** What is read already, for who makes more of it; a group that is only named yet may still be defined. */
  const soFar: SoFar = (beside) => {
    const copy = copyOf(draft);
    for (const group of copy.groups.values()) group.defined = true;
    const read = assembled(copy, sources, files, {});
    return (host) => {
      const layers = read.layers(host).filter(({ kind }) => beside || kind.endsWith('in the inventory'));
      const groups = read.host(host)?.groups.filter((group) => group !== 'all') ?? [];
      return Object.assign({ group_names: [...groups].sort() }, ...layers.map(({ values }) => values));
    };
  };
  for (const source of sources) attempt(draft, () => readSource(draft, source, files, soFar));
  return assembled(draft, sources, files, options);
}

function assembled(
  draft: Draft,
  sources: readonly string[],
  files: Files,
  options: { readonly playbookDir?: string },
): Inventory {
  defineImplied(draft);
  const hierarchy = resolveHierarchy(draft);
  const wanted = { groups: [...hierarchy.groups.keys()], hosts: [...hierarchy.hosts.keys(), ...localhostNames] };

  const beside = new Map<string, VarsFolders>();
  const folders = (dir: string): VarsFolders => {
    let read = beside.get(dir);
    if (!read) {
      read = readVarsFolders(dir, wanted, files);
      beside.set(dir, read);
    }
    return read;
  };
  const inventoryDirs = [...new Set(sources.flatMap((source) => directoryOf(source, files)))];
  const warnings: Problem[] = [...draft.warnings];
  const problems: Problem[] = [];
  for (const dir of new Set([...inventoryDirs, ...(options.playbookDir === undefined ? [] : [options.playbookDir])])) {
    attempt({ problems }, () => warnings.push(...folders(dir).warnings));
  }
  if (problems.length > 0) throw new KplayError(problems);

  const members = new Map<string, readonly string[]>();
  const hostsIn = (name: string): readonly string[] => {
    const group = existingName(name, (each) => hierarchy.groups.has(each));
    if (group === undefined) return [];
    let hosts = members.get(group);
    if (!hosts) {
      hosts = group === 'all' ? [...hierarchy.hosts.keys()] : hostsBeneath(hierarchy.groups, group);
      members.set(group, hosts);
    }
    return hosts;
  };
  const host = (name: string): Host | undefined =>
    hierarchy.hosts.get(name) ?? (localhostNames.has(name) ? implicitLocalhost(name) : undefined);
  const ordered = new Map<string, readonly VarsLayer[]>();
  const layers = (name: string, playbookDir?: string): readonly VarsLayer[] => {
    const key = `${name} ${playbookDir ?? ''}`;
    const known = ordered.get(key);
    if (known) return known;
    const found = host(name);
    if (!found) return noLayers;
    const play = playbookDir === undefined ? undefined : folders(playbookDir);
    const fresh = orderLayers(hierarchy, found, inventoryDirs.map(folders), play);
    ordered.set(key, fresh);
    return fresh;
  };
  const inventory: Inventory = {
    ...hierarchy,
    sources,
    host,
    hostsIn,
    layers,
    hostLayers: (name) => layers(name),
    warnings,
    with(addition) {
      const grown = withAddition(draft, addition);
      return grown ? assembled(grown, sources, files, options) : inventory;
    },
  };
  return inventory;
}

/** Groups that the inventory calls otherwise, or leaves to be put together. */
function defineImplied(draft: Draft): void {
  const implied = impliedGroups((name) => draft.groups.get(name)?.defined === true);
  for (const [name, children] of implied) {
    const at = draft.groups.get(children[0]!)?.at;
    const group = defineGroup(draft, name, at);
    for (const child of children) group.children.set(child, at ?? { file: 'implied group', line: 1, column: 1 });
  }
}

/** Keeps the problems that `step` throws, so that all are shown at once. */
function attempt(sink: { readonly problems: Problem[] }, step: () => void): void {
  try {
    step();
  } catch (error) {
    if (!(error instanceof KplayError)) throw error;
    sink.problems.push(...error.problems);
  }
}

function readSource(draft: Draft, source: string, files: Files, soFar: SoFar): void {
  if (files.isDirectory(source)) {
    for (const entry of [...(files.list(source) ?? [])].sort()) {
      if (!ignored.test(entry)) attempt(draft, () => readSource(draft, join(source, entry), files, soFar));
    }
    return;
  }
  const text = files.read(source);
  if (text !== undefined && isScript(text)) readScriptInventory(draft, source, files);
  else if (text !== undefined && /\.ya?ml$/.test(source) && namesPlugin(text))
    readConstructed(draft, text, source, soFar);
  else if (text !== undefined) readText(draft, text, source);
  else if (source.includes(',')) readHostList(draft, source);
  else
    fail(`there is no inventory "${source}"`, undefined, `for a list of hosts write a comma: "${basename(source)},"`);
}

function readText(draft: Draft, text: string, file: string): void {
  draft.texts.set(file, text);
  if (file.endsWith('.toml')) readTomlInventory(draft, text, file);
  else if (isYaml(text, basename(file))) readYamlInventory(draft, text, file);
  else readIniInventory(draft, text, file);
}

/** By its extension, or by the look of its first line. */
function isYaml(text: string, name: string): boolean {
  if (/\.(?:ya?ml|json)$/.test(name)) return true;
  if (name.endsWith('.ini')) return false;
  const first = text.split(/\r\n|\n|\r/).find((line) => /^\s*[^\s#;]/.test(line)) ?? '';
  return /^(?:---|\{|[\w.-]+:\s*(?:#.*)?$)/.test(first.trimEnd());
}

function readHostList(draft: Draft, source: string): void {
  const group = defineGroup(draft, 'ungrouped', undefined);
  const at: Location = { file: source, line: 1, column: 1 };
  for (const part of source.split(',').map((each) => each.trim())) {
    if (part === '') continue;
    const read = readHostNames(part);
    if (read.kind === 'malformed') fail(read.message, at);
    for (const name of read.names) {
      const vars = draftHost(draft, name, group, at);
      if (read.port !== undefined) vars.set('ansible_port', { value: read.port, at });
    }
  }
}

/** Where `group_vars` and `host_vars` of a source are looked for. */
function directoryOf(source: string, files: Files): string[] {
  if (files.isDirectory(source)) return [source];
  return files.read(source) === undefined ? [] : [dirname(source)];
}

/** The group's own hosts, then those of its children, level by level: the first host of a group is the first written in it. */
function hostsBeneath(groups: ReadonlyMap<string, Group>, name: string): readonly string[] {
  const hosts = new Set<string>();
  const seen = new Set([name]);
  for (const each of seen) {
    const group = groups.get(each);
    for (const host of group?.hosts ?? []) hosts.add(host);
    for (const child of group?.children ?? []) seen.add(child); // a Set being walked also yields what is added meanwhile
  }
  return [...hosts];
}

function implicitLocalhost(name: string): Host {
  const at: Location = { file: 'implicit localhost', line: 1, column: 1 };
  const vars = layerOf('implicit localhost', new Map([['ansible_connection', { value: 'local', at }]]));
  return { name, groups: [], at: undefined, vars, implicit: true };
}

/**
 * Ansible's order of precedence: `all` before the other groups, in each the inventory before `group_vars`, and beside the inventory
 * before beside the playbook; then the host, likewise.
 */
function orderLayers(
  hierarchy: Hierarchy,
  host: Host,
  inventory: readonly VarsFolders[],
  play: VarsFolders | undefined,
): VarsLayer[] {
  const groups = host.groups.filter((name) => name !== 'all');
  const ofGroups = (folders: VarsFolders | undefined, names: readonly string[]) =>
    names.flatMap((name) => folders?.groups.get(name) ?? []);
  const ofHost = (folders: VarsFolders | undefined) => folders?.hosts.get(host.name) ?? [];
  const written = (name: string) => hierarchy.groups.get(name)!.vars;
  const inPlay = (layer: VarsLayer): VarsLayer => ({ ...layer, kind: `${layer.kind} beside the playbook` });
  const inInventory = (layer: VarsLayer): VarsLayer => ({ ...layer, kind: `${layer.kind} beside the inventory` });
  return [
    written('all'),
    ...groups.map(written),
    ...inventory.flatMap((folders) => ofGroups(folders, ['all'])).map(inInventory),
    ...ofGroups(play, ['all']).map(inPlay),
    ...inventory.flatMap((folders) => ofGroups(folders, groups)).map(inInventory),
    ...ofGroups(play, groups).map(inPlay),
    host.vars,
    ...inventory.flatMap(ofHost).map(inInventory),
    ...ofHost(play).map(inPlay),
  ].filter((layer) => Object.keys(layer.values).length > 0);
}
