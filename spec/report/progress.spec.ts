import { expect } from 'chai';
import { prettyReport } from '../../engine/report/pretty.ts';
import { duration, progress } from '../../engine/report/progress.ts';
import type { Output } from '../../engine/report/report.ts';
import type { TaskLabel } from '../../engine/run/events.ts';
import { memory, outcome, runEnd, runStart, task } from './recorder.ts';

const wait = task('Wait until etcd is healthy');

function scene(stream: Partial<Output>) {
  const err = memory(stream);
  let now = 0;
  const shown = progress({ err, clock: () => now });
  return {
    err,
    shown,
    start: (host: string, label: TaskLabel = wait) => shown.observe({ type: 'host_start', host, task: label }),
    end: (host: string, label: TaskLabel = wait) =>
      shown.observe({ type: 'outcome', outcome: outcome({ host, task: label }) }),
    tickAt(seconds: number) {
      now = seconds * 1000;
      shown.tick();
    },
    /** What a terminal would show at last. */
    screen: () => err.text().split('\r\x1b[2K').at(-1),
  };
}

describe('progress on a terminal', () => {
  it('says who is at which task and for how long, once it takes a second', () => {
    const { start, tickAt, screen } = scene({ isTTY: true });
    for (const host of ['etcd1', 'etcd2', 'etcd3']) start(host);
    tickAt(0.5);
    expect(screen()).to.equal('');
    tickAt(12.7);
    expect(screen()).to.match(/^[⠀-⣿] \[12 s\] Wait until etcd is healthy: etcd1, etcd2 \(\+1\)$/u);
  });

  it('names the task that takes the longest', () => {
    const { start, end, tickAt, screen } = scene({ isTTY: true });
    start('h1');
    tickAt(5);
    start('h2', task('Later', { id: 2 }));
    tickAt(10);
    expect(screen()).to.contain('[10 s] Wait until etcd is healthy: h1');
    end('h1');
    tickAt(11);
    expect(screen()).to.contain('[6 s] Later: h2');
  });

  it('goes away when all are done', () => {
    const { start, end, tickAt, screen } = scene({ isTTY: true });
    start('h1');
    tickAt(2);
    end('h1');
    tickAt(3);
    expect(screen()).to.equal('');
  });

  it('fits in a line, whatever the names', () => {
    const { start, tickAt, screen } = scene({ isTTY: true, columns: 20 });
    start('h1', task('漢字漢字漢字漢字漢字\n'));
    tickAt(2);
    expect(screen()).to.match(/^. \[2 s\] 漢字漢字漢$/u);
  });
});

describe('progress on a terminal that does not know its width', () => {
  it('takes it for a usual one', () => {
    const { start, tickAt, screen } = scene({ isTTY: true, columns: 0 });
    start('h1');
    tickAt(2);
    expect(screen()).to.contain('[2 s] Wait until etcd is healthy: h1');
  });
});

describe('progress elsewhere', () => {
  it('prints a line after 10 seconds, then every 30', () => {
    const { err, start, tickAt } = scene({});
    start('etcd1');
    start('etcd2');
    for (let second = 1; second <= 75; second++) tickAt(second);
    expect(err.text()).to.equal(
      ['10', '40', '70']
        .map((n) => `still running after ${n} s: Wait until etcd is healthy on etcd1, etcd2\n`)
        .join(''),
    );
  });

  it('is silent about what is quick', () => {
    const { err, start, end, tickAt } = scene({});
    start('h1');
    tickAt(9);
    end('h1');
    tickAt(100);
    expect(err.text()).to.equal('');
  });
});

describe('progress in the report', () => {
  it('makes way for every line, and leaves nothing behind', async () => {
    // one screen for both streams, as a terminal is
    const screen = memory({ isTTY: true, columns: 80 });
    let now = 0;
    const report = prettyReport({
      out: screen,
      err: screen,
      color: false,
      diff: false,
      verbosity: 0,
      check: false,
      clock: () => now,
    });
    report.emit(runStart);
    report.emit({ type: 'task_start', task: wait, hosts: ['h1'] });
    report.emit({ type: 'host_start', host: 'h1', task: wait });
    now = 5000;
    await new Promise((resolve) => setTimeout(resolve, 250));
    const drawn = /⠙|⠹|⠸/u;
    expect(screen.text()).to.match(drawn);
    report.emit({ type: 'outcome', outcome: outcome({ task: wait }) });
    report.emit(runEnd());
    report.close();
    const lines = seen(screen.text());
    expect(lines).to.contain('ok: [h1]').and.contain('kplay: 1 host, 1 changed, 3.2 s');
    expect(lines.join('\n')).to.not.match(drawn);
  });
});

/** The lines which a terminal shows: what stood before an erasure is gone. */
function seen(text: string): readonly string[] {
  return text.split('\n').map((line) => line.split('\r\x1b[2K').at(-1)!);
}

describe('duration', () => {
  for (const [ms, text] of [
    [0, '0 s'],
    [40_900, '40 s'],
    [119_000, '119 s'],
    [185_000, '3 min 5 s'],
  ] as const) {
    it(`says ${text}`, () => expect(duration(ms)).to.equal(text));
  }
});
