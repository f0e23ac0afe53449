import { readFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { attempt, run } from './command.ts';
import { interfaceOf } from './network.ts';
import { labNumber, stateDirectory } from './paths.ts';
import { kill, pause, runningPid, startDetached } from './process.ts';
import { type HostPlan, network } from './topology.ts';

const pidFile = join(stateDirectory, 'latency.pid');
const logFile = join(stateDirectory, 'latency.log');
const chain = `KPLAY-LATENCY-${labNumber}`;
const firstPort = 27_700 + 100 * labNumber;

/**
 * Makes every round trip to a host `delayMs` milliseconds longer; 0 takes the delay away. By the kernel's netem, for
 * all that reaches a host. A kernel built without netem gets a relay instead, which delays what new ssh connections
 * from this machine send.
 */
export async function setLatency(hosts: readonly HostPlan[], delayMs: number): Promise<void> {
  await clearLatency();
  for (const { name } of hosts) await attempt(['tc', 'qdisc', 'delete', 'dev', interfaceOf(name), 'root']);
  if (delayMs === 0) return;
  for (const { name } of hosts) {
    const argv = ['tc', 'qdisc', 'add', 'dev', interfaceOf(name), 'root', 'netem', 'delay', `${delayMs}ms`];
    const { code, stderr } = await attempt(argv);
    if (code === 0) continue;
    if (/kind is unknown|No such file/.test(stderr)) return relayLatency(hosts, delayMs);
    throw new Error(`${argv.join(' ')} failed: ${stderr}`);
  }
}

async function relayLatency(hosts: readonly HostPlan[], delayMs: number): Promise<void> {
  const relay = fileURLToPath(new URL('./latency-relay.js', import.meta.url));
  await attempt(['ip', 'address', 'add', `${network.delayed}/${network.prefixLength}`, 'dev', network.bridge]);
  const routes = hosts.map(({ address }, index) => `${firstPort + index}=${address}`);
  await startDetached([process.execPath, relay, network.delayed, String(delayMs), ...routes], pidFile, logFile);
  while (!(await accepts(firstPort + hosts.length - 1))) {
    if (!(await runningPid(pidFile))) throw new Error(`the latency relay ended: ${await readFile(logFile, 'utf8')}`);
    await pause(10);
  }
  const nat = ['iptables', '-w', '-t', 'nat'];
  await run([...nat, '-N', chain]);
  for (const [index, { address }] of hosts.entries()) {
    const match = ['-p', 'tcp', '-d', address, '--dport', '22', '!', '-s', network.delayed];
    await run([...nat, '-A', chain, ...match, '-j', 'REDIRECT', '--to-ports', String(firstPort + index)]);
  }
  await run([...nat, '-I', 'OUTPUT', '-j', chain]);
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

/** Ends the relay, if there is one. */
export async function clearLatency(): Promise<void> {
  for (const rule of [
    ['-D', 'OUTPUT', '-j', chain],
    ['-F', chain],
    ['-X', chain],
  ]) {
    await attempt(['iptables', '-w', '-t', 'nat', ...rule]);
  }
  const relay = await runningPid(pidFile);
  if (relay) kill(relay);
}
