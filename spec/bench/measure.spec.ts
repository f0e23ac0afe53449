import { expect } from 'chai';
import type { Contestant, Phase } from './contestants.ts';
import { interleaved, median } from './measure.ts';
import { benchPlaybook, changesOnBareHost, tasksPerRound } from './playbook.ts';
import { table } from './table.ts';

describe('the benchmark', () => {
  it('takes the middle of the times', () => {
    expect(median([3, 1, 2])).to.equal(2);
    expect(median([4, 1, 2, 3])).to.equal(2.5);
    expect(() => median([])).to.throw(RangeError);
  });

  it('writes five tasks a round, of which these change a bare host', () => {
    const text = benchPlaybook(10);
    expect(text.match(/^ {4}- name: /gm)).to.have.length(10 * tasksPerRound);
    expect(text.match(/^ {4}- name: (dir|conf|copy|line) /gm)).to.have.length(changesOnBareHost(10));
  });

  const contestant = (
    name: string,
    log: string[],
    changed: number,
    phases: readonly Phase[] = ['first'],
  ): Contestant => ({
    name,
    phases,
    async run() {
      log.push(name);
      return { seconds: 1, changed, stdout: '', stderr: '' };
    },
  });
  const conditions = { runs: 2, prepare: async () => {}, changes: () => 3, log: () => {} };

  it('lets all take turns, those who take part in the phase', async () => {
    const turns: string[] = [];
    const times = await interleaved(
      'first',
      [contestant('a', turns, 3), contestant('b', turns, 3), contestant('c', turns, 3, ['check'])],
      conditions,
    );
    expect(turns.join('')).to.equal('abab');
    expect(times).to.deep.equal({ a: [1, 1], b: [1, 1] });
  });

  it('refuses times for other work', async () => {
    const failed = await interleaved('first', [contestant('a', [], 2)], conditions).catch((error: unknown) => error);
    expect(String(failed)).to.include('a made 2 changes in the first run, not 3');
  });

  it('compares with the floor, in check mode with its converged run', () => {
    const shown = table({
      first: { kplay: [3], floor: [1] },
      converged: { kplay: [2, 2, 4], floor: [1] },
      check: { kplay: [1.5] },
    });
    expect(shown.split('\n').map((line) => line.split(/ {2,}/))).to.deep.equal([
      ['', 'first run', 'converged run', '--check, converged'],
      ['kplay', '3.00 s (3.00-3.00) x3.00', '2.00 s (2.00-4.00) x2.00', '1.50 s (1.50-1.50) x1.50'],
      ['floor', '1.00 s (1.00-1.00) x1.00', '1.00 s (1.00-1.00) x1.00', '-'],
    ]);
  });
});
