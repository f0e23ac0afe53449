/** `npm test`: unit specs, then the acceptance specs on real hosts; ends with "N passed, M failed". `test.js lab [NAME]` runs only the latter. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';

const compiled = join(process.cwd(), 'build/spec');
const specs = readdirSync(compiled, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.spec.js'))
  .sort();
const onHosts = (path: string) => path.startsWith('acceptance/');

const [what, name = ''] = process.argv.slice(2);
const chosen =
  what === 'lab'
    ? specs.filter((path) => onHosts(path) && path.includes(name))
    : [...specs.filter((path) => !onHosts(path)), ...specs.filter(onHosts)];

const mocha = new Mocha({ timeout: 10_000, color: process.stdout.isTTY });
for (const path of chosen) mocha.addFile(join(compiled, path));
await mocha.loadFilesAsync();

const counts = { passed: 0, failed: 0, skipped: 0 };
const runner = mocha.run((failures) => {
  process.stdout.write(
    `${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}\n`,
  );
  process.exit(failures > 0 || counts.passed === 0 ? 1 : 0);
});
runner.on('pass', () => {
  counts.passed += 1;
});
runner.on('fail', () => {
  counts.failed += 1;
});
runner.on('pending', () => {
  counts.skipped += 1;
});
