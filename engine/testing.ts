/**
 * The test kit for modules, kplay's own and yours: tables of (arguments, world) → (changes, result), over hosts in memory.
 * Every case of a module about a state also proves the three laws: looking changes nothing, a second run changes nothing,
 * and check mode writes nothing while its prediction holds.
 */
import assert from 'node:assert/strict';
import { type AnyModule, type Controller, isAction, type Result } from './module/definition.ts';
import { ModuleFailure, UnknownState } from './target/failure.ts';
import { predictedWorld } from './target/prediction.ts';
import { simulatedTarget } from './target/simulated.ts';
import type { Target } from './target/target.ts';
import { type FakeController, type FakeControllerOptions, fakeController } from './testing/fake-controller.ts';
import type { FakeFile } from './testing/fake-files.ts';
import { type FakeTarget, type FakeWorld, fakeTarget } from './testing/fake-target.ts';
import { compare, type Outcome, runModule } from './testing/run-module.ts';

export type { FakeController, FakeControllerOptions } from './testing/fake-controller.ts';
export { fakeController } from './testing/fake-controller.ts';
export type { FakeFile } from './testing/fake-files.ts';
export { type FakeOutput, type FakeTarget, type FakeWorld, fakeTarget } from './testing/fake-target.ts';
export { type Outcome, runModule } from './testing/run-module.ts';

/** What a case expects; what is left out is not looked at. */
export interface Expected {
  readonly changed?: boolean;
  /** Names of the fields of the state that differ. */
  readonly fields?: readonly string[];
  /** Every change made to the host, one line each: `write /etc/x`, `useradd etcd`, `run uptime`. */
  readonly log?: readonly string[];
  /** Texts the scripts that ran hold, in order; others may run between them. */
  readonly scripts?: readonly string[];
  /** Part of the result. */
  readonly result?: Result;
  /** Files afterwards: a text is a content, `null` means absent. */
  readonly files?: Readonly<Record<string, FakeFile | string | null>>;
  /** Before and after of each diff shown. */
  readonly diffs?: readonly (readonly [before: string, after: string])[];
  /** Files on the machine of the controller afterwards, as `files`. */
  readonly controller?: Readonly<Record<string, FakeFile | string | null>>;
  /** Files the controller saved. */
  readonly saved?: Readonly<Record<string, string>>;
}

export interface ModuleCase extends FakeControllerOptions {
  readonly args?: Readonly<Record<string, unknown>>;
  readonly world?: FakeWorld;
  /** Files of the controller, by path; relative ones are below `/project`. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  readonly want?: Expected;
  /** Part of the message the module fails with. */
  readonly fails?: string;
  /** Part of the reason why the outcome cannot be known; for a case whose world or arguments hold unknowns. */
  readonly unknown?: string;
  /** Why a second run changes something again: `touch` is meant to. */
  readonly always?: string;
}

/** What the kit needs of a test runner; mocha's globals unless told. */
export interface TestRunner {
  describe(title: string, body: () => void): unknown;
  it(title: string, body: () => Promise<void>): unknown;
}

/** Declares one test for each case of the table. */
export function testModule(
  module: AnyModule,
  name: string,
  table: Readonly<Record<string, ModuleCase>>,
  runner: TestRunner = globalThis as unknown as TestRunner,
): void {
  runner.describe(name, () => {
    for (const [title, given] of Object.entries(table)) runner.it(title, () => checkCase(module, given));
  });
}

/** Runs one case and throws an AssertionError for whatever is not as expected. */
export async function checkCase(module: AnyModule, given: ModuleCase): Promise<void> {
  const args = given.args ?? {};
  const [target, controller] = [fakeTarget(given.world), controllerOf(given)];
  if (given.fails !== undefined) return assertFails(module, args, target, controller, given.fails);
  if (given.unknown !== undefined) return assertUnknown(module, args, target, controller, given.unknown);
  await assertLookingIsFree(module, args, given);
  await assertCheckWritesNothing(module, args, given);
  const outcome = await runModule(module, args, target, controller);
  assertExpected(outcome, target, controller, given.want ?? {});
  if (!isAction(module) && given.always === undefined) {
    const change = await differenceOf(module, args, target, again(given, controller));
    assert.deepEqual(change, {}, 'a second run would change something again');
  }
}

const controllerOf = (given: ModuleCase): FakeController => fakeController(given.files, given);

/** The controller of a second run: it has saved nothing, and what lies on its machine is there still. */
const again = (given: ModuleCase, { local }: Controller): Controller => ({ ...controllerOf(given), local });

/** How state and wish still differ; not at all where that cannot be known. */
async function differenceOf(
  module: Exclude<AnyModule, { readonly run: unknown }>,
  args: Readonly<Record<string, unknown>>,
  target: Target,
  controller: Controller,
): Promise<object> {
  try {
    return (await compare(module, args, target, controller)).change;
  } catch (error) {
    if (error instanceof UnknownState) return {};
    throw error;
  }
}

async function assertLookingIsFree(
  module: AnyModule,
  args: Readonly<Record<string, unknown>>,
  given: ModuleCase,
): Promise<void> {
  if (isAction(module)) return;
  const target = fakeTarget(given.world);
  const controller = controllerOf(given);
  const first = await compare(module, args, target, controller);
  const second = await compare(module, args, target, controller);
  assert.deepEqual([...target.log, ...controller.machine.log], [], 'probing changed the host');
  assert.deepEqual(Object.keys(second.change), Object.keys(first.change), 'probing twice gave two answers');
}

async function assertCheckWritesNothing(
  module: AnyModule,
  args: Readonly<Record<string, unknown>>,
  given: ModuleCase,
): Promise<void> {
  const real = fakeTarget(given.world);
  const simulated = simulatedTarget(real, predictedWorld());
  const { machine } = controllerOf(given);
  const believed = simulatedTarget(machine, predictedWorld());
  const controller = { ...controllerOf(given), local: async () => believed };
  try {
    await runModule(module, args, simulated, controller);
    if (isAction(module) || given.always !== undefined) return;
    const change = await differenceOf(module, args, simulated, controller);
    assert.deepEqual(change, {}, 'check mode did not predict what the run does');
  } catch (error) {
    if (!(error instanceof UnknownState)) throw error;
  } finally {
    assert.deepEqual([...real.log, ...machine.log], [], 'check mode changed the host');
  }
}

async function assertFails(
  module: AnyModule,
  args: Readonly<Record<string, unknown>>,
  target: FakeTarget,
  controller: FakeController,
  part: string,
) {
  const failure = await runModule(module, args, target, controller).then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(failure !== undefined, `it should have failed with "${part}"`);
  if (!(failure instanceof ModuleFailure)) throw failure;
  assert.ok(failure.message.includes(part), `it failed with "${failure.message}", which does not say "${part}"`);
}

async function assertUnknown(
  module: AnyModule,
  args: Readonly<Record<string, unknown>>,
  target: FakeTarget,
  controller: FakeController,
  part: string,
) {
  const simulated = simulatedTarget(target, predictedWorld());
  const stop = await runModule(module, args, simulated, controller).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(stop instanceof UnknownState))
    throw stop ?? new assert.AssertionError({ message: `it should have been unknown: "${part}"` });
  assert.ok(stop.reason.includes(part), `it is unknown because "${stop.reason}", which does not say "${part}"`);
}

function assertExpected(outcome: Outcome, target: FakeTarget, controller: FakeController, want: Expected): void {
  if (want.changed !== undefined) assert.equal(outcome.changed, want.changed, 'changed');
  if (want.fields) assert.deepEqual([...outcome.fields].sort(), [...want.fields].sort(), 'fields that differ');
  if (want.log) assert.deepEqual(target.log, want.log, 'changes made');
  for (const [name, value] of Object.entries(want.result ?? {}))
    assert.deepEqual(outcome.result[name], value, `result.${name}`);
  if (want.diffs)
    assert.deepEqual(
      outcome.diffs.map(({ before, after }) => [before, after]),
      want.diffs,
      'diffs',
    );
  let from = 0;
  for (const part of want.scripts ?? []) {
    const at = target.scripts.findIndex((script, index) => index >= from && script.includes(part));
    assert.ok(at >= 0, `no script holds "${part}":\n${target.scripts.join('\n')}`);
    from = at + 1;
  }
  for (const [path, file] of Object.entries(want.files ?? {})) assertFile(target, path, file);
  for (const [path, file] of Object.entries(want.controller ?? {})) assertFile(controller.machine, path, file);
  for (const [path, text] of Object.entries(want.saved ?? {}))
    assert.equal(controller.saved.get(path)?.toString(), text, `saved ${path}`);
}

function assertFile(target: FakeTarget, path: string, file: FakeFile | string | null): void {
  const state = target.files.stat(path, false);
  if (file === null) {
    assert.equal(state.exists, false, `${path} is there`);
    return;
  }
  assert.ok(state.exists, `${path} is not there`);
  const { content, ...attributes } = typeof file === 'string' ? { content: file } : file;
  if (content !== undefined) assert.equal(String(target.files.content(path)), String(content), `content of ${path}`);
  for (const [name, value] of Object.entries(attributes))
    assert.deepEqual(state[name as keyof typeof state], value, `${name} of ${path}`);
}
