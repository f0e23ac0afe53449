import { join } from 'node:path';
import { expect } from 'chai';
import { seal, vaultWith } from '../../engine/source/vault.ts';
import { type Stage, stage } from './harness.ts';

const specification = `argument_specs:
  main:
    options:
      port: { type: int, required: true }
      kind: { choices: [a, b], default: a }
`;

describe("a role's argument specs", () => {
  let on: Stage;
  beforeEach(() => {
    on = stage({
      'roles/web/meta/argument_specs.yml': specification,
      'roles/web/tasks/main.yml': '- { name: in the role, command: echo x }\n',
    });
  });
  afterEach(() => on.close());

  const play = (text: string, options: Parameters<Stage['play']>[1] = {}) =>
    on.play(`- hosts: h1:h2\n  gather_facts: false\n${text}`, options);
  const refusal = async (text: string, options: Parameters<Stage['play']>[1] = {}): Promise<string> => {
    const played = await play(text, options).catch((error: Error) => error.message);
    return typeof played === 'string' ? played : `no refusal: ${played.story.join('; ')}`;
  };
  const first = (text: string) => `  pre_tasks:\n    - { name: first, command: echo abc, register: said }\n${text}`;

  it('are checked before anything is done, with the place of the value and the hosts', async () => {
    const said = await refusal(first('  vars: { port: abc }\n  roles: [web]\n'));
    expect(said)
      .to.contain('site.yml:5:17')
      .and.to.contain('the role web does not take this')
      .and.to.contain('(on h1, h2)');
    expect(await refusal(first('  vars: { port: 80, kind: "{{ \'c\' }}" }\n  roles: [web]\n'))).to.contain('kind');
  });

  it('are checked for the values of each host', async () => {
    on.write({ 'host_vars/h2.yml': 'port: abc\n', 'host_vars/h1.yml': 'port: 80\n' });
    const said = await refusal('  roles: [web]\n');
    expect(said).to.contain('host_vars/h2.yml:1:').and.to.contain('(on h2)').and.to.not.contain('h1');
  });

  it('know what an entry of roles gives, and other variables besides', async () => {
    expect(await refusal('  roles: [{ role: web, port: abc }]\n')).to.contain('port must be a number');
    const played = await play('  vars: { port: 80 }\n  roles: [{ role: web, kind: b }]\n');
    expect(played.recap['h1']).to.include({ failed: 0, changed: 1 });
  });

  const waits: Readonly<Record<string, string>> = {
    'a value that a task registers': first(`  vars: { port: "{{ said.stdout | default('abc') }}" }\n  roles: [web]\n`),
    'a value that a task sets': `  vars: { port: abc }\n  pre_tasks:\n    - set_fact: { port: xyz }\n  roles: [web]\n`,
    'a value of a mapping that a task sets': `  vars: { port: abc }\n  pre_tasks:\n    - set_fact: "{{ { 'port': 'xyz' } }}"\n  roles: [web]\n`,
    'a value of facts': first(`  vars: { port: "{{ ansible_distribution | default('abc') }}" }\n  roles: [web]\n`),
    'a value of a file that may be written': first(
      `  vars: { port: "{{ lookup('file', 'made.txt', errors='ignore') | default('abc', true) }}" }\n  roles: [web]\n`,
    ),
    'a condition that a task decides': first(`  vars: { port: abc }\n  roles: [{ role: web, when: said.rc == 0 }]\n`),
    'what stands behind a dynamic include': `  vars: { port: abc }\n  pre_tasks:\n    - { include_tasks: "{{ 'more' }}.yml" }\n  roles: [web]\n`,
    'a role that is included': first(`  vars: { port: abc }\n  tasks:\n    - include_role: { name: web }\n`),
  };
  for (const [title, text] of Object.entries(waits))
    it(`leave ${title} to the role's first task`, async () => {
      on.write({ 'more.yml': '- { name: first, command: echo x }\n' });
      const played = await play(text);
      const last = played.story.at(-1)!;
      expect(last).to.match(/Validating arguments against arg spec 'main' failed$/);
      expect(played.story.some((line) => line.includes('in the role'))).to.equal(false);
    });

  it('are one thing, and a validation that somebody wrote is another: it is a task like any', async () => {
    const played = await play(`  vars: { many: abc }
  tasks:
    - validate_argument_spec: { argument_spec: { one: { required: true } }, provided_arguments: { one: x } }
    - validate_argument_spec: { argument_spec: { many: { type: int } } }
      register: judged
      failed_when: false
    - { name: wrong, assert: { that: judged.argument_errors | length == 1 } }
`);
    expect(played.recap['h1']).to.include({ failed: 0, ok: 3 });
  });

  describe('after a module that brings facts', () => {
    const tell = '  pre_tasks:\n    - tell:\n  roles: [web]\n';
    beforeEach(() =>
      on.write({
        'modules/tell.mjs': `import { defineAction } from '${join(import.meta.dirname, '../../engine/index.js')}';
export default defineAction({
  summary: 'Tells a port.',
  action: 'controller',
  args: {},
  returns: { ansible_facts: 'told' },
  run: async () => ({ changed: false, ansible_facts: { told: 80 } }),
});`,
      }),
    );

    it('do not take for undefined what it may define', async () => {
      const played = await play(`  vars: { port: "{{ told | default('abc') }}" }\n${tell}`);
      expect(played.recap['h1']).to.include({ failed: 0 });
    });

    it('are checked for what files say', async () => {
      expect(await refusal(`  vars: { port: abc }\n${tell}`)).to.contain('port must be an integer');
    });
  });

  it('wait for the names of variables that tasks before it define', async () => {
    const played = await play(
      first(`  vars: { port: 1, kind: "{{ 'a' if query('varnames', '^said$') else 'c' }}" }\n  roles: [web]\n`),
    );
    expect(played.recap['h1']).to.include({ failed: 0 });
  });

  for (const candidates of ['[[made.yml, default.yml]]', '[default.yml]'])
    it(`wait for vars_files ${candidates} that a play before it writes`, async () => {
      on.write({ 'default.yml': 'port: abc\n' });
      const file = candidates.includes('made') ? 'made.yml' : 'default.yml';
      const played = await on.play(`- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - copy: { content: "port: 80\\n", dest: "{{ playbook_dir }}/${file}" }
- hosts: h1
  gather_facts: false
  vars_files: ${candidates}
  roles: [web]
`);
      expect(played.recap['h1']).to.include({ failed: 0, changed: 1 });
    });

  it('are checked for what vars_files say that no task before can have written', async () => {
    on.write({ 'default.yml': 'port: abc\n' });
    const said = await refusal(`  tasks: [command: "true"]
- hosts: localhost
  connection: local
  gather_facts: false
  tasks: [debug: ]
- hosts: h1
  gather_facts: false
  vars_files: [default.yml]
  roles: [web]
`);
    expect(said).to.contain('default.yml:1:7');
  });

  it('are not asked of a role that is not entered, nor where a rescue waits', async () => {
    const skipped = await play('  vars: { port: abc }\n  roles: [{ role: web, when: false }]\n');
    expect(skipped.recap['h1']).to.include({ failed: 0 });
    const rescued = await play(`  vars: { port: abc }
  tasks:
    - block:
        - import_role: { name: web }
      rescue:
        - { name: saved, command: echo x }
`);
    expect(rescued.story).to.include('h1 saved changed');
  });

  describe('show no secret', () => {
    const password = { id: 'default', password: 'a password' };
    const vault = vaultWith([password]);
    const scalar = (text: string) =>
      `!vault |\n${seal(Buffer.from(text), password).trimEnd().replace(/^/gm, '      ')}\n`;
    const long = `sup3rsecret${'0123456789'.repeat(8)}`;

    for (const [title, text] of Object.entries({ short: 'sup3rsecretvalue', long }))
      it(`of an encrypted value, ${title}`, async () => {
        const said = await refusal(`  vars:\n    port: 80\n    kind: ${scalar(text)}  roles: [web]\n`, { vault });
        expect(said).to.match(/kind must be one of a, b; not "\*{8}/);
        expect(said).to.not.contain('sup3r');
      });

    it('of an encrypted file', async () => {
      const secrets = new Set(['sup3rsecretvalue']); // as reading such a file finds them
      const said = await refusal('  vars: { port: 80, kind: sup3rsecretvalue }\n  roles: [web]\n', { secrets });
      expect(said).to.contain('kind must be one of a, b; not "********"');
    });

    const asked = (options: string) =>
      `  vars_prompt: [{ name: kind${options} }]\n  vars: { port: 80 }\n  roles: [web]\n`;
    const prompts = () => ({ kind: 'sup3rsecretvalue' });

    it('that was typed at a private prompt', async () => {
      expect(await refusal(asked(''), { prompts })).to.contain('not "********"');
      expect(await refusal(asked(', private: true'), { prompts })).to.contain('not "********"');
      expect(await refusal(asked(', private: false'), { prompts })).to.contain('not "sup3rsecretvalue"');
    });
  });
});
