/** From a planned task to something that can be done on a host: condition judged, arguments rendered and settled. */

import type { Become } from '../connection/connection.ts';
import type { Location } from '../errors.ts';
import type { ArgsLiteral } from '../module/arguments.ts';
import { settleArguments } from '../module/coerce.ts';
import { isPlain } from '../module/convert.ts';
import type { AnyModule } from '../module/definition.ts';
import { defaultsOf } from '../plan/module-defaults.ts';
import type { PlannedTask } from '../plan/plan.ts';
import { remembered } from '../source/remembered.ts';
import { withWrittenKeys, writtenKeys } from '../source/written-keys.ts';
import { ModuleFailure } from '../target/failure.ts';
import type { Environment } from '../template/environment.ts';
import { isTemplate, renderValue, toText } from '../template/render.ts';
import { isUnknown, omit } from '../template/values.ts';
import { judge } from './conditions.ts';
import { becomeOf, rendered, truth } from './connection-settings.ts';
import type { HostState, PlayRun } from './context.ts';
import { hostEnvironment } from './environment.ts';
import type { Machine } from './machines.ts';
import type { Momentary } from './variables.ts';

/** A handler's name or a topic, and where it is written. */
export interface Notification {
  readonly name: string;
  readonly at: Location;
}

export interface Prepared {
  readonly module: AnyModule;
  readonly args: Readonly<Record<string, unknown>>;
  readonly environment: Environment;
  /** Whose machine it runs on. */
  readonly runsOn: string;
  /** Throws ModuleFailure for settings that make no sense. */
  readonly machine: () => Machine;
  /** Somebody said so, be it the host itself. */
  readonly delegated: boolean;
  readonly become: Become | undefined;
  /** The `environment` keyword, merged. */
  readonly variables: Readonly<Record<string, string>>;
  readonly simulated: boolean;
  readonly diff: boolean;
  readonly timeoutMs: number | undefined;
  readonly notify: readonly Notification[];
  /** Why only the run can tell whether, or with what, this is done. */
  readonly unknown: string | undefined;
}

export type Preparation = { readonly kind: 'skip'; readonly clause: string } | ({ readonly kind: 'do' } & Prepared);

/** Throws TemplateError and ModuleFailure; both are this host's failure, not the run's. */
export function prepare(play: PlayRun, host: HostState, task: PlannedTask, momentary?: Momentary): Preparation {
  const { options } = play.run;
  const environment = hostEnvironment(play.run, host, play, task.lexical, momentary);
  const verdict = judge(task.when, environment, play.run);
  if (verdict.holds === false) return { kind: 'skip', clause: verdict.clause };
  const module = options.modules.get(task.module);
  const raw = rawArguments(module, task, environment);
  const unknownName = Object.keys(raw).find((name) => holdsUnknown(raw[name]));
  const settled = settleArguments(module, raw, task.module);
  if (settled.problems.length > 0) {
    throw new ModuleFailure(
      settled.problems.map(({ message, hint }) => (hint ? `${message} (${hint})` : message)).join('; '),
    );
  }
  for (const name of secretsOf(module.args)) {
    const value = settled.args[name];
    if (typeof value === 'string') play.run.secrets.add(value);
  }
  const tolerant = 'action' in module ? module.action === 'controller' : false;
  const tolerated = tolerant || (unknownName !== undefined && (module.tolerates ?? []).includes(unknownName));
  const delegate = rendered(task.inherited.delegate_to, environment);
  const delegatesTo = delegate === undefined || delegate === null || delegate === '' ? undefined : String(delegate);
  const runsOn = delegatesTo ?? host.name;
  const keywordCheck = rendered(task.inherited.check_mode, environment);
  const timeout = rendered(task.inherited.timeout, environment) ?? options.taskTimeout;
  const becomer = runsOn === host.name ? environment : delegated(play, runsOn, task, momentary, environment);
  const become = becomeOf(task.inherited, becomer, options.defaults);
  if (become?.password) play.run.secrets.add(become.password);
  return {
    kind: 'do',
    module,
    args: settled.args,
    environment,
    notify: task.notify.flatMap((written) =>
      [rendered(written, environment)]
        .flat()
        .filter((name) => !isUnknown(name)) // the run knows
        .map((name) => ({ name: String(name), at: written.at })),
    ),
    runsOn,
    machine: () => play.run.machine(runsOn, task.inherited, { play, lexical: task.lexical, momentary }),
    delegated: delegatesTo !== undefined,
    become,
    variables: environmentVariables(task, environment),
    simulated: keywordCheck === undefined ? options.check : truth(keywordCheck),
    diff: task.inherited.diff === undefined ? options.diff : truth(rendered(task.inherited.diff, environment)),
    timeoutMs: timeout === undefined || Number(timeout) === 0 ? undefined : Number(timeout) * 1000,
    unknown:
      verdict.holds === 'unknown'
        ? `"${verdict.clause}" is not known yet: ${verdict.reason}`
        : unknownName !== undefined && !tolerated
          ? `${unknownName} is not known yet: ${unknownReason(raw[unknownName])}`
          : undefined,
  };
}

/** The arguments that are never shown. */
const secretsOf = remembered((args: ArgsLiteral) => Object.keys(args).filter((name) => args[name]!.secret));

/** The arguments of a task as a rescue may ask about them: rendered where that is possible, else as they are written. */
export function tellableArguments(
  play: PlayRun,
  host: HostState,
  task: PlannedTask,
): Readonly<Record<string, unknown>> {
  const { freeForm, values } = task.args;
  const written = { ...values, ...(freeForm !== undefined && { _raw_params: freeForm }) };
  const environment = hostEnvironment(play.run, host, play, task.lexical);
  const told = (value: unknown) => {
    try {
      return renderValue(value, environment, task.args.at);
    } catch {
      return value; // an item of its loop, or what it failed for
    }
  };
  return withoutOmitted(Object.fromEntries(Object.entries(written).map(([name, one]) => [name, told(one)]))) as Record<
    string,
    unknown
  >;
}

function rawArguments(
  module: AnyModule,
  task: PlannedTask,
  environment: Environment,
): Readonly<Record<string, unknown>> {
  const unrendered = module.expressions ?? [];
  const out: Record<string, unknown> = {};
  for (const { value, at } of defaultsOf(task.module, task.moduleDefaults))
    Object.assign(out, renderValue(value, environment, at));
  if (task.args.template !== undefined) {
    const mapping = renderValue(task.args.template.value, environment, task.args.template.at);
    if (!isPlain(mapping)) throw new ModuleFailure('args must be a mapping of arguments');
    Object.assign(out, mapping);
  }
  for (const written of Object.keys(task.args.values)) {
    const value = task.args.values[written];
    // the names that set_fact sets may be templates
    const name = module.otherArgs && isTemplate(written) ? renderValue(written, environment, task.args.at) : written;
    if (typeof name !== 'string') {
      out[written] = name;
      continue;
    }
    const asWritten = typeof value === 'string' && !isTemplate(value);
    out[name] =
      asWritten || unrendered.includes(name)
        ? value
        : renderValue(
            value,
            environment,
            typeof value === 'object' && value !== null ? task.args.at : task.args.locate([written]),
          );
  }
  if (task.args.freeForm !== undefined && module.freeForm) {
    out[module.freeForm] = unrendered.includes(module.freeForm)
      ? task.args.freeForm
      : renderValue(task.args.freeForm, environment, task.args.at);
  } else if (task.args.freeForm !== undefined) {
    // `module: "{{ mapping }}"` spells all arguments at once
    const mapping = renderValue(task.args.freeForm, environment, task.args.at);
    if (!isPlain(mapping)) throw new ModuleFailure(`${task.module} takes no free text`);
    Object.assign(out, mapping);
  }
  for (const name of Object.keys(out)) {
    const value = out[name];
    if (value === omit) delete out[name];
    else if (typeof value === 'object') out[name] = withoutOmitted(value);
  }
  return out;
}

/** Values that are `omit` vanish, however deep they are. */
export function withoutOmitted(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== omit).map(withoutOmitted);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const kept = Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== omit)
      .map(([name, one]) => [name, withoutOmitted(one)]),
  );
  return withWrittenKeys(kept, writtenKeys(value) ?? []);
}

export function holdsUnknown(value: unknown): boolean {
  return unknownReason(value) !== undefined;
}

function unknownReason(value: unknown): string | undefined {
  if (isUnknown(value)) return value.reason;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const one of Array.isArray(value) ? value : Object.values(value)) {
    const reason = unknownReason(one);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

const noVariables: Readonly<Record<string, string>> = {};

/** What is not known yet under check is left out. */
function environmentVariables(task: PlannedTask, environment: Environment): Readonly<Record<string, string>> {
  if (task.environment.length === 0) return noVariables;
  const merged: Record<string, string> = {};
  for (const { value, at } of task.environment) {
    const mapping = renderValue(value, environment, at);
    if (mapping === null || mapping === omit || isUnknown(mapping)) continue;
    if (!isPlain(mapping)) throw new ModuleFailure('environment must be a mapping of names to texts');
    for (const [name, one] of Object.entries(mapping)) {
      if (!holdsUnknown(one)) merged[name] = one === null ? '' : toText(one);
    }
  }
  return merged;
}

/** A delegated task becomes whom the delegate's own variables say, if they say so. */
function delegated(
  play: PlayRun,
  name: string,
  task: PlannedTask,
  momentary: Momentary | undefined,
  own: Environment,
): Environment {
  const theirs = hostEnvironment(play.run, play.run.host(name), play, task.lexical, momentary);
  return {
    ...own,
    scope: {
      get: (variable) => (variable.startsWith('ansible_become') ? theirs.scope.get(variable) : own.scope.get(variable)),
      names: () => own.scope.names(),
    },
  };
}
