/** The corridor left at an earlier door: what a playbook would do, without doing it. */

import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { tail } from '../kplay.ts';
import { makeProject, type Project } from './project.ts';

const files = {
  'two.yml': `- import_playbook: site.yml
- name: Database
  hosts: h2
  tags: [db]
  roles: [store]
  tasks:
    - name: tell
      debug: { msg: done }
      tags: [always]
`,
  'roles/store/tasks/main.yml':
    '- name: make it\n  file: { path: FOLDER/out/store, state: directory }\n  tags: [files]\n',
};

const web = (inside: string) => `
playbook: two.yml

  play #1 (web): Web	TAGS: []
${inside}`;
const database = (inside: string) => `
  play #2 (h2): Database	TAGS: [db]
${inside}`;

const cases: readonly { readonly title: string; readonly args: readonly string[]; readonly out: string }[] = [
  { title: '--syntax-check', args: ['--syntax-check'], out: '\nplaybook: two.yml\n' },
  {
    title: '--list-tasks',
    args: ['--list-tasks'],
    out:
      web(
        '    tasks:\n      make the folder	TAGS: [folders]\n      configure	TAGS: [config, files]\n      debug	TAGS: []\n',
      ) + database('    tasks:\n      store : make it	TAGS: [db, files]\n      tell	TAGS: [always, db]\n'),
  },
  {
    title: '--list-tasks with --tags',
    args: ['--list-tasks', '--tags', 'files'],
    out:
      web('    tasks:\n      configure	TAGS: [config, files]\n') +
      database('    tasks:\n      store : make it	TAGS: [db, files]\n      tell	TAGS: [always, db]\n'),
  },
  {
    title: '--list-tags',
    args: ['--list-tags'],
    out: web('      TASK TAGS: [config, files, folders]\n') + database('      TASK TAGS: [always, db, files]\n'),
  },
  {
    title: '--list-hosts',
    args: ['--list-hosts'],
    out:
      web("    pattern: ['web']\n    hosts (2):\n      h1\n      h2\n") +
      database("    pattern: ['h2']\n    hosts (1):\n      h2\n"),
  },
  {
    title: '--list-hosts with --limit',
    args: ['--list-hosts', '--limit', 'h1'],
    out: web("    pattern: ['web']\n    hosts (1):\n      h1\n") + database("    pattern: ['h2']\n    hosts (0):\n"),
  },
];

describe('listings', () => {
  let project: Project;
  before(() => {
    project = makeProject(files);
  });
  after(() => project.remove());

  for (const { title, args, out } of cases) {
    it(`${title} is told as Ansible tells it, and nothing is run`, async () => {
      const said = await project.run(['two.yml', '-i', 'hosts', ...args]);
      expect(said.code, tail(said)).to.equal(0);
      expect(said.stdout).to.equal(out);
      expect(said.stderr).to.equal('');
      expect(readdirSync(project.path('out'))).to.deep.equal([]);
    });
  }

  it('--list-hosts reads a pattern that is a template, with -e and the variables of the play', async () => {
    project.write({
      'told.yml':
        '- { name: "{{ own }}", hosts: "{{ target }}", vars: { own: x, target: h1 } }\n- hosts: "{{ ansible_facts.of }}"\n',
    });
    const said = await project.run(['told.yml', '-i', 'hosts', '--list-hosts', '-e', 'target=h2']);
    const [first, second] = said.stdout.split('play #2');
    expect(first).to.include("play #1 (h2): x\tTAGS: []\n    pattern: ['h2']\n    hosts (1):\n      h2\n");
    expect(second, 'only the run can tell').to.include('hosts (2):');
  });

  it('--version names kplay and node', async () => {
    const said = await project.run(['--version']);
    expect(said.code).to.equal(0);
    expect(said.stdout).to.match(/^kplay \d+\.\d+\.\d+ \(node v\d+\.\d+\.\d+\)\n$/);
  });

  it('--help lists the options, examples and exit codes', async () => {
    const said = await project.run(['--help']);
    expect(said.code).to.equal(0);
    for (const words of [
      'Usage: kplay',
      '--inventory',
      '--check',
      'Examples:',
      'kplay site.yml -i hosts --check --diff',
      'Exit codes:',
    ])
      expect(said.stdout).to.include(words);
    expect(said.stderr).to.equal('');
  });

  it('doc prints what a module does, its arguments, and an example', async () => {
    const said = await project.run(['doc', 'copy']);
    expect(said.code, tail(said)).to.equal(0);
    for (const words of [/^COPY$/m, /^ARGUMENTS$/m, /^ {2}dest \(path, required\)$/m, /^EXAMPLES$/m])
      expect(said.stdout).to.match(words);
  });

  it('doc alone names every module with one line', async () => {
    const said = await project.run(['doc']);
    expect(said.code, tail(said)).to.equal(0);
    for (const name of ['command', 'copy', 'file', 'package', 'systemd', 'template'])
      expect(said.stdout).to.match(new RegExp(`^${name} +\\S.*\\.$`, 'm'));
  });

  it('doc prints what a role takes, with its defaults, and the roles it needs', async () => {
    const said = await project.run(['doc', 'haproxy']);
    expect(said.code, tail(said)).to.equal(0);
    for (const words of [
      /^HAPROXY \(role\)\n {2}A TCP load balancer in front of the kube-apiservers$/m,
      /^ARGUMENTS$/m,
      /^ {2}haproxy_balance \(str\)\n {6}How connections are spread\.\n {6}One of: leastconn, roundrobin, source\n {6}Default: "leastconn"$/m,
      /^NEEDS THE ROLES\n {2}cluster$/m,
    ])
      expect(said.stdout).to.match(words);
  });

  it('doc prints the variables of a role without a spec, and says what is neither module nor role', async () => {
    project.write({ 'roles/store/defaults/main.yml': 'store_size: [1, 2]\n' });
    expect((await project.run(['doc', 'store'])).stdout).to.equal(
      'STORE (role)\n\nVARIABLES\n  store_size\n      Default: [1,2]\n',
    );
    const said = await project.run(['doc', 'haproxxy']);
    expect(said.code).to.equal(1);
    expect(said.stderr).to.match(/no module is named "haproxxy"\. Nor is there such a role\. Did you mean "haproxy"\?/);
  });
});
