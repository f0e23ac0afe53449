import { expect } from 'chai';
import { codeFrame } from '../../engine/source/code-frame.ts';

const text = 'one\ntwo\nthree\nfour\nfive\nsix\n';
const at = (line: number, column: number) => ({ file: 'f', line, column });

const frames: readonly (readonly [
  title: string,
  text: string,
  line: number,
  column: number,
  context: number,
  frame: readonly string[],
])[] = [
  [
    'shows the lines about the place, with a caret',
    text,
    3,
    2,
    1,
    ['  2 | two', '> 3 | three', '    |  ^', '  4 | four'],
  ],
  ['stops at the first line', text, 1, 1, 1, ['> 1 | one', '    | ^', '  2 | two']],
  ['stops at the last line', text, 6, 1, 2, ['  4 | four', '  5 | five', '> 6 | six', '    | ^']],
  ['points behind the end of a line', 'ab', 1, 3, 0, ['> 1 | ab', '    |   ^']],
  ['counts a tab as one column', '\tx', 1, 2, 0, ['> 1 |  x', '    |  ^']],
  ['aligns numbers of different width', 'x\n'.repeat(10), 10, 1, 1, ['   9 | x', '> 10 | x', '     | ^']],
];

describe('codeFrame', () => {
  for (const [title, source, line, column, context, frame] of frames) {
    it(title, () => expect(codeFrame(source, at(line, column), { context }).split('\n')).to.deep.equal(frame));
  }

  it('is empty for a place outside of the text', () => expect(codeFrame(text, at(99, 1))).to.equal(''));

  it('cuts a long line around the caret, which stays under its character', () => {
    const [line, caret] = codeFrame(`${'a'.repeat(500)}X${'b'.repeat(500)}`, at(1, 501)).split('\n');
    expect(line!.length).to.be.lessThan(180);
    expect(line![caret!.indexOf('^')]).to.equal('X');
  });
});
