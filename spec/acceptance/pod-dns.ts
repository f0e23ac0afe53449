/** What verify.yml says of names that pods resolve: without a DNS, with one, and with one that lies. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { kplay, tail } from '../kplay.ts';
import { expectUnchanged, type Standing } from './topology.ts';

const image = 'kplay.example/dnsmasq:2.90';
const labels = { 'k8s-app': 'kube-dns' };
const name = 'kubernetes.default.svc.cluster.local';
const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf --namespace kube-system';

/** A DNS in place of CoreDNS, which answers by that address. */
const server = (answer: string) => ({
  apiVersion: 'v1',
  kind: 'List',
  items: [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'kube-dns' },
      spec: { clusterIP: '10.96.0.10', selector: labels, ports: [{ port: 53, protocol: 'UDP' }] },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'dns', labels },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [{ name: 'dns', image, imagePullPolicy: 'IfNotPresent', args: [`--address=/${name}/${answer}`] }],
      },
    },
  ],
});

/** Declares the cases; the cluster has no DNS of its own, and has none afterwards. */
export function declareDnsCases(cluster: Standing, master: string): void {
  const verify = (...args: readonly string[]) =>
    cluster.play('verify', '-e', 'verify_idle_seconds=0', '-e', 'verify_retries=5', ...args);
  const serve = async (answer: string) => {
    await cluster.tell(master, `${kubectl} delete pod dns --ignore-not-found`);
    await cluster.tell(master, `${kubectl} apply -f - <<'LIST'\n${JSON.stringify(server(answer))}\nLIST\n`);
    await cluster.tell(master, `${kubectl} wait pod/dns --for=condition=Ready --timeout=60s`);
  };

  it('verify.yml says that there is no DNS, and fails where there must be one', async () => {
    const said = await verify();
    expectUnchanged(said);
    expect(said.stdout).to.match(/no pod is ready behind the Service kube-dns; verify_dns=always makes that a failure/);
    const must = await verify('-e', 'verify_dns=always');
    expect(must.code, tail(must)).to.equal(2);
    expect(must.stdout).to.match(/no pod is ready behind the Service kube-dns, and verify_dns is always/);
  });

  it('a pod finds the API by its name', async () => {
    const play = {
      hosts: 'kube_node',
      gather_facts: false,
      tasks: [{ containerd_image: { name: image, source: '{{ cluster_image_archives }}/dnsmasq_2.90.tar' } }],
    };
    await writeFile(join(cluster.folder, 'dns.yml'), JSON.stringify([play]));
    const loaded = await kplay([join(cluster.folder, 'dns.yml'), '-i', cluster.inventory]);
    expect(loaded.code, tail(loaded)).to.equal(0);
    await serve('10.96.0.1');
    const said = await verify('-e', 'verify_dns=always');
    expectUnchanged(said);
    expect(said.stdout).to.match(/A pod finds the API by its name[^\n]*\n(?:.*\n)*?ok: /);
  });

  it('and a DNS that names another address is found out', async () => {
    await serve('10.96.0.2');
    const said = await verify();
    expect(said.code, tail(said)).to.equal(2);
    expect(said.stdout).to.match(/A pod finds the API by its name[^\n]*\n(?:.*\n)*?(?:failed|fatal): /);
    await cluster.tell(master, `${kubectl} delete pod/dns service/kube-dns`);
  });
}
