import { expect } from 'chai';
import { Float } from '../../engine/source/float.ts';
import { valueKey } from '../../engine/source/value-key.ts';

describe('the key of a value', () => {
  it('is the same for the same values', () => {
    expect(valueKey({ a: [new Float(8), 2n ** 70n] })).to.equal(valueKey({ a: [new Float(8), 2n ** 70n] }));
  });

  it('tells a float from the integer, and long integers from each other', () => {
    expect(valueKey([new Float(8)])).to.not.equal(valueKey([8]));
    expect(valueKey(new Float(8))).to.not.equal(valueKey(8));
    expect(valueKey(2n ** 53n)).to.not.equal(valueKey(2n ** 53n + 1n));
  });
});
