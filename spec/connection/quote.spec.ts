import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import fc from 'fast-check';
import { quote } from '../../engine/connection/quote.ts';
import { splitWords } from '../../engine/connection/words.ts';

const text = fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', ''));

describe('quote', function () {
  this.timeout(30_000);

  it('gives back any text as one word of a real shell', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), (values) => {
        const script = `for word in ${values.map(quote).join(' ')}; do printf '%s\\0' "$word"; done`;
        const words = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
        expect(words).to.deep.equal(values);
      }),
      { numRuns: 60 },
    );
  });

  it('refuses a NUL', () => {
    expect(() => quote('a\0b')).to.throw(TypeError, /NUL/);
  });
});

describe('splitWords', () => {
  const cases: readonly [line: string, words: readonly string[]][] = [
    ['', []],
    ['  a  b\tc\n', ['a', 'b', 'c']],
    [`-o ProxyCommand="ssh -W %h:%p 'b c'" -C`, ['-o', `ProxyCommand=ssh -W %h:%p 'b c'`, '-C']],
    [`'' ""`, ['', '']],
    [`a'b c'd"e f"g\\ h`, ['ab cde fg h']],
    [`'\\n' "\\n \\" \\$ \\\\"`, ['\\n', '\\n " $ \\']],
  ];
  for (const [line, words] of cases) {
    it(`splits ${JSON.stringify(line)}`, () => {
      expect(splitWords(line)).to.deep.equal(words);
    });
  }

  it('undoes quote', () => {
    fc.assert(
      fc.property(fc.array(text), (values) => {
        expect(splitWords(values.map(quote).join(' '))).to.deep.equal(values);
      }),
    );
  });

  for (const line of [`'open`, `"open`, `a "b\\"`, 'end\\']) {
    it(`refuses ${line}`, () => {
      expect(() => splitWords(line)).to.throw(/unfinished quote/);
    });
  }
});
