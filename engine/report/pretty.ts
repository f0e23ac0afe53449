/** The report for people, in the lines and the order that users of Ansible know and grep. */
import type { Outcome, RunEvent, TaskLabel, Traffic } from '../run/events.ts';
import { brokenLine, rememberFailures } from './broken-hosts.ts';
import { cleanLine } from './clean.ts';
import { outcomeLines } from './outcome-lines.ts';
import { paint } from './paint.ts';
import { progress } from './progress.ts';
import { recapLines, summary } from './recap.ts';
import type { Report, ReportOptions } from './report.ts';
import { paintDiff, unifiedDiff, usualLimits } from './unified-diff.ts';
import { newWarnings } from './warnings.ts';

export function prettyReport(options: ReportOptions): Report {
  const { out, err, verbosity, check, showSkipped = true, diffContext = usualLimits.context } = options;
  const painted = paint(options.color ? 1 : 0);
  const live = progress({ err, clock: options.clock ?? (() => performance.now()) });
  const warningsIn = newWarnings();
  const failures = rememberFailures();
  /** Tasks on hosts whose items were told one by one. */
  const looped = new Set<string>();
  const seconds = new Map<string, number>();
  let heading: number | undefined;
  let timer: NodeJS.Timeout | undefined;

  function print(text: string): void {
    live.hide();
    out.write(`${text}\n`);
  }

  function remark(text: string): void {
    live.hide();
    err.write(`${text}\n`);
  }

  function banner(text: string): void {
    const width = (out.isTTY ? out.columns || 80 : 80) - 1;
    const line = cleanLine(text);
    print(`\n${line} ${'*'.repeat(Math.max(3, width - line.length))}`);
  }

  /** The task a line belongs to stands above it, also when tasks take turns. */
  function head(task: TaskLabel): void {
    if (heading === task.id) return;
    heading = task.id;
    banner(`${task.handler ? 'RUNNING HANDLER' : 'TASK'} [${task.name}]`);
    if (verbosity >= 2) print(painted('note', `task path: ${cleanLine(task.at.file)}:${task.at.line}`));
  }

  function tell(outcome: Outcome, item?: string): void {
    if (outcome.status === 'skipped' && !showSkipped) return;
    head(outcome.task);
    if (options.diff) {
      const lines = verbosity > 0 ? Number.POSITIVE_INFINITY : usualLimits.lines;
      const limits = { ...usualLimits, lines, context: diffContext };
      for (const diff of outcome.diffs) print(`${paintDiff(unifiedDiff(diff, limits), painted)}\n`);
    }
    for (const { style, text } of outcomeLines(outcome, { item, verbosity })) print(painted(style, text));
  }

  /** The whole of a task on a host. A loop was told item by item: only that all were skipped, or do not count, is news. */
  function tellWhole(outcome: Outcome): void {
    const wasLoop = looped.delete(keyOf(outcome)) && ('results' in outcome.result || 'censored' in outcome.result);
    if (!wasLoop || outcome.status === 'skipped') tell(outcome);
    if (outcome.ignored) {
      head(outcome.task);
      print(painted('skipped', '...ignoring'));
    }
    seconds.set(outcome.host, (seconds.get(outcome.host) ?? 0) + outcome.seconds);
  }

  function end({ recap, traffic, seconds: whole }: Extract<RunEvent, { type: 'run_end' }>): void {
    banner('PLAY RECAP');
    for (const line of recapLines(recap, painted)) print(line);
    print('');
    const broken = failures.broken(recap);
    for (const one of broken) print(painted(one.status, brokenLine(one)));
    if (broken.length > 0) print('');
    if (check) print('DRY RUN: nothing was changed');
    if (verbosity > 0) for (const line of trafficLines(traffic, seconds)) remark(line);
    remark(`kplay: ${summary(recap, whole, check)}`);
  }

  function emit(event: RunEvent): void {
    live.observe(event);
    failures.hear(event);
    for (const warning of warningsIn(event)) remark(painted('warning', `[WARNING]: ${warning}`));
    switch (event.type) {
      case 'run_start':
        timer ??= setInterval(live.tick, live.every).unref();
        if (check) print('DRY RUN: nothing will be changed, "changed" means "would be changed"');
        break;
      case 'play_start':
        banner(`PLAY [${event.name}]`);
        break;
      case 'no_hosts_matched':
        banner(`PLAY [${event.name}]`);
        print(painted('skipped', 'skipping: no hosts matched'));
        break;
      case 'task_start':
        // a heading for what may be skipped by all waits for who is not
        if (showSkipped) head(event.task);
        break;
      case 'item':
        looped.add(keyOf(event.outcome));
        tell(event.outcome, event.label);
        break;
      case 'outcome':
        tellWhole(event.outcome);
        break;
      case 'retry': {
        head(event.task);
        const why = verbosity > 0 && event.message !== '' ? ` ${cleanLine(event.message)}` : '';
        const line = `FAILED - RETRYING: [${cleanLine(event.host)}]: ${cleanLine(event.task.name)} (${event.left} retries left).`;
        print(painted('retry', line + why));
        break;
      }
      case 'included':
        head(event.task);
        print(painted('included', `included: ${cleanLine(event.file)} for ${event.hosts.map(cleanLine).join(', ')}`));
        break;
      case 'run_end':
        end(event);
        break;
    }
  }

  return {
    emit,
    close() {
      clearInterval(timer);
      live.hide();
    },
  };
}

const keyOf = ({ task, host }: Outcome) => `${task.id} ${host}`;

function trafficLines(traffic: Traffic, seconds: ReadonlyMap<string, number>): readonly string[] {
  return Object.keys(traffic)
    .sort()
    .map((host) => {
      const { roundTrips, bytesOut, bytesIn } = traffic[host]!;
      const time = (seconds.get(host) ?? 0).toFixed(1);
      return `${cleanLine(host)}: ${roundTrips} round trips, ${kilobytes(bytesOut)} out, ${kilobytes(bytesIn)} in, ${time} s`;
    });
}

const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
