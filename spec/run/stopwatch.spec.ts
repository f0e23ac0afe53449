import { expect } from 'chai';
import { stopwatch } from '../../engine/run/stopwatch.ts';

describe('a stopwatch', () => {
  it('counts time once, however much is under way', async () => {
    let now = 0;
    const watch = stopwatch(() => now);
    const ends: (() => void)[] = [];
    const work = () => watch.during(() => new Promise<void>((resolve) => ends.push(resolve)));
    const [first, second] = [work(), work()];
    now = 2;
    ends[0]!();
    await first;
    expect(watch.seconds).to.equal(2);
    now = 5;
    ends[1]!();
    await second;
    now = 9;
    expect(watch.seconds).to.equal(5);
  });

  it('tells how long work took, but not work that failed, whose time counts all the same', async () => {
    let now = 0;
    const watch = stopwatch(() => now);
    const took: number[] = [];
    const note = (seconds: number) => void took.push(seconds);
    await watch.during(async () => {
      now = 3;
    }, note);
    const failing = watch.during(async () => {
      now = 4;
      throw new Error('no');
    }, note);
    expect(await failing.catch((error: Error) => error.message)).to.equal('no');
    expect([watch.seconds, took]).to.deep.equal([4, [3]]);
  });
});
