/** What doing a task once came to: judged by its conditions, unknown before the run, or failed. */
import { Unreachable } from '../connection/unreachable.ts';
import { formatProblem, isKplayError, type Problem } from '../errors.ts';
import { type Diff, isAction, type Result } from '../module/definition.ts';
import { ModuleFailure } from '../target/failure.ts';
import { references } from '../template/references.ts';
import { isTemplate } from '../template/render.ts';
import { Unknown } from '../template/values.ts';
import { falseCondition, judge } from './conditions.ts';
import type { Status } from './events.ts';
import type { Notification, Prepared } from './prepare.ts';
import { holds, type Turn, turnEnvironment } from './turn.ts';

/** `result` is as registered: complete, and not scrubbed of secrets. */
export interface Once {
  readonly status: Status;
  readonly result: Result;
  readonly ignored: boolean;
  readonly diffs: readonly Diff[];
  readonly unknown?: string | undefined;
  readonly delegatedTo?: string | undefined;
  /** Handlers to notify if this, and the task as a whole, changed something. */
  readonly notify?: readonly Notification[];
}

/** `failed` and `changed` as the module said, then as `changed_when` and `failed_when` say. */
export function judgedOnce(turn: Turn, said: Result): Once {
  const { task, play } = turn;
  if (said['skipped'] === true) return once('skipped', { changed: false, ...said });
  const rc = said['rc'];
  let result: Result = {
    ...said,
    failed: said['failed'] ?? (typeof rc === 'number' && rc !== 0),
    changed: said['changed'] ?? false,
  };
  if (task.changedWhen) {
    result = { ...result, changed: judge(task.changedWhen, turnEnvironment(turn, result), play.run).holds !== false };
  }
  if (task.failedWhen) {
    const failed = judge(task.failedWhen, turnEnvironment(turn, result), play.run).holds === true;
    result = { ...result, failed, failed_when_result: failed };
  }
  if (result['failed'] !== true) return once(result['changed'] === true ? 'changed' : 'ok', result);
  return { ...once('failed', result), ignored: holds(turn, 'ignore_errors') };
}

/** What only the run can tell. Unless `changed_when` says otherwise it may change something, and then things are pending. */
export function unknownOnce(turn: Turn, reason: string, prepared?: Prepared): Once {
  const { task, play } = turn;
  let changed = !prepared || !('action' in prepared.module) || prepared.module.action === 'changes';
  if (task.changedWhen) {
    changed = judge(task.changedWhen, turnEnvironment(turn, new Unknown(reason)), play.run).holds !== false;
  }
  if (changed && prepared) {
    play.run.world.pending ??= `${task.module} on ${prepared.runsOn}`;
    play.run.prediction(prepared.runsOn).unrun.push(task.name ?? task.module);
  }
  return { ...once(changed ? 'changed' : 'ok', { changed, msg: `would run: ${reason}` }), unknown: reason };
}

/**
 * A task with `check_mode` of its own, in a run: only doing it could tell, but what builds on it runs all the same. A
 * command is skipped without output, or counts as changed where `creates` or `removes` would have been served, as in Ansible.
 */
export function undoneOnce(turn: Turn, reason: string, { module, args }: Prepared): Once {
  const msg = `would have run, were it not for check_mode: ${reason}`;
  if (!isAction(module)) return judgedOnce(turn, { changed: true, msg });
  if (!module.oneCommand) return judgedOnce(turn, { skipped: true, msg });
  const cmd = args['argv'] ?? args['cmd'] ?? args['free_form'];
  const serves = args['creates'] !== undefined || args['removes'] !== undefined;
  const silence = { stdout: '', stdout_lines: [], stderr: '', stderr_lines: [], start: null, end: null, delta: null };
  return judgedOnce(turn, { ...(serves ? { changed: true } : { skipped: true }), cmd, rc: 0, ...silence, msg });
}

/** An error as the host's own result. What is nobody's expected failure keeps its stack, for -vvv. */
export function failedOnce(turn: Turn, error: unknown, attempts?: number): Once {
  if (error instanceof Unreachable) {
    const result = { unreachable: true, changed: false, msg: messageOf(error) };
    return { ...once('unreachable', result), ignored: holds(turn, 'ignore_unreachable') };
  }
  const result: Result = {
    ...(error instanceof ModuleFailure ? error.result : {}),
    changed: false,
    failed: true,
    msg: messageOf(error),
    ...(attempts === undefined ? {} : { attempts }),
    ...(isExpected(error) ? {} : { exception: (error as Error).stack }),
  };
  const failed = (told: Result): Once => ({ ...once('failed', told), ignored: holds(turn, 'ignore_errors') });
  if (!turn.task.failedWhen || !(error instanceof ModuleFailure)) return failed(result);
  try {
    return judgedOnce(turn, result);
  } catch (wrong) {
    return failed({ ...result, msg: `${messageOf(error)}; and failed_when cannot be judged: ${messageOf(wrong)}` });
  }
}

/** Under check: why a failure may be no failure in the run, because something that was not done comes before it. */
export function doubt(turn: Turn, prepared: Prepared, error: unknown): string | undefined {
  if (!prepared.simulated || !(error instanceof ModuleFailure)) return undefined;
  if (prepared.unknown !== undefined) return prepared.unknown;
  if (isCertain(turn, prepared)) return undefined;
  const { brings, unrun } = turn.play.run.prediction(prepared.runsOn);
  const before = brings[0] ?? unrun[0];
  return before && `as things stand it would fail (${error.message}), but ${before} comes first`;
}

/** An assert or a fail that looks at nothing a host has answered fails for certain. */
function isCertain({ host, task }: Turn, { module }: Prepared): boolean {
  if (!('action' in module) || module.action !== 'controller') return false;
  const asked = (module.expressions ?? []).flatMap((name) => task.args.values[name] ?? []);
  const expressions = [...asked, ...task.when.map((clause) => clause.expression)].filter(
    (one) => typeof one === 'string',
  );
  const names = expressions.flatMap((one) => references(one, isTemplate(one) ? 'template' : 'expression'));
  return !names.some(({ name }) => host.variables.registered.has(name));
}

/** What a task comes to for which a clause of its condition does not hold. */
export function skippedOnce(clause: string): Once {
  return once('skipped', {
    changed: false,
    skipped: true,
    skip_reason: falseCondition,
    false_condition: clause,
  });
}

export function once(status: Status, result: Result): Once {
  return { status, result, ignored: false, diffs: [] };
}

/** What went wrong, where in the user's files as far as it is known, and what to do about it. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof Unreachable) return formatProblem({ message: error.message, hint: error.hint });
  if (!/^(Template|Undefined)Error$/.test(error.name)) return error.message;
  return formatProblem({ ...(error as Error & Pick<Problem, 'at' | 'hint'>), message: error.message });
}

function isExpected(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof ModuleFailure || isKplayError(error)) return true;
  return /^(Template|Undefined)Error$/.test(error.name);
}
