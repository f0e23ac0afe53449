/** One module run the way the engine runs it, on whatever target it is given. */
import type { ArgsLiteral } from '../module/arguments.ts';
import { difference, isEmpty } from '../module/change.ts';
import { settleArguments } from '../module/coerce.ts';
import {
  type AnyModule,
  type Change,
  type Controller,
  type Diff,
  isAction,
  type Result,
  type StateModule,
} from '../module/definition.ts';
import { bearsLabels, label, labelsAsked } from '../module/file-labels.ts';
import { expandHomes } from '../module/home.ts';
import { ModuleFailure } from '../target/failure.ts';
import type { Target } from '../target/target.ts';

export interface Outcome {
  readonly changed: boolean;
  /** Names of the fields that differed; empty for an action. */
  readonly fields: readonly string[];
  readonly result: Result;
  readonly diffs: readonly Diff[];
}

/** Settles the arguments. @throws ModuleFailure with everything that is wrong with them. */
export async function settled(module: AnyModule, values: Readonly<Record<string, unknown>>, target: Target) {
  const { args, problems } = settleArguments(module, values);
  if (problems.length > 0)
    throw new ModuleFailure(problems.map(({ message, hint }) => (hint ? `${message} (${hint})` : message)).join('\n'));
  return (await expandHomes(module, args, target)) as never;
}

/** Probe, compare, apply; or run, for an action. */
export async function runModule(
  module: AnyModule,
  values: Readonly<Record<string, unknown>>,
  target: Target,
  controller: Controller,
): Promise<Outcome> {
  const args = await settled(module, values, target);
  if (isAction(module)) {
    const result = await module.run({ args, target, controller });
    if (result['failed'] === true) throw new ModuleFailure(String(result['msg'] ?? 'failed'), result);
    return labelled(module, args, target, { changed: result['changed'] === true, fields: [], result, diffs: [] });
  }
  const { state, wanted, change } = await compare(module, values, target, controller);
  const context = { args, state, wanted, change, target, controller };
  const diffs = isEmpty(change) ? [] : ((await module.preview?.(context)) ?? []);
  const applied = isEmpty(change) ? {} : await module.apply(context);
  const changed = !isEmpty(change);
  const result = { ...module.returned?.({ args, state, wanted, changed }), ...applied };
  return labelled(module, args, target, { changed, fields: Object.keys(change), result, diffs });
}

/** What is done about flags and contexts when the module is through. */
async function labelled(module: AnyModule, args: never, target: Target, done: Outcome): Promise<Outcome> {
  const asked = bearsLabels(module) ? labelsAsked(args) : undefined;
  const labels = asked && (await label(asked, module, args, { ...done.result, changed: done.changed }, target));
  if (labels === undefined) return done;
  return {
    ...done,
    changed: done.changed || labels.changed,
    result: { ...done.result, ...labels.result },
    diffs: [...done.diffs, ...labels.diffs],
  };
}

/** What is, what should be, and how they differ. */
export async function compare(
  module: StateModule<ArgsLiteral, object>,
  values: Readonly<Record<string, unknown>>,
  target: Target,
  controller: Controller,
): Promise<{ readonly state: object; readonly wanted: object; readonly change: Change<object> }> {
  const args = await settled(module as AnyModule, values, target);
  const state = await module.probe({ args, target, controller });
  const wanted = await module.desired({ args, state, controller });
  return { state, wanted, change: difference(state, wanted) };
}
