import { expect } from 'chai';
import raw from '../../engine/modules/raw.ts';
import { testModule } from '../../engine/testing.ts';
import { stage } from '../run/harness.ts';

testModule(raw, 'raw', {
  'runs text in a shell': {
    args: { free_form: 'echo a | cat' },
    world: { commands: { echo: { stdout: 'a\n' } } },
    want: { changed: true, log: ['run echo a | cat'], result: { rc: 0, stdout: 'a\n', stdout_lines: ['a'] } },
  },
  'fails with a code': {
    args: { free_form: 'no' },
    world: { commands: { no: { code: 2 } } },
    fails: 'non-zero return code',
  },
  'needs something to run': { args: { free_form: '' }, fails: 'no command given' },
  'is unknown under check': { args: { free_form: 'uptime' }, unknown: 'not run in check mode' },
});

describe('raw on a real host', () => {
  it('runs as it is written', async () => {
    const here = stage({}, ['h1']);
    try {
      const played = await here.play(
        '- hosts: h1\n  gather_facts: false\n  tasks:\n    - { name: it, raw: "for i in 1 2; do echo $i; done" }\n',
      );
      expect(played.result('it')).to.deep.include({ stdout_lines: ['1', '2'], rc: 0, changed: true });
    } finally {
      here.close();
    }
  });
});
