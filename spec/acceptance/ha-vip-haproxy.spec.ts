/** S0 on three real masters and a node, with the next Debian's etcd and containerd: the address moves by priority, by the document's own drill, without and with notify scripts. */
import { expect } from 'chai';
import { tail } from '../kplay.ts';
import { network } from '../lab/lab.ts';
import { administrator, type Client, startClient } from './client.ts';
import { describeTopology, expectUnchanged, remark, type Standing } from './topology.ts';
import { until, VirtualAddress } from './virtual-address.ts';

const masters = ['m1', 'm2', 'm3'];
const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf';

describeTopology(
  'ha-vip-haproxy.yml on three masters and a node, with Debian 13',
  {
    playbook: 'ha-vip-haproxy',
    suite: 'trixie',
    hosts: [...masters, 'n1'],
    groups: { kube_control_plane: masters, kube_node: ['n1'] },
    children: { etcd: ['kube_control_plane'], lb: ['kube_control_plane'] },
    // what the pods that verification ran leave until the kubelet has removed them
    ignored: ['/var/log/pods', '/var/log/containers', '/var/lib/cni/results'],
  },
  (cluster) => {
    let vip: VirtualAddress;
    let client: Client;
    before(async () => {
      vip = new VirtualAddress(cluster.lab, network.vip);
    });

    it('etcd is 3.5, containerd 1.7, as this Debian has them', async () => {
      expect(await cluster.tell('m1', 'cat /etc/debian_version')).to.match(/^13/);
      expect(await cluster.tell('m1', 'etcd --version')).to.match(/^etcd Version: 3\.5\./);
      expect(await cluster.tell('n1', 'containerd --version')).to.match(/ 1\.7\./);
    });

    it('the first master is preferred, and holds the address (S0.2)', async () => {
      await until('m1 holds the address', 15, async () => (await vip.holder()) === 'm1');
    });

    it('each of S0.11 is healthy, asked where it answers: etcd, scheduler, controller manager, the API and its audit log', async () => {
      const health = await cluster.tell(
        'm1',
        'ETCDCTL_API=3 etcdctl --cacert /etc/etcd/pki/ca.crt --cert /etc/etcd/pki/healthcheck-client.crt --key /etc/etcd/pki/healthcheck-client.key --endpoints https://127.0.0.1:2379 endpoint health --cluster 2>&1',
      );
      expect(health.match(/is healthy/g)).to.have.length(3);
      for (const name of masters) {
        for (const port of [10257, 10259])
          expect(await answers(cluster, name, `https://127.0.0.1:${port}/healthz`)).to.equal('ok');
        expect(await cluster.tell(name, `${kubectl} --server https://127.0.0.1:6443 get --raw /readyz`)).to.equal('ok');
        expect(await cluster.tell(name, 'wc -l < /var/log/kubernetes/audit.log')).to.not.equal('0\n');
      }
    });

    it('nothing answers without TLS: not 8080, not 9080, not 10251 and 10252 (S0.E8)', async () => {
      for (const name of masters)
        for (const port of [8080, 9080, 10251, 10252])
          await cluster.tell(
            name,
            `! nc -z -w 1 127.0.0.1 ${port} && ! nc -z -w 1 ${cluster.lab.host(name).address} ${port}`,
          );
    });

    it('the down file moves the address to the next master in 6.6 s, without it it returns (S0.4, S0.5)', async () => {
      client = startClient(await administrator(cluster.lab.host('m2'), `https://${network.vip}:9443`));
      await drill(false);
    });

    it('haproxy runs on every master meanwhile (S0.E4)', async () => {
      for (const name of masters)
        await cluster.tell(name, 'systemctl is-active haproxy && systemctl is-enabled haproxy');
    });

    it('with notify scripts haproxy runs on the holder alone (S0.3)', async () => {
      const said = await cluster.run('-e', 'keepalived_notify_haproxy=true');
      expect(said.code, tail(said, 120)).to.equal(0);
      expectUnchanged(await cluster.run('-e', 'keepalived_notify_haproxy=true'));
      await until('haproxy runs on m1 alone', 20, async () => (await running()).join() === 'm1');
    });

    it('the same drill with notify scripts: haproxy starts and stops with the address', async () => {
      await drill(true);
    });

    it('and back: haproxy runs everywhere again', async () => {
      const said = await cluster.run();
      expect(said.code, tail(said, 120)).to.equal(0);
      expectUnchanged(await cluster.run());
      expect(await running()).to.deep.equal(masters);
    });

    it('no acknowledged write is lost', async () => {
      const written = client.acknowledged();
      expect(await client.stop()).to.deep.equal([]);
      expect(written).to.be.greaterThan(50);
    });

    /** The drill of S0.4 and S0.5 under a client that writes and reads ten times a second. */
    async function drill(notify: boolean): Promise<void> {
      const words = notify ? ' (with notify scripts)' : '';
      const seconds = async (holder: string) => {
        const [start, others] = [performance.now(), masters.filter((name) => name !== holder)];
        await until(`${holder} holds the address`, 30, async () => (await holders()).join() === holder);
        const took = (performance.now() - start) / 1000;
        if (notify) await until(`haproxy runs on ${holder} alone`, 20, async () => (await running()).join() === holder);
        expect(others).to.have.length(2);
        return took;
      };
      let moved = 0;
      const away = await client.during(`down file${words}`, async () => {
        await cluster.tell('m1', 'touch /etc/keepalived/down');
        moved = await seconds('m2');
      });
      let returned = 0;
      const back = await client.during(`down file removed${words}`, async () => {
        await cluster.tell('m1', 'rm /etc/keepalived/down');
        returned = await seconds('m1');
      });
      remark(`moved after ${moved.toFixed(1)} s, returned after ${returned.toFixed(1)} s`);
      expect(moved).to.be.lessThan(6.6 + 3); // looking for it on three hosts takes its time as well, the more the busier this machine is
      expect(returned).to.be.lessThan(10);
      // as long as the address is on its way, and with notify scripts until haproxy has started and has seen its servers
      for (const { writes, reads } of [away, back]) expect(Math.max(writes, reads)).to.be.lessThan(notify ? 12 : 6.6);
    }

    const on = async (script: string) => {
      const found = await Promise.all(
        masters.map(async (name) => ((await cluster.lab.host(name).exec(script)).code === 0 ? [name] : [])),
      );
      return found.flat();
    };
    const holders = () => on(`ip -o address show to ${network.vip} | grep -q .`);
    const running = () => on('systemctl is-active --quiet haproxy');
  },
);

/** What an address on a host answers to anyone. */
async function answers(cluster: Standing, name: string, url: string): Promise<string> {
  await cluster.tell(name, 'command -v curl || DEBIAN_FRONTEND=noninteractive apt-get install -qq -y curl');
  return cluster.tell(name, `curl -sk --max-time 5 ${url}`);
}
