/** `npm run bench -- files`: one large file to several hosts, beside as many `scp` at once. See README.md. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab } from '../lab/lab.ts';
import { timed } from './contestants.ts';
import { median } from './measure.ts';
import { aligned } from './table.ts';

export interface FileFigures {
  /** Seconds of each run, of whole processes. */
  readonly scp: readonly number[];
  readonly kplay: readonly number[];
  /** kplay again, when every host has the file. */
  readonly unchanged: readonly number[];
}

const kplay = join(process.cwd(), 'dist/kplay.js');
const megabytes = 100;

/** Sends the file to all hosts of a lab, run after run. Prints the table, answers with the figures. */
export async function largeFiles(lab: Lab, runs: number, log: (line: string) => void): Promise<FileFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'kplay-files-'));
  const hosts = lab.hosts.length;
  try {
    await writeLarge(join(folder, 'large'));
    await writeFile(join(folder, 'hosts'), lab.inventory);
    await writeFile(join(folder, 'site.yml'), playbook(folder));
    const login = ['-F', 'none', '-i', lab.key, '-o', `UserKnownHostsFile=${lab.knownHosts}`];
    const scp = lab.hosts.map(({ address }) => ['scp', '-q', ...login, 'large', `root@${address}:/root/large`]);
    const play = [[process.execPath, kplay, 'site.yml', '-i', 'hosts']];
    const afresh = () => Promise.all(lab.hosts.map((host) => host.exec('rm -f /root/large')));
    const changing = async (commands: readonly (readonly string[])[], changes: number) => {
      const { seconds, changed, stdout } = await timed(commands, { cwd: folder });
      if (changed !== changes) throw new Error(`kplay made ${changed} changes, not ${changes}:\n${stdout}`);
      return seconds;
    };
    const figures = { scp: [] as number[], kplay: [] as number[], unchanged: [] as number[] };
    for (let run = 1; run <= runs; run++) {
      await afresh();
      figures.scp.push(await changing(scp, 0));
      await afresh();
      figures.kplay.push(await changing(play, hosts));
      figures.unchanged.push(await changing(play, 0));
      const last = Object.entries(figures).map(([name, times]) => `${name} ${times.at(-1)!.toFixed(2)} s`);
      log(`${run}/${runs}: ${last.join(', ')}`);
    }
    await afresh();
    process.stdout.write(`\n${megabytes} MB to ${hosts} hosts, ${cpus().length} CPUs, medians of ${runs}\n\n`);
    process.stdout.write(`${tableOf(figures, hosts)}\n`);
    return figures;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const playbook = (folder: string) => `- hosts: all
  gather_facts: false
  tasks:
    - name: one large file
      copy: { src: ${folder}/large, dest: /root/large, mode: '0644' }
`;

/** Nothing that compression or a sparse file could make light of. */
async function writeLarge(path: string): Promise<void> {
  const file = await open(path, 'wx');
  for (let written = 0; written < megabytes; written++) await file.write(randomBytes(1024 * 1024));
  await file.close();
}

function tableOf(figures: FileFigures, hosts: number): string {
  const scp = median(figures.scp);
  const rows = Object.entries(figures).map(([name, times]) => {
    const seconds = median(times);
    const sent = name === 'unchanged' ? '' : `${((megabytes * hosts) / seconds).toFixed(0)} MB/s`;
    return [name, `${seconds.toFixed(2)} s`, sent, sent && `x${(scp / seconds).toFixed(2)}`];
  });
  return aligned([['', 'time', 'together', "scp's speed"], ...rows]);
}
