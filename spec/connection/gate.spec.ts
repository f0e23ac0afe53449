import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { gate } from '../../engine/connection/gate.ts';

describe('gate', () => {
  it('lets so many in at a time, in their order, and frees the place of one that fails', async () => {
    const pass = gate(3);
    const order: number[] = [];
    let inside = 0;
    let most = 0;
    const settled = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        pass(async () => {
          order.push(index);
          most = Math.max(most, ++inside);
          await sleep(1);
          inside--;
          if (index % 2 === 1) throw new Error(`${index}`);
          return index;
        }),
      ),
    );
    expect([most, inside]).to.deep.equal([3, 0]);
    expect(order).to.deep.equal(Array.from({ length: 20 }, (_, index) => index));
    expect(settled.filter(({ status }) => status === 'rejected')).to.have.length(10);
  });
});
