/** `npm run bench -- files`: one large file to several hosts, beside as many `scp` at once. See README.md. */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSshd } from '../connection/sshd.ts';
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

/** Sends the file to so many hosts, each a folder behind a real sshd of this machine. Prints the table, answers with the figures. */
export async function largeFiles(
  { runs, hosts }: { readonly runs: number; readonly hosts: number },
  log: (line: string) => void,
): Promise<FileFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'kplay-files-'));
  // scp speaks SFTP
  const sshd = await startSshd({ config: 'Subsystem sftp internal-sftp' });
  const names = Array.from({ length: hosts }, (_, n) => `h${n + 1}`);
  try {
    await writeLarge(join(folder, 'large'));
    const { user } = sshd.settings;
    const login = `ansible_host=127.0.0.1 ansible_port=${sshd.port} ansible_user=${user} ansible_ssh_private_key_file=${sshd.keys.plain} ansible_ssh_known_hosts_file=${sshd.knownHosts}`;
    await writeFile(join(folder, 'hosts'), names.map((name) => `${name} ${login}\n`).join(''));
    await writeFile(join(folder, 'site.yml'), playbook(folder));
    const scp = names.map((name) => [
      'scp',
      '-q',
      '-F',
      'none',
      '-i',
      sshd.keys.plain,
      '-P',
      `${sshd.port}`,
      '-o',
      `UserKnownHostsFile=${sshd.knownHosts}`,
      'large',
      `${user}@127.0.0.1:${folder}/${name}/large`,
    ]);
    const play = [[process.execPath, kplay, 'site.yml', '-i', 'hosts']];
    const afresh = async () => {
      for (const name of names) {
        await rm(join(folder, name), { recursive: true, force: true });
        await mkdir(join(folder, name));
      }
    };
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
    process.stdout.write(`\n${megabytes} MB to ${hosts} hosts, ${cpus().length} CPUs, medians of ${runs}\n\n`);
    process.stdout.write(`${tableOf(figures, hosts)}\n`);
    return figures;
  } finally {
    sshd.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const playbook = (folder: string) => `- hosts: all
  gather_facts: false
  tasks:
    - name: one large file
      copy: { src: ${folder}/large, dest: "${folder}/{{ inventory_hostname }}/large", mode: '0644' }
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
