import { expect } from 'chai';
import { splitWords } from '../../engine/inventory/shell-words.ts';

const lines: readonly (readonly [line: string, words: readonly (readonly [text: string, start: number])[]])[] = [
  ['', []],
  ['  # only a comment', []],
  [
    'h1 a=1  b=2',
    [
      ['h1', 0],
      ['a=1', 3],
      ['b=2', 8],
    ],
  ],
  [
    'h1 a="x y"# comment',
    [
      ['h1', 0],
      ['a=x y', 3],
    ],
  ],
  [
    `h1 a='"5"'`,
    [
      ['h1', 0],
      ['a="5"', 3],
    ],
  ],
  [
    'h1 a="say \\"hi\\""',
    [
      ['h1', 0],
      ['a=say "hi"', 3],
    ],
  ],
  [
    'h1 a=x\\ y',
    [
      ['h1', 0],
      ['a=x y', 3],
    ],
  ],
  [
    'h1 password=a#b',
    [
      ['h1', 0],
      ['password=a', 3],
    ],
  ],
];

describe('splitWords', () => {
  for (const [line, words] of lines) {
    it(`splits ${JSON.stringify(line)}`, () =>
      expect(splitWords(line).words.map((word) => [word.text, word.start])).to.deep.equal(words));
  }

  it('finds the quote that is never closed', () => expect(splitWords('h1 a="x').unclosed).to.equal(5));
});
