import { expect } from 'chai';
import { cleanJson, cleanLine, cleanText } from '../../engine/report/clean.ts';

const texts: readonly (readonly [title: string, hostile: string, text: string, line: string])[] = [
  ['leaves text alone', 'plain\tÄ 漢 🙂', 'plain\tÄ 漢 🙂', 'plain\tÄ 漢 🙂'],
  ['takes colours out', 'a\x1b[31mred\x1b[0mb', 'aredb', 'a\\x1b[31mred\\x1b[0mb'],
  ['takes out movements of the cursor', 'a\x1b[2J\x1b[1;1Hb', 'ab', 'a\\x1b[2J\\x1b[1;1Hb'],
  ['takes out 8-bit sequences', 'a\x9b31mb', 'ab', 'a\\x9b31mb'],
  ['takes out titles', 'a\x1b]0;owned\x07b', 'ab', 'a\\x1b]0;owned\\x07b'],
  ['takes out clipboard writes', 'a\x1b]52;c;cm0=\x1b\\b', 'ab', 'a\\x1b]52;c;cm0=\\x1b\\b'],
  ['shows an unfinished title', 'a\x1b]0;owned', 'a0;owned', 'a\\x1b]0;owned'],
  ['takes out a reset of the terminal', 'a\x1bcb', 'ab', 'a\\x1bcb'],
  ['shows a bell and a backspace', 'a\x07\bb', 'a\\x07\\x08b', 'a\\x07\\x08b'],
  ['shows what turns the direction of text', 'a\u202eb\u2066c', 'a\\u202eb\\u2066c', 'a\\u202eb\\u2066c'],
  ['shows NUL and DEL', '\0\x7f', '\\x00\\x7f', '\\x00\\x7f'],
  ['makes lines of carriage returns', 'a\r\nb\rc', 'a\nb\nc', 'a\\r\\nb\\rc'],
  ['shows other line ends', 'a\u2028b\x85c', 'a\\u2028b\\x85c', 'a\\u2028b\\x85c'],
];

describe('cleaning text of hosts', () => {
  for (const [title, hostile, text, line] of texts) {
    it(`${title}`, () => {
      expect(cleanText(hostile), 'text').to.equal(text);
      expect(cleanLine(hostile), 'line').to.equal(line);
    });
  }

  it('keeps the value of JSON', () => {
    const value = { a: '\u202e\x9b31m\x7f\u2028', b: '\x1b[0m' };
    const json = cleanJson(JSON.stringify(value));
    expect(json).to.match(/^[\x20-\x7e]+$/);
    expect(JSON.parse(json)).to.deep.equal(value);
  });

  for (const part of ['\x1b', '\x1b[', '\x1b]', '\x9d', '\x1b[;', ';?', '\x1b]a\x9d']) {
    it(`takes linear time over ${JSON.stringify(part)} repeated`, function () {
      this.timeout(2000);
      const text = `\x1b[${part.repeat(300_000)}`;
      expect(cleanText(text)).to.not.match(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
    });
  }
});
