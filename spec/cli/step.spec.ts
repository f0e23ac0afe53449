/** `--step` asks before each task. */
import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import type { Terminal } from '../../engine/cli/secret-input.ts';
import { steps } from '../../engine/cli/step.ts';
import { isKplayError } from '../../engine/errors.ts';
import { stage } from '../run/harness.ts';

function typing(lines: string) {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
  const output = new PassThrough();
  input.write(lines);
  return { terminal: { input, output } as unknown as Terminal, shown: () => String(output.read() ?? '') };
}

const playbook = `
- hosts: h1
  gather_facts: false
  tasks:
    - { name: one, debug: { msg: x } }
    - { name: two, debug: { msg: x } }
    - { name: three, debug: { msg: x }, changed_when: true, notify: handle }
    - { name: four, debug: { msg: x } }
  handlers: [{ name: handle, debug: { msg: x } }]
`;

describe('--step', () => {
  for (const [typed, story, questions] of [
    ['y\nn\nc\n', ['h1 one ok', 'h1 three changed', 'h1 four ok', 'h1 handle ok'], 3],
    ['\nyes\n\nno\n', ['h1 two ok'], 4],
  ] as const) {
    it(`runs what is answered with yes, and all after continue: ${JSON.stringify(typed)}`, async () => {
      const { terminal, shown } = typing(typed);
      const on = stage();
      try {
        expect((await on.play(playbook, { step: steps({ input: true }, terminal) })).story).to.deep.equal(story);
        expect(shown().split('Perform task: ').length - 1).to.equal(questions);
      } finally {
        on.close();
      }
    });
  }

  it('refuses to begin where nobody can be asked', () => {
    expect(() => steps({ input: false }, typing('').terminal))
      .to.throw('--step asks before each task')
      .that.satisfies((error: unknown) => isKplayError(error) && error.exitCode === 5);
  });
});
