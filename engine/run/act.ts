/** One module on one host: probe, compare, apply by exactly the difference. */
import type { ArgsLiteral } from '../module/arguments.ts';
import { difference } from '../module/change.ts';
import type { AnyModule, Change, Controller, Diff, Result, StateModule } from '../module/definition.ts';
import { isAction } from '../module/definition.ts';
import { bearsLabels, label, labelsAsked } from '../module/file-labels.ts';
import { lines } from '../module/user-command.ts';
import type { Target } from '../target/target.ts';
import { Unknown } from '../template/values.ts';

export interface Action {
  readonly module: AnyModule;
  readonly args: Readonly<Record<string, unknown>>;
  /** Absent for what only concerns the controller. */
  readonly target?: Target;
  readonly controller: Controller;
  readonly diff: boolean;
  /** Somebody will read the result. */
  readonly registered?: boolean;
}

export interface Acted {
  readonly result: Result;
  readonly diffs: readonly Diff[];
}

/** Runs a module. Throws ModuleFailure, UnknownState or Unreachable; a state that is as asked is never touched. */
export async function act(action: Action): Promise<Acted> {
  const { module, args, target } = action;
  if (!bearsLabels(module) || target === undefined) return actOn(action);
  const asked = labelsAsked(args); // what is wrong with them is said before anything is done
  const acted = await actOn(action);
  const labelled = asked && (await label(asked, module, args, acted.result, target));
  if (labelled === undefined) return acted;
  const changed = acted.result['changed'] === true || labelled.changed;
  return {
    result: { ...acted.result, ...labelled.result, changed },
    diffs: action.diff ? [...acted.diffs, ...labelled.diffs] : acted.diffs,
  };
}

async function actOn(action: Action): Promise<Acted> {
  const { module, args, target, controller } = action;
  if (isAction(module))
    return { result: withLines(await module.run({ args, target, controller } as never)), diffs: [] };
  const about = module as StateModule<ArgsLiteral, object>;
  const context = { args, target, controller } as never;
  const state = await about.probe(context);
  const wanted = await about.desired({ args, state, controller } as never);
  const change = difference(state, wanted);
  const changed = Object.keys(change).length > 0;
  const diffs = changed && action.diff ? await previewOf(action, about, state, wanted, change) : [];
  const extra = changed
    ? ((await about.apply({ args, state, wanted, change, target, controller } as never)) ?? {})
    : {};
  const returned = about.returned?.({ args, state, wanted, changed } as never) ?? {};
  const result = { ...returned, ...extra, changed: extra.changed ?? changed };
  const after = changed && action.registered ? ((await about.after?.({ args, result, target } as never)) ?? {}) : {};
  return { result: withLines({ ...result, ...after }), diffs };
}

/** What was printed, as lists of lines as well. */
function withLines(result: Result): Result {
  const listed = (['stdout', 'stderr'] as const).flatMap((name) => {
    const text = result[name];
    if (`${name}_lines` in result || (typeof text !== 'string' && !(text instanceof Unknown))) return [];
    return [[`${name}_lines`, text instanceof Unknown ? text : lines(text)] as const];
  });
  return listed.length === 0 ? result : { ...result, ...Object.fromEntries(listed) };
}

/** Warms the reader for a module that will soon run: only the reading half, and nobody waits for it. */
export async function readAhead(action: Action): Promise<void> {
  const { module, args, target, controller } = action;
  if (isAction(module)) {
    if (module.action !== 'controller') await module.run({ args, target, controller } as never);
    return;
  }
  await (module as StateModule<ArgsLiteral, object>).probe({ args, target, controller } as never);
}

async function previewOf(
  action: Action,
  about: StateModule<ArgsLiteral, object>,
  state: object,
  wanted: Partial<object>,
  change: Change<object>,
): Promise<readonly Diff[]> {
  const { args, target, controller } = action;
  if (about.preview) return about.preview({ args, state, wanted, change, target, controller } as never);
  const lines = (side: 'before' | 'after') =>
    Object.entries(change as Record<string, { before: unknown; after: unknown }>)
      .map(([name, one]) => `${name}: ${shown(one[side])}\n`)
      .join('');
  const subject = String(action.args['path'] ?? action.args['name'] ?? action.args['dest'] ?? 'state');
  return [{ beforeHeader: subject, afterHeader: subject, before: lines('before'), after: lines('after') }];
}

function shown(value: unknown): string {
  if (value instanceof Unknown) return `(known after the run: ${value.reason})`;
  if (Buffer.isBuffer(value)) return `(${value.length} bytes)`;
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'absent');
}
