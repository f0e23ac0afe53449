/** What a cluster that kubeadm made has to show, wherever its etcd runs. */

import { expect } from 'chai';
import { network } from '../lab/lab.ts';
import { administrator, type Client, startClient } from './client.ts';
import { expectUnchanged, remark, type Standing } from './topology.ts';
import { until, VirtualAddress } from './virtual-address.ts';

/** Hosts of the lab have no crictl, which kubeadm's own checks need, and no image of CoreDNS. */
export const labVariables = {
  kubeadm_init_skip_phases: ['preflight', 'addon/coredns'],
  kubeadm_join_skip_phases: ['preflight'],
  kubeadm_etcd_image_tag: '3.4.23',
} as const;

/** What a running node writes by itself. */
export const nodesOwn = ['/var/lib/cni', '/var/lib/kubelet', '/var/lib/containerd', '/opt/containerd'] as const;

const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf';

export function declareClusterCases(cluster: Standing, masters: readonly string[], workers: readonly string[]): void {
  const first = masters[0]!;

  it('every host is a node, and ready', async () => {
    expect(await readyNodes(cluster, first)).to.deep.equal([...masters, ...workers].sort());
  });

  it("root's kubeconfig leads to the virtual address", async () => {
    for (const name of masters)
      expect(
        await cluster.tell(name, 'kubectl config view --minify -o jsonpath={.clusters[0].cluster.server}'),
      ).to.equal(`https://${network.vip}:9443`);
  });

  it('no token of a join is left, and no secret lies in a configuration', async () => {
    const tokens = await cluster.tell(first, 'kubeadm token list');
    expect(tokens).not.to.match(/to join/);
    for (const name of [...masters, ...workers])
      expect(await cluster.tell(name, 'cat /etc/kubernetes/kubeadm.yaml')).not.to.match(
        /token:|certificateKey|[0-9a-f]{64}/,
      );
  });

  it('each control plane has the same authorities, and keys for root alone', async () => {
    const files = 'ca.crt ca.key sa.key sa.pub front-proxy-ca.crt front-proxy-ca.key etcd/ca.crt';
    const sums = await Promise.all(
      masters.map((name) => cluster.tell(name, `cd /etc/kubernetes/pki; sha256sum ${files}`)),
    );
    expect(new Set(sums).size).to.equal(1);
    for (const name of masters)
      expect(await cluster.tell(name, "find /etc/kubernetes/pki -name '*.key' ! -perm 0600")).to.equal('');
  });

  declareDrill(cluster, first);
}

function declareDrill(cluster: Standing, first: string): void {
  let client: Client;
  let vip: VirtualAddress;

  it("haproxy stops on the virtual address's holder, and a client hardly notices", async () => {
    vip = new VirtualAddress(cluster.lab, network.vip);
    client = startClient(await administrator(cluster.lab.host(first)));
    await client.during('nothing', async () => {});
    const holder = await vip.holder();
    const seen = await client.during(`haproxy stopped on ${holder}`, async () => {
      await cluster.tell(holder, 'systemctl stop haproxy');
      await until('the address has moved', 20, async () => (await vip.holder()) !== holder);
    });
    expect(Math.max(seen.writes, seen.reads)).to.be.lessThan(5);
    await cluster.tell(holder, 'systemctl start haproxy');
  });

  it('the power of the holder goes, and the others serve', async () => {
    const holder = await vip.holder();
    const seen = await client.during(`power of ${holder} lost`, () => cluster.lab.host(holder).powerOff());
    expect(Math.max(seen.writes, seen.reads)).to.be.lessThan(6);
    await cluster.lab.host(holder).powerOn();
    const ask = `${kubectl} --server https://127.0.0.1:6443 get --raw /readyz`;
    await until(`${holder} serves again`, 180, async () => (await cluster.lab.host(holder).exec(ask)).code === 0);
  });

  it('no acknowledged write is lost', async () => {
    const written = client.acknowledged();
    expect(await client.stop()).to.deep.equal([]);
    expect(written).to.be.greaterThan(50);
    remark(`${written} writes, none lost`);
  });

  it('and after all that a run changes nothing', async () => {
    expectUnchanged(await cluster.run());
  });
}

async function readyNodes(cluster: Standing, host: string): Promise<readonly string[]> {
  const shown = await cluster.tell(host, `${kubectl} get nodes --no-headers`);
  return shown
    .trim()
    .split('\n')
    .filter((line) => / Ready /.test(line))
    .map((line) => line.split(' ')[0]!)
    .sort();
}
