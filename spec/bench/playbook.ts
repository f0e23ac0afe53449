/** The work that is measured: ordinary tasks in Ansible's plain syntax, so that Ansible runs the same file. */

/** What the playbook's template is called, and holds. */
export const template = {
  name: 'app.conf.j2',
  text: '# host {{ inventory_hostname }}\nlisten {{ port }}\n{% for p in peers %}\nserver s{{ loop.index }} {{ p }}:{{ port }} check\n{% endfor %}\n',
};

/** Tasks in each round of five: a directory, a template, a copy, and two of a line, a service, a package, a command. */
export const tasksPerRound = 5;

/** A playbook of `rounds` times five tasks, and the gathering of facts. */
export function benchPlaybook(rounds: number): string {
  const head = `- hosts: all
  gather_facts: true
  vars:
    port: 6443
    peers: [10.0.0.1, 10.0.0.2, 10.0.0.3]
  tasks:
`;
  return (
    head +
    Array.from({ length: rounds }, (_, round) => always(round) + (round % 2 === 0 ? even(round) : odd(round))).join('')
  );
}

/** Tasks that change something on a bare host: all but services, packages and commands. */
export function changesOnBareHost(rounds: number): number {
  return rounds * 3 + Math.ceil(rounds / 2);
}

const always = (round: number) => `    - name: dir ${round}
      file:
        path: /opt/bench/d${round}
        state: directory
        mode: '0755'
    - name: conf ${round}
      template:
        src: ${template.name}
        dest: /opt/bench/d${round}/app.conf
        mode: '0644'
    - name: copy ${round}
      copy:
        content: "hello ${round}\\n"
        dest: /opt/bench/d${round}/hello.txt
        mode: '0600'
`;

const even = (round: number) => `    - name: line ${round}
      lineinfile:
        path: /etc/hosts
        line: 192.0.2.${round + 1} bench${round}.example
    - name: service ${round}
      systemd:
        name: ssh
        state: started
        enabled: true
`;

const odd = (round: number) => `    - name: package ${round}
      apt:
        name: procps
        state: present
    - name: command ${round}
      command: test -d /opt/bench
      changed_when: false
`;

/** Makes a host as it was before the first run. */
export const undo = "rm -rf /opt/bench; sed -i '/ bench[0-9]*\\.example$/d' /etc/hosts";
