/** The report for programs: one JSON document at the end, in the shape of Ansible's json callback. */
import type { Diff } from '../module/definition.ts';
import type { HostRecap, Outcome, Recap, RunEvent, TaskLabel } from '../run/events.ts';
import { rememberFailures } from './broken-hosts.ts';
import { isPlain, jsonText } from './json-text.ts';
import { progress } from './progress.ts';
import type { Report, ReportOptions } from './report.ts';
import { newWarnings } from './warnings.ts';

interface Span {
  readonly start: string;
  end?: string;
}

interface TaskRecord {
  readonly task: { readonly id: number; readonly name: string; readonly path: string; readonly duration: Span };
  readonly hosts: Record<string, unknown>;
}

interface PlayRecord {
  readonly play: { readonly name: string; readonly path?: string; readonly duration: Span };
  readonly tasks: TaskRecord[];
}

/** Warnings and long waits go to stderr while the run goes on. What is kplay's own in a result is under `_kplay`. */
export function jsonReport(options: ReportOptions): Report {
  const { out, err } = options;
  const clock = options.clock ?? (() => performance.now());
  const live = progress({ err: { write: (text) => err.write(text), isTTY: false }, clock });
  const warningsIn = newWarnings();
  const failures = rememberFailures();
  const warnings: string[] = [];
  const plays: PlayRecord[] = [];
  const tasks = new Map<number, TaskRecord>();
  const itemDiffs = new Map<string, (readonly Diff[])[]>();
  let began: { readonly at: number; readonly clock: number; readonly check: boolean } | undefined;
  let written = false;
  let timer: NodeJS.Timeout | undefined;

  const now = () => new Date(began ? began.at + clock() - began.clock : 0).toISOString();

  function play(name: string, path?: string): void {
    const last = plays.at(-1);
    if (last) last.play.duration.end ??= now();
    plays.push({ play: { name, duration: { start: now() }, ...(path === undefined ? {} : { path }) }, tasks: [] });
  }

  function recordOf({ id, name, at }: TaskLabel): TaskRecord {
    const known = tasks.get(id);
    if (known) return known;
    const path = `${at.file}:${at.line}`;
    const fresh: TaskRecord = { task: { id, name, path, duration: { start: now() } }, hosts: {} };
    tasks.set(id, fresh);
    if (plays.length === 0) play('');
    plays.at(-1)!.tasks.push(fresh);
    return fresh;
  }

  function outcome(event: Extract<RunEvent, { type: 'outcome' }>): void {
    const { task, host } = event.outcome;
    const record = recordOf(task);
    record.hosts[host] = hostResult(event.outcome, itemDiffs.get(`${task.id} ${host}`) ?? []);
    itemDiffs.delete(`${task.id} ${host}`);
    record.task.duration.end = now();
  }

  function write(recap: Recap, seconds?: number): void {
    if (written) return;
    written = true;
    const last = plays.at(-1);
    if (last) last.play.duration.end ??= now();
    const stats = Object.fromEntries(Object.entries(recap).map(([host, line]) => [host, hostStats(line)]));
    const broken = failures.broken(recap);
    const own = {
      check: began?.check ?? options.check,
      ...(seconds === undefined ? { broken_off: true } : { seconds }),
      ...(broken.length === 0 ? {} : { broken }),
      warnings,
      profile: options.profile?.(),
    };
    out.write(`${jsonText({ custom_stats: {}, global_custom_stats: {}, plays, stats, _kplay: own }, 4)}\n`);
  }

  function emit(event: RunEvent): void {
    live.observe(event);
    failures.hear(event);
    for (const warning of warningsIn(event)) {
      warnings.push(warning);
      err.write(`[WARNING]: ${warning}\n`);
    }
    if (event.type === 'run_start') {
      began = { at: Date.parse(event.at), clock: clock(), check: event.check };
      timer ??= setInterval(live.tick, live.every).unref();
    } else if (event.type === 'play_start') play(event.name, `${event.at.file}:${event.at.line}`);
    else if (event.type === 'no_hosts_matched') play(event.name);
    else if (event.type === 'task_start') recordOf(event.task);
    else if (event.type === 'item') {
      const key = `${event.outcome.task.id} ${event.outcome.host}`;
      itemDiffs.set(key, [...(itemDiffs.get(key) ?? []), event.outcome.diffs]);
    } else if (event.type === 'outcome') outcome(event);
    else if (event.type === 'included') {
      const { hosts } = recordOf(event.task);
      for (const host of event.hosts) {
        const before = hosts[host] as { include?: readonly string[] } | undefined;
        hosts[host] = { action: event.task.module, changed: false, include: [...(before?.include ?? []), event.file] };
      }
    } else if (event.type === 'run_end') write(event.recap, event.seconds);
  }

  return {
    emit,
    close() {
      clearInterval(timer);
      if (began) write({});
    },
  };
}

function hostResult(outcome: Outcome, items: readonly (readonly Diff[])[]): Readonly<Record<string, unknown>> {
  const { result, status, task, diffs } = outcome;
  const { results } = result;
  return {
    ...result,
    ...(Array.isArray(results) && items.length > 0
      ? { results: results.map((one, n) => withDiff(one, items[n] ?? [])) }
      : {}),
    ...(diffs.length > 0 ? { diff: diffs.map(diffRecord) } : {}),
    ...(status === 'skipped' ? { skipped: true } : {}),
    ...(status === 'failed' ? { failed: true } : {}),
    ...(status === 'unreachable' ? { unreachable: true } : {}),
    action: task.module,
    _kplay: {
      status,
      ignored: outcome.ignored,
      seconds: outcome.seconds,
      would_run: outcome.unknown,
      delegated_to: outcome.delegatedTo,
    },
  };
}

function withDiff(result: unknown, diffs: readonly Diff[]): unknown {
  return isPlain(result) && diffs.length > 0 ? { ...result, diff: diffs.map(diffRecord) } : result;
}

function diffRecord({ before, after, beforeHeader, afterHeader }: Diff) {
  return { before_header: beforeHeader, after_header: afterHeader, before, after };
}

/** The callback counts failures under another name than the recap. */
function hostStats({ failed, ...others }: HostRecap) {
  return { ...others, failures: failed };
}
