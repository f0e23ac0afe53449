/** The main job on eight real hosts: etcd on three, control planes with haproxy and keepalived on three, pods on two. */
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { expect } from 'chai';
import { tail, total } from '../kplay.ts';
import { network } from '../lab/lab.ts';
import { changedTasks, describeTopology, expectUnchanged, remark } from './topology.ts';
import { until, VirtualAddress } from './virtual-address.ts';

const etcds = ['etcd1', 'etcd2', 'etcd3'];
const masters = ['master1', 'master2', 'master3'];
const workers = ['worker1', 'worker2'];
const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf';

describeTopology(
  'ha-external-etcd.yml on eight bare hosts',
  {
    playbook: 'ha-external-etcd',
    hosts: [...etcds, ...masters, ...workers],
    groups: { etcd: etcds, kube_control_plane: masters, kube_node: workers },
    children: { lb: ['kube_control_plane'] },
    idleSeconds: 70,
  },
  (cluster) => {
    let vip: VirtualAddress;
    before(() => {
      vip = new VirtualAddress(cluster.lab, network.vip);
    });

    it('three etcd members are healthy', async () => {
      expect(await healthyMembers()).to.equal(3);
    });

    it('every apiserver is ready, and so is the virtual address', async () => {
      for (const master of masters) {
        const ready = await cluster.tell(master, `${kubectl} --server https://127.0.0.1:6443 get --raw /readyz`);
        expect(ready, master).to.equal('ok');
      }
      expect(await vip.ready()).to.equal(true);
      expect(await cluster.tell('master1', `${kubectl} get --raw /readyz`)).to.equal('ok');
    });

    it('controller manager and scheduler have one leader each', async () => {
      const leases = await cluster.tell(
        'master1',
        `${kubectl} -n kube-system get lease kube-controller-manager kube-scheduler -o jsonpath='{range .items[*]}{.metadata.name}={.spec.holderIdentity}{"\\n"}{end}'`,
      );
      const lines = leases.trim().split('\n');
      expect(lines).to.have.length(2);
      for (const name of ['kube-controller-manager', 'kube-scheduler'])
        expect(lines.filter((line) => new RegExp(`^${name}=master[123]_`).test(line))).to.have.length(1);
    });

    it('an object written through the virtual address is read from every apiserver', async () => {
      await cluster.tell('master2', `${kubectl} create configmap proof --from-literal=said=so`);
      for (const master of masters) expect(await proof(master)).to.equal('so');
    });

    it('both nodes are ready, each with a network for its pods', async () => {
      expect(await readyNodes()).to.deep.equal(workers);
      const networks = await cluster.tell('master1', `${kubectl} get nodes -o jsonpath='{.items[*].spec.podCIDR}'`);
      expect(new Set(networks.split(' '))).to.have.property('size', 2);
    });

    it('a kubelet obeys nobody but kube-apiserver, which may do nothing else by the same certificate', async () => {
      const { address } = cluster.lab.host('worker1');
      expect(await statusOf(`https://${address}:10250/pods`)).to.equal(401);
      await cluster.tell('master1', `! nc -z -w 2 ${address} 10255`);
      const can = async (what: string) =>
        (await cluster.lab.host('master1').exec(`${kubectl} auth can-i ${what} --as kube-apiserver-kubelet-client`))
          .stdout;
      expect(await can('create nodes --subresource=proxy')).to.match(/^yes/);
      expect(await can('get secrets')).to.match(/^no/);
    });

    it('a node touches itself, and no other node', async () => {
      for (const file of ['kubelet-client.crt', 'kubelet-client.key']) {
        const text = await readFile(join(cluster.state, 'pki/hosts/worker1', file), 'utf8');
        await cluster.tell('master1', `umask 077; cat > /tmp/${file} <<'FILE'\n${text}FILE`);
      }
      const asNode = `kubectl --server https://127.0.0.1:6443 --certificate-authority /etc/kubernetes/pki/ca.crt --client-certificate /tmp/kubelet-client.crt --client-key /tmp/kubelet-client.key`;
      await cluster.tell('master1', `${asNode} annotate node worker1 own=yes`);
      const other = await cluster.lab.host('master1').exec(`${asNode} annotate node worker2 own=no`);
      expect(other.stderr).to.match(/node "worker1" is not allowed to modify node "worker2"/);
      const secrets = await cluster.lab.host('master1').exec(`${asNode} get secrets --all-namespaces`);
      expect(secrets.stderr).to.match(/secrets is forbidden/);
      await cluster.tell('master1', 'rm /tmp/kubelet-client.*');
    });

    it('verify.yml tells of streams that a load balancer ends while they are idle', async () => {
      const timeouts = (from: string, to: string) =>
        Promise.all(
          masters.map((name) =>
            cluster.tell(
              name,
              `sed -i -E 's/(timeout (client|server)) +${from}$/\\1 ${to}/' /etc/haproxy/haproxy.cfg; grep -q ' ${to}$' /etc/haproxy/haproxy.cfg; systemctl reload haproxy`,
            ),
          ),
        );
      await timeouts('4h', '4s');
      const said = await cluster.play('verify', '-e', 'verify_idle_seconds=8');
      await timeouts('4s', '4h');
      expect(said.code, tail(said)).to.equal(2);
      expect(said.stdout).to.match(
        /exec, logs, port-forward through the load balancer broke off within 8 s of silence/,
      );
      expect(await cluster.tell('master1', 'systemctl list-units --all --plain --no-legend "kplay-verify-*"')).to.equal(
        '',
      );
    });

    it('what verification ran is gone', () =>
      until('no namespace of it is left', 60, async () => {
        const left = await cluster.tell('master1', `${kubectl} get namespaces -l kplay/verify=true -o name`);
        return left === '';
      }));

    it('a node that is made anew reaches all others, and they it, without a restart of theirs', async () => {
      await cluster.lab.host('worker2').reset();
      await cluster.tell('master1', `${kubectl} delete node worker2`);
      const said = await cluster.run();
      expect(said.code, tail(said)).to.equal(0);
      const others = changedTasks(said).filter((one) => !one.startsWith('worker2: '));
      expect(others.filter((one) => !/cni-bridge : (Write the routes|Renew the routes)/.test(one))).to.deep.equal([]);
      expect(await readyNodes()).to.deep.equal(workers);
      expectUnchanged(await cluster.play('verify', '-e', 'verify_idle_seconds=0'));
    });

    it('when haproxy stops on the holder, the virtual address moves', async () => {
      const holder = await vip.holder();
      await cluster.tell(holder, 'systemctl stop haproxy');
      const outage = await vip.outage(async () => (await vip.holder()) !== holder);
      remark(`moved after ${outage.toFixed(1)} s`);
      expect(outage).to.be.lessThan(8);
      await cluster.tell(holder, 'systemctl start haproxy');
      await until(
        'haproxy is back',
        20,
        async () => (await cluster.lab.host(holder).exec('systemctl is-active haproxy')).stdout.trim() === 'active',
      );
    });

    it('with one etcd member dead, writes go on', async () => {
      await cluster.tell('etcd3', 'systemctl kill -s KILL etcd; systemctl stop etcd');
      // a write that was on its way to the dead leader is refused after etcd's own request timeout; the next one goes through
      const create = 'create configmap two-of-three --from-literal=a=b --request-timeout=10s';
      const outage = await vip.outage(async () => {
        const { code, stderr } = await cluster.lab.host('master1').exec(`${kubectl} ${create}`);
        return code === 0 || stderr.includes('already exists');
      });
      remark(`a write went through after ${outage.toFixed(1)} s`);
      expect(outage).to.be.lessThan(20);
      await cluster.tell('etcd3', 'systemctl start etcd');
      await until('three members are healthy again', 30, async () => (await healthyMembers()) === 3);
    });

    it("when the holder's power goes, the API answers through the virtual address within 5 s, and nodes stay ready", async () => {
      const holder = await vip.holder();
      const others = masters.filter((name) => name !== holder);
      await cluster.lab.host(holder).powerOff();
      const outage = await vip.outage(async () => vip.ready());
      remark(`answered again after ${outage.toFixed(1)} s`);
      expect(outage).to.be.lessThan(5);
      expect(await proof(others[0]!)).to.equal('so');
      expect(await readyNodes(others[0])).to.deep.equal(workers);
      await cluster.lab.host(holder).powerOn();
      const said = await cluster.run();
      expect(said.code, tail(said)).to.equal(0);
      const changed = changedTasks(said).filter((one) => !one.startsWith(`${holder}: `));
      expect(changed).to.deep.equal([]);
    });

    it('an unreachable master and an unreachable worker are named, and the others finish', async () => {
      for (const name of ['master3', 'worker2']) await cluster.lab.host(name).powerOff();
      const said = await cluster.run('-T', '5');
      expect(said.code, tail(said)).to.be.oneOf([4, 6]);
      for (const name of ['master3', 'worker2']) {
        expect(said.recap[name]?.['unreachable']).to.equal(1);
        expect(said.stdout).to.match(new RegExp(`fatal: \\[${name}\\]: UNREACHABLE!`));
      }
      for (const name of [...etcds, 'master1', 'master2', 'worker1'])
        expect(said.recap[name]?.['failed'], tail(said)).to.equal(0);
      expect(total(said, 'failed')).to.equal(0);
    });

    /** As etcd itself says, of the whole cluster. */
    async function healthyMembers(): Promise<number> {
      const pki = '/etc/etcd/pki';
      const files = `--cacert ${pki}/ca.crt --cert ${pki}/healthcheck-client.crt --key ${pki}/healthcheck-client.key`;
      const said = await cluster.lab
        .host('etcd1')
        .exec(`ETCDCTL_API=3 etcdctl ${files} --endpoints https://127.0.0.1:2379 endpoint health --cluster 2>&1`);
      return (said.stdout.match(/is healthy/g) ?? []).length;
    }

    async function proof(master: string): Promise<string> {
      const read = `${kubectl} --server https://127.0.0.1:6443 get configmap proof -o jsonpath='{.data.said}'`;
      return cluster.tell(master, read);
    }

    /** The names of the nodes that the API takes for ready. */
    async function readyNodes(master = 'master1'): Promise<readonly string[]> {
      const nodes = await cluster.tell(master, `${kubectl} get nodes --no-headers`);
      return nodes.split('\n').flatMap((line) => (/^(\S+)\s+Ready\b/.exec(line) ?? []).slice(1, 2));
    }
  },
);

/** What an HTTPS server answers to one who shows no certificate. */
function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { rejectUnauthorized: false, agent: false, timeout: 5000 }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on('timeout', () => asked.destroy(new Error(`${url} does not answer`)));
    asked.on('error', reject).end();
  });
}
