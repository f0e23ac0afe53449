/** The start of a role: one file from a template, its variables declared, a playbook that proves it on this machine. */
export function roleStart(name: string): Readonly<Record<string, string>> {
  const prefix = name.replaceAll('-', '_');
  const file = (path: string) => `roles/${name}/${path}`;
  return {
    [file('README.md')]: `# ${name}
What the role is for, in a sentence. Its variables: \`kplay doc ${name}\`.

    kplay roles/${name}/tests/test.yml      # proves it, on this machine and without root
`,
    [file('defaults/main.yml')]: `---
${prefix}_path: /etc/${name}.conf
${prefix}_port: 8080
`,
    [file('meta/main.yml')]: `---
galaxy_info:
  role_name: ${prefix}
  description: What the role is for
dependencies: []
`,
    [file('meta/argument_specs.yml')]: `---
argument_specs:
  main:
    short_description: What the role is for
    options:
      ${prefix}_path:
        type: path
        description: The file of settings.
      ${prefix}_port:
        type: int
        description: Port to listen on.
`,
    [file('tasks/main.yml')]: `---
- name: The settings are written
  template:
    src: settings.conf.j2
    dest: "{{ ${prefix}_path }}"
    mode: "0644"
  notify: The settings have changed
`,
    [file('templates/settings.conf.j2')]: `# Written by kplay: changes made here are lost.
listen {{ ${prefix}_port }}
`,
    [file('handlers/main.yml')]: `---
# A service would be restarted here.
- name: The settings have changed
  debug:
    msg: "{{ ${prefix}_path }} is new"
`,
    [file('tests/test.yml')]: `---
# kplay roles/${name}/tests/test.yml
- name: The role ${name} does what it says
  hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - name: A folder to work in
      tempfile:
        state: directory
      register: folder

    - name: The role is used, twice
      include_role:
        name: ${name}
      vars:
        ${prefix}_path: "{{ folder.path }}/settings.conf"
        ${prefix}_port: 9090
      loop: [first, second]

    - name: What it wrote is read
      slurp:
        src: "{{ folder.path }}/settings.conf"
      register: settings

    - name: The port is in it
      assert:
        that: "'listen 9090' in settings.content | b64decode"

    - name: The folder goes
      file:
        path: "{{ folder.path }}"
        state: absent
`,
  };
}
