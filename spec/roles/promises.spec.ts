/** What no role and no playbook of this project does: guess a version, describe a variable wrongly, run a command for which there is a module. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Mapping, readMapping, readYaml, roleNames, tasksIn, tasksOf, type WrittenTask } from './read-roles.ts';

interface Option {
  readonly type?: string;
  readonly required?: boolean;
}

/** Programs that do what a module describes. */
const described: Readonly<Record<string, string>> = {
  'apt apt-get dpkg yum dnf': 'package',
  'cp install scp rsync': 'copy',
  'mkdir chmod chown ln rm touch rmdir': 'file',
  'sed tee': 'lineinfile, template',
  'wget curl': 'get_url, uri',
  'useradd adduser usermod': 'user',
  'groupadd addgroup': 'group',
  sysctl: 'sysctl',
  modprobe: 'modprobe',
  service: 'service',
  crontab: 'cron',
  'hostname hostnamectl': 'hostname',
  mount: 'mount',
};
const modules = new Map(
  Object.entries(described).flatMap(([programs, module]) => programs.split(' ').map((one) => [one, module] as const)),
);

/** Tasks that no module does, though they look so: why. */
const exceptions: Readonly<Record<string, string>> = {
  'Look for curl on the prober': 'changes nothing',
  'Ask the API ten times a second': 'goes on in the background, and is ended by itself',
  'Measure the longest outage': 'one program reads what the other one writes',
  'Let nobody mend it again': 'a timer that has rung already is gone, and that is as good',
  'Remove the slice of pods': 'no unit has a file there, the kubelet has made it',
};

/** `systemctl` for what the module systemd does. */
const governing = /^systemctl,(start|stop|restart|reload|enable|disable|mask|unmask|daemon-reload)(,|$)/;

const types: Readonly<Record<string, readonly string[]>> = {
  string: ['str', 'path'],
  number: ['int', 'float'],
  boolean: ['bool'],
  list: ['list'],
  dict: ['dict'],
};

for (const role of roleNames) {
  const defaults = readMapping(join('roles', role, 'defaults/main.yml'));
  const specs = readMapping(join('roles', role, 'meta/argument_specs.yml'))['argument_specs'] as Readonly<
    Record<string, { readonly short_description?: string; readonly options?: Readonly<Record<string, Option>> }>
  >;

  describe(`the promises of the role ${role}`, () => {
    it('README, defaults and argument_specs are there', () => {
      for (const file of ['README.md', 'defaults/main.yml', 'meta/main.yml', 'meta/argument_specs.yml'])
        expect(existsSync(join('roles', role, file)), file).to.equal(true);
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

    describes(tasksOf(role));

    it('is written in ASCII: no letter looks like another one (S3.E12)', () => {
      for (const file of filesOf(join('roles', role)).filter((path) => /\.(yml|j2)$/.test(path)))
        expect(readFileSync(file, 'utf8'), file).not.to.match(/[^\n -~]/);
    });
  });
}

for (const name of readdirSync('playbooks').filter((name) => name.endsWith('.yml'))) {
  const file = join('playbooks', name);
  const plays = readYaml(file) as readonly Mapping[];
  const tasks = plays.flatMap((play) =>
    ['pre_tasks', 'tasks', 'post_tasks', 'handlers'].flatMap((part) =>
      tasksIn((play[part] ?? []) as readonly Mapping[], file),
    ),
  );

  describe(`the promises of ${file}`, () => {
    it('says in its first lines what it is for, and how it is run', () => {
      const [, first, ...rest] = readFileSync(file, 'utf8').split('\n');
      expect(first).to.match(/^# [A-Z]/);
      expect(rest.join('\n')).to.match(new RegExp(`^#   npx kplay ${file} -i hosts`, 'm'));
    });

    it('names each play and each task by a sentence', () => {
      for (const one of [...plays, ...tasks.map(({ task }) => task)])
        expect(one['name']).to.match(/^(?:[A-Z]|nginx )[^\n]{9,}[^.]$/);
    });

    it('says in each play whether it gathers facts, and in at most one that it does', () => {
      for (const play of plays) expect(play, String(play['name'])).to.have.property('gather_facts');
      expect(plays.filter((play) => play['gather_facts'] === true).length).to.be.at.most(1);
    });

    it('restarts what holds a quorum or the API one host after the other', () => {
      for (const play of plays.filter((one) => JSON.stringify(one).includes('"tasks_from":"restart"')))
        expect(play['serial'], String(play['name'])).to.equal(1);
    });

    it('stops everything at one refused setting', () => {
      const [first] = plays;
      if (JSON.stringify(first).includes('"tasks_from":"validate"'))
        expect(first).to.include({ gather_facts: false, any_errors_fatal: true });
    });

    describes(tasks);

    it('is written in ASCII', () => {
      expect(readFileSync(file, 'utf8')).not.to.match(/[^\n -~]/);
    });
  });
}

/** Modules before commands, and no error without an answer. */
function describes(tasks: readonly WrittenTask[]): void {
  it('runs no command for what a module describes', () => {
    for (const { task, args, module, file } of tasks) {
      const place = `${file}: ${task['name']}`;
      expect(module, place).to.not.be.oneOf(['shell', 'raw', 'script', 'local_action', 'action']);
      // what a fault struck may be out of reach while it is mended, and the others are to be mended all the same
      const mends = file.endsWith('failover/tasks/fault.yml') ? [] : ['ignore_unreachable'];
      expect(task, place).to.not.have.any.keys('ignore_errors', ...mends);
      if (module !== 'command' || String(task['name']) in exceptions) continue;
      const words = wordsOf(args['argv'] ?? args['cmd'] ?? task['command']);
      expect(modules.get(words[0] ?? ''), place).to.equal(undefined);
      expect(words.join(), place)
        .not.to.match(governing)
        .and.not.match(/^(ba|da)?sh,-[a-z]*c(,|$)/);
    }
  });
}

/** A command's words, as far as they are written out. */
function wordsOf(command: unknown): readonly string[] {
  return Array.isArray(command) ? command.map(String) : String(command).split(/\s+/);
}

/** What a default is; undefined where a template says it. */
function kindOf(value: unknown): string | undefined {
  if (value === undefined || value === null || (typeof value === 'string' && /\{[{%]/.test(value))) return undefined;
  return Array.isArray(value) ? 'list' : typeof value === 'object' ? 'dict' : typeof value;
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
