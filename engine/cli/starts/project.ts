import { roleStart } from './role.ts';

/** The start of a project: an inventory, a playbook, a role, what editors and git need. */
export function projectStart(name: string): Readonly<Record<string, string>> {
  const files: Readonly<Record<string, string>> = {
    ...roleStart('app'),
    hosts: `# For a real host: web1 ansible_host=10.0.0.11 ansible_user=root
[web]
here ansible_connection=local
`,
    'group_vars/all.yml': `---
app_path: "{{ playbook_dir }}/out/app.conf"
`,
    'site.yml': `---
- name: Every web host has the application
  hosts: web
  gather_facts: false
  pre_tasks:
    - name: The folder of its settings is there
      file:
        path: "{{ app_path | dirname }}"
        state: directory
        mode: "0755"
  roles:
    - app
`,
    '.gitignore': `.kplay/
node_modules/
out/
`,
    'package.json': `${JSON.stringify({ name, private: true, type: 'module', scripts: { lint: 'kplay lint site.yml -i hosts', plan: 'kplay site.yml -i hosts --check --diff', test: 'kplay roles/app/tests/test.yml' } }, undefined, 2)}
`,
    'README.md': `# ${name}

    npx kplay lint site.yml -i hosts              # what is wrong, before anything runs
    npx kplay site.yml -i hosts --check --diff    # what would change
    npx kplay site.yml -i hosts                   # converge; repeat it at will
    npx kplay roles/app/tests/test.yml            # proves the role, on this machine
`,
  };
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${name}/${path}`, text]));
}
