import { expect } from 'chai';
import type { Problem } from '../../engine/errors.ts';
import { printProblems } from '../../engine/report/problems.ts';
import { memory } from './recorder.ts';

const files: Readonly<Record<string, string>> = { 'site.yml': '- hosts: all\n  tasks:\n    - systmd: {}\n' };
const at = { file: 'site.yml', line: 3, column: 7 };

function printed(problems: readonly Problem[], color = false): string {
  const err = memory();
  printProblems(problems, (file) => files[file], { err, color });
  return err.text();
}

describe('printProblems', () => {
  it('shows place, frame with caret, and hint', () => {
    expect(printed([{ message: 'no module is named "systmd"', at, hint: 'did you mean systemd?' }])).to.equal(
      [
        'error: site.yml:3:7 no module is named "systmd"',
        '    1 | - hosts: all',
        '    2 |   tasks:',
        '  > 3 |     - systmd: {}',
        '      |       ^',
        '  hint: did you mean systemd?',
        '',
      ].join('\n'),
    );
  });

  it('shows all, and counts them', () => {
    expect(printed([{ message: 'one' }, { message: 'two', hint: 'say so' }, { message: 'three' }])).to.equal(
      'error: one\n\nerror: two\n  hint: say so\n\nerror: three\n\n3 errors\n',
    );
  });

  it('needs no file', () => {
    expect(printed([{ message: 'lost', at: { ...at, file: 'gone.yml' } }])).to.equal('error: gone.yml:3:7 lost\n');
  });

  it('prefers the text that came with the problem', () => {
    const place = { ...at, line: 1, column: 1 };
    expect(printed([{ message: 'bad', at: place, source: 'x: y' }])).to.equal(
      'error: site.yml:1:1 bad\n  > 1 | x: y\n      | ^\n',
    );
  });

  it('indents the further lines of a message, and shows controls', () => {
    expect(printed([{ message: 'a\nerror: b\x1b[2J', at: { ...at, file: 'x\ny' } }])).to.equal(
      'error: x\\ny:3:7 a\n  error: b\n',
    );
  });

  it('colours when it should', () => {
    const text = printed([{ message: 'bad', at }], true);
    expect(text).to.contain('\x1b[31merror:\x1b[39m').and.contain('\x1b[1msite.yml:3:7 bad\x1b[22m');
    expect(text).to.contain('\x1b[31m    |       ^\x1b[39m');
  });
});
