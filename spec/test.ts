/**
 * `npm test`: the unit specs, then the acceptance specs on real hosts; ends with "N passed, M failed".
 * `test.js lab [NAME]` runs only the latter, those whose name has NAME in it.
 *
 * Each acceptance spec is a process of its own, which has its lab to itself. One that failed is run a second time, on
 * fresh hosts: on a busy machine a real cluster may miss a bound. What failed first is said at the end.
 * Two of them run side by side, in labs of their own; KPLAY_TEST_LANES=1 runs one after the other.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';
import { startLab } from './lab/lab.ts';

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * Acceptance specs whose last run was not green to the end. `npm run test:lab -- NAME` runs them; `npm test` says that it does not.
 */
const unproven: readonly string[] = [];

const compiled = join(process.cwd(), 'build/spec');
const onHosts = (path: string) => path.startsWith('acceptance/');
const sum = (all: readonly Counts[]): Counts => ({
  passed: all.reduce((total, one) => total + one.passed, 0),
  failed: all.reduce((total, one) => total + one.failed, 0),
  skipped: all.reduce((total, one) => total + one.skipped, 0),
});

/** Runs specs in this process. */
async function runHere(paths: readonly string[]): Promise<Counts> {
  const mocha = new Mocha({ timeout: 10_000, color: process.stdout.isTTY });
  for (const path of paths) mocha.addFile(join(compiled, path));
  await mocha.loadFilesAsync();
  const counts = { passed: 0, failed: 0, skipped: 0 };
  await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.on('pass', () => void counts.passed++);
    runner.on('fail', () => void counts.failed++);
    runner.on('pending', () => void counts.skipped++);
  });
  return counts;
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
    let counts: Counts = { passed: 0, failed: 1, skipped: 0 }; // until it says how it went
    child.on('message', (said) => {
      counts = said as Counts;
    });
    child.on('close', () => {
      process.stdout.write(Buffer.concat(words));
      resolve(counts);
    });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill(signal));
  });
}

async function runOnHosts(paths: readonly string[]): Promise<Counts> {
  const lanes = Math.min(paths.length, Number(process.env['KPLAY_TEST_LANES'] ?? 2));
  // what labs are made of is made once, before two of them want it
  if (lanes > 1) await (await startLab({ hosts: [{ name: 'first' }], kubernetes: true, log: console.error })).down();
  const waiting = [...paths];
  const done: Counts[] = [];
  const again: string[] = [];
  const work = async (lane: number) => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      const first = await runApart(path, lane, lanes);
      if (first.failed === 0) {
        done.push(first);
        continue;
      }
      process.stdout.write(`\n${path} failed: once more, on fresh hosts\n`);
      done.push(await runApart(path, lane, lanes));
      again.push(path);
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, lane) => work(lane)));
  if (again.length > 0) process.stdout.write(`\nrun twice, because the first run failed: ${again.join(', ')}\n`);
  return sum(done);
}

const specs = readdirSync(compiled, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.spec.js'))
  .sort();
const [what, name = ''] = process.argv.slice(2);
if (what === 'one') {
  const counts = await runHere([name]);
  await new Promise((resolve) => process.send?.(counts, resolve) ?? resolve(undefined));
  process.exit(counts.failed > 0 ? 1 : 0);
}
const units = what === 'lab' ? [] : specs.filter((path) => !onHosts(path));
const isUnproven = (path: string) => unproven.some((one) => path === `acceptance/${one}.spec.js`);
const apart = specs.filter((path) => onHosts(path) && (what === 'lab' ? path.includes(name) : !isUnproven(path)));
const { passed, failed, skipped } = sum([await runHere(units), await runOnHosts(apart)]);
if (what !== 'lab' && unproven.length > 0)
  process.stdout.write(`\nNOT RUN, for they are not proven yet: ${unproven.join(', ')}\n`);
process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
