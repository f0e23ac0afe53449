/** What cannot become a working cluster is refused with its reason before any connection. */
import { existsSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { kplay } from '../kplay.ts';
import { type Stage, stage } from '../run/harness.ts';
import { unplayed } from './small-playbooks.ts';

const playbook = 'playbooks/ha-external-etcd.yml';

interface Refused {
  readonly what: string;
  readonly vars?: Readonly<Record<string, unknown>>;
  readonly etcd?: readonly string[];
  readonly reason: RegExp;
}

const refused: readonly Refused[] = [
  {
    what: 'an even number of etcd members',
    etcd: ['e1', 'e2'],
    reason: /the group etcd has 2 hosts; an even member adds no fault tolerance/,
  },
  {
    what: 'pods inside the Service network',
    vars: { cluster_pod_cidr: '10.100.0.0/16' },
    reason: /10\.96\.0\.0\/12 and 10\.100\.0\.0\/16 overlap/,
  },
  {
    what: 'hosts inside the pod network',
    vars: { cluster_pod_cidr: '192.0.2.0/24' },
    reason: /192\.0\.2\.0\/24 and 192\.0\.2\.\d+\/32 overlap/,
  },
  {
    what: 'Services on docker0',
    vars: { cluster_service_cidr: '172.16.0.0/12' },
    reason: /172\.16\.0\.0\/12 and 172\.17\.0\.0\/16 overlap/,
  },
  {
    what: 'a virtual address that is a host',
    vars: { cluster_vip: '192.0.2.11/24' },
    reason: /192\.0\.2\.11\/32 and 192\.0\.2\.11\/32 overlap/,
  },
  {
    what: 'a network with host bits',
    vars: { cluster_pod_cidr: '10.244.1.0/16' },
    reason: /10\.244\.1\.0\/16 has bits set behind its prefix/,
  },
  {
    what: 'a virtual address without prefix',
    vars: { cluster_vip: '192.0.2.100' },
    reason: /192\.0\.2\.100 is not an IPv4 address with its prefix length/,
  },
  {
    what: 'a virtual address with a number above 255',
    vars: { cluster_vip: '192.0.2.500/24' },
    reason: /192\.0\.2\.500\/24 is not an IPv4 address with its prefix length/,
  },
  {
    what: 'a network with a number above 255',
    vars: { cluster_service_cidr: '999.96.0.0/12' },
    reason: /999\.96\.0\.0\/12 is not an IPv4 address with its prefix length/,
  },
  {
    what: 'a prefix longer than an address',
    vars: { cluster_service_cidr: '10.96.0.0/99' },
    reason: /10\.96\.0\.0\/99 is not an IPv4 address with its prefix length/,
  },
  {
    what: 'a version of two numbers',
    vars: { kube_version: '1.28' },
    reason: /^kube_version is 1\.28: write it as three numbers without a v/,
  },
  {
    what: 'a version as kubespray writes it',
    vars: { kube_version: 'v1.28.4' },
    reason: /^kube_version is v1\.28\.4: write it as three numbers without a v/,
  },
  {
    what: 'one port for both',
    vars: { cluster_api_lb_port: 6443 },
    reason: /cluster_api_port and cluster_api_lb_port are the same/,
  },
  {
    what: 'a version without a table',
    vars: { kube_version: '1.36.0' },
    reason: /kube_version is 1\.36\.0; these roles render flags for versions from 1\.20, before/,
  },
  {
    what: 'nonpreempt with a weight',
    vars: { keepalived_mode: 'nonpreempt', keepalived_weight: -20 },
    reason: /keepalived_mode=nonpreempt with keepalived_weight=-20 never fails over/,
  },
  {
    what: 'a weight smaller than the spread of priorities',
    vars: { keepalived_mode: 'preempt', keepalived_weight: -2 },
    reason: /keepalived_weight=-2 must be more than the distance of 2/,
  },
  {
    what: 'equal priorities',
    vars: { keepalived_mode: 'preempt', keepalived_priority: 100 },
    reason: /priorities of 1 to 254, one less for each host/,
  },
  {
    what: 'a virtual router id out of range',
    vars: { keepalived_virtual_router_id: 256 },
    reason: /a virtual router id of 1 to 255\s+\(256\)/,
  },
  {
    what: 'a password that keepalived would cut',
    vars: { keepalived_auth_pass: 'abcdefghi' },
    reason: /keepalived_auth_pass must have 1 to 8 letters and digits/,
  },
  {
    what: 'a release of etcd without checksum',
    vars: { etcd_install: 'release' },
    reason: /etcd_install=release needs etcd_release_sha256/,
  },
  {
    what: 'a folder without the binaries of etcd',
    vars: { etcd_install: 'folder', etcd_binary_source: '/nonexistent' },
    reason: /etcd_binary_source=\/nonexistent has no etcd\n/,
  },
  {
    what: 'archives that are missing',
    vars: { cluster_image_archives: '/nonexistent' },
    reason: /cluster_image_archives=\/nonexistent has no pause_3\.2\.tar/,
  },
  {
    what: 'a member that is not in its own list',
    vars: { etcd_name: 'other' },
    reason: /etcd_name other is missing in etcd_initial_cluster/,
  },
  {
    what: 'a flag that opens the API',
    vars: { kube_apiserver_extra_args: { 'insecure-port': '8080' } },
    reason:
      /kube-apiserver\/insecure-port must not be among the extra flags with Kubernetes 1\.20\.2:\s+an API without authentication/,
  },
  {
    what: 'a flag the version does not know',
    vars: { kube_version: '1.27.1', kube_controller_manager_extra_args: { 'log-dir': '/x' } },
    reason: /kube-controller-manager\/log-dir must not be/,
  },
  {
    what: 'a refused flag in disguise',
    vars: { kube_scheduler_extra_args: { '--master': 'http://192.0.2.1' } },
    reason: /flags of kube-scheduler are named without leading dashes/,
  },
  {
    what: 'an authorization that allows everything',
    vars: { kube_apiserver_extra_args: { 'authorization-mode': 'AlwaysAllow' } },
    reason: /authorization-mode=AlwaysAllow/,
  },
  {
    what: 'a name that no node can have',
    vars: { cluster_node_name: 'Node_1' },
    reason: /Node_1 cannot be the name of a node/,
  },
  {
    what: 'a kubelet that obeys everyone',
    vars: { kubelet_extra_config: { authentication: { anonymous: { enabled: true } } } },
    reason: /kubelet_extra_config opens the kubelet/,
  },
  {
    what: 'a port of the kubelet without authentication',
    vars: { kubelet_extra_args: { 'read-only-port': '10255' } },
    reason: /kubelet\/read-only-port must not be/,
  },
  {
    what: 'a label a node may not give itself',
    vars: { kubelet_node_labels: { 'node.kubernetes.io/pool': 'a', 'node-role.kubernetes.io/worker': '' } },
    reason: /kubelet_node_labels has node-role\.kubernetes\.io\/worker, which/,
  },
  {
    what: 'a way to Services that the version does not know',
    vars: { kube_proxy_mode: 'nftables' },
    reason: /kube_proxy_mode=nftables with Kubernetes 1\.20\.2; nftables begins with 1\.31/,
  },
  {
    what: 'plugins without checksum',
    vars: { cni_bridge_install: 'release' },
    reason: /cni_bridge_install=release needs cni_bridge_release_sha256/,
  },
];

describe('ha-external-etcd.yml before any connection', () => {
  let on: Stage;
  before(() => {
    on = stage();
    symlinkSync(resolve('roles'), join(on.folder, 'roles'));
  });
  after(() => on?.close());

  const trace = () => join(on.folder, 'connected');
  const members = ['e1', 'e2', 'e3'];

  /** Seven hosts whose connection leaves a trace, and fails. */
  function describeHosts(etcd: readonly string[]): void {
    rmSync(trace(), { force: true });
    const hosts = (names: readonly string[], from: number) =>
      names.map((name, index) => `${name} ansible_host=192.0.2.${from + index}`);
    const lines = [
      '[kube_control_plane]',
      ...hosts(['m1', 'm2', 'm3'], 11),
      '[etcd]',
      ...hosts(etcd, 21),
      '[lb:children]',
      'kube_control_plane',
      '[kube_node]',
      ...hosts(['n1'], 31),
      '[all:vars]',
      'cluster_vip=192.0.2.100/24',
      `cluster_state_dir=${on.folder}/state`,
      'ansible_connection=exec',
      `ansible_exec_command="/bin/sh -c '>>${trace()}; exit 1'"`,
    ];
    on.write({ hosts: `${lines.join('\n')}\n` });
  }

  async function check(etcd: readonly string[], vars: Readonly<Record<string, unknown>>) {
    describeHosts(etcd);
    const extraVars = vars;
    const book = `- import_playbook: ${resolve(playbook)}\n`;
    const played = await on.play(book, { extraVars, tags: ['preflight'] }).catch(unplayed);
    if ('reasons' in played) return { ...played, connected: existsSync(trace()) };
    const lines = Object.values(played.recap);
    return {
      failed: lines.reduce((sum, line) => sum + line.failed, 0),
      unreachable: lines.reduce((sum, line) => sum + line.unreachable, 0),
      reasons: played.outcomes
        .filter(({ status }) => status === 'failed')
        .map((one) => textOf(one.result))
        .join('\n'),
      connected: existsSync(trace()),
    };
  }

  it('finds nothing wrong with a good inventory, and goes on to connect', async () => {
    const { failed, unreachable, connected, reasons } = await check(members, {});
    expect({ failed, unreachable, connected }, reasons).to.deep.equal({ failed: 0, unreachable: 7, connected: true });
  });

  for (const { what, vars = {}, etcd = members, reason } of refused) {
    it(`refuses ${what}`, async () => {
      const { failed, unreachable, connected, reasons } = await check(etcd, vars);
      expect(reasons).to.match(reason);
      expect(failed).to.be.greaterThan(0);
      expect({ unreachable, connected }).to.deep.equal({ unreachable: 0, connected: false });
    });
  }

  it('a refusal ends with exit code 2, an inventory that is in order with 4 when no host can be reached', async function () {
    this.timeout('30s');
    const exit = async (...args: readonly string[]) =>
      (await kplay([playbook, '-i', join(on.folder, 'hosts'), '--tags', 'preflight', ...args])).code;
    describeHosts(members);
    expect(await exit('-e', 'keepalived_weight=-20')).to.equal(2);
    expect(existsSync(trace())).to.equal(false);
    expect(await exit()).to.equal(4);
    expect(existsSync(trace())).to.equal(true);
  });
});

/** The message of a result, those of its items included. */
function textOf(result: Readonly<Record<string, unknown>>): string {
  const items = (result['results'] ?? []) as readonly Readonly<Record<string, unknown>>[];
  return [result, ...items].map((one) => String(one['msg'])).join('\n');
}
