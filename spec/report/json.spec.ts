import { expect } from 'chai';
import { jsonReport } from '../../engine/report/json.ts';
import type { RunEvent } from '../../engine/run/events.ts';
import { at, counts, outcome, record, runEnd, runStart, task } from './recorder.ts';

const diff = { beforeHeader: '/etc/x', afterHeader: 'x.j2', before: 'a\n', after: 'b\n' };
const diffRecord = { before_header: '/etc/x', after_header: 'x.j2', before: 'a\n', after: 'b\n' };
const play: RunEvent = { type: 'play_start', name: 'x', hosts: ['h1'], at };
const own = { ignored: false, seconds: 1 };

describe('the report for programs', () => {
  it('is one document in the shape of Ansible', () => {
    const install = task('web : Install', { id: 1, module: 'package' });
    const each = task('each', { id: 2 });
    const ticks = Array.from({ length: 100 }, (_, second) => second * 1000).values();
    const { out, err } = record(
      jsonReport,
      [
        runStart,
        play,
        { type: 'task_start', task: install, hosts: ['h1', 'h2'] },
        {
          type: 'outcome',
          outcome: outcome({ task: install, status: 'changed', result: { changed: true }, diffs: [diff] }),
        },
        {
          type: 'outcome',
          outcome: outcome({ task: install, host: 'h2', status: 'failed', ignored: true, result: { msg: 'no' } }),
        },
        { type: 'task_start', task: each, hosts: ['h1'] },
        { type: 'item', label: 'a', outcome: outcome({ task: each, result: { item: 'a' } }) },
        { type: 'item', label: 'b', outcome: outcome({ task: each, result: { item: 'b' }, diffs: [diff] }) },
        {
          type: 'outcome',
          outcome: outcome({
            task: each,
            unknown: 'soon',
            delegatedTo: 'h3',
            result: { results: [{ item: 'a' }, { item: 'b' }] },
          }),
        },
        runEnd({ recap: { h1: counts({ ok: 2 }), h2: counts({ failed: 1 }) } }),
      ],
      { clock: () => ticks.next().value ?? 0 },
    );
    expect(err).to.equal('');
    const document = JSON.parse(out);
    const durations = document.plays[0].tasks.map((one: { task: { duration: unknown } }) => one.task.duration);
    for (const { start, end } of [document.plays[0].play.duration, ...durations])
      expect(start < end, `${start} ${end}`).to.equal(true);
    for (const one of [document.plays[0].play, ...document.plays[0].tasks.map((each: { task: object }) => each.task)])
      delete one.duration;
    expect(document).to.deep.equal({
      custom_stats: {},
      global_custom_stats: {},
      plays: [
        {
          play: { name: 'x', path: 'site.yml:3' },
          tasks: [
            {
              task: { id: 1, name: 'web : Install', path: 'site.yml:3' },
              hosts: {
                h1: { changed: true, action: 'package', diff: [diffRecord], _kplay: { status: 'changed', ...own } },
                h2: { msg: 'no', failed: true, action: 'package', _kplay: { status: 'failed', ...own, ignored: true } },
              },
            },
            {
              task: { id: 2, name: 'each', path: 'site.yml:3' },
              hosts: {
                h1: {
                  results: [{ item: 'a' }, { item: 'b', diff: [diffRecord] }],
                  action: 'command',
                  _kplay: { status: 'ok', ...own, would_run: 'soon', delegated_to: 'h3' },
                },
              },
            },
          ],
        },
      ],
      stats: {
        h1: { ok: 2, changed: 0, unreachable: 0, failures: 0, skipped: 0, rescued: 0, ignored: 0 },
        h2: { ok: 0, changed: 0, unreachable: 0, failures: 1, skipped: 0, rescued: 0, ignored: 0 },
      },
      _kplay: { check: false, seconds: 3.21, warnings: [] },
    });
  });

  it('says what was included, in order', () => {
    const include = task('more', { module: 'include_tasks' });
    const event = (file: string): RunEvent => ({ type: 'included', file, hosts: ['h1'], task: include });
    const { out } = record(jsonReport, [runStart, play, event('a.yml'), event('b.yml'), runEnd()]);
    expect(JSON.parse(out).plays[0].tasks[0].hosts).to.deep.equal({
      h1: { action: 'include_tasks', changed: false, include: ['a.yml', 'b.yml'] },
    });
  });

  it('tells warnings at once on stderr, and in the document', () => {
    const { out, err } = record(jsonReport, [runStart, { type: 'warning', message: 'odd', at }, runEnd()]);
    expect(err).to.equal('[WARNING]: odd (site.yml:3:5)\n');
    expect(JSON.parse(out)._kplay.warnings).to.deep.equal(['odd (site.yml:3:5)']);
  });

  it('is a document even when the run broke off', () => {
    const { out } = record(jsonReport, [runStart, play, { type: 'outcome', outcome: outcome() }]);
    const document = JSON.parse(out);
    expect(document._kplay.broken_off).to.equal(true);
    expect(document.plays[0].tasks[0].hosts.h1._kplay.status).to.equal('ok');
  });

  it('writes nothing when nothing began', () => {
    expect(record(jsonReport, [])).to.deep.equal({ out: '', err: '' });
  });

  it('keeps hostile text as it is, but escaped', () => {
    const evil = '\x1b]0;t\x07\u202e\x9b1m';
    const { out } = record(jsonReport, [
      runStart,
      play,
      { type: 'outcome', outcome: outcome({ host: evil, result: { msg: evil } }) },
      runEnd(),
    ]);
    expect(out).to.match(/^[\x20-\x7e\n]+$/);
    expect(JSON.parse(out).plays[0].tasks[0].hosts[evil].msg).to.equal(evil);
  });
});
