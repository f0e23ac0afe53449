import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { attempt, run, runScript } from './command.ts';
import { labNumber, stateDirectory } from './paths.ts';
import { network } from './topology.ts';

const forwarding = '/proc/sys/net/ipv4/ip_forward';
const rules: readonly (readonly string[])[] = [
  ['nat', 'POSTROUTING', '-s', network.subnet, '!', '-d', network.subnet, '-j', 'MASQUERADE'],
  // A machine with docker drops what it forwards, unless told otherwise.
  ['filter', 'FORWARD', '-i', network.bridge, '-j', 'ACCEPT'],
  ['filter', 'FORWARD', '-o', network.bridge, '-j', 'ACCEPT'],
];

/** What systemd-nspawn calls a host: every name is once on this machine, whichever lab it is of. */
export const machineOf = (name: string): string => (labNumber === 0 ? name : `${labNumber}${name}`);

/** This machine's end of a host's cable; systemd-nspawn makes it with the host and plugs it into the bridge. */
export const interfaceOf = (name: string): string => `vb-${machineOf(name)}`;

/** What `net.ipv4.ip_forward` is now, so that {@link lowerNetwork} can put it back. */
export const readForwarding = async (): Promise<string> => (await readFile(forwarding, 'utf8')).trim();

/** Makes the bridge, and the way out to the package mirror. */
export async function raiseNetwork(): Promise<void> {
  await runScript(
    `ip link add ${network.bridge} type bridge
     ip address add ${network.gateway}/${network.prefixLength} dev ${network.bridge}
     ip link set ${network.bridge} up`,
  );
  await writeFile(forwarding, '1');
  for (const [table, chain, ...match] of rules) await run(['iptables', '-w', '-t', table!, '-I', chain!, ...match]);
}

/** Removes what {@link raiseNetwork} made, also when it came only half way. */
export async function lowerNetwork(forwardingBefore: string | undefined): Promise<void> {
  for (const [table, chain, ...match] of rules) await attempt(['iptables', '-w', '-t', table!, '-D', chain!, ...match]);
  await attempt(['ip', 'link', 'delete', network.bridge]);
  if (forwardingBefore === '0' && !(await hasOtherLab())) await writeFile(forwarding, '0');
}

/** Pulls the cable of a host which is gone: its network namespace would linger for some milliseconds. */
export const disconnect = (name: string): Promise<unknown> => attempt(['ip', 'link', 'delete', interfaceOf(name)]);

/** Whether another lab is up, which needs what this one has changed of the machine. */
export async function hasOtherLab(): Promise<boolean> {
  const names = await readdir(dirname(stateDirectory));
  return names.some((name) => name.startsWith('kplay-lab') && name !== basename(stateDirectory));
}
