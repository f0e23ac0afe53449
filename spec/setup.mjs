// Makes a fresh checkout ready: npm packages, the bundle that `npx kplay` runs, the compiled specs. Does only what is due.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) stop(`kplay needs Node 20.19 or later; this is ${process.version}`);

if (due('node_modules/.package-lock.json', ['package-lock.json']))
  step('installing npm packages', 'npm', ['ci', '--no-audit', '--no-fund']);
if (due('dist/kplay.js', ['engine', 'package.json']))
  step('bundling kplay', process.execPath, ['spec/build.mjs', 'bundle']);
if (due('build/spec/test.js', ['engine', 'spec', 'tsconfig.json']))
  step('compiling engine and specs', process.execPath, ['spec/build.mjs', 'compile']);

function step(what, command, args) {
  const started = Date.now();
  process.stderr.write(`kplay: ${what} …\n`);
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', process.stderr, 'inherit'] });
  if (error || status !== 0) stop(`${what} failed${error ? `: ${error.message}` : ''}`);
  process.stderr.write(`kplay: ${what}: ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}

function stop(why) {
  process.stderr.write(`kplay: ${why}\n`);
  process.exit(1);
}

/** True when the product is missing or older than any of its sources. */
function due(product, sources) {
  const path = join(root, product);
  if (!existsSync(path)) return true;
  const made = statSync(path).mtimeMs;
  return sources.some((source) => newest(join(root, source)) > made);
}

function newest(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(
    0,
    ...readdirSync(path)
      .filter((name) => name !== 'fixtures' || !path.endsWith('spec'))
      .map((name) => newest(join(path, name))),
  );
}
