/**
 * Draws the README's picture from real runs: `npm run lab -- up`, then `node build/spec/demo/picture.js`. On bare hosts it
 * plans, converges, and converges again; each command is shown with what it printed, shortened where "⋯" says so.
 */
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { excerpt, type Kept } from './excerpt.ts';
import { terminalSvg } from './terminal-svg.ts';

const picture = 'spec/demo/run.svg';
const command = ['playbooks/ha-external-etcd.yml', '-i', 'hosts'];
const title = 'Three runs: the plan, the convergence, and a second run that changes nothing';
const state = '.kplay/picture';

rmSync(state, { recursive: true, force: true });
const shown = [
  said(
    ['--check', '--diff'],
    [
      { banner: 'haproxy : Install haproxy', lines: 6 },
      { banner: 'haproxy : Reload haproxy' },
      { banner: 'keepalived : Write the check of the load balancer', lines: 11 },
    ],
  ),
  said([], []),
  said([], []),
];
rmSync(state, { recursive: true, force: true });
writeFileSync(picture, terminalSvg(shown.join('\n\n'), title));
process.stdout.write(`${picture}\n`);

/** One command and its output: both streams in the order they were written, as a terminal shows them. */
function said(flags: readonly string[], kept: readonly Kept[]): string {
  const words = [...command, ...flags];
  const hidden = ['-e', 'cluster_name=picture', '--color=always'];
  const { stdout, status } = spawnSync(
    '/bin/sh',
    ['-c', 'exec "$@" 2>&1', 'sh', process.execPath, 'dist/kplay.js', ...words, ...hidden],
    {
      encoding: 'utf8',
      maxBuffer: 64 << 20,
    },
  );
  if (status !== 0) {
    process.stderr.write(stdout);
    throw new Error(`kplay ended with code ${status}`);
  }
  return `\x1b[1m$ npx kplay ${words.join(' ')}\x1b[22m\n${excerpt(stdout, kept)}`;
}
