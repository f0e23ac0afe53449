/** Loops: `loop` and every `with_<lookup>`, with loop_control. */
import type { PlannedInclude, PlannedTask } from '../plan/plan.ts';
import { unboxed } from '../source/float.ts';
import { ModuleFailure } from '../target/failure.ts';
import { UndefinedError } from '../template/errors.ts';
import { pureLookups } from '../template/lookups.ts';
import { dictOf, entriesOf, keysOf } from '../template/python/dicts.ts';
import { isDict } from '../template/python/types.ts';
import { renderValue, toText } from '../template/render.ts';
import { isUnknown } from '../template/values.ts';
import { judge } from './conditions.ts';
import { rendered } from './connection-settings.ts';
import type { HostState, PlayRun } from './context.ts';
import { hostEnvironment } from './environment.ts';
import type { Momentary } from './variables.ts';

export interface LoopItem {
  readonly value: unknown;
  /** The loop variable, its index, `ansible_loop` …; also merged into the item's result. */
  readonly variables: Momentary;
  label(): string;
  /** Milliseconds to wait after this item. */
  readonly pauseMs: number;
  breakWhen(result: Readonly<Record<string, unknown>>): boolean;
}

export type Loop =
  | { readonly kind: 'items'; readonly items: readonly LoopItem[] }
  | { readonly kind: 'unknown'; readonly reason: string }
  /** The clause of `when` for which nobody asks what the list is. */
  | { readonly kind: 'skipped'; readonly clause: string };

/**
 * The items of a task's loop on a host. A list that is undefined or not known yet is nobody's concern where the condition does
 * not hold whatever the item is. Throws ModuleFailure when there is no list to go through.
 */
export function loopItems(play: PlayRun, host: HostState, task: PlannedTask | PlannedInclude): Loop {
  const { lookup, terms, control } = task.loop!;
  const environment = hostEnvironment(play.run, host, play, task.lexical);
  const given = termsOf();
  const clause = isUnknown(given) || given instanceof UndefinedError ? falseClause() : undefined;
  if (clause !== undefined) return { kind: 'skipped', clause };
  if (given instanceof UndefinedError) throw given;
  if (isUnknown(given)) return { kind: 'unknown', reason: given.reason };
  const values = lookup === undefined ? plainList(given) : looked(lookup, given);
  const pauseMs = Number(rendered(control.pause, environment) ?? 0) * 1000;
  const items = values.map((value, index): LoopItem => {
    const variables = {
      [control.loopVar]: value,
      ansible_loop_var: control.loopVar,
      ...(control.indexVar === undefined ? {} : { [control.indexVar]: index, ansible_index_var: control.indexVar }),
      ...(control.extended ? { ansible_loop: extended(values, index, control.extendedAllItems) } : {}),
    };
    return {
      value,
      variables,
      pauseMs: index === values.length - 1 ? 0 : pauseMs,
      label() {
        if (control.label === undefined) return isUnknown(value) ? '(not known yet)' : toText(value);
        return toText(
          renderValue(
            control.label.value,
            hostEnvironment(play.run, host, play, task.lexical, variables),
            control.label.at,
          ),
        );
      },
      breakWhen: (result) =>
        control.breakWhen.length > 0 &&
        judge(
          control.breakWhen,
          hostEnvironment(play.run, host, play, task.lexical, {
            ...variables,
            ...('register' in task && task.register ? { [task.register]: result } : {}),
          }),
          play.run,
        ).holds === true,
    };
  });
  return { kind: 'items', items };

  function termsOf(): unknown {
    try {
      return lookup === 'first_found' ? defined(terms.value) : renderValue(terms.value, environment, terms.at);
    } catch (error) {
      if (error instanceof UndefinedError) return error;
      throw error;
    }
  }

  /** The names of files that can be told; those that cannot are passed over. */
  function defined(value: unknown): unknown {
    try {
      return renderValue(value, environment, terms.at);
    } catch (error) {
      if (!(error instanceof UndefinedError)) throw error;
      if (Array.isArray(value)) return value.flatMap((one) => defined(one) ?? []);
      if (isDict(value)) return dictOf(entriesOf(value).map(([key, one]) => [key, defined(one) ?? []]));
      return undefined;
    }
  }

  function falseClause(): string | undefined {
    try {
      const verdict = judge(task.when, environment, play.run);
      return verdict.holds === false ? verdict.clause : undefined;
    } catch {
      return undefined; // it asks for the item, or for what is undefined as well: the list is the trouble
    }
  }

  function looked(name: string, given: unknown): readonly unknown[] {
    const known = play.run.lookups[name] ?? pureLookups[name];
    if (!known) throw new ModuleFailure(`with_${name}: there is no lookup of this name`);
    // with_items and its kin take one list of terms; a single value is a list of one, and a dict given to with_items its keys
    if (name === 'items' && isDict(given)) return keysOf(given);
    const options = name === 'first_found' ? { folder: folderOf(task) } : {};
    return known(Array.isArray(given) ? given : [given], options, environment);
  }
}

/** Where `with_first_found` looks: in the folder for what the task does. */
function folderOf(task: PlannedTask | PlannedInclude): string {
  const module = 'module' in task ? task.module : '';
  return module === 'template' ? 'templates' : module === 'include_vars' ? 'vars' : 'files';
}

function plainList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (value === null) return [];
  throw new ModuleFailure(
    `loop needs a list, not ${typeof unboxed(value) === 'object' ? 'a mapping (use dict2items)' : `"${toText(value)}"`}`,
  );
}

function extended(values: readonly unknown[], index: number, all: boolean): Readonly<Record<string, unknown>> {
  const { length } = values;
  return {
    ...(all ? { allitems: values } : {}),
    index: index + 1,
    index0: index,
    revindex: length - index,
    revindex0: length - index - 1,
    first: index === 0,
    last: index === length - 1,
    length,
    ...(index > 0 ? { previtem: values[index - 1] } : {}),
    ...(index < length - 1 ? { nextitem: values[index + 1] } : {}),
  };
}
