import { expect } from 'chai';
import { Float, float, floatText, unboxed } from '../../engine/source/float.ts';

/** As Python's repr() writes them. */
const texts: readonly (readonly [value: number, text: string])[] = [
  [8, '8.0'],
  [-0, '-0.0'],
  [0, '0.0'],
  [1.1, '1.1'],
  [1000, '1000.0'],
  [1e15, '1000000000000000.0'],
  [1e16, '1e+16'],
  [1.5e300, '1.5e+300'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05'],
  [Number.POSITIVE_INFINITY, 'inf'],
  [Number.NEGATIVE_INFINITY, '-inf'],
  [Number.NaN, 'nan'],
];

describe('a float', () => {
  for (const [value, text] of texts) it(`${value} is written ${text}`, () => expect(floatText(value)).to.equal(text));

  it('is only wrapped where JavaScript would take it for an integer', () => {
    expect([float(1.5), float(Number.POSITIVE_INFINITY)]).to.deep.equal([1.5, Number.POSITIVE_INFINITY]);
    expect([float(2), float(-0)]).to.deep.equal([new Float(2), new Float(-0)]);
  });

  it('without a fraction is a number to JavaScript, and text as in Python', () => {
    const eight = new Float(8);
    expect([Number(eight), String(eight), JSON.stringify({ eight })]).to.deep.equal([8, '8.0', '{"eight":8}']);
    expect([unboxed(eight), unboxed('8.0'), unboxed(null)]).to.deep.equal([8, '8.0', null]);
  });
});
