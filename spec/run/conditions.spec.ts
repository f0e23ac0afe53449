import { expect } from 'chai';
import { type Stage, stage } from './harness.ts';

/** Where a condition stands that is no boolean, and the clause that is to be named. */
const loose: Readonly<Record<string, readonly [task: string, clause: string]>> = {
  'when of a task': [`{ name: t, debug: { msg: a }, when: "'x'" }`, "'x'"],
  'when of an include': [`{ name: t, include_tasks: more.yml, when: "'x'" }`, "'x'"],
  'when of meta': [`{ name: t, meta: noop, when: "'x'" }`, "'x'"],
  changed_when: ['{ name: t, command: "true", register: r, changed_when: r.rc + 1 }', 'r.rc + 1'],
  failed_when: ['{ name: t, command: "true", register: r, failed_when: r.rc }', 'r.rc'],
  until: ['{ name: t, command: echo x, register: r, until: r.stdout, retries: 2, delay: 0 }', 'r.stdout'],
  break_when: ['{ name: t, debug: { msg: a }, loop: [1, 2], loop_control: { break_when: [item] } }', 'item'],
};

describe('a condition that is no boolean', () => {
  let on: Stage;
  beforeEach(() => {
    on = stage({ 'more.yml': '- { name: more, debug: { msg: a } }\n' }, ['h1']);
  });
  afterEach(() => on.close());
  const book = (task: string) => `- hosts: h1\n  gather_facts: false\n  tasks:\n    - ${task}\n`;

  for (const number of ['1', '1.5', '8.0', '9007199254740993']) {
    it(`is called a number where it is ${number}`, async () => {
      const { events } = await on.play(book(`{ debug: { msg: x }, when: ${number} }`));
      const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.contain(`the condition "${number}" is not a boolean (it is number);`);
    });
  }

  for (const [where, [task, clause]] of Object.entries(loose)) {
    it(`warns in ${where}, and is named`, async () => {
      const { events, recap } = await on.play(book(task));
      const warnings = events.flatMap((event) => (event.type === 'warning' ? [event] : []));
      expect(warnings.map(({ message, at }) => [message.slice(0, message.indexOf(' is not')), at?.line])).to.deep.equal(
        [[`the condition "${clause}"`, 4]],
      );
      expect(recap['h1']?.failed ?? 0).to.equal(0);
    });

    it(`is an error in ${where} with --strict`, async () => {
      const { outcomes, recap } = await on.play(book(task), { strict: true });
      expect(recap['h1']?.failed).to.equal(1);
      expect(String(outcomes[0]?.result['msg'])).to.contain(`the condition "${clause}" is not a boolean`);
    });
  }
});
