/** Playbooks that ask nothing of a network, so that only the controller's own work is left to measure. */

/** So many hosts that are shells on this machine. */
export const localShells = (count: number): string =>
  Array.from({ length: count }, (_, n) => `h${n + 1} ansible_connection=exec ansible_exec_command=/bin/sh\n`).join('');

/** Tasks whose condition never holds. */
export const skippedTasks = (count: number): string =>
  playbook(
    'wanted: false',
    Array.from(
      { length: count },
      (_, n) => `    - name: task ${n}
      command: echo {{ inventory_hostname }} ${n}
      when: wanted and inventory_hostname is defined
`,
    ),
  );

export const templateName = 'app.conf.j2';
export const templateText =
  '# {{ folder }}\nlisten {{ port }}\n{% for p in peers %}\nserver s{{ loop.index }} {{ p }}:{{ port }} check\n{% endfor %}\n';

/** Ordinary tasks, five a round, all of them in one folder: every host has the same, so one host converges it for all. */
export const ordinaryTasks = (count: number, folder: string): string =>
  playbook(
    `port: 6443\n    peers: [10.0.0.1, 10.0.0.2, 10.0.0.3]\n    folder: ${folder}`,
    Array.from({ length: Math.ceil(count / 5) }, (_, n) => round(n)),
    true,
  );

const round = (n: number) => `    - name: dir ${n}
      file: { path: "{{ folder }}/d${n}", state: directory, mode: '0755' }
    - name: conf ${n}
      template: { src: ${templateName}, dest: "{{ folder }}/d${n}/app.conf", mode: '0644' }
    - name: copy ${n}
      copy: { content: "hello ${n}\\n", dest: "{{ folder }}/d${n}/hello.txt", mode: '0600' }
    - name: line ${n}
      lineinfile: { path: "{{ folder }}/d${n}/app.conf", line: "server s1 10.0.0.1:6443 check" }
${n % 2 === 0 ? look(n) : command(n)}`;

const look = (n: number) => `    - name: stat ${n}
      stat: { path: "{{ folder }}/d${n}" }
`;
const command = (n: number) => `    - name: command ${n}
      command: test -d {{ folder }}
      changed_when: false
`;

/** Tasks of three kinds, only to be read and checked. */
export const manyTasks = (count: number): string =>
  playbook(
    'wanted: false',
    Array.from({ length: count }, (_, n) => `    - name: task ${n}\n${kinds[n % 3]!(n)}      when: wanted\n`),
  );

const kinds: readonly ((n: number) => string)[] = [
  (n) => `      command: echo {{ inventory_hostname }} ${n}\n`,
  (n) =>
    `      copy:\n        content: "hello ${n}"\n        dest: /opt/a/${n}/{{ inventory_hostname }}\n        mode: '0600'\n`,
  (n) => `      file:\n        path: /opt/a/${n}\n        state: directory\n`,
];

const playbook = (vars: string, tasks: readonly string[], facts = false) =>
  `- hosts: all\n  gather_facts: ${facts}\n  vars:\n    ${vars}\n  tasks:\n${tasks.join('')}`;
