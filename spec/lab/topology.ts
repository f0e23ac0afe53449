import type { Suite } from './mirror.ts';
import { labNumber } from './paths.ts';

const prefix = `10.77.${labNumber}`;

/** The lab's network: a bridge on this machine, with the machine itself as gateway. */
export const network = {
  bridge: `kplay${labNumber}`,
  subnet: `${prefix}.0/24`,
  gateway: `${prefix}.1`,
  /** This machine's address for connections that have had their latency. */
  delayed: `${prefix}.2`,
  prefixLength: 24,
  vip: `${prefix}.100`,
} as const;

export interface HostPlan {
  readonly name: string;
  readonly address: string;
}

export interface Topology {
  readonly hosts: readonly HostPlan[];
  /** Group name to host names, in the words of kubespray: etcd, kube_control_plane, lb. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** Group name to the groups inside it. */
  readonly children: Readonly<Record<string, readonly string[]>>;
  /** Whether hosts of this topology get Kubernetes binaries from the lab's cache. */
  readonly kubernetes: boolean;
  /** The Debian release of its hosts; 12 where it says none. */
  readonly suite?: Suite;
}

const firstHost = 11;
const mostHosts = 80; // stays below the VIP

/** Gives each host its address in the lab's network, in order. */
export function plan(names: readonly string[]): HostPlan[] {
  if (names.length === 0 || names.length > mostHosts) throw new Error(`a lab has 1 to ${mostHosts} hosts`);
  if (new Set(names).size < names.length) throw new Error(`a host is named twice: ${names.join(' ')}`);
  for (const name of names) {
    // The veth is called vb-NAME, or vb-1NAME in lab 1, and Linux allows an interface 15 characters.
    if (!/^[a-z][a-z0-9-]{0,10}$/.test(name)) throw new Error(`"${name}" is no lab host name (a-z 0-9 -, up to 11)`);
  }
  return names.map((name, index) => ({ name, address: `${prefix}.${firstHost + index}` }));
}

const numbered = (stem: string, count: number) => Array.from({ length: count }, (_, index) => `${stem}${index + 1}`);

/**
 * The lab's ready-made sets of hosts. `ha`: three etcd hosts and three control planes which carry the load balancer
 * and its VIP. `bench`: `count` alike hosts h1..hn.
 */
export function labTopology(kind: 'ha' | 'bench', count = 4): Topology {
  if (kind === 'bench') return { hosts: plan(numbered('h', count)), groups: {}, children: {}, kubernetes: false };
  const etcd = numbered('etcd', 3);
  const masters = numbered('master', 3);
  return {
    hosts: plan([...etcd, ...masters]),
    groups: { etcd, kube_control_plane: masters },
    children: { lb: ['kube_control_plane'] },
    kubernetes: true,
  };
}
