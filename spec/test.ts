/**
 * `npm test`: the unit specs, then the acceptance specs on real hosts; says what failed, and ends with "N passed, M failed".
 * `test.js lab [NAME]` runs only the latter, those whose name has NAME in it.
 *
 * Each acceptance spec is a process of its own, which has its lab to itself. Two of them run side by side, in labs of
 * their own; KPLAY_TEST_LANES=1 runs one after the other. A file that failed is run a second time, by itself: on a busy
 * machine a real cluster may miss a bound, and a process its time. What failed first is told at the end all the same.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import Mocha from 'mocha';
import { startLab } from './lab/lab.ts';
import { tearDown } from './lab/teardown.ts';

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What failed, in words. */
  readonly failures: readonly string[];
}

const signals = ['SIGINT', 'SIGTERM'] as const;
const nothing: Counts = { passed: 0, failed: 0, skipped: 0, failures: [] };
const compiled = join(process.cwd(), 'build/spec');
const onHosts = (path: string) => path.startsWith('acceptance/');
const sum = (all: readonly Counts[]): Counts => ({
  passed: all.reduce((total, one) => total + one.passed, 0),
  failed: all.reduce((total, one) => total + one.failed, 0),
  skipped: all.reduce((total, one) => total + one.skipped, 0),
  failures: all.flatMap((one) => one.failures),
});

/** Runs specs in this process. The counts of each file. */
async function runHere(paths: readonly string[]): Promise<Map<string, Counts>> {
  const mocha = new Mocha({ timeout: 10_000, color: process.stdout.isTTY });
  for (const path of paths) mocha.addFile(join(compiled, path));
  await mocha.loadFilesAsync();
  const counts = new Map(paths.map((path) => [path, nothing]));
  const count = (test: Mocha.Runnable, more: Partial<Counts>) => {
    const path = relative(compiled, test.file ?? test.parent?.file ?? '');
    counts.set(path, sum([counts.get(path) ?? nothing, { ...nothing, ...more }]));
  };
  await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.on('pass', (test) => count(test, { passed: 1 }));
    runner.on('pending', (test) => count(test, { skipped: 1 }));
    runner.on('fail', (test, error: Error) =>
      count(test, { failed: 1, failures: [`${test.fullTitle()}\n    ${error.message.trim().slice(0, 2000)}`] }),
    );
  });
  return counts;
}

/** Specs that run apart. */
const running = new Set<ChildProcess>();
let ending = false;

/** Ends what runs; each spec takes its lab down first, and no other one begins. */
function endAll(signal: NodeJS.Signals): void {
  ending = true;
  const end = () => running.size === 0 && process.exit(130);
  for (const child of running) child.once('close', end).kill(signal);
  if (running.size === 0) void tearDown().finally(end);
}

/** Runs one spec in a process of its own. With several lanes its words are kept until it ends. */
function runApart(path: string, lane: number, lanes: number): Promise<Counts> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [process.argv[1]!, 'one', path], {
      env: { ...process.env, ...(lanes > 1 ? { KPLAY_LAB: String(lane) } : {}) },
      stdio: ['ignore', lanes > 1 ? 'pipe' : 'inherit', lanes > 1 ? 'pipe' : 'inherit', 'ipc'],
    });
    const words: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => words.push(chunk));
    // until it says how it went
    let counts: Counts = { ...nothing, failed: 1, failures: ['ended before it said how it went'] };
    child.on('message', (said) => {
      counts = said as Counts;
    });
    child.on('close', () => {
      running.delete(child);
      process.stdout.write(Buffer.concat(words));
      if (!ending) resolve(counts);
    });
    running.add(child);
  });
}

/** What failed at first, though it may have passed the second time. */
const atFirst: string[] = [];

/** The file's counts; when it failed, those of its second run. */
async function twice(path: string, first: Counts, run: () => Promise<Counts>): Promise<Counts> {
  if (first.failed === 0) return first;
  process.stdout.write(`\n${path} failed: once more, by itself\n`);
  atFirst.push(...first.failures.map((words) => `${path}: ${words}`));
  const second = await run();
  return { ...second, failures: second.failures.map((words) => `${path}: ${words}`) };
}

async function runUnits(paths: readonly string[]): Promise<Counts> {
  const done: Counts[] = [];
  for (const [path, first] of await runHere(paths)) done.push(await twice(path, first, () => runApart(path, 0, 1)));
  return sum(done);
}

async function runOnHosts(paths: readonly string[]): Promise<Counts> {
  for (const signal of signals) process.on(signal, endAll);
  const lanes = Math.min(paths.length, Number(process.env['KPLAY_TEST_LANES'] ?? 2));
  // what labs are made of is made once, before two of them want it
  if (lanes > 1) await (await startLab({ hosts: [{ name: 'first' }], kubernetes: true, log: console.error })).down();
  const waiting = [...paths];
  const done: Counts[] = [];
  const work = async (lane: number) => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      const run = (spec = path!) => runApart(spec, lane, lanes);
      done.push(await twice(path, await run(), run));
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, lane) => work(lane)));
  return sum(done);
}

const specs = readdirSync(compiled, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.spec.js'))
  .sort();
const [what, name = ''] = process.argv.slice(2);
if (what === 'one') {
  // a terminal tells everybody, and so does whoever runs this
  let ending: Promise<void> | undefined;
  // what still runs may be in its way once
  const end = () =>
    tearDown()
      .catch(tearDown)
      .catch(console.error)
      .finally(() => process.exit(130));
  for (const signal of signals) process.on(signal, () => (ending ??= end()));
  const counts = sum([...(await runHere([name])).values()]);
  await new Promise((resolve) => process.send?.(counts, resolve) ?? resolve(undefined));
  process.exit(counts.failed > 0 ? 1 : 0);
}
const units = what === 'lab' ? [] : specs.filter((path) => !onHosts(path));
const apart = specs.filter((path) => onHosts(path) && (what !== 'lab' || path.includes(name)));
const { passed, failed, skipped, failures } = sum([await runUnits(units), await runOnHosts(apart)]);
const tell = (title: string, all: readonly string[]) =>
  all.length > 0 && process.stdout.write(`\n${title}\n${all.map((words) => `  ${words}\n`).join('')}`);
tell('Failed at first, and were run once more:', atFirst);
tell('Failed:', failures);
process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
