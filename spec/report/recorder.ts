/** Streams that remember, and events to fill a report with. */
import type { Location } from '../../engine/errors.ts';
import type { Output, Report, ReportOptions } from '../../engine/report/report.ts';
import type { HostRecap, Outcome, RunEvent, TaskLabel } from '../../engine/run/events.ts';

export interface Recorded {
  readonly out: string;
  readonly err: string;
}

export const at: Location = { file: 'site.yml', line: 3, column: 5 };

export function task(name: string, more: Partial<TaskLabel> = {}): TaskLabel {
  return { id: 1, name, module: 'command', at, handler: false, ...more };
}

export function outcome(more: Partial<Outcome> = {}): Outcome {
  return {
    host: 'h1',
    task: task('t'),
    status: 'ok',
    result: { changed: false },
    diffs: [],
    ignored: false,
    seconds: 1,
    ...more,
  };
}

export function counts(more: Partial<HostRecap> = {}): HostRecap {
  return { ok: 0, changed: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0, ...more };
}

export const runStart: RunEvent = { type: 'run_start', check: false, at: '2030-01-02T03:04:05.000Z' };

export function runEnd(more: Partial<Extract<RunEvent, { type: 'run_end' }>> = {}): RunEvent {
  return {
    type: 'run_end',
    recap: { h1: counts({ ok: 2, changed: 1 }) },
    seconds: 3.21,
    check: false,
    traffic: {},
    ...more,
  };
}

/** A stream that keeps what is written to it. */
export function memory(more: Partial<Output> = {}): Output & { readonly text: () => string } {
  let text = '';
  return {
    isTTY: false,
    ...more,
    write(written) {
      text += written;
    },
    text: () => text,
  };
}

/** What a report writes of these events. */
export function record(
  make: (options: ReportOptions) => Report,
  events: readonly RunEvent[],
  options: Partial<ReportOptions> = {},
): Recorded {
  const out = memory();
  const err = memory();
  const report = make({ out, err, color: false, diff: false, verbosity: 0, check: false, clock: () => 0, ...options });
  for (const event of events) report.emit(event);
  report.close();
  return { out: out.text(), err: err.text() };
}
