/** The house stays a house: who may import whom, one door a package, and only some rooms touch the outside. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect } from 'chai';

const engine = resolve('engine');

interface SourceFile {
  readonly path: string;
  readonly room: string;
  readonly text: string;
  /** Imports inside the engine, as paths from its root; types only ones apart. */
  readonly imports: readonly { readonly path: string; readonly typeOnly: boolean }[];
  readonly packages: readonly string[];
}

const files = readdirSync(engine, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
  .map(read);

/** Each room, and the rooms it may import values or types from. Files at the top (errors, index, testing) are rooms of their own. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  index: ['module', 'target', 'template', 'errors'],
  testing: ['module', 'target', 'template', 'errors', 'source'],
  source: ['errors', 'template'],
  template: ['errors', 'source'],
  inventory: ['errors', 'source', 'template'],
  playbook: ['errors', 'source', 'template'],
  plan: ['errors', 'source', 'template', 'inventory', 'playbook', 'module'],
  lint: ['errors', 'source', 'template', 'inventory', 'playbook', 'plan', 'module'],
  connection: ['errors'],
  target: ['errors', 'source', 'template', 'connection'],
  module: ['errors', 'source', 'template', 'target'],
  modules: ['module', 'target', 'modules'],
  run: ['errors', 'source', 'template', 'inventory', 'playbook', 'plan', 'module', 'target', 'connection'],
  report: ['errors', 'source', 'run', 'module', 'lint'],
  cli: [
    'errors',
    'source',
    'template',
    'inventory',
    'playbook',
    'plan',
    'lint',
    'run',
    'module',
    'report',
    'target',
    'connection',
  ],
};

describe('the laws of the house', () => {
  it('knows every room', () => {
    expect([...new Set(files.map(({ room }) => room))].sort()).to.deep.equal(Object.keys(allowed).sort());
  });

  for (const [room, rooms] of Object.entries(allowed)) {
    it(`${room} imports only ${rooms.join(', ') || 'nothing'}`, () => {
      const strangers = files
        .filter((file) => file.room === room)
        .flatMap((file) =>
          file.imports
            .filter(({ path }) => roomOf(path) !== room && !rooms.includes(roomOf(path)))
            .map(({ path }) => `${file.path} imports ${path}`),
        );
      expect(strangers).to.deep.equal([]);
    });
  }

  it('report knows only types of the run: its events', () => {
    const strangers = files
      .filter(({ room }) => room === 'report')
      .flatMap((file) =>
        file.imports
          .filter(({ path, typeOnly }) => roomOf(path) === 'run' && !(typeOnly && path === 'run/events.ts'))
          .map(({ path }) => `${file.path} imports ${path}`),
      );
    expect(strangers).to.deep.equal([]);
  });

  it('report knows only types of lint', () => {
    const strangers = files
      .filter(({ room }) => room === 'report')
      .flatMap((file) => file.imports.filter(({ path, typeOnly }) => roomOf(path) === 'lint' && !typeOnly))
      .map(({ path }) => path);
    expect(strangers).to.deep.equal([]);
  });

  it('nobody but a sibling names a module: the loader finds them by their file', () => {
    const strangers = files
      .filter(({ room }) => room !== 'modules')
      .flatMap((file) =>
        file.imports.filter(({ path }) => roomOf(path) === 'modules').map(({ path }) => `${file.path} imports ${path}`),
      );
    expect(strangers).to.deep.equal([]);
  });

  it('one third-party package has one door', () => {
    const doors = new Map<string, string[]>();
    for (const file of files)
      for (const name of file.packages) doors.set(name, [...(doors.get(name) ?? []), file.path]);
    expect([...doors].filter(([, paths]) => paths.length > 1)).to.deep.equal([]);
  });

  it('only the cli touches the process', () => {
    const touching = files
      .filter(({ room, text }) => room !== 'cli' && /(?<![.\w])process\.(?!hrtime|versions|version\b)/.test(code(text)))
      .map(({ path }) => path);
    expect(touching).to.deep.equal([]);
  });

  it('only report and cli print', () => {
    const printing = files
      .filter(({ room, text }) => room !== 'report' && room !== 'cli' && /\bconsole\./.test(code(text)))
      .map(({ path }) => path);
    expect(printing).to.deep.equal([]);
  });

  it('the rooms before the run are pure: text and values in, values out', () => {
    const pure = ['source', 'inventory', 'playbook', 'template', 'plan', 'lint'];
    const impure = files
      .filter(
        ({ room, text }) =>
          pure.includes(room) && /from 'node:(fs|child_process|http|https|dns|tls|dgram)/.test(code(text)),
      )
      .map(({ path }) => path);
    expect(impure).to.deep.equal([]);
  });

  it('no module mentions check mode', () => {
    const mentioning = files
      .filter(({ room, text }) => room === 'modules' && /check_?mode|simulat/i.test(code(text)))
      .map(({ path }) => path);
    expect(mentioning).to.deep.equal([]);
  });
});

function read(path: string): SourceFile {
  const text = readFileSync(join(engine, path), 'utf8');
  const imports: { path: string; typeOnly: boolean }[] = [];
  const packages: string[] = [];
  for (const [, typeOnly, from] of text.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from\s+'([^']+)'/gm)) {
    if (from!.startsWith('.'))
      imports.push({ path: relative(engine, resolve(engine, dirname(path), from!)), typeOnly: typeOnly !== undefined });
    else if (!from!.startsWith('node:') && typeOnly === undefined) packages.push(packageOf(from!));
  }
  for (const [, from] of text.matchAll(/import\('([^']+)'\)/g)) {
    if (from!.startsWith('.'))
      imports.push({ path: relative(engine, resolve(engine, dirname(path), from!)), typeOnly: false });
    else if (!from!.startsWith('node:')) packages.push(packageOf(from!));
  }
  return { path, room: roomOf(path), text, imports, packages: [...new Set(packages)] };
}

function roomOf(path: string): string {
  return path.split('/')[0]!.replace(/\.ts$/, '');
}

function packageOf(from: string): string {
  return from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The text without comments and strings. */
function code(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(?<!:)\/\/.*$/gm, '');
}
