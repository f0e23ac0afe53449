import { expect } from 'chai';
import { chart } from './chart.ts';

describe('the chart of the benchmark', () => {
  const results = {
    first: { kplay: [2, 1, 3], floor: [1, 1, 1] },
    converged: { kplay: [1], floor: [0.5], ansible: [20] },
    check: { kplay: [1] },
  };
  const drawn = chart(results, ['4 hosts & <more>']);

  it('has a bar for each contestant in each phase, as long as its median', () => {
    expect([...drawn.matchAll(/<rect x=.*?width="([\d.]+)"/g)].map(([, width]) => Number(width))).to.deep.equal([
      46, 23, 23, 11.5, 460, 23,
    ]);
  });

  it('says medians and ratios to the floor, in check mode to its converged run', () => {
    const said = [...drawn.matchAll(/>([\d.]+ s {3}×[\d.]+)</g)].map(([, words]) => words);
    expect(said).to.deep.equal([
      '2.00 s   ×2.00',
      '1.00 s   ×1.00',
      '1.00 s   ×2.00',
      '0.50 s   ×1.00',
      '20.00 s   ×40',
      '1.00 s   ×2.00',
    ]);
  });

  it('is the same for the same figures, and well-formed whatever the caption says', () => {
    expect(chart(results, ['4 hosts & <more>'])).to.equal(drawn);
    expect(drawn).to.include('4 hosts &#38; &#60;more&#62;');
  });

  it('has a title for those who do not see it', () => {
    expect(drawn).to.include('<title>4 hosts &#38; &#60;more&#62;</title>');
  });
});
