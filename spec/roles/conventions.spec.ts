/** What every role of this project promises to its reader. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Mapping, readMapping, readYaml, roleNames, tasksIn, tasksOf, type WrittenTask } from './read-roles.ts';

/** Names a role may declare besides those that begin with its own. */
const shared: Readonly<Record<string, RegExp>> = {
  cluster: /^(cluster_|pki_dir$)/,
  'kube-common': /^kube_/,
  'local-lb': /^local_lb(_|$)/,
};

/** Files that hold a secret: keys, the password of the adverts, the key that encrypts etcd. */
const secretFile = /\.key\b|authentication\.conf|encryption\.yaml/;

const playbook = 'playbooks/ha-external-etcd.yml';

for (const role of roleNames) {
  describe(`the role ${role}`, () => {
    const tasks = tasksOf(role);
    const defaults = readMapping(join('roles', role, 'defaults/main.yml'));
    const specs = readMapping(join('roles', role, 'meta/argument_specs.yml'))['argument_specs'] as Readonly<
      Record<string, { readonly short_description?: string; readonly options: Mapping }>
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
      const options = (specs['main'] ?? { options: {} }).options as Readonly<Record<string, Mapping>>;
      const required = Object.keys(options).filter((name) => options[name]!['required'] === true);
      expect(Object.keys(options).sort()).to.deep.equal([...Object.keys(defaults), ...required].sort());
      for (const [name, option] of Object.entries(options)) {
        expect(option['description'], name).to.match(/\.$/);
        if ('default' in option) expect(option['default'], name).to.deep.equal(defaults[name]);
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

    it('prefixes every variable by its own name', () => {
      const vars = readMapping(join('roles', role, 'vars/main.yml'));
      const facts = tasks.filter(({ module }) => module === 'set_fact').flatMap(({ args }) => Object.keys(args));
      const registered = tasks.flatMap(({ task }) =>
        task['register'] === undefined ? [] : [String(task['register'])],
      );
      for (const name of [...Object.keys(defaults), ...Object.keys(vars), ...facts, ...registered])
        expect(name).to.match(prefix);
    });

    follows(tasks);

    it('gives keys to their owner alone, and keeps them out of the report', () => {
      const places = tasks.filter(
        ({ module, args }) =>
          ['copy', 'template'].includes(module ?? '') &&
          secretFile.test(`${args['dest']} ${args['src']} ${listOf(tasks, args)}`),
      );
      for (const { task, args, file } of places) {
        expect(args['mode'], `${file}: ${task['name']}`).to.equal('0600');
        expect(task['no_log'], `${file}: ${task['name']}`).to.equal(true);
      }
      if (
        ['etcd', 'keepalived', 'kubeconfig', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].includes(
          role,
        ) ||
        ['kubelet', 'kube-proxy'].includes(role)
      )
        expect(places).to.not.be.empty;
    });
  });
}

describe(playbook, () => {
  const plays = readYaml(playbook) as readonly Mapping[];
  follows(plays.flatMap((play) => tasksIn((play['tasks'] ?? []) as readonly Mapping[], playbook)));

  it('names each play by a sentence, and gathers facts in one alone', () => {
    for (const play of plays) expect(play['name']).to.match(/^[A-Z].{9,}/);
    expect(plays.filter((play) => play['gather_facts'] !== false)).to.have.length(1);
  });

  it('restarts what holds a quorum or the API one host after the other', () => {
    const restarting = plays.filter((play) => JSON.stringify(play).includes('"tasks_from":"restart"'));
    expect(restarting.map((play) => [play['hosts'], play['serial']])).to.deep.equal([
      ['etcd', 1],
      ['kube_control_plane', 1],
    ]);
  });

  it('uses every role of the project', () => {
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

/** Rules of style for tasks, wherever they stand. */
function follows(tasks: readonly WrittenTask[]): void {
  it('names each task by a sentence', () => {
    for (const { task, file } of tasks) expect(task['name'], file).to.match(/^[A-Z][^\n]{9,}[^.]$/);
  });

  it('uses modules that describe a state, and ignores no error', () => {
    for (const { task, module, file } of tasks) {
      expect(module, `${file}: ${task['name']}`).to.not.be.oneOf(['shell', 'raw', 'script', 'local_action', 'action']);
      // what failover broke on one host is mended on the others, also when that one cannot be reached
      const mends = file.endsWith('failover/tasks/fault.yml') && 'ignore_unreachable' in task;
      const ignoring = mends ? ['ignore_errors'] : ['ignore_errors', 'ignore_unreachable'];
      expect(task, `${file}: ${task['name']}`).to.not.have.any.keys(...ignoring);
    }
  });

  it('says of each command whether it changes something', () => {
    for (const { task, args, module, file } of tasks) {
      if (module === 'command')
        expect('changed_when' in task || 'creates' in args, `${file}: ${task['name']}`).to.equal(true);
    }
  });

  it('gives every file it places a mode', () => {
    for (const { task, args, module, file } of tasks) {
      if (['copy', 'template', 'get_url'].includes(module ?? ''))
        expect(args['mode'], `${file}: ${task['name']}`).to.match(/^0[0-7]{3}$/);
    }
  });
}

/** The loop a task's arguments come from, as text. */
function listOf(tasks: readonly WrittenTask[], args: Mapping): string {
  return JSON.stringify(tasks.find((one) => one.args === args)?.task['loop'] ?? '');
}
