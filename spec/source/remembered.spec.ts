import { expect } from 'chai';
import { remembered } from '../../engine/source/remembered.ts';

describe('what is remembered of an object', () => {
  it('is made once of each', () => {
    const asked: object[] = [];
    const made = remembered((source: { readonly name: string }) => {
      asked.push(source);
      return source.name;
    });
    const [one, same] = [{ name: 'a' }, { name: 'a' }];
    expect([made(one), made(same), made(one)]).to.deep.equal(['a', 'a', 'a']);
    expect(asked).to.have.length(2);
  });
});
