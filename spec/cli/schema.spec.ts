import { readdirSync, readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { expect } from 'chai';
import { loadYamlValue } from '../../engine/source/yaml.ts';
import { kplay } from '../kplay.ts';

describe('kplay schema', function () {
  this.timeout(60_000);
  let valid: ValidateFunction;
  before(async () => {
    const said = await kplay(['schema']);
    expect(said.code, said.stderr).to.equal(0);
    valid = new Ajv({ allErrors: true, allowUnionTypes: true, strictTypes: false, strictRequired: false }).compile(
      JSON.parse(said.stdout),
    );
  });

  it('takes every playbook and file of tasks we ship', () => {
    const ofRoles = readdirSync('roles', { recursive: true, encoding: 'utf8' })
      .filter((path) => /\/(?:tasks|handlers)\/.*\.yml$/.test(path))
      .map((path) => `roles/${path}`);
    const playbooks = readdirSync('playbooks')
      .filter((name) => name.endsWith('.yml'))
      .map((name) => `playbooks/${name}`);
    for (const file of [...playbooks, ...ofRoles]) {
      const accepted = valid(loadYamlValue(readFileSync(file, 'utf8')));
      expect(accepted, `${file}: ${JSON.stringify(valid.errors?.slice(0, 4))}`).to.equal(true);
    }
  });

  const sound = [
    '- debug: { msg: x }\n  when: a is defined\n  with_items: [1]',
    '- ansible.builtin.copy: { src: a, dest: /b }',
    '- command: uptime\n  args: { creates: /x }',
    '- apt: name=x state=present',
    '- file: { path: /a, state: "{{ wanted }}", mode: "0644" }',
    '- include_tasks: a.yml\n  loop: [1]',
    '- hosts: all\n  roles: [a, { role: b, port: 80 }]\n  handlers: [{ name: x, listen: y, debug: { msg: x } }]',
    '- import_playbook: other.yml\n  vars: { a: 1 }',
  ];
  for (const text of sound)
    it(`takes ${text.replaceAll('\n', ' ')}`, () => {
      expect(valid(loadYamlValue(text)), JSON.stringify(valid.errors)).to.equal(true);
    });

  const wrong = [
    '- debgu: { msg: x }',
    '- debug: { mgs: x }',
    '- debug: { msg: x }\n  whne: true',
    '- file: { path: /a, state: directroy }',
    '- copy: { src: a }',
    '- hosts: all\n  taks: []',
    '- hosts: all\n  gather_facts: perhaps',
    '- block: [{ debug: { msg: x }, lop: [] }]',
    '- meta: flush_handler',
    'hosts: all',
  ];
  for (const text of wrong)
    it(`refuses ${text.replaceAll('\n', ' ')}`, () => {
      expect(valid(loadYamlValue(text))).to.equal(false);
    });
});
