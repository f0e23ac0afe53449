/** `npm run bench -- logins`: the scale of a run over real ssh, a hundred sshd in the lab's hosts. See README.md. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab } from '../lab/lab.ts';
import { everywhere } from './everywhere.ts';
import { type Cost, metered } from './metered.ts';
import { grown } from './scale.ts';
import { aligned } from './table.ts';
import { ordinaryTasks, templateName, templateText } from './workloads.ts';

const kplay = join(process.cwd(), 'dist/kplay.js');
const tasks = 50;
const firstPort = 2201;

/** Measures kplay's own process for each number of servers; they end with the lab's hosts, or when this does. */
export async function logins(
  lab: Lab,
  { runs, sizes }: { readonly runs: number; readonly sizes: readonly number[] },
  log: (line: string) => void,
): Promise<Readonly<Record<number, Cost>>> {
  const folder = await mkdtemp(join(tmpdir(), 'kplay-logins-'));
  const each = Math.ceil(Math.max(...sizes) / lab.hosts.length);
  const write = (name: string, text: string) => writeFile(join(folder, name), text);
  try {
    await everywhere(lab, startServers(each));
    await write('known_hosts', await knownServers(lab, each));
    await write(templateName, templateText);
    await write('site.yml', ordinaryTasks(tasks, '/root/out'));
    const run = async (size: number, times: number) => {
      await write(`hosts${size}`, servers(lab, size, join(folder, 'known_hosts')));
      return metered([kplay, 'site.yml', '-i', `hosts${size}`], folder, times);
    };
    await run(lab.hosts.length, 1); // one server of each machine converges it for all
    const costs: Record<number, Cost> = {};
    for (const size of sizes) {
      costs[size] = await run(size, runs);
      log(`${size} servers: ${costs[size].cpu.toFixed(2)} s CPU, ${costs[size].seconds.toFixed(2)} s`);
    }
    const rows = [['servers', 'CPU', 'memory', 'each more'], ...grown(costs, 1)];
    process.stdout.write(`\n${tasks} converged tasks and facts over ssh, ${cpus().length} CPUs\n\n${aligned(rows)}\n`);
    return costs;
  } finally {
    await everywhere(lab, 'for pid in /run/bench-sshd.*; do kill "$(cat "$pid")"; done; rm -rf /root/out');
    await rm(folder, { recursive: true, force: true });
  }
}

const startServers = (count: number) =>
  `mkdir -p /run/sshd; for port in $(seq ${firstPort} ${firstPort + count - 1}); do /usr/sbin/sshd -p $port -o PidFile=/run/bench-sshd.$port; done`;

/** Servers of one machine show one key; the lab's file has it by the machine's name and address. */
async function knownServers(lab: Lab, each: number): Promise<string> {
  const lines = (await readFile(lab.knownHosts, 'utf8')).split('\n');
  return lab.hosts
    .flatMap(({ address }) => {
      const [, ...key] = lines.find((line) => line.split(' ')[0]?.split(',').includes(address))?.split(' ') ?? [];
      return Array.from({ length: each }, (_, n) => `[${address}]:${firstPort + n} ${key.join(' ')}\n`);
    })
    .join('');
}

/** So many servers, taken from the lab's hosts by turns. */
const servers = (lab: Lab, size: number, knownHosts: string): string =>
  Array.from({ length: size }, (_, n) => {
    const { address } = lab.hosts[n % lab.hosts.length]!;
    const port = firstPort + Math.floor(n / lab.hosts.length);
    return `s${n + 1} ansible_host=${address} ansible_port=${port} ansible_user=root ansible_ssh_private_key_file=${lab.key} ansible_ssh_known_hosts_file=${knownHosts}\n`;
  }).join('');
