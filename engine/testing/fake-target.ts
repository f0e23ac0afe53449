/** A host in memory: it answers queries from what a test states, and believes of every change that it was made. */
import { createHash, createPublicKey } from 'node:crypto';
import { posix } from 'node:path';
import type { DetailsKey, FileDetails } from '../module/file-details.ts';
import { modeAfter } from '../module/mode.ts';
import { contentBytes } from '../target/effects.ts';
import { ModuleFailure, UnknownState } from '../target/failure.ts';
import { normalPath } from '../target/files.ts';
import { readable } from '../target/live.ts';
import type { QueryKind } from '../target/query.ts';
import type { Account, FileState, GroupEntry, PresentFile, UnitState } from '../target/state.ts';
import type { Attributes, Command, Completed, Target } from '../target/target.ts';
import { isUnknown, type Unknown } from '../template/values.ts';
import { type FakeFile, type FakeFiles, fakeFiles, sha256 } from './fake-files.ts';

export interface FakeOutput {
  readonly code?: number;
  readonly stdout?: string | Buffer;
  readonly stderr?: string;
}

/** What is true of a host before a test. */
export interface FakeWorld {
  /** By path; a text is the content of a file of root with mode 0644. */
  readonly files?: Readonly<Record<string, FakeFile | string>>;
  /** By name with or without `.service`; what is left out is that of a stopped, disabled unit. */
  readonly units?: Readonly<Record<string, Partial<UnitState>>>;
  /** Installed versions by name. */
  readonly packages?: Readonly<Record<string, string>>;
  readonly accounts?: Readonly<Record<string, Partial<Account>>>;
  readonly groups?: Readonly<Record<string, Partial<GroupEntry>>>;
  readonly facts?: Readonly<Record<string, unknown>>;
  /** Answers of any other query, by `<kind> <id>`. */
  readonly answers?: Readonly<Record<string, unknown>>;
  /** What commands and scripts that contain a text give; everything else succeeds silently. */
  readonly commands?: Readonly<Record<string, FakeOutput>>;
}

export interface FakeTarget extends Target {
  /** One line for each change made, in order. */
  readonly log: readonly string[];
  /** The whole text of each command and script run, in order. */
  readonly scripts: readonly string[];
  readonly files: FakeFiles;
}

/** A target over a world in memory. Nothing outside the test is read or written. */
export function fakeTarget(world: FakeWorld = {}): FakeTarget {
  const log: string[] = [];
  const scripts: string[] = [];
  const answers = new Map<string, unknown>(Object.entries(world.answers ?? {}));
  const files = fakeFiles(world.files ?? {}, (owner) => idOf(world, owner));

  async function query<K, V>(kind: QueryKind<K, V>, key: K): Promise<V> {
    const id = `${kind.name} ${kind.id(key)}`;
    const answer = answers.has(id) ? answers.get(id) : computed(world, files, kind.name, kind.id(key), key);
    if (isUnknown(answer)) throw new UnknownState(answer.reason);
    if (answer === nothing) throw new Error(`the world of this test has no answer to "${id}": state it under answers`);
    return answer as V;
  }

  function output(text: string): Completed {
    scripts.push(text);
    const known = Object.keys(world.commands ?? {}).filter((part) => text.includes(part));
    const found = world.commands?.[known.sort((a, b) => b.length - a.length)[0] ?? ''] ?? {};
    return {
      code: found.code ?? 0,
      stdout: Buffer.from(found.stdout ?? ''),
      stderr: Buffer.from(found.stderr ?? ''),
      truncated: false,
      timedOut: false,
      start: '2024-01-01T00:00:00.000Z',
      end: '2024-01-01T00:00:01.000Z',
      seconds: 1,
    };
  }

  function attributesAt(path: string, attributes: Attributes, type: 'file' | 'directory'): FakeFile {
    const before = files.stat(path, true);
    const kept = before.exists ? before : undefined;
    const mode = kept?.mode ?? (type === 'directory' ? '0755' : '0644');
    return {
      mode: attributes.mode === undefined ? mode : modeAfter(attributes.mode, mode, type === 'directory'),
      owner: nameOf(world, attributes.owner) ?? kept?.owner ?? 'root',
      group: attributes.group ?? kept?.group ?? 'root',
    };
  }

  return {
    ...readable('testhost', query),
    log,
    scripts,
    files,
    async writeFile(path, content, options) {
      files.needParent(path);
      const before = files.stat(path, false);
      if (before.exists && before.type === 'directory') throw new ModuleFailure(`${path} is a directory`);
      if (options.validate !== undefined) {
        const { code, stderr } = output(options.validate.replaceAll('%s', `${posix.dirname(path)}/.kplay.XXXXXXXX`));
        if (code !== 0) throw new ModuleFailure(`write ${path}: validation failed: ${stderr}`);
      }
      log.push(`write ${path}`);
      if (options.backup !== undefined && before.exists)
        files.put(options.backup, { content: files.content(path) ?? '' });
      answers.delete(`checksum ${normalPath(path)}`);
      files.put(path, { ...attributesAt(path, options, 'file'), content: await contentBytes(content) });
    },
    async makeDirectory(path, attributes) {
      log.push(`mkdir ${path}`);
      const missing: string[] = [];
      for (let at = normalPath(path); !files.stat(at, true).exists; at = posix.dirname(at)) missing.unshift(at);
      for (const at of missing) files.put(at, { ...attributesAt(at, attributes, 'directory'), type: 'directory' });
    },
    async setAttributes(path, attributes, options = {}) {
      log.push(`set attributes of ${path}`);
      const subject = options.follow === false ? path : files.real(path);
      for (const at of [subject, ...(options.recurse ? files.below(subject) : [])]) {
        const state = files.stat(at, false);
        if (!state.exists) throw new ModuleFailure(`${at} does not exist`);
        if (state.type === 'link') continue;
        const type = state.type === 'directory' ? 'directory' : 'file';
        files.put(at, { ...asGiven(files, at, state), ...attributesAt(at, attributes, type) });
      }
    },
    async makeLink(path, to, kind) {
      files.needParent(path);
      log.push(`link ${path} -> ${to}`);
      files.remove(path);
      if (kind === 'symbolic') return files.put(path, { linkTarget: to });
      const source = files.stat(to, true);
      if (!source.exists) throw new ModuleFailure(`${to} does not exist`);
      files.put(path, asGiven(files, to, source));
    },
    async remove(path) {
      log.push(`remove ${path}`);
      files.remove(path);
    },
    async mutate(mutation) {
      const completed = output(mutation.script);
      if (completed.code !== 0) {
        throw new ModuleFailure(`${mutation.summary}: ${completed.stderr.toString() || completed.stdout.toString()}`, {
          rc: completed.code,
        });
      }
      log.push(mutation.summary);
      for (const { kind, id, value } of mutation.effects)
        if (!intoFiles(files, kind.name, id, value)) answers.set(`${kind.name} ${id}`, value);
      return completed;
    },
    async run(command) {
      const text = commandText(command);
      log.push(`run ${text}`);
      return output(text);
    },
    observe: async (command) => output(commandText(command)),
    async *download(path) {
      const content = files.content(path);
      if (!Buffer.isBuffer(content)) throw new ModuleFailure(`${path} does not exist`);
      yield content;
    },
  };
}

const nothing = Symbol('no answer');

/** The answers of the kinds every world can give. */
function computed(world: FakeWorld, files: FakeFiles, kind: string, id: string, key: unknown): unknown {
  switch (kind) {
    case 'stat':
      return files.stat(id.slice(1), id.startsWith('L'));
    case 'checksum': {
      const content = files.content(id);
      return Buffer.isBuffer(content) ? sha256(content) : content;
    }
    case 'content':
      return files.content(id);
    case 'tree':
      return below(files, id);
    case 'whole-tree':
      return { entries: below(files, id), whole: true };
    case 'glob':
      return globbed(files, key as { readonly pattern: string; readonly folder?: string });
    case 'file-details':
      return detailsOf(files, key as DetailsKey);
    case 'public-key':
      return publicKeyOf(files.content(id));
    case 'identity':
      return { uid: 0, groups: [0] };
    case 'home':
      return id === '' ? '/root' : world.accounts?.[id]?.home;
    case 'unit':
      return unitOf(world, id);
    case 'account':
      return world.accounts?.[id] && accountOf(id, world.accounts[id]);
    case 'group':
      return world.groups?.[id] && { name: id, gid: 1000, members: [], ...world.groups[id] };
    case 'package':
    case 'packages':
      return world.packages?.[id];
    case 'facts':
      return world.facts ?? {};
    default:
      return nothing;
  }
}

function below(files: FakeFiles, root: string): readonly (PresentFile & { readonly path: string })[] {
  return files
    .below(root)
    .map((path) => ({ path: posix.relative(root, path), ...(files.stat(path, false) as PresentFile) }));
}

function globbed(
  files: FakeFiles,
  { pattern, folder = '/' }: { readonly pattern: string; readonly folder?: string },
): readonly string[] {
  const source = posix
    .resolve(folder, pattern)
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  return files.paths().filter((path) => new RegExp(`^${source}$`).test(path));
}

function detailsOf(files: FakeFiles, { path, hash }: DetailsKey): FileDetails {
  const content = files.content(path);
  const known =
    Buffer.isBuffer(content) && hash !== undefined ? { hash: createHash(hash).update(content).digest('hex') } : {};
  return { readable: true, writeable: true, executable: false, ...known };
}

/** The answer about a private key: undefined where there is no file, '' where it is no key. */
function publicKeyOf(content: Buffer | Unknown | undefined): string | Unknown | undefined {
  if (!Buffer.isBuffer(content)) return content;
  try {
    return createPublicKey(content).export({ type: 'spki', format: 'pem' }).toString();
  } catch {
    return '';
  }
}

function unitOf(world: FakeWorld, id: string): UnitState {
  const name = id.split(' ').at(-1)!;
  const stated = world.units?.[name] ?? world.units?.[name.replace(/\.service$/, '')];
  if (!stated) return { name, exists: false, active: 'inactive', fileState: '', needsReload: false, properties: {} };
  const { properties = {}, ...rest } = stated;
  return { name, exists: true, active: 'inactive', fileState: 'disabled', needsReload: false, ...rest, properties };
}

function accountOf(name: string, stated: Partial<Account>): Account {
  const { uid = 1000, gid = uid } = stated;
  return {
    name,
    uid,
    gid,
    comment: '',
    home: `/home/${name}`,
    shell: '/bin/sh',
    groups: [name],
    password: '!',
    ...stated,
  };
}

function idOf(world: FakeWorld, owner: string): number {
  if (/^\d+$/.test(owner)) return Number(owner);
  return owner === 'root' ? 0 : (world.accounts?.[owner]?.uid ?? world.groups?.[owner]?.gid ?? 1000);
}

function nameOf(world: FakeWorld, owner: string | undefined): string | undefined {
  if (owner === undefined || !/^\d+$/.test(owner)) return owner;
  if (owner === '0') return 'root';
  return Object.entries(world.accounts ?? {}).find(([, account]) => account.uid === Number(owner))?.[0] ?? owner;
}

/** What effects say about files becomes the files themselves. */
function intoFiles(files: FakeFiles, kind: string, id: string, value: unknown): boolean {
  if (kind === 'stat') {
    const path = id.slice(1);
    const state = value as FileState;
    if (isUnknown(value)) return false;
    if (state.exists) files.put(path, { ...asGiven(files, path, state), content: files.content(path) ?? '' });
    else files.remove(path);
    return true;
  }
  if (kind === 'content' && (Buffer.isBuffer(value) || isUnknown(value))) {
    const state = files.stat(id, true);
    files.put(id, { ...(state.exists ? asGiven(files, id, state) : {}), content: value });
    return true;
  }
  return kind === 'checksum' && (Buffer.isBuffer(files.content(id)) || value === undefined);
}

function asGiven(files: FakeFiles, path: string, state: PresentFile): FakeFile {
  const { type, mode, owner, group, mtime, linkTarget, inode } = state;
  const content = files.content(path);
  return {
    type,
    mode,
    owner,
    group,
    mtime,
    ...(inode > 0 && { inode }),
    ...(linkTarget !== undefined && { linkTarget }),
    ...(content !== undefined && { content }),
  };
}

function commandText(command: Command): string {
  return command.argv ? command.argv.join(' ') : (command.script ?? '');
}
