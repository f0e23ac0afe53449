import { expect } from 'chai';
import { paint } from '../../engine/report/paint.ts';
import { recapLines, summary } from '../../engine/report/recap.ts';
import { counts } from './recorder.ts';

const plain = paint(0);

describe('the recap', () => {
  it('is byte for byte what Ansible prints, hosts by name', () => {
    const recap = {
      h2: counts({ ok: 21, changed: 7, failed: 1, skipped: 4, ignored: 4 }),
      h1: counts({ ok: 2, changed: 1 }),
    };
    expect(recapLines(recap, plain)).to.deep.equal([
      'h1                         : ok=2    changed=1    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0   ',
      'h2                         : ok=21   changed=7    unreachable=0    failed=1    skipped=4    rescued=0    ignored=4   ',
    ]);
  });

  it('lets long names and numbers take their room', () => {
    const [line] = recapLines({ 'a-host-with-a-very-long-name.example.org': counts({ ok: 12345 }) }, plain);
    expect(line).to.match(/^a-host-with-a-very-long-name\.example\.org : ok=12345 changed=0 {4}unreachable/);
  });

  it('colours the host and what is not zero, outside the padding', () => {
    const [line] = recapLines({ h1: counts({ ok: 2, failed: 1 }) }, paint(1));
    expect(line).to.contain(`\x1b[31m${'h1'.padEnd(26)}\x1b[39m : \x1b[32mok=2   \x1b[39m changed=0    unreachable`);
    expect(line).to.contain('\x1b[31mfailed=1   \x1b[39m');
  });

  it('sums up in a line', () => {
    const recap = { h1: counts({ changed: 1 }), h2: counts({ changed: 2, unreachable: 1 }) };
    expect(summary(recap, 3.21, false)).to.equal('2 hosts, 3 changed, 1 unreachable, 3.2 s');
    expect(summary({ h1: counts() }, 0.04, true)).to.equal('1 host, 0 would change, 0.0 s');
  });
});
