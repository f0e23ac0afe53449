/** A load balancer on every node, and no virtual address: who notices when one of them, or a master, is gone. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { tail } from '../kplay.ts';
import type { Lab } from '../lab/lab.ts';
import { administrator, type Client, startClient } from './client.ts';
import { labVariables, nodesOwn } from './kubeadm-cases.ts';
import { changedTasks, describeTopology, expectUnchanged, remark, type Standing } from './topology.ts';
import { until } from './virtual-address.ts';

const nodes = ['m1', 'm2', 'm3', 'w1'];
const port = 6444;

describeTopology(
  'ha-local-lb.yml on two masters and a worker, then a third master',
  {
    playbook: 'ha-local-lb',
    hosts: nodes,
    groups: { kube_control_plane: ['m1', 'm2'], kube_node: ['w1'] },
    variables: { cluster_vip: '', ...labVariables },
    idleSeconds: 65,
    ignored: nodesOwn,
  },
  (cluster) => {
    let client: Client;
    let tunnel: ChildProcess;
    after(() => tunnel?.kill());

    it('a local load balancer on the port of kube-apiserver is refused while that one listens everywhere (S4.E4)', async () => {
      const said = await cluster.run('-e', 'local_lb_port=6443', '-e', 'kubeadm_bind_address=0.0.0.0');
      expect(said.code, tail(said)).to.equal(2);
      expect(said.stdout).to.match(/one of both\s+could not start/);
    });

    it('kubelets, kube-proxy and the administrator find the API at 127.0.0.1, and kube-apiserver leaves that address alone (S4.7)', async () => {
      for (const name of ['m1', 'm2', 'w1']) {
        const server = await cluster.tell(name, 'grep -h server: /etc/kubernetes/kubelet.conf');
        expect(server.trim(), name).to.equal(`server: https://127.0.0.1:${port}`);
        expect((await listening(cluster, name, port)).trim()).to.equal(`127.0.0.1:${port}`);
      }
      expect(await kubectl(cluster, 'm1', '-n kube-system get configmap kube-proxy -o yaml')).to.include(
        `server: https://127.0.0.1:${port}`,
      );
      for (const { name, address } of cluster.lab.hosts.slice(0, 2))
        expect((await listening(cluster, name, 6443)).trim(), name).to.equal(`${address}:6443`);
    });

    it('each kube-apiserver has the flags of the document, its own bind address among them, by a patch (S4.7)', async () => {
      const flags = (await readFile('spec/fixtures/roles/s4-local/kube-apiserver.yaml.document', 'utf8')).match(
        /--.*/g,
      );
      expect(flags).to.have.length(28);
      for (const { name, address } of cluster.lab.hosts.slice(0, 2)) {
        const manifest = await cluster.tell(name, 'cat /etc/kubernetes/manifests/kube-apiserver.yaml');
        for (const flag of flags!) expect(manifest).to.include(`    - ${flag.replace('10.0.0.11', address)}\n`);
      }
    });

    it("the controller's kubeconfig leads there from outside (S4.E6)", () => {
      const said = execFileSync(
        join(cluster.lab.kubernetes!, 'kubectl'),
        ['--kubeconfig', join(cluster.state, 'admin.conf'), 'get', 'nodes', '-o', 'name'],
        { encoding: 'utf8' },
      );
      expect(said.trim().split('\n')).to.have.members(['node/m1', 'node/m2', 'node/w1']);
    });

    it('a client writes and reads through the load balancer of the worker', async () => {
      tunnel = forward(cluster.lab, 'w1', port);
      const access = await administrator(cluster.lab.host('m1'), `https://127.0.0.1:1${port}`);
      await until('the tunnel stands', 10, () => answers(Number(`1${port}`)));
      client = startClient(access);
      const seen = await client.during('nothing', async () => {});
      expect(seen.writes).to.be.lessThan(1);
    });

    it('the load balancer of the worker is killed: back within 5 s, and the node stays ready', async () => {
      const before = await readiness(cluster, 'm1');
      const seen = await client.during('local load balancer killed', () =>
        cluster.tell('w1', 'systemctl kill --signal=KILL local-lb'),
      );
      expect(Math.max(seen.writes, seen.reads)).to.be.lessThan(5);
      expect(await readiness(cluster, 'm1')).to.deep.equal(before);
    });

    it('a third master is added: every load balancer lists it, by a reload, and nothing else happens to the others', async () => {
      const others = ['m1', 'm2', 'w1'];
      const began = await Promise.all(others.map((name) => started(cluster, name)));
      const text = await readFile(cluster.inventory, 'utf8');
      await writeFile(cluster.inventory, text.replace('[kube_control_plane]\nm1\nm2\n', '$&m3\n'));
      let changed: readonly string[] = [];
      const seen = await client.during('a master added', async () => {
        const said = await cluster.run();
        expect(said.code, tail(said, 120)).to.equal(0);
        remark(`added in ${said.seconds.toFixed(1)} s`);
        changed = changedTasks(said);
      });
      // A reload drops no connection. What may wait is etcd, while its third member comes in.
      expect(Object.keys(seen.failures).filter((one) => /ECONNREFUSED|ECONNRESET/.test(one))).to.deep.equal([]);
      expect(Math.max(seen.writes, seen.reads)).to.be.lessThan(8);
      // besides: the way to the pods of m3, and a name more in what kubeadm would be told another time
      const elsewhere = changed.filter(
        (task) => !/^m3: | local-lb : | cni-bridge : | kubeadm : Write the configuration /.test(task),
      );
      expect(elsewhere).to.deep.equal([]);
      for (const name of nodes) {
        const servers = await cluster.tell(name, 'grep -c "^  server .*:6443$" /etc/local-lb/haproxy.cfg');
        expect(servers.trim(), name).to.equal('3');
      }
      expect(await Promise.all(others.map((name) => started(cluster, name))), 'restarted').to.deep.equal(began);
      expectUnchanged(await cluster.run());
    });

    it("a master's death is noticed by no kubelet", async () => {
      const before = await readiness(cluster, 'm2');
      const seen = await client.during('m1 powered off', () => cluster.lab.host('m1').powerOff());
      expect(Math.max(seen.writes, seen.reads)).to.be.lessThan(12);
      // a node whose kubelet is not heard for 40 s is not ready
      await until(
        'the API knows that m1 is gone',
        90,
        async () => (await readiness(cluster, 'm2'))['m1'] !== before['m1'],
      );
      const { m1: _, ...others } = before;
      expect(await readiness(cluster, 'm2')).to.include(others);
      await cluster.lab.host('m1').powerOn();
      await until('m1 is ready again', 90, async () => (await readiness(cluster, 'm2'))['m1']!.startsWith('True'));
    });

    it('nginx takes the place of haproxy on every node', async () => {
      const words = ['-e', 'local_lb=nginx'];
      const said = await cluster.run(...words);
      expect(said.code, tail(said, 120)).to.equal(0);
      expectUnchanged(await cluster.run(...words));
      for (const name of nodes)
        expect(await cluster.tell(name, 'systemctl show -p ExecStart local-lb'), name).to.include('/usr/sbin/nginx');
    });

    it('no acknowledged write is lost', async () => {
      expect(client.acknowledged()).to.be.greaterThan(100);
      expect(await client.stop()).to.deep.equal([]);
    });
  },
);

const kubectl = (cluster: Standing, host: string, words: string) =>
  cluster.tell(host, `kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout=10s ${words}`);

/** Whether each node is ready, and since when. */
async function readiness(cluster: Standing, host: string): Promise<Readonly<Record<string, string>>> {
  const ready = '{range .status.conditions[?(@.type=="Ready")]}{.status} {.lastTransitionTime}{end}';
  const said = await kubectl(
    cluster,
    host,
    `get nodes -o jsonpath='{range .items[*]}{.metadata.name} ${ready}{"\\n"}{end}'`,
  );
  return Object.fromEntries(
    said
      .trim()
      .split('\n')
      .map((line) => [line.split(' ')[0]!, line.split(' ').slice(1).join(' ')]),
  );
}

/** Where a host listens on a port. */
const listening = (cluster: Standing, host: string, on: number) =>
  cluster.tell(host, `ss -Hltn 'sport = :${on}' | awk '{ print $4 }'`);

/** When the local load balancer's main process was started. */
const started = (cluster: Standing, host: string) =>
  cluster.tell(host, 'systemctl show -p MainPID -p ExecMainStartTimestamp local-lb');

/** Leads from 127.0.0.1:1PORT here to 127.0.0.1:PORT there. */
function forward(lab: Lab, name: string, to: number): ChildProcess {
  const options = ['-i', lab.key, '-o', `UserKnownHostsFile=${lab.knownHosts}`, '-o', 'StrictHostKeyChecking=yes'];
  const lead = `127.0.0.1:1${to}:127.0.0.1:${to}`;
  return spawn('ssh', [...options, '-N', '-L', lead, `root@${lab.host(name).address}`], { stdio: 'ignore' });
}

const answers = (on: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(on, '127.0.0.1', () => socket.destroy());
    socket.on('close', (failed) => resolve(!failed)).on('error', () => {});
  });
