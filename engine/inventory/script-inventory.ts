/** The inventory that a script prints: as JSON, groups for `--list` and the variables of one host for `--host NAME`. */
import { fail, type Location } from '../errors.ts';
import type { Files } from '../source/files.ts';
import { Float } from '../source/float.ts';
import { VaultScalar } from '../source/vault-scalar.ts';
import { readJson } from '../template/python/read-json.ts';
import { Unsafe } from '../template/values.ts';
import { type Draft, type DraftVars, defineGroup, draftHost } from './draft.ts';

type Mapping = Readonly<Record<string, unknown>>;

interface Script {
  readonly path: string;
  /** Where everything it says is said to be written. */
  readonly at: Location;
  /** What it answers to these words. Throws KplayError. */
  ask(...words: readonly string[]): Mapping;
}

/** A file with an interpreter's line, or a compiled program; its bits do not tell, as on some disks every file is executable. */
export const isScript = (text: string): boolean => text.startsWith('#!') || text.startsWith('\u007fELF');

/**
 * Adds what the script prints to the draft. Hosts are asked about one by one where `_meta.hostvars` is missing.
 * @throws KplayError when it cannot be run, fails, or prints something else
 */
export function readScriptInventory(draft: Draft, path: string, files: Files): void {
  const script = scriptAt(draft, path, files);
  const { _meta: meta, ...groups } = script.ask('--list');
  const hosts = new Map<string, DraftVars>();
  for (const [name, body] of Object.entries(groups))
    for (const host of readGroup(draft, script, name, body)) hosts.set(host, draft.hosts.get(host)!.vars);
  const told = meta === undefined ? undefined : mapping(script, meta, '_meta')['hostvars'];
  const hostvars = told === undefined ? undefined : mapping(script, told, '_meta.hostvars');
  for (const [host, vars] of hosts) {
    const own = hostvars ? (Object.hasOwn(hostvars, host) ? hostvars[host] : {}) : script.ask('--host', host);
    setVars(script, vars, own, `the variables of "${host}"`);
  }
}

function scriptAt(draft: Draft, path: string, files: Files): Script {
  const runs = files.isExecutable?.(path) ?? false;
  if (!runs || !files.answer) fail(`the inventory script ${path} is not executable`, undefined, `chmod +x ${path}`);
  const answer = files.answer;
  const ask = (...words: readonly string[]): Mapping => {
    const { code, stdout, stderr } = answer(path, words);
    const said = stderr.trim();
    const question = `${path} ${words.join(' ')}`;
    if (code !== 0) {
      const how = code === undefined ? 'did not run to its end' : `ended with exit code ${code}`;
      const hint = /\bENOENT$/.test(said) ? 'is the interpreter of its first line there?' : undefined;
      fail(`the inventory script ${question} ${how}${said && `: ${said}`}`, undefined, hint);
    }
    if (said) draft.warnings.push({ message: `${question} says: ${said}` });
    if (stdout.trim() === '' && words[0] === '--host') return {};
    return mapping(script, parsed(stdout, question), words.join(' '));
  };
  const script: Script = { path, at: { file: path, line: 1, column: 1 }, ask };
  return script;
}

function parsed(text: string, question: string): unknown {
  try {
    return marked(readJson(text));
  } catch (error) {
    const begins = text.trim() === '' ? 'nothing' : `"${text.trim().split('\n')[0]!.slice(0, 60)}…"`;
    return fail(`the inventory script ${question} printed no JSON, but ${begins}: ${(error as Error).message}`);
  }
}

/** Answers with the hosts named in it. */
function readGroup(draft: Draft, script: Script, name: string, body: unknown): readonly string[] {
  const { at } = script;
  const group = defineGroup(draft, name, at);
  const parts = Array.isArray(body) ? { hosts: body } : mapping(script, body, `the group "${name}"`);
  // the oldest form: no group but a host, in a group of its name
  const lone =
    Object.keys(parts).length > 0 && !['hosts', 'vars', 'children'].some((part) => Object.hasOwn(parts, part));
  const { hosts, vars, children } = lone ? { hosts: [name], vars: parts, children: undefined } : parts;
  const members = names(script, hosts, `the hosts of "${name}"`);
  for (const host of members) draftHost(draft, host, group, at);
  setVars(script, group.vars, vars, `the variables of "${name}"`);
  for (const child of names(script, children, `the children of "${name}"`)) {
    defineGroup(draft, child, at);
    group.children.set(child, at);
  }
  return members;
}

function setVars(script: Script, target: DraftVars, body: unknown, what: string): void {
  for (const [name, value] of Object.entries(mapping(script, body, what))) target.set(name, { value, at: script.at });
}

/** Values of the two kinds that JSON has no words for, as ansible-inventory writes them. */
function marked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(marked);
  if (typeof value !== 'object' || value === null || value instanceof Float) return value;
  const { __ansible_vault: vaulted, __ansible_unsafe: unsafe } = value as Mapping;
  if (typeof vaulted === 'string') return new VaultScalar(vaulted);
  if (typeof unsafe === 'string') return new Unsafe(unsafe);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, marked(one)]));
}

function mapping({ path }: Script, value: unknown, what: string): Mapping {
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) return value as Mapping;
  return fail(`the inventory script ${path}: ${what} must be a mapping`);
}

function names({ path }: Script, value: unknown, what: string): readonly string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
  return fail(`the inventory script ${path}: ${what} must be a list of names`);
}
