/** kubeadm behind haproxy and keepalived in containers on the control planes: what a client sees when one of these is gone. */

import { expect } from 'chai';
import { network } from '../lab/lab.ts';
import { administrator, type Client, startClient } from './client.ts';
import { labVariables, nodesOwn } from './kubeadm-cases.ts';
import { describeTopology, expectUnchanged, remark } from './topology.ts';
import { until, VirtualAddress } from './virtual-address.ts';

const masters = ['m1', 'm2', 'm3'];

describeTopology(
  'kubeadm-ha-docker-lb.yml on three masters and a worker',
  {
    playbook: 'kubeadm-ha-docker-lb',
    hosts: [...masters, 'w1'],
    groups: { kube_control_plane: masters, kube_node: ['w1'] },
    children: { lb: ['kube_control_plane'] },
    variables: {
      haproxy_image: 'kplay.example/haproxy:2.6',
      keepalived_image: 'kplay.example/keepalived:2.2.7',
      ...labVariables,
    },
    ignored: [...nodesOwn, '/etc/docker/key.json'],
  },
  (cluster) => {
    let client: Client;
    const vip = () => new VirtualAddress(cluster.lab, network.vip);
    const kubectl = (words: string) => cluster.tell('m1', `kubectl --kubeconfig /etc/kubernetes/admin.conf ${words}`);
    const containers = async (host: string) =>
      (await cluster.tell(host, "docker ps --format '{{.Names}}'")).trim().split('\n').sort();

    it('haproxy and keepalived run in containers, and as no service', async () => {
      for (const name of masters) {
        expect(await containers(name), name).to.deep.equal(['haproxy', 'keepalived']);
        const services = await cluster.tell(
          name,
          'systemctl list-unit-files haproxy.service keepalived.service || true',
        );
        expect(services, name).to.match(/^0 unit files listed/m);
      }
    });

    it('everyone is led through haproxy, not to the own kube-apiserver of the holder (S2.E2)', async () => {
      for (const name of [...masters, 'w1'])
        expect(await cluster.tell(name, 'grep -h server: /etc/kubernetes/kubelet.conf'), name).to.include(
          `https://${network.vip}:9443`,
        );
      expect(await kubectl('get nodes -o name')).to.equal('node/m1\nnode/m2\nnode/m3\nnode/w1\n');
    });

    it('a client writes and reads through the virtual address', async () => {
      client = startClient(await administrator(cluster.lab.host('m1'), `https://${network.vip}:9443`));
      const seen = await client.during('nothing', async () => {});
      expect(seen.writes).to.be.lessThan(1);
    });

    it('haproxy dies in its container: docker starts it again', async () => {
      const holder = await vip().holder();
      const seen = await client.during('haproxy died', () => cluster.tell(holder, 'pkill -KILL -x haproxy'));
      expect(Math.max(seen.writes, seen.reads)).to.be.lessThan(6);
      await until('it runs', 10, async () => (await containers(holder)).includes('haproxy'));
    });

    it("the holder's haproxy container is killed: the address moves, and stays (nonpreempt)", async () => {
      const holder = await vip().holder();
      const seen = await client.during('haproxy container killed', () => cluster.tell(holder, 'docker kill haproxy'));
      expect(Math.max(seen.writes, seen.reads)).to.be.lessThan(8);
      const other = await vip().holder();
      expect(other).to.not.equal(holder);
      await cluster.tell(holder, 'docker start haproxy');
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      expect(await vip().holder()).to.equal(other);
    });

    it("the holder's keepalived is killed: another one takes over, docker starts it again, and one host holds the address", async () => {
      const holder = await vip().holder();
      const seen = await client.during('keepalived killed', () => cluster.tell(holder, 'pkill -KILL -o -x keepalived'));
      expect(Math.max(seen.writes, seen.reads)).to.be.lessThan(8);
      await until('it runs', 10, async () => (await containers(holder)).includes('keepalived'));
      remark(`the address is on ${await vip().holder()}, and was on ${holder}`);
    });

    it('after a change of its settings keepalived is reloaded, and docker would still start it again', async () => {
      const words = ['-e', 'keepalived_advert_int=2', '--tags', 'keepalived'];
      const ids = () => Promise.all(masters.map((name) => cluster.tell(name, 'docker ps -q')));
      const before = await ids();
      expect((await cluster.run(...words)).code).to.equal(0);
      expectUnchanged(await cluster.run(...words));
      expect(await ids()).to.deep.equal(before);
      expect((await cluster.run('--tags', 'keepalived')).code).to.equal(0);
      await cluster.tell('m3', 'pkill -KILL -o -x keepalived');
      await until('it runs', 10, async () => (await containers('m3')).includes('keepalived'));
    });

    it("the holder's power goes: the API answers through the address again, and everything comes back with the host", async () => {
      const holder = await vip().holder();
      const seen = await client.during(`${holder} powered off`, () => cluster.lab.host(holder).powerOff());
      expect(Math.max(seen.writes, seen.reads)).to.be.lessThan(12);
      await cluster.lab.host(holder).powerOn();
      await until('its containers run', 60, async () => (await containers(holder)).length === 2);
      expectUnchanged(await cluster.run());
    });

    it('no acknowledged write is lost', async () => {
      expect(client.acknowledged()).to.be.greaterThan(100);
      expect(await client.stop()).to.deep.equal([]);
    });
  },
);
