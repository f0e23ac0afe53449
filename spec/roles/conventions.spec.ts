/** What every role of this project promises to its reader. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Mapping, readMapping, roleNames, tasksOf } from './read-roles.ts';

/** Names a role may declare besides those that begin with its own. */
const shared: Readonly<Record<string, RegExp>> = {
  cluster: /^(cluster_|pki_dir$)/,
  'kube-common': /^kube_/,
  'local-lb': /^local_lb(_|$)/,
};

const types: Readonly<Record<string, readonly string[]>> = {
  string: ['str', 'path'],
  number: ['int', 'float'],
  boolean: ['bool'],
  list: ['list'],
  dict: ['dict'],
};

interface Option {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly required?: boolean;
}

/** Names of all roles' options that are booleans. */
const booleans = new Set(
  roleNames.flatMap((role) => {
    const file = join('roles', role, 'defaults/main.yml');
    return Object.entries(readMapping(file)).flatMap(([name, value]) => (typeof value === 'boolean' ? [name] : []));
  }),
);

/** Lines of a role that decide something: conditions, and templates with a word that asks for truth. */
function deciding(role: string): readonly { readonly file: string; readonly line: string }[] {
  const files = ['tasks', 'handlers', 'vars', 'templates'].flatMap((folder) => {
    const path = join('roles', role, folder);
    return existsSync(path)
      ? readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => join(path, name))
      : [];
  });
  return files
    .filter((file) => /\.(yml|j2)$/.test(file))
    .flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .map((line) => ({ file, line })),
    )
    .filter(({ line }) => !/^\s*#|fail_msg|msg:/.test(line))
    .filter(({ line }) =>
      /^\s*(- )?(when|that|until|failed_when):|^\s*- .*( and | or |not )|\{%|\{\{.*( if | and | or )|^\s*[|+].* if /.test(
        line,
      ),
    );
}

for (const role of roleNames) {
  describe(`the role ${role}`, () => {
    const tasks = tasksOf(role);
    const defaults = readMapping(join('roles', role, 'defaults/main.yml'));
    const specs = readMapping(join('roles', role, 'meta/argument_specs.yml'))['argument_specs'] as Readonly<
      Record<string, { readonly short_description?: string; readonly options?: Readonly<Record<string, Option>> }>
    >;
    const prefix = shared[role] ?? new RegExp(`^${role.replaceAll('-', '_')}_`);

    it('says in README.md what it does, and in meta/main.yml what it is', () => {
      expect(readFileSync(join('roles', role, 'README.md'), 'utf8')).to.match(new RegExp(`^# ${role}\n\\S`));
      expect((readMapping(join('roles', role, 'meta/main.yml'))['galaxy_info'] as Mapping)['description']).to.be.a(
        'string',
      );
    });

    it('names the points of the documents it corrects, each by an id that exists', () => {
      const readme = readFileSync(join('roles', role, 'README.md'), 'utf8');
      expect(readme).to.match(/^Corrected: /m);
      for (const [id, document, trap, number] of readme.matchAll(/\bS(\d)\.(E?)(\d+)\b/g)) {
        expect(Number(number), id).to.be.within(1, (trap ? traps : steps)[Number(document)] ?? 0);
      }
    });

    it('declares each of its defaults in argument_specs.yml, and nothing else', () => {
      const { options = {} } = specs['main'] ?? {};
      const required = Object.keys(options).filter((name) => options[name]!.required === true);
      expect(Object.keys(options).sort()).to.deep.equal([...Object.keys(defaults), ...required].sort());
      for (const [name, option] of Object.entries(options)) {
        expect(option.description, name).to.match(/\.$/);
        if ('default' in option) expect(option.default, name).to.deep.equal(defaults[name]);
      }
    });

    it('explains each default by a comment before it', () => {
      if (!existsSync(join('roles', role, 'defaults/main.yml'))) return;
      const paragraphs = readFileSync(join('roles', role, 'defaults/main.yml'), 'utf8')
        .replace(/^---\n/, '')
        .split(/\n\n+/);
      for (const paragraph of paragraphs.filter((text) => text.trim() !== ''))
        expect(paragraph).to.match(/^# [A-Za-z]/);
    });

    it('decides by a boolean whatever type it comes in: -e gives text', () => {
      for (const { file, line } of deciding(role))
        for (const [, name = '', then = ''] of line.matchAll(
          /(?<![\w.'-])(\w+)((?: \| default\([^)]*\))?(?: \| bool)?)/g,
        ))
          if (booleans.has(name)) expect(then, `${file}: ${line.trim()}`).to.match(/ \| bool$/);
    });

    it('prefixes every variable by its own name', () => {
      const vars = readMapping(join('roles', role, 'vars/main.yml'));
      const facts = tasks.filter(({ module }) => module === 'set_fact').flatMap(({ args }) => Object.keys(args));
      const registered = tasks.flatMap(({ task }) =>
        task['register'] === undefined ? [] : [String(task['register'])],
      );
      for (const name of [...Object.keys(defaults), ...Object.keys(vars), ...facts, ...registered])
        expect(name).to.match(prefix);
    });

    it('has a type for each variable, which the default is of', () => {
      for (const [entry, { short_description, options = {} }] of Object.entries(specs)) {
        expect(short_description, entry).to.be.a('string');
        for (const [name, { type, required }] of Object.entries(options)) {
          expect(Object.values(types).flat(), `${entry}: ${name}`).to.include(type);
          if (required !== true) expect(defaults, entry).to.have.property(name);
          const kind = kindOf(defaults[name]);
          if (kind !== undefined) expect(types[kind], `${entry}: ${name}`).to.include(type);
        }
      }
    });

    it('has each entry of argument_specs as a file of tasks', () => {
      if (tasksOf(role).length > 0)
        for (const entry of Object.keys(specs).filter((one) => one !== 'main'))
          expect(existsSync(join('roles', role, 'tasks', `${entry}.yml`)), entry).to.equal(true);
    });

    it('says each default once', () => {
      const text = readFileSync(join('roles', role, 'defaults/main.yml'), 'utf8');
      const names = [...text.matchAll(/^([a-z]\w*):/gm)].map(([, name]) => name);
      expect(names).to.deep.equal([...new Set(names)]);
    });

    it('pins images and versions, and checks what it downloads', () => {
      for (const [name, value] of Object.entries(defaults)) {
        const written = String(value).replace(/\{\{[^}]*\}\}/g, '?');
        if (/_image$/.test(name) && written !== '?')
          expect(written, name)
            .to.match(/:[^/:\s]+$|@sha256:/)
            .and.not.match(/:latest$/);
        if (/_version$/.test(name)) expect(value, name).to.match(/^\d+\.\d+\.\d+$/);
      }
      for (const { args, module, file } of tasksOf(role))
        if (module === 'get_url') expect(args['checksum'], file).to.match(/^sha256:/);
    });
  });
}

describe('playbooks', () => {
  it('use every role of the project', () => {
    const playbooks = readdirSync('playbooks').filter((name) => name.endsWith('.yml'));
    const used = playbooks.map((name) => readFileSync(join('playbooks', name), 'utf8')).join('\n');
    const needed = new Set(
      roleNames.flatMap((role) =>
        (readMapping(join('roles', role, 'meta/main.yml'))['dependencies'] as readonly Mapping[]).map(
          (one) => one['role'],
        ),
      ),
    );
    for (const role of roleNames)
      expect(new RegExp(`\\b${role}\\b`).test(used) || needed.has(role), role).to.equal(true);
  });
});

describe('playbooks/README.md', () => {
  const readme = readFileSync('playbooks/README.md', 'utf8');

  it('has a section for each playbook', () => {
    const playbooks = readdirSync('playbooks').filter((name) => name.endsWith('.yml'));
    const sections = [...readme.matchAll(/^## (\S+)$/gm)].map(([, name]) => name);
    expect(sections.sort()).to.deep.equal(playbooks.sort());
  });

  it('leaves no error of the documents without an answer, and no step of theirs', () => {
    const named = new Set([...readme.matchAll(/\bS\d\.E?\d+\b/g)].map(([id]) => id));
    for (const [, document, from, to] of readme.matchAll(/\bS(\d)\.(\d+)(?:-| to )S\1\.(\d+)\b/g))
      for (let step = Number(from); step <= Number(to); step++) named.add(`S${document}.${step}`);
    const ids = traps.flatMap((count, document) => idsOf(`S${document}.E`, count));
    expect(ids.filter((id) => !named.has(id))).to.deep.equal([]);
    const told = steps.flatMap((count, document) => idsOf(`S${document}.`, count));
    expect(told.filter((id) => !named.has(id))).to.deep.equal([]);
  });
});

const idsOf = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);

/** How many steps, and how many traps, each of the documents S0 to S4 has. */
const steps: readonly number[] = [11, 13, 9, 16, 10];
const traps: readonly number[] = [15, 10, 15, 14, 7];

/** What a default is; undefined where a template says it. */
function kindOf(value: unknown): string | undefined {
  if (value === undefined || value === null || (typeof value === 'string' && /\{[{%]/.test(value))) return undefined;
  return Array.isArray(value) ? 'list' : typeof value === 'object' ? 'dict' : typeof value;
}
