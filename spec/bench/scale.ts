/** `npm run bench -- scale`: what the controller itself takes, by hosts and by tasks, and what it takes to begin. See README.md. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cost, metered } from './metered.ts';
import { aligned } from './table.ts';
import { localShells, manyTasks, ordinaryTasks, skippedTasks, templateName, templateText } from './workloads.ts';

export interface ScaleFigures {
  readonly skipped: Readonly<Record<number, Cost>>;
  readonly converged: Readonly<Record<number, Cost>>;
  readonly start: Readonly<Record<string, Cost>>;
}

const kplay = join(process.cwd(), 'dist/kplay.js');
const tasks = 50;

/** Measures it all, prints it, and answers with the figures. `hosts` are the sizes to try. */
export async function scale(
  { runs, hosts }: { readonly runs: number; readonly hosts: readonly number[] },
  log: (line: string) => void,
): Promise<ScaleFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'kplay-scale-'));
  const write = (name: string, text: string) => writeFile(join(folder, name), text);
  const run = async (what: string, args: readonly string[], times = runs) => {
    const cost = await metered(args, folder, times);
    log(`${what}: ${cost.cpu.toFixed(2)} s CPU, ${cost.seconds.toFixed(2)} s, ${cost.megabytes.toFixed(0)} MB`);
    return cost;
  };
  const play = (playbook: string, count: number) => [kplay, playbook, '-i', `hosts${count}`];
  try {
    for (const count of [10, ...hosts]) await write(`hosts${count}`, localShells(count));
    await write(templateName, templateText);
    await write('converged.yml', ordinaryTasks(tasks, join(folder, 'out')));
    await write('many.yml', manyTasks(5000));
    await write('hosts1', localShells(1));

    const start: Record<string, Cost> = {};
    const ha = [kplay, '--list-tasks', join(process.cwd(), 'playbooks/ha-external-etcd.yml')];
    const inventory = ['-i', join(process.cwd(), 'playbooks/hosts.example')];
    for (const [what, args] of [
      ['node -e 0', ['-e', '0']],
      ['kplay --version', [kplay, '--version']],
      ['--syntax-check, 5000 tasks', [...play('many.yml', 1), '--syntax-check']],
      ['--list-tasks, ha-external-etcd.yml', [...ha, ...inventory]],
    ] as const)
      start[what] = await run(what, args);

    const skipped: Record<number, Cost> = {};
    for (const count of [10, 100, 1000]) {
      await write(`skipped${count}.yml`, skippedTasks(count));
      skipped[count] = await run(`10 hosts x ${count} skipped tasks`, play(`skipped${count}.yml`, 10));
    }

    await metered([kplay, 'converged.yml', '-i', 'hosts1', '-e', `folder=${join(folder, 'out')}`], folder, 1);
    const converged: Record<number, Cost> = {};
    for (const count of hosts)
      converged[count] = await run(
        `${count} hosts x ${tasks} converged tasks`,
        play('converged.yml', count),
        count > 100 ? 1 : runs,
      );
    const figures = { start, skipped, converged };
    process.stdout.write(`\n${tables(figures)}\n`);
    return figures;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function tables({ start, skipped, converged }: ScaleFigures): string {
  const node = start['node -e 0']!;
  const from = Object.entries(start).map(([what, cost]) => [
    what,
    `${ms(cost.seconds)}`,
    `${ms(cost.cpu)} CPU`,
    `x${(cost.seconds / node.seconds).toFixed(2)}`,
  ]);
  return [
    `${cpus().length} CPUs, node ${process.version}; CPU is all threads of kplay alone`,
    '',
    aligned(from),
    '',
    aligned([['skipped tasks', 'CPU', 'memory', 'each more'], ...grown(skipped, 10)]),
    '',
    aligned([['hosts', 'CPU', 'memory', 'each more'], ...grown(converged, 1)]),
    '',
  ].join('\n');
}

/** Rows by size; the last column is the slope since the size before: what one more costs. `each` is how often one more counts. */
export function grown(costs: Readonly<Record<number, Cost>>, each: number): readonly (readonly string[])[] {
  const sizes = Object.keys(costs).map(Number);
  return sizes.map((size, index) => {
    const [cost, before] = [costs[size]!, sizes[index - 1]];
    const slope = before === undefined ? undefined : (cost.cpu - costs[before]!.cpu) / (size - before) / each;
    return [
      `${size}`,
      `${cost.cpu.toFixed(2)} s`,
      `${cost.megabytes.toFixed(0)} MB`,
      slope === undefined ? '' : `${(slope * 1000).toFixed(slope < 0.001 ? 3 : 1)} ms`,
    ];
  });
}

const ms = (seconds: number) => `${(seconds * 1000).toFixed(0)} ms`;
