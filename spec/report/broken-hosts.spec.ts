import { expect } from 'chai';
import { brokenLine, rememberFailures } from '../../engine/report/broken-hosts.ts';
import { jsonReport } from '../../engine/report/json.ts';
import { prettyReport } from '../../engine/report/pretty.ts';
import type { Outcome, RunEvent } from '../../engine/run/events.ts';
import { counts, outcome, record, runEnd, runStart, task } from './recorder.ts';

const whole = (more: Partial<Outcome>): RunEvent => ({ type: 'outcome', outcome: outcome(more) });
const item = (label: string, more: Partial<Outcome>): RunEvent => ({ type: 'item', outcome: outcome(more), label });

function linesOf(events: readonly RunEvent[], recap = { h1: counts({ failed: 1 }) }): readonly string[] {
  const failures = rememberFailures();
  for (const event of events) failures.hear(event);
  return failures.broken(recap).map(brokenLine);
}

describe('the broken hosts at the end of a run', () => {
  it('have the task and what it said', () => {
    const result = { msg: 'no room\nat all' };
    expect(linesOf([whole({ status: 'failed', task: task('copy it'), result })])).to.deep.equal([
      'h1 failed at "copy it": no room',
    ]);
  });

  it('have the last words of a command, where they are more than its code', () => {
    const result = { msg: 'non-zero return code', rc: 1, stderr: 'trying\nerror: bad flag\n' };
    expect(linesOf([whole({ status: 'failed', result })])).to.deep.equal([
      'h1 failed at "t": non-zero return code: error: bad flag',
    ]);
    expect(linesOf([whole({ status: 'failed', result: { msg: 'it said: no', stderr: 'no' } })])).to.deep.equal([
      'h1 failed at "t": it said: no',
    ]);
  });

  it('have the reason of the item, of a loop', () => {
    const events = [
      item('a', { status: 'failed', result: { msg: 'bad a' } }),
      whole({ status: 'failed', result: { results: [], msg: 'One or more items failed' } }),
    ];
    expect(linesOf(events)).to.deep.equal(['h1 failed at "t": bad a']);
  });

  it('are those the recap counts: not one whose failure was ignored or rescued', () => {
    const events = [
      whole({ status: 'failed', ignored: true, result: { msg: 'ignored' } }),
      whole({ host: 'h2', status: 'failed', result: { msg: 'rescued' } }),
      whole({ host: 'h3', status: 'unreachable', result: { msg: 'no answer\u001b[2J' } }),
    ];
    const recap = {
      h3: counts({ unreachable: 1 }),
      h2: counts({ rescued: 1 }),
      h1: counts({ ignored: 1 }),
    };
    expect(linesOf(events, recap as never)).to.deep.equal(['h3 unreachable at "t": no answer']);
  });

  const failed = [
    runStart,
    whole({ host: 'h2', status: 'unreachable', result: { msg: 'refused' } }),
    runEnd({ recap: { h1: counts({ ok: 1 }), h2: counts({ unreachable: 1 }) } }),
  ];

  it('stand below the recap', () => {
    expect(record(prettyReport, failed).out).to.match(
      /PLAY RECAP[\s\S]*unreachable=1[^\n]*\n\nh2 unreachable at "t": refused\n\n$/,
    );
    expect(record(prettyReport, [runStart, whole({}), runEnd()]).out).to.match(/ignored=0 {3}\n\n$/);
  });

  it('are in the JSON', () => {
    const document = JSON.parse(record(jsonReport, failed).out);
    expect(document._kplay.broken).to.deep.equal([{ host: 'h2', status: 'unreachable', task: 't', reason: 'refused' }]);
    expect(JSON.parse(record(jsonReport, [runStart, whole({}), runEnd()]).out)._kplay).not.to.have.property('broken');
  });
});
