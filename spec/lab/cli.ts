import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { attachLab, labTopology, startLab } from './lab.ts';
import { inventoryFile, stateDirectory } from './paths.ts';
import { timedLog } from './progress.ts';
import { tearDown, wroteInventory } from './teardown.ts';

const usage = `usage: npm run lab -- COMMAND
  up [ha]             boot etcd1-3 and master1-3, and write the inventory \`hosts\`
  up bench [COUNT]    boot h1..hCOUNT (4) instead
  status              list the hosts
  shell HOST [WORD…]  a root shell over ssh, or one command
  netem MS            make round trips to hosts MS milliseconds longer (0: no more)
  reset HOST…         make hosts bare again
  down                take the lab away
`;

async function up(kind = 'ha', count = '4'): Promise<void> {
  if (kind !== 'ha' && kind !== 'bench') throw new Error(usage);
  const log = timedLog();
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interrupt.abort(new Error('interrupted')));
  }
  if (existsSync(inventoryFile) && !(await wroteInventory())) {
    throw new Error(`${inventoryFile} is not one that the lab wrote: move it away, the lab's inventory goes there`);
  }
  const lab = await startLab({ ...labTopology(kind, Number(count)), log, signal: interrupt.signal });
  await writeFile(inventoryFile, lab.inventory);
  log(`the lab is up; its inventory is ${inventoryFile}`);
}

async function status(): Promise<void> {
  const lab = await attachLab();
  for (const host of lab.hosts) {
    const pid = await host.pid();
    console.log(
      `${host.name.padEnd(13)}${host.address.padEnd(13)}${(pid ? `up, init ${pid}` : 'off').padEnd(17)}${host.upper}`,
    );
  }
}

async function shell(name = '', ...words: string[]): Promise<void> {
  const lab = await attachLab();
  const options = ['-i', lab.key, '-o', `UserKnownHostsFile=${lab.knownHosts}`, '-o', 'StrictHostKeyChecking=yes'];
  const { status } = spawnSync('ssh', [...options, `root@${lab.host(name).address}`, ...words], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}

async function netem(delayMs = ''): Promise<void> {
  if (!/^\d+(\.\d+)?$/.test(delayMs)) throw new Error(usage);
  await (await attachLab()).netem(Number(delayMs));
}

async function reset(...names: string[]): Promise<void> {
  const lab = await attachLab();
  await Promise.all(names.map((name) => lab.host(name).reset()));
}

async function down(): Promise<void> {
  if (!existsSync(stateDirectory)) console.error('no lab is up; clearing up what one may have left');
  await tearDown();
}

const commands: Readonly<Record<string, (...words: string[]) => Promise<void>>> = {
  up,
  status,
  shell,
  netem,
  reset,
  down,
};

const [name = '', ...words] = process.argv.slice(2);
try {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new Error(usage);
  await command(...words);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
