import { expect } from 'chai';
import seboolean from '../../engine/modules/seboolean.ts';
import { sebooleanKind } from '../../engine/target/queries/sebooleans.ts';
import { testModule } from '../../engine/testing.ts';
import { askHere, shells } from '../target/queries/run-query.ts';

const name = 'haproxy_connect_any';
const world = (now: boolean, atBoot: boolean | null) => ({ answers: { [`seboolean ${name}`]: { now, atBoot } } });

testModule(seboolean, 'seboolean', {
  'is switched on until the next boot': {
    args: { name, state: true },
    world: world(false, false),
    want: { fields: ['now'], log: [`setsebool ${name}=1`], diffs: [['now: off\n', 'now: on\n']] },
  },
  'is switched on for good': {
    args: { name, state: true, persistent: true },
    world: world(false, null),
    want: {
      fields: ['now', 'atBoot'],
      log: [`setsebool -P ${name}=1`],
      diffs: [['now: off\nat boot: not known\n', 'now: on\nat boot: on\n']],
      result: { name, state: true, persistent: true },
    },
  },
  'is kept as it is after the next boot': {
    args: { name, state: false, persistent: true },
    world: world(false, true),
    want: { fields: ['atBoot'], log: [`setsebool -P ${name}=0`] },
  },
  'is done with what is so': {
    args: { name, state: true, persistent: true },
    world: world(true, true),
    want: { changed: false, log: [] },
  },
  'is only now what matters': { args: { name, state: true }, world: world(true, false), want: { changed: false } },
  'refuses what is no name': { args: { name: 'a; b', state: true }, fails: 'cannot be the name' },
});

describe('sebooleanKind', () => {
  it('reads getsebool and what was stored', () => {
    const text = [
      '0\x1da --> on\x1d1',
      '0\x1db --> off pending: on\x1doff',
      '0\x1dc --> on\x1d',
      '1\x1dno\x1d',
      '127\x1d\x1d',
    ];
    const answers = sebooleanKind.parse(Buffer.from(`${text.join('\x1e')}\x1e`), ['a', 'b', 'c', 'd', 'e']);
    expect(answers.slice(0, 3)).to.deep.equal([
      { now: true, atBoot: true },
      { now: false, atBoot: false },
      { now: true, atBoot: null },
    ]);
    expect(String(answers[3])).to.contain('the state of d cannot be read: no');
    expect(String(answers[4])).to.contain('no getsebool');
  });

  for (const shell of shells)
    it(`asks through ${shell.join(' ')}`, () => expect(askHere(sebooleanKind, ['a', 'b'], shell)).to.have.length(2));
});
