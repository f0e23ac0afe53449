import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { commandScript } from '../../engine/target/command-script.ts';
import type { Command } from '../../engine/target/target.ts';
import { shells } from './queries/run-query.ts';

const cases: Readonly<Record<string, readonly [Command, string, number?]>> = {
  'an argument vector is not read by any shell': [
    { argv: ['printf', '%s|', '$HOME', "it's", '`id`', 'a\nb', '', '*'] },
    "$HOME|it's|`id`|a\nb||*|",
  ],
  'shell text is': [{ script: 'x=1; echo "$x" | cat' }, '1\n'],
  'text that ends in a comment': [{ script: 'echo a # b' }, 'a\n'],
  'a shell of its own': [{ script: 'echo $0', executable: 'sh' }, 'sh\n'],
  'a folder': [{ script: 'pwd', chdir: '/usr' }, '/usr\n'],
  'a folder that is not there': [{ script: 'echo never', chdir: '/none' }, '', 1],
  'an environment': [{ argv: ['printenv', 'A'], environment: { A: "it's $HOME\n`id`" } }, "it's $HOME\n`id`\n"],
  'an input': [{ argv: ['cat'], stdin: "a\n$HOME `id` \\ '\n" }, "a\n$HOME `id` \\ '\n"],
  'an input for shell text, with what looks like its end': [
    { script: 'cat; cat', stdin: 'KPLAY_STDIN\nKPLAY_STDIN_' },
    'KPLAY_STDIN\nKPLAY_STDIN_\n',
  ],
  'the exit code': [{ argv: ['sh', '-c', 'exit 42'] }, '', 42],
};

for (const shell of shells) {
  describe(`a command, run by ${shell.join(' ')}`, () => {
    for (const [title, [command, output, code = 0]] of Object.entries(cases)) {
      it(title, () => {
        const { stdout, status } = spawnSync(shell[0]!, shell.slice(1), {
          input: commandScript(command),
          encoding: 'utf8',
        });
        expect([stdout, status]).to.deep.equal([output, code]);
      });
    }
  });
}

describe('a command', () => {
  for (const name of ['A B', 'A=B', '1A', '', 'A;id', 'Ä']) {
    it(`refuses ${JSON.stringify(name)} as the name of a variable`, () =>
      void expect(() => commandScript({ argv: ['x'], environment: { [name]: 'x' } })).to.throw(/environment variable/));
  }
});
