import { expect } from 'chai';
import pause from '../../engine/modules/pause.ts';
import { fakeController, fakeTarget, runModule, testModule } from '../../engine/testing.ts';

testModule(pause, 'pause', {
  'goes on without a time, and says so': {
    args: { prompt: 'Ready?' },
    want: {
      changed: false,
      log: [],
      result: {
        user_input: '',
        delta: 0,
        warnings: ['nobody is asked during a run: going on without waiting for input'],
      },
    },
  },
  'takes minutes or seconds, not both': { args: { minutes: 1, seconds: 1 }, fails: 'exclude each other' },
  'cannot wait backwards': { args: { seconds: -1 }, fails: 'cannot be negative' },
  'needs numbers': { args: { seconds: 'soon' }, fails: 'seconds' },
});

for (const [title, args, unit] of [
  ['seconds', { seconds: 0.2 }, 'seconds'],
  ['minutes', { minutes: 0.003 }, 'minutes'],
] as const) {
  it(`pause waits for ${title}`, async () => {
    const from = performance.now();
    const { result } = await runModule(pause, args, fakeTarget(), fakeController());
    expect(performance.now() - from).to.be.within(150, 2000);
    expect(result['stdout']).to.match(new RegExp(`^Paused for [\\d.]+ ${unit}$`));
    expect(result['start']).to.match(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
    expect(result).not.to.have.property('warnings');
  });
}
