import { expect } from 'chai';
import { type Stage, stage } from './harness.ts';

const say = (name: string, more = '') => `{ name: ${JSON.stringify(name)}, debug: { msg: a }${more} }`;
const files = {
  'more.yml': `- ${say('more {{ x | default(item) | default(0) }}')}\n`,
  'fall.yml': '- { name: fall, fail: { msg: no } }\n',
  'roles/r/tasks/main.yml': `- ${say('main {{ d }}')}\n`,
  'roles/r/tasks/other.yml': `- ${say('other')}\n`,
  'roles/r/defaults/main.yml': 'd: default\n',
};
const cases: Readonly<Record<string, readonly [string, readonly string[], (readonly string[])?]>> = {
  'when is asked for each item': [
    '- { include_tasks: more.yml, loop: [1, 2, 3], when: item != 2 }',
    ['more 1 ok', 'more 3 ok'],
  ],
  'a list that is undefined is nobody’s concern where the condition does not hold': [
    '- { include_tasks: more.yml, loop: "{{ nothing }}", when: nothing is defined }\n- { name: next, debug: { msg: a } }',
    ['include_tasks skipped', 'next ok'],
  ],
  'a loop over something undefined is nobody’s concern where the condition is false': [
    `- { include_tasks: more.yml, loop: "{{ hostvars.h1.no }}", when: hostvars.h1.no is defined }`,
    ['include_tasks skipped'],
  ],
  'its own loop variable': [
    '- { include_tasks: more.yml, loop: [1, 2], loop_control: { loop_var: x } }',
    ['more 1 ok', 'more 2 ok'],
  ],
  'tags are the include’s own, apply is for its tasks': [
    '- { include_tasks: { file: more.yml, apply: { tags: t } }, tags: t }\n- { include_tasks: more.yml, tags: t }',
    ['more 0 ok'],
    ['t'],
  ],
  'a file that is not there fails the host, and can be rescued': [
    `- block: [{ include_tasks: "{{ 'none' }}.yml" }]\n  rescue: [${say('{{ ansible_failed_task.action }}')}]`,
    ['include_tasks failed', 'include_tasks ok'],
  ],
  'what fails inside can be rescued outside': [
    `- block: [{ include_tasks: "{{ 'fall' }}.yml" }]\n  rescue: [${say('r')}]`,
    ['fall failed', 'r ok'],
  ],
  'a role by its name of the moment, with parts and variables': [
    `- { include_role: { name: "{{ 'r' }}" }, vars: { d: given } }\n- { include_role: { name: r, tasks_from: "{{ 'other' }}" } }`,
    ['r : main given ok', 'r : other ok'],
  ],
  'a role keeps its defaults to itself unless it is public': [
    `- { include_role: { name: r } }\n- { name: "{{ d | default('none') }}", debug: { msg: a } }\n- { include_role: { name: r, public: true } }\n- { name: "{{ d | default('none') }}", debug: { msg: a } }`,
    ['r : main default ok', 'none ok', 'r : main default ok', 'default ok'],
  ],
  'what is registered says what was asked for, and its tasks see it': [
    `- { include_tasks: more.yml, register: i, vars: { x: "{{ i.include }}" } }
- { include_role: { name: r }, register: i, when: false }
- { name: "so {{ i is skipped }}", debug: { msg: a } }
- { include_role: { name: r }, register: i, loop: [1, 2], when: item == 2, vars: { d: "{{ i.results | length }}" } }
- { name: "{{ i.results[0] is skipped }} {{ i.results[1].include_args.name }} {{ i.results[1].item }} {{ i is changed }}", debug: { msg: a } }`,
    ['more more.yml ok', 'include_role skipped', 'so True ok', 'r : main 2 ok', 'True r 2 False ok'],
  ],
  'a name that cannot be told is registered as the failure it is': [
    `- block: [{ include_tasks: "{{ nothing.at.all }}.yml", register: i, vars: { nothing: "{{ hostvars.h1.no }}" } }]\n  rescue: [${say('so {{ i is failed }}')}]`,
    ['include_tasks failed', 'so True ok'],
  ],
  'an item with braces is data': [
    '- { include_tasks: more.yml, loop: ["{{ \'{\' }}{ 1 }}"], loop_control: { loop_var: x } }',
    ['more {{ 1 }} ok'],
  ],
};

describe('an include', () => {
  let on: Stage;
  afterEach(() => on.close());
  for (const [title, [tasks, story, tags = []]] of Object.entries(cases)) {
    it(title, async () => {
      on = stage(files, ['h1']);
      const played = await on.play(
        `- hosts: h1\n  gather_facts: false\n  tasks:\n${tasks
          .split('\n')
          .map((line) => `    ${line}`)
          .join('\n')}\n`,
        { tags },
      );
      expect(played.story).to.deep.equal(story.map((line) => `h1 ${line}`));
    });
  }

  it('of a role is each host’s own, part by part', async () => {
    on = stage(files);
    const { story } = await on.play(
      "- hosts: all\n  gather_facts: false\n  tasks: [{ include_role: { name: r, tasks_from: \"{{ 'other' if inventory_hostname == 'h2' else 'main' }}\" } }]",
    );
    expect(story).to.deep.equal(['h1 r : main default ok', 'h2 r : other ok']);
  });

  it('hosts that want the same take part together', async () => {
    on = stage({ 'a.yml': `- ${say('a')}\n`, 'b.yml': `- ${say('b')}\n` }, ['h1', 'h2', 'h3']);
    const { events } = await on.play(
      "- hosts: all\n  gather_facts: false\n  tasks: [{ include_tasks: \"{{ 'b' if inventory_hostname == 'h2' else 'a' }}.yml\" }]",
    );
    expect(
      events.flatMap((event) => (event.type === 'included' ? [`${event.file} ${event.hosts}`] : [])),
    ).to.deep.equal(['a.yml h1,h3', 'b.yml h2']);
  });
});
