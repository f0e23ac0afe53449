import { expect } from 'chai';
import { type Stage, stage } from '../run/harness.ts';

describe('facts about what a task before would have changed', () => {
  let here: Stage;
  before(() => {
    here = stage({}, ['h1']);
  });
  after(() => here.close());

  const modules: Readonly<Record<string, readonly [task: string, fact: string]>> = {
    service_facts: ['service_facts:', 'services'],
    package_facts: ['package_facts:', 'packages'],
    getent: ['getent: { database: passwd }', 'getent_passwd'],
  };
  for (const [name, [task, fact]] of Object.entries(modules)) {
    it(`of ${name} are not known under check, and no mistake`, async () => {
      const played = await here.play(
        `
- hosts: h1
  gather_facts: false
  tasks:
    - { name: change, copy: { content: x, dest: "{{ playbook_dir }}/x" } }
    - ${task}
    - { name: depends, copy: { content: y, dest: "{{ playbook_dir }}/y" }, when: "'x' in ansible_facts.${fact}" }
    - { name: told, debug: { msg: "{{ ansible_facts.${fact} | length }}" } }
`,
        { check: true },
      );
      expect(played.outcomes.map(({ status }) => status)).not.to.include('failed');
      expect(played.outcomes.find((one) => one.task.name === 'depends')?.unknown).to.contain('after the changes');
      expect(String(played.result('told')['msg'])).to.match(/known after the run|after the changes/);
    });
  }
});
