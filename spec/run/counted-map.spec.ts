import { expect } from 'chai';
import { CountedMap } from '../../engine/run/counted-map.ts';

describe('a map that counts its changes', () => {
  it('counts what is set, deleted and cleared, and nothing else', () => {
    const map = new CountedMap<string, number>();
    const counts = [map.changes];
    const then = (change: () => unknown) => {
      change();
      counts.push(map.changes);
    };
    then(() => map.set('a', 1));
    then(() => map.set('a', 1));
    then(() => [map.get('a'), map.has('b'), [...map]]);
    then(() => map.delete('a'));
    then(() => map.clear());
    expect(counts).to.deep.equal([0, 1, 2, 2, 3, 4]);
    expect(map.size).to.equal(0);
  });
});
