import { expect } from 'chai';
import { type HostLogOptions, hostLogs } from '../../engine/report/host-logs.ts';
import type { Outcome, RunEvent } from '../../engine/run/events.ts';
import { at, counts, outcome, runEnd, runStart, task } from './recorder.ts';

const whole = (more: Partial<Outcome>): RunEvent => ({ type: 'outcome', outcome: outcome(more) });
const item = (label: string, more: Partial<Outcome>): RunEvent => ({ type: 'item', outcome: outcome(more), label });
const play: RunEvent = { type: 'play_start', name: 'Web', hosts: ['h1', 'h2'], at };

/** The logs by host, without the time at the beginning of lines. Each event is a second after the other. */
function logsOf(events: readonly RunEvent[], options: Partial<HostLogOptions> = {}): Readonly<Record<string, string>> {
  const logs: Record<string, string> = {};
  let seconds = -1;
  const report = hostLogs({
    write: (host, text) => {
      logs[host] = (logs[host] ?? '') + text;
    },
    diff: false,
    title: 'kplay site.yml',
    clock: () => seconds * 1000,
    ...options,
  });
  for (const event of events) {
    seconds += 1;
    report.emit(event);
  }
  report.close();
  return logs;
}

const untimed = (log: string | undefined) => (log ?? '').replace(/^2030-01-02T03:04:\d\d\.000Z /gm, '').split('\n');

describe('the log of a run per host', () => {
  it('has each task with its time, end, seconds and place, below its play', () => {
    const other = { task: task('role : next', { id: 2, handler: true }), seconds: 0.25, status: 'changed' } as const;
    const logs = logsOf([runStart, play, whole({}), whole({ ...other, host: 'h2' }), whole(other), runEnd()]);
    expect(logs['h1']).to.equal(
      [
        '2030-01-02T03:04:07.000Z RUN kplay site.yml',
        '2030-01-02T03:04:07.000Z PLAY Web',
        '2030-01-02T03:04:07.000Z ok          1.000 s [t] site.yml:3',
        '2030-01-02T03:04:09.000Z changed     0.250 s handler [role : next] site.yml:3',
        '2030-01-02T03:04:10.000Z END after 3.2 s: ok=2    changed=1    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0',
        '',
      ].join('\n'),
    );
    expect(untimed(logs['h2'])[2]).to.match(/^changed .*role : next/);
    expect(Object.keys(logs)).to.deep.equal(['h1', 'h2']);
  });

  it('has what a failed command said, all of it, and the rest of its result', () => {
    const result = {
      msg: 'non-zero return code',
      rc: 3,
      stdout: 'a\n  b\n',
      stdout_lines: ['a'],
      stderr: 'c',
      changed: true,
    };
    const log = untimed(logsOf([runStart, play, whole({ status: 'failed', result }), runEnd()])['h1']);
    expect(log.slice(2, 9)).to.deep.equal([
      'failed      1.000 s [t] site.yml:3',
      '    msg: non-zero return code',
      '    stdout:',
      '      a',
      '        b',
      '    stderr: c',
      '    result: {"rc": 3}',
    ]);
  });

  it('tells items, retries, delegation, what is ignored, and what only a run would tell', () => {
    const events: readonly RunEvent[] = [
      runStart,
      play,
      item('one', { status: 'changed', delegatedTo: 'h9' }),
      whole({ status: 'changed', result: { results: [{ stdout: 'again' }], msg: 'All items completed' } }),
      { type: 'retry', host: 'h1', task: task('wait'), attempt: 1, left: 4, message: 'not yet' },
      whole({ status: 'failed', ignored: true, result: { msg: 'bad' } }),
      whole({ status: 'changed', unknown: 'it is a command', result: {} }),
      { type: 'included', file: 'more.yml', hosts: ['h1'], task: task('more') },
    ];
    expect(untimed(logsOf(events)['h1']).slice(2)).to.deep.equal([
      'changed     1.000 s [t] site.yml:3 (item=one) on h9',
      'changed     1.000 s [t] site.yml:3',
      '    msg: All items completed',
      'retrying    [wait] site.yml:3: 4 left: not yet',
      'failed      1.000 s [t] site.yml:3 (ignored)',
      '    msg: bad',
      'changed     1.000 s [t] site.yml:3 would run: it is a command',
      'included    more.yml',
      'END: the run broke off',
      '',
    ]);
  });

  it('shows diffs when they are asked for', () => {
    const diffs = [{ before: 'a\n', after: 'b\n', beforeHeader: '/etc/x', afterHeader: '/etc/x' }];
    const events = [runStart, play, whole({ status: 'changed', diffs }), runEnd()];
    expect(logsOf(events)['h1']).not.to.contain('/etc/x');
    expect(logsOf(events, { diff: true })['h1']).to.contain(
      '    --- before: /etc/x\n    +++ after: /etc/x\n    @@ -1 +1 @@\n    -a\n    +b\n',
    );
  });

  it('says of a dry run that nothing was changed', () => {
    const log = logsOf([
      { ...runStart, check: true } as RunEvent,
      play,
      whole({}),
      runEnd({ recap: { h1: counts() } }),
    ]);
    expect(untimed(log['h1'])[0]).to.equal('RUN kplay site.yml (nothing is changed)');
  });

  it('lets no text of a host pass for a line of the log, or steer a terminal', () => {
    const result = { msg: 'x\n2030-01-02T03:04:07.000Z END\u001b[2J' };
    const log = logsOf([runStart, play, whole({ task: task('a\nb'), status: 'failed', result }), runEnd()])['h1'];
    expect(log).to.contain('[a\\nb]').and.to.contain('\n      2030-01-02T03:04:07.000Z END\n');
    expect(log).not.to.contain('\u001b');
  });
});
