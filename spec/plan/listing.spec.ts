import { expect } from 'chai';
import { listPlan } from '../../engine/plan/listing.ts';
import { planOf } from './kit.ts';

const files = {
  'site.yml': `
- name: Webs
  hosts: [web, db]
  tags: [w]
  pre_tasks:
    - debug:
  roles:
    - {role: a, tags: r}
  tasks:
    - name: grouped
      block:
        - name: inner
          debug:
          tags: [z, i]
      rescue:
        - name: rescuer
          debug:
    - include_tasks: x.yml
    - name: seldom
      debug:
      tags: never
- import_playbook: other.yml
`,
  'other.yml': '- hosts: all\n',
  'x.yml': '',
  'roles/a/tasks/main.yml': '- {name: of the role, debug: }\n- debug:\n',
};

describe('listPlan', () => {
  it('lists the tasks of every play, with the roles they belong to and their tags', async () => {
    const { plan } = await planOf(files);
    expect(listPlan(plan, { tasks: true })).to.equal(
      [
        '',
        'playbook: site.yml',
        '',
        '  play #1 (web,db): Webs\tTAGS: [w]',
        '    tasks:',
        '      debug\tTAGS: [w]',
        '      a : of the role\tTAGS: [r, w]',
        '      a : debug\tTAGS: [r, w]',
        '      inner\tTAGS: [i, w, z]',
        '      include_tasks\tTAGS: [w]',
        '',
        '  play #2 (all): all\tTAGS: []',
        '    tasks:',
        '',
      ].join('\n'),
    );
  });

  it('lists tags', async () => {
    const { plan } = await planOf(files);
    expect(
      listPlan(plan, { tags: true })
        .split('\n')
        .filter((line) => line.includes('TASK')),
    ).to.deep.equal(['      TASK TAGS: [i, r, w, z]', '      TASK TAGS: []']);
  });

  it('lists only what the tags select', async () => {
    const { plan } = await planOf(files);
    const list = (only: string[], skip: string[]) =>
      listPlan(plan, { tasks: true, only, skip })
        .split('\n')
        .filter((line) => line.startsWith('      '))
        .map((line) => line.trim().split('\t')[0]);
    expect(list(['i'], [])).to.deep.equal(['inner']);
    expect(list(['never'], [])).to.deep.equal(['seldom']);
    expect(list([], ['r', 'i'])).to.deep.equal(['debug', 'include_tasks']);
  });

  it('lists hosts', async () => {
    const { plan } = await planOf(files);
    expect(listPlan(plan, { hosts: () => ['h1', 'h2'] })).to.include(
      "    pattern: ['web', 'db']\n    hosts (2):\n      h1\n      h2\n",
    );
  });
});
