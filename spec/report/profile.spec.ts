import { expect } from 'chai';
import { jsonReport } from '../../engine/report/json.ts';
import { type Profile, profiler } from '../../engine/report/profile.ts';
import { profileText } from '../../engine/report/profile-text.ts';
import type { HostTraffic, Outcome, RunEvent, TaskLabel } from '../../engine/run/events.ts';
import { outcome, record, runEnd, runStart, task } from './recorder.ts';

const traffic = (more: Partial<HostTraffic> = {}): HostTraffic => ({
  roundTrips: 0,
  bytesOut: 0,
  bytesIn: 0,
  waiting: 0,
  ...more,
});

const start = (label: TaskLabel): RunEvent => ({ type: 'task_start', task: label, hosts: ['h1'] });
const on = (label: TaskLabel, host = 'h1'): RunEvent => ({ type: 'host_start', task: label, host });
const whole = (label: TaskLabel, more: Partial<Outcome>): RunEvent => ({
  type: 'outcome',
  outcome: outcome({ task: label, ...more }),
});
const again = (label: TaskLabel): RunEvent => ({
  type: 'retry',
  host: 'h1',
  task: label,
  attempt: 1,
  left: 2,
  message: '',
});

/** Events, each with the second at which it comes; the processor is at work half the time. */
function profileOf(events: readonly (readonly [at: number, event: RunEvent])[]): Profile {
  let now = 0;
  const listener = profiler({ time: () => now, cpu: () => now / 2 });
  for (const [at, event] of events) {
    now = at;
    listener.hear(event);
  }
  return listener.profile!;
}

const [one, two] = [task('one'), task('two', { id: 2, role: 'web' })];

describe('the profile of a run', () => {
  it('counts a task as its slowest host spent it', () => {
    const spent = traffic({ roundTrips: 2, bytesOut: 10, bytesIn: 5, waiting: 2.5 });
    const { before, run, tasks } = profileOf([
      [1, runStart],
      [1, start(one)],
      [1, on(one)],
      [2, whole(one, { host: 'h2', seconds: 1, traffic: spent })],
      [4, whole(one, { seconds: 3, traffic: spent })],
      [4, runEnd({ seconds: 3, traffic: { h1: traffic({ shortest: 0.25 }) } })],
    ]);
    expect(before).to.deep.equal({ seconds: 1, cpu: 0.5 });
    expect(tasks).to.have.length(1);
    expect(tasks[0]).to.deep.include({ name: 'one', host: 'h1', at: 'site.yml:3', trips: 4, bytes: 30, cpu: 1.5 });
    expect(tasks[0]).to.include({ seconds: 3, controller: 0.5, roundTrips: 0.5, commands: 2, services: 0 });
    expect(run).to.include({ seconds: 3, controller: 0.5, roundTrips: 0.5, commands: 2, cpu: 1.5 });
  });

  it('knows what was only waiting', () => {
    const wait = task('wait', { id: 3, module: 'wait_for' });
    const { run, tasks } = profileOf([
      [0, runStart],
      [0, start(one)],
      [0, on(one)],
      [1, again(one)],
      [8, whole(one, { seconds: 8, traffic: traffic({ waiting: 2 }) })],
      [8, start(wait)],
      [12, whole(wait, { seconds: 4, traffic: traffic({ waiting: 4 }) })],
      [12, runEnd({ seconds: 12 })],
    ]);
    expect(tasks.map(({ name, services, commands }) => [name, services, commands])).to.deep.equal([
      ['one', 7, 1],
      ['wait', 4, 0],
    ]);
    expect(run.services).to.equal(11);
  });

  it('sums up roles, the slowest first, and gives the rest to the controller', () => {
    const { run, roles } = profileOf([
      [0, runStart],
      [1, start(one)],
      [2, whole(one, { seconds: 1 })],
      [2, start(two)],
      [5, whole(two, { seconds: 3, traffic: traffic({ waiting: 3 }) })],
      [5, runEnd({ seconds: 6 })],
    ]);
    expect(roles.map(({ name, seconds }) => [name, seconds])).to.deep.equal([
      ['web', 3],
      ['(no role)', 1],
    ]);
    expect(run).to.include({ seconds: 6, commands: 3, controller: 3 });
  });

  it('counts what was delegated as commands: another host did it', () => {
    const { tasks } = profileOf([
      [0, runStart],
      [0, start(one)],
      [2, whole(one, { seconds: 2, delegatedTo: 'h9', traffic: traffic() })],
      [2, runEnd({ seconds: 2 })],
    ]);
    expect(tasks[0]).to.include({ commands: 2, controller: 0 });
  });

  const profile = profileOf([
    [0, runStart],
    [0, start(one)],
    [2, whole(one, { seconds: 2, traffic: traffic({ roundTrips: 1, waiting: 1, bytesOut: 2_000_000 }) })],
    [2, start(two)],
    [3, whole(two, { seconds: 1 })],
    [3, runEnd({ seconds: 3, traffic: { 'h1\u001b[2J': traffic({ roundTrips: 1, shortest: 0.002 }) } })],
  ]);

  it('is told in tables, and cannot be made to play tricks on a terminal', () => {
    const text = profileText(profile);
    expect(text).to.match(/3\.00 s the run: 2\.00 s controller, .*, 0\.00 s waiting for services/);
    expect(text).to.match(/^one \[h1\] +2\.000 +1\.000 +- +1\.000 +- +1\.000 +1 +2\.0 MB$/m);
    expect(text).to.match(/^web +1\.000/m);
    expect(text).not.to.include('\u001b');
  });

  it('is in the JSON when asked for', () => {
    const events = [runStart, whole(one, {}), runEnd()];
    const own = (out: string) => JSON.parse(out)._kplay;
    expect(own(record(jsonReport, events, { profile: () => profile }).out).profile.run.seconds).to.equal(3);
    expect(own(record(jsonReport, events).out)).not.to.have.property('profile');
  });
});
