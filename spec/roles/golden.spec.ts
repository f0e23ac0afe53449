/** What roles render for the documents' own hosts, byte for byte as it was read against the documents. */
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { dumpYaml } from '../../engine/source/yaml.ts';
import { type Stage, stage } from '../run/harness.ts';
import { readMapping } from './read-roles.ts';

interface Case {
  readonly inventory: string;
  readonly vars: Readonly<Record<string, unknown>>;
  /** By host, by role: names of templates. */
  readonly hosts: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

const fixtures = 'spec/fixtures/roles';
const cases = readMapping(join(fixtures, 'cases.yml'))['cases'] as Readonly<Record<string, Case>>;

for (const [name, { inventory, vars, hosts }] of Object.entries(cases)) {
  describe(`the templates of the roles, for ${name}`, () => {
    let on: Stage;
    before(async () => {
      on = stage();
      for (const role of ['cluster', 'kube-common'])
        cpSync(`roles/${role}`, join(on.folder, 'roles', role), { recursive: true });
      const wanted = Object.entries(hosts).flatMap(([host, roles]) =>
        Object.entries(roles).map(([role, templates]) => ({ host, role, templates })),
      );
      for (const role of new Set(wanted.map((one) => one.role))) borrow(role, on.folder);
      const plays = wanted.map(({ host, role, templates }) => ({
        hosts: host,
        gather_facts: false,
        vars: { golden_templates: templates, golden_folder: `${on.folder}/out/${host}` },
        roles: [role],
      }));
      for (const { host } of wanted) mkdirSync(join(on.folder, 'out', host), { recursive: true });
      on.write({
        hosts: `${readFileSync(join(fixtures, inventory), 'utf8')}\n[all:vars]\nansible_connection=exec\nansible_exec_command="/bin/sh"\n`,
      });
      const { outcomes } = await on.play(dumpYaml(plays), { extraVars: vars });
      const failed = outcomes.filter(({ status }) => status === 'failed' || status === 'unreachable');
      expect(failed.map(({ host, task, result }) => `${host} ${task.name}: ${JSON.stringify(result)}`)).to.deep.equal(
        [],
      );
    });
    after(() => on?.close());

    for (const [host, roles] of Object.entries(hosts)) {
      for (const [role, templates] of Object.entries(roles)) {
        for (const template of templates) {
          it(`${role} writes ${template} of ${host}`, () => {
            const expected = readFileSync(join(fixtures, name, host, `${template}.golden`), 'utf8');
            expect(readFileSync(join(on.folder, 'out', host, template), 'utf8')).to.equal(expected);
          });
        }
      }
    }
  });
}

/** The role with its own defaults, vars and templates, and one task: to render the templates asked for into a folder. */
function borrow(role: string, folder: string): void {
  const borrowed = join(folder, 'roles', role);
  mkdirSync(join(borrowed, 'tasks'), { recursive: true });
  mkdirSync(join(borrowed, 'meta'));
  for (const part of ['defaults', 'vars', 'templates', 'meta/main.yml']) {
    const own = resolve('roles', role, part);
    if (existsSync(own)) symlinkSync(own, join(borrowed, part));
  }
  const render = {
    name: 'Render',
    template: { src: '{{ item }}.j2', dest: '{{ golden_folder }}/{{ item }}', mode: '0600' },
    loop: '{{ golden_templates }}',
  };
  writeFileSync(join(borrowed, 'tasks/main.yml'), dumpYaml([render]));
}
