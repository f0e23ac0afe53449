import type { Problem } from '../../errors.ts';
import type { PlannedTask } from '../../plan/plan.ts';
import { type Rule, type Subject, tasksOf } from '../rule.ts';

export const commandInsteadOfModule: Rule = {
  id: 'command-instead-of-module',
  level: 'warning',
  summary: 'A module does what the command line does.',
  explanation: `A module looks first, changes only what differs, and shows under --check what it would do; a command is run every time, and
its outcome is unknown in a plan. Looked at are command and shell tasks of one simple command: no pipe, no redirection, no "&&".

    - command: systemctl restart nginx
    - systemd: { name: nginx, state: restarted }`,
  check,
};

/** The beginning of a command line, and the modules that do the same. */
const table: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^systemctl (?:-\S+ )*(?:start|stop|restart|reload|enable|disable|mask|unmask|daemon-reload)\b/, ['systemd']],
  [/^service \S+ (?:start|stop|restart|reload)\b/, ['service']],
  [
    /^(?:apt|apt-get|aptitude) (?:-\S+ )*(?:install|remove|purge|update|upgrade|dist-upgrade|autoremove)\b/,
    ['apt', 'package'],
  ],
  [/^(?:dnf|yum) (?:-\S+ )*(?:install|remove|erase|update|upgrade)\b/, ['dnf', 'package']],
  [/^apk (?:add|del)\b/, ['package']],
  [/^(?:mkdir|rmdir|touch|rm|ln|chmod|chown|chgrp)\b/, ['file']],
  [/^cp\b/, ['copy']],
  [/^rsync\b/, ['synchronize']],
  [/^(?:wget|curl (?:\S+ )*(?:-\w*[oO]|--output|--remote-name))\b/, ['get_url']],
  [/^curl\b/, ['uri']],
  [/^(?:unzip|tar (?:-?\w*x|(?:\S+ )*(?:-\w*x|--extract)))/, ['unarchive']],
  [/^(?:zip |tar (?:-?\w*c|(?:\S+ )*(?:-\w*c|--create)))/, ['archive']],
  [/^sed (?:\S+ )*(?:-\w*i|--in-place)/, ['replace', 'lineinfile']],
  [/^git (?:clone|pull|checkout)\b/, ['git']],
  [/^(?:useradd|usermod|userdel)\b/, ['user']],
  [/^(?:groupadd|groupmod|groupdel)\b/, ['group']],
  [/^hostnamectl (?:set-hostname|hostname \S)/, ['hostname']],
  [/^timedatectl set-timezone\b/, ['timezone']],
  [/^sysctl (?:\S+ )*(?:-w|\S+=)/, ['sysctl']],
  [/^modprobe\b/, ['modprobe']],
  [/^(?:mount|umount) \S/, ['mount']],
  [/^getent\b/, ['getent']],
  [/^setfacl\b/, ['acl']],
  [/^setsebool\b/, ['seboolean']],
  [/^firewall-cmd (?:\S+ )*--(?:add|remove|change|new-zone|delete-zone|set-target)/, ['firewalld']],
  [/^apt-key (?:\S+ )*(?:add|adv|del)\b/, ['apt_key']],
  [/^kubectl (?:\S+ )*(?:apply|create|delete|patch) /, ['k8s']],
  [/^kubectl (?:\S+ )*(?:cordon|uncordon|drain) /, ['k8s_drain']],
  [/^docker (?:run|start|stop|rm)\b/, ['docker_container']],
  [/^docker (?:pull|load|rmi)\b/, ['docker_image']],
  [/^docker network (?:create|rm)\b/, ['docker_network']],
];

function* check(subject: Subject): Generator<Problem> {
  for (const [task] of tasksOf(subject)) {
    const line = commandLine(task);
    if (
      line === undefined ||
      /--(?:version|help)\b/.test(line) ||
      (task.module === 'shell' && /[|&;<>`*?\n]|\$\(/.test(line))
    )
      continue;
    const modules = table.find(([start]) => start.test(line))?.[1].filter((name) => subject.modules.has(name)) ?? [];
    if (modules.length === 0) continue;
    yield {
      message: `The module ${modules.join(' or ')} does what "${line.split(' ').slice(0, 2).join(' ')}" does.`,
      at: task.args.locateKey(''),
      hint: `kplay doc ${modules[0]}`,
    };
  }
}

/** The words as one line, the path before the program's name left out. */
function commandLine({ module, args }: PlannedTask): string | undefined {
  if (module !== 'command' && module !== 'shell') return undefined;
  const { argv, cmd } = args.values;
  const written = Array.isArray(argv) ? argv.map(String).join(' ') : (args.freeForm ?? cmd);
  return typeof written === 'string' ? written.trim().replace(/^\/[\w/.-]*\//, '') : undefined;
}
