/** A controller in memory: the user's own files, variables and expressions as a test states them. */
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { Readable } from 'node:stream';
import type { Addition, Controller, ControllerFile, Result } from '../module/definition.ts';
import type { LocalFile } from '../target/content.ts';
import { ModuleFailure } from '../target/failure.ts';
import { type FakeTarget, type FakeWorld, fakeTarget } from './fake-target.ts';

export interface FakeController extends Controller {
  /** What modules saved, by path. */
  readonly saved: ReadonlyMap<string, Buffer>;
  /** What modules declared secret. */
  readonly secrets: ReadonlySet<string>;
  /** What modules added to the inventory. */
  readonly added: readonly Addition[];
  /** The host that it is itself. */
  readonly machine: FakeTarget;
}

export interface FakeControllerOptions {
  /** By name, as templates see them. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** The value of an expression that is more than the name of a variable. */
  readonly evaluate?: (expression: string) => unknown;
  readonly verbosity?: number;
  /** Where the task's `delegate_to` sends it. */
  readonly delegatedTo?: string;
  /** What a tree of the controller tells of a file, beside its content, by path. */
  readonly attributes?: Readonly<Record<string, Partial<Omit<ControllerFile, 'path'>>>>;
  /** What tasks started with `poll: 0` came to, by their id; undefined for those still running. */
  readonly jobs?: Readonly<Record<string, Result | undefined>>;
  /** What lies on the controller, for modules that write trees there. */
  readonly controller?: FakeWorld | undefined;
}

/** A controller over files by path; relative paths are below `/project`. Templates know `{{ name }}` and nothing else. */
export function fakeController(
  files: Readonly<Record<string, string | Buffer>> = {},
  {
    variables: given = {},
    evaluate,
    verbosity = 0,
    delegatedTo,
    attributes = {},
    jobs = {},
    controller,
  }: FakeControllerOptions = {},
): FakeController {
  const variables: Readonly<Record<string, unknown>> = { playbook_dir: '/project', ...given };
  const contents = new Map(
    Object.entries(files).map(([path, content]) => [posix.resolve('/project', path), Buffer.from(content)]),
  );
  const saved = new Map<string, Buffer>();
  const secrets = new Set<string>();
  const added: Addition[] = [];
  const machine = fakeTarget(controller);

  function bytes(path: string): Buffer {
    const content = contents.get(path);
    if (!content) throw new ModuleFailure(`${path} does not exist`);
    return content;
  }
  const isDirectory = (path: string) =>
    [...contents.keys()].some((other) => other.startsWith(`${path.replace(/\/$/, '')}/`));

  return {
    host: 'testhost',
    delegatedTo,
    verbosity,
    saved,
    secrets,
    added,
    machine,
    local: async () => machine,
    find(folder, name) {
      const searched = posix.isAbsolute(name) ? [name] : [`/project/${folder}/${name}`, `/project/${name}`];
      const found = searched
        .map((path) => posix.normalize(path))
        .find((path) => contents.has(path) || isDirectory(path));
      if (found === undefined) throw new ModuleFailure(`${name} was not found; searched ${searched.join(', ')}`);
      return found;
    },
    file: async (path) => localFile(path, bytes(path)),
    isDirectory: async (path) => isDirectory(path),
    realPath: (path) => path,
    async list(directory) {
      const root = `${directory.replace(/\/$/, '')}/`;
      const below = [...contents.keys()].filter((path) => path.startsWith(root)).map((path) => path.slice(root.length));
      const folders = new Set(below.flatMap((path) => parents(path)));
      const entries = [
        ...[...folders].map((path) => ({ path, type: 'directory' as const, mode: '0755' })),
        ...below.map((path) => ({ path, type: 'file' as const, mode: '0644' })),
      ];
      return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
    },
    async tree(given) {
      const root = given.replace(/\/$/, '');
      const below = isDirectory(root) ? await this.list(root) : [];
      const paths = [{ path: '', type: isDirectory(root) ? ('directory' as const) : ('file' as const) }, ...below];
      return paths.map(({ path, type }) => {
        const whole = posix.join(root, path);
        const size = type === 'file' ? bytes(whole).length : 4096;
        return { ...freshFile(type), path, size, ...attributes[posix.relative('/project', whole)] };
      });
    },
    async render(path, options) {
      const known: Readonly<Record<string, unknown>> = { ...variables, ...options.variables };
      const text = bytes(path)
        .toString('utf8')
        .split('\n')
        .slice(options.skipLines ?? 0)
        .join('\n');
      return Buffer.from(text.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => String(known[name])));
    },
    evaluate(expression) {
      const [, name = '', fallback] = /^(\w+)(?: \| default\('(.*)'\))?$/.exec(expression) ?? [];
      if (Object.hasOwn(variables, name)) return variables[name];
      if (fallback !== undefined) return fallback;
      if (evaluate) return evaluate(expression);
      throw new ModuleFailure(`"${expression}" is undefined`);
    },
    variables: async (path) => JSON.parse(bytes(path).toString('utf8')),
    async save(path, chunks) {
      const parts: Buffer[] = [];
      if (Buffer.isBuffer(chunks)) parts.push(chunks);
      else for await (const chunk of chunks) parts.push(chunk);
      saved.set(path, Buffer.concat(parts));
    },
    async matches(path, sha256) {
      const content = saved.get(path) ?? contents.get(path);
      return content !== undefined && createHash('sha256').update(content).digest('hex') === sha256;
    },
    grow(addition) {
      const news = !added.some((one) => JSON.stringify(one) === JSON.stringify(addition));
      if (news) added.push(addition);
      return news;
    },
    secret: (value) => void secrets.add(value),
    job: (id) => (Object.hasOwn(jobs, id) ? { path: `/jobs/${id}`, look: async () => jobs[id] } : undefined),
  };
}

/** What every file has of which nothing else is said. */
function freshFile(type: 'file' | 'directory' | 'link') {
  const owned = { uid: 0, gid: 0, owner: 'root', group: 'root', mtime: 1700000000 };
  return { type, mode: type === 'directory' ? '0755' : '0644', ...owned };
}

function localFile(path: string, content: Buffer): LocalFile {
  const hash = (algorithm: string) => createHash(algorithm).update(content).digest('hex');
  return {
    path,
    size: content.length,
    mode: '0644',
    sha256: async () => hash('sha256'),
    sha1: async () => hash('sha1'),
    bytes: async () => content,
    stream: () => Readable.from([content]),
  };
}

function parents(path: string): readonly string[] {
  const above = posix.dirname(path);
  return above === '.' ? [] : [...parents(above), above];
}
