import { network, type Topology } from './topology.ts';

/** The first line of an inventory which the lab wrote, and may therefore replace and remove. */
export const inventoryMark = '# Written by `npm run lab -- up`; gone after `npm run lab -- down`.';

export interface InventoryPaths {
  readonly key: string;
  readonly knownHosts: string;
  /** The folder of the Kubernetes binaries, when the topology has them. */
  readonly kubernetes?: string | undefined;
  /** The folder of container images' archives, likewise. */
  readonly images?: string | undefined;
}

/**
 * What a host that is a container itself lacks: a cgroup hierarchy of systemd's own, leave to lower OOM scores and to set
 * the size of the table of connections, and modules beside the kernel.
 */
const containerHost = [
  'containerd_cgroup_driver=cgroupfs',
  'containerd_restrict_oom_score_adj=true',
  'containerd_kernel_modules=[]',
  'kube_proxy_conntrack_max_per_core=0',
  // its disk is memory, on a machine that has other things to do
  'preflight_fsync_p99_ms=1000',
  'verify_workload_image=kplay.example/busybox:1.35',
] as const;

/** The inventory of a lab, as INI text. */
export function inventoryText(topology: Topology, paths: InventoryPaths): string {
  const variables = [
    'ansible_user=root',
    `ansible_ssh_private_key_file=${paths.key}`,
    `ansible_ssh_known_hosts_file=${paths.knownHosts}`,
    // For Ansible itself, which knows no variable for the file of known hosts.
    `ansible_ssh_common_args='-o UserKnownHostsFile=${paths.knownHosts} -o StrictHostKeyChecking=yes'`,
    ...(topology.kubernetes
      ? [
          `cluster_vip=${network.vip}/${network.prefixLength}`,
          'keepalived_interface=host0',
          'etcd_install=package',
          ...containerHost,
          ...(paths.kubernetes ? [`kube_binary_source=${paths.kubernetes}`] : []),
          ...(paths.images ? [`cluster_image_archives=${paths.images}`] : []),
        ]
      : []),
  ];
  const sections = [
    topology.hosts.map(({ name, address }) => `${name} ansible_host=${address}`),
    ...Object.entries(topology.groups).map(([group, names]) => [`[${group}]`, ...names]),
    ...Object.entries(topology.children).map(([group, names]) => [`[${group}:children]`, ...names]),
    ['[all:vars]', ...variables],
  ];
  return `${[[inventoryMark], ...sections].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
