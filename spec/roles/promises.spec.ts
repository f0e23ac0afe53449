/** How tasks are written, in roles and in playbooks: named by a sentence, a module before a command, keys for their owner alone. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Mapping, readYaml, roleNames, tasksIn, tasksOf, type WrittenTask } from './read-roles.ts';

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
  'Time writes to the disk of etcd': 'many short writes, one behind the other, and the file goes again',
  'Remove the slice of pods': 'no unit has a file there, the kubelet has made it',
};

/** `systemctl` for what the module systemd does. */
const governing = /^systemctl,(start|stop|restart|reload|enable|disable|mask|unmask|daemon-reload)(,|$)/;

/** Files that hold a secret: keys, the password of the adverts, the key that encrypts etcd. */
const secretFile = /\.key\b|authentication\.conf|encryption\.yaml/;

for (const role of roleNames) {
  describe(`the promises of the role ${role}`, () => {
    const tasks = tasksOf(role);
    describes(tasks);

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

    it('names each play by a sentence', () => {
      for (const { name } of plays) expect(name).to.match(/^(?:[A-Z]|nginx )[^\n]{9,}[^.]$/);
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
  it('names each task by a sentence', () => {
    for (const { task, file } of tasks) expect(task['name'], file).to.match(/^(?:[A-Z]|nginx )[^\n]{9,}[^.]$/);
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

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The loop a task's arguments come from, as text. */
function listOf(tasks: readonly WrittenTask[], args: Mapping): string {
  return JSON.stringify(tasks.find((one) => one.args === args)?.task['loop'] ?? '');
}
