/** `npm run bench`: kplay, the hand-written script and (if asked) Ansible do the same work on the lab's hosts. See README.md. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { attachLab, type Lab, labTopology, startLab } from '../lab/lab.ts';
import { chart } from './chart.ts';
import {
  ansibleContestant,
  type Contestant,
  type Course,
  floorContestant,
  kplayContestant,
  type Phase,
  timed,
} from './contestants.ts';
import { everywhere } from './everywhere.ts';
import { largeFiles } from './files.ts';
import { logins } from './logins.ts';
import { interleaved, median } from './measure.ts';
import { findPeers } from './peers.ts';
import { benchPlaybook, changesOnBareHost, tasksPerRound, template, undo } from './playbook.ts';
import { scale } from './scale.ts';
import { aligned, type Results, table } from './table.ts';

const usage = `usage: npm run bench -- [OPTION…]
       npm run bench -- scale [--runs N] [--hosts N,N,…]
       npm run bench -- files [--runs N] [--hosts N]
       npm run bench -- logins [--runs N] [--hosts N,N,…]
  --runs N         runs of each in each phase (7; at least 5 for figures that count)
  --hosts N        hosts (4)
  --rounds N       five tasks each (10)
  --latency MS     milliseconds more on every round trip (0)
  --with-ansible   installs ansible-core on this machine if it is not there
  --with-mitogen   fetches Mitogen for Ansible, into ~/.cache/kplay, if it is not there
  --no-peers       neither of them, even if they are there
  --chart          also draws spec/bench/bench.svg, which the README shows
`;

const log = (line: string) => process.stderr.write(`${line}\n`);

function options() {
  const number = (name: string, text: string) => {
    if (!/^\d+$/.test(text)) throw new Error(`--${name} ${text} is no number\n${usage}`);
    return Number(text);
  };
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      runs: { type: 'string', default: '7' },
      hosts: { type: 'string' },
      rounds: { type: 'string', default: '10' },
      latency: { type: 'string', default: '0' },
      'with-ansible': { type: 'boolean', default: false },
      'with-mitogen': { type: 'boolean', default: false },
      'no-peers': { type: 'boolean', default: false },
      chart: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [what = 'compare'] = positionals;
  if (what !== 'compare' && what !== 'scale' && what !== 'files' && what !== 'logins')
    throw new Error(`there is no benchmark "${what}"\n${usage}`);
  const usual = { scale: '1,10,100,1000', logins: '1,10,100', files: '4', compare: '4' } as const;
  const sizes = (values.hosts ?? usual[what]).split(',');
  return {
    what,
    help: values.help,
    ansible: values['with-ansible'],
    mitogen: values['with-mitogen'],
    peers: !values['no-peers'],
    chart: values.chart,
    runs: number('runs', values.runs),
    hosts: number('hosts', sizes[0]!),
    sizes: sizes.map((size) => number('hosts', size)),
    rounds: number('rounds', values.rounds),
    latency: number('latency', values.latency),
  };
}
type Options = ReturnType<typeof options>;

/** The bench lab that is up, which is left up; or a fresh one, which is not. */
async function benchLab(count: number): Promise<{ readonly lab: Lab; readonly mine: boolean }> {
  const standing = await attachLab().catch(() => undefined);
  if (standing?.hosts.every(({ name }) => /^h\d+$/.test(name)) && standing.hosts.length === count)
    return { lab: standing, mine: false };
  return { lab: await startLab({ ...labTopology('bench', count), log }), mine: true };
}

async function measure(course: Course, contestants: readonly Contestant[], { runs }: Options): Promise<Results> {
  const conditions = {
    runs,
    prepare: async (phase: Phase) => (phase === 'first' ? everywhere(course.lab, undo) : undefined),
    changes: (phase: Phase) => (phase === 'first' ? changesOnBareHost(course.rounds) * course.lab.hosts.length : 0),
    log,
  };
  const first = await interleaved('first', contestants, conditions);
  const converged = await interleaved('converged', contestants, conditions);
  return { first, converged, check: await interleaved('check', contestants, conditions) };
}

interface Trips {
  readonly host: string;
  readonly roundTrips: number;
  readonly out: string;
  readonly in: string;
}

/** What `-v` tells of one more run of each phase. */
async function traffic(course: Course): Promise<Readonly<Record<Phase, readonly Trips[]>>> {
  const told = kplayContestant(course, ['-v']);
  const of = async (phase: Phase) => {
    const { stderr } = await told.run(phase);
    return [...stderr.matchAll(/^(\S+): (\d+) round trips, (.*?) out, (.*?) in,/gm)].map((match) => ({
      host: match[1]!,
      roundTrips: Number(match[2]),
      out: match[3]!,
      in: match[4]!,
    }));
  };
  await everywhere(course.lab, undo);
  return { first: await of('first'), converged: await of('converged'), check: await of('check') };
}

/** Seconds for what no run can do without: starting node, starting kplay, one login. */
async function costs({ lab, folder }: Course, runs: number) {
  const [host] = lab.hosts;
  const ssh = [
    'ssh',
    '-F',
    'none',
    '-i',
    lab.key,
    '-o',
    `UserKnownHostsFile=${lab.knownHosts}`,
    `root@${host!.address}`,
    'true',
  ];
  const parts = {
    'node -e 0': [process.execPath, '-e', '0'],
    'kplay --version': [process.execPath, join(process.cwd(), 'dist/kplay.js'), '--version'],
    'ssh HOST true': ssh,
  };
  const times = Object.fromEntries(Object.keys(parts).map((name) => [name, [] as number[]]));
  for (let run = 0; run < runs; run++)
    for (const [name, command] of Object.entries(parts))
      times[name]!.push((await timed([command], { cwd: folder })).seconds);
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)]));
}

async function bench(options: Options): Promise<void> {
  const { lab, mine } = await benchLab(options.hosts);
  const folder = await mkdtemp(join(tmpdir(), 'kplay-bench-'));
  const interrupted = () => void (mine ? lab.down() : lab.netem(0)).finally(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    await writeFile(join(folder, 'site.yml'), benchPlaybook(options.rounds));
    await writeFile(join(folder, template.name), template.text);
    await writeFile(join(folder, 'hosts'), lab.inventory);
    await writeFile(join(folder, 'ansible.cfg'), '');
    const course: Course = { lab, folder, rounds: options.rounds };
    const peers = options.peers ? await findPeers(options, log) : { ansible: false, mitogen: undefined };
    if (peers.ansible) {
      log('installing python3 on the hosts');
      await everywhere(
        lab,
        'command -v python3 >/dev/null || { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y python3 python3-apt; } >/dev/null',
      );
    }
    await lab.netem(options.latency);
    const contestants = [
      kplayContestant(course),
      floorContestant(course),
      ...(peers.mitogen ? [ansibleContestant(course, peers.mitogen)] : []),
      ...(peers.ansible ? [ansibleContestant(course)] : []),
    ];
    const results = await measure(course, contestants, options);
    const [trips, parts] = [await traffic(course), await costs(course, options.runs)];
    process.stdout.write(
      `\n${options.rounds * tasksPerRound} tasks and facts on ${options.hosts} hosts, ${options.latency} ms latency, ${options.runs} runs each, ${cpus().length} CPUs\n`,
    );
    process.stdout.write(`median (fastest-slowest) xfloor\n\n${table(results)}\n\n`);
    process.stdout.write(
      `${aligned(Object.entries(parts).map(([name, seconds]) => [name, `${(seconds * 1000).toFixed(0)} ms`]))}\n\nkplay per host:\n`,
    );
    for (const [phase, hosts] of Object.entries(trips))
      for (const one of hosts.slice(0, 1))
        process.stdout.write(`  ${phase}: ${one.roundTrips} round trips, ${one.out} out, ${one.in} in\n`);
    const caption = captionOf(options);
    const kept = await keep({
      at: new Date().toISOString(),
      caption,
      options,
      node: process.version,
      cpus: cpus().length,
      results,
      parts,
      trips,
    });
    const drawn = chart(results, caption);
    await writeFile(kept.replace(/json$/, 'svg'), drawn);
    if (options.chart) await writeFile(join(process.cwd(), 'spec/bench/bench.svg'), drawn);
  } finally {
    await rm(folder, { recursive: true, force: true });
    if (mine) await lab.down();
    else await lab.netem(0);
  }
}

/** Measures something on the hosts of a bench lab. */
async function onLab<Figures>(count: number, measured: (lab: Lab) => Promise<Figures>): Promise<Figures> {
  const { lab, mine } = await benchLab(count);
  process.once('SIGINT', () => void (mine ? lab.down() : Promise.resolve()).finally(() => process.exit(130)));
  try {
    return await measured(lab);
  } finally {
    if (mine) await lab.down();
  }
}

/** One of the benchmarks that stand alone. */
function alone(what: Exclude<Options['what'], 'compare'>, { runs, hosts, sizes }: Options) {
  if (what === 'scale') return scale({ runs, hosts: sizes }, log);
  if (what === 'files') return onLab(hosts, (lab) => largeFiles(lab, runs, log));
  return onLab(4, (lab) => logins(lab, { runs, sizes }, log));
}

/** What was measured, and on which machine. */
function captionOf({ rounds, hosts, latency, runs }: Options): readonly string[] {
  const work = `${rounds * tasksPerRound} tasks and facts on ${hosts} hosts, ${latency} ms latency added; medians of ${runs} interleaved runs, whole processes.`;
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, node ${process.version}, hosts on the same machine; ${new Date().toISOString().slice(0, 10)}.`;
  return [
    work,
    machine,
    'floor: the same work written by hand, one shell script over one ssh connection for each host.',
  ];
}

/** The raw figures, for comparisons over time; git ignores the folder. */
async function keep(figures: { readonly at: string } & Readonly<Record<string, unknown>>, name = ''): Promise<string> {
  const kept = join(process.cwd(), '.kplay/bench');
  await mkdir(kept, { recursive: true });
  const file = join(kept, `${name}${figures.at.replace(/[:.]/g, '-')}.json`);
  await writeFile(file, `${JSON.stringify(figures, undefined, 2)}\n`);
  process.stdout.write(`\n${file}\n`);
  return file;
}

try {
  const asked = options();
  if (asked.help) process.stdout.write(usage);
  else if (asked.what === 'compare') await bench(asked);
  else {
    const figures = await alone(asked.what, asked);
    await keep(
      { at: new Date().toISOString(), node: process.version, cpus: cpus().length, ...figures },
      `${asked.what}-`,
    );
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
