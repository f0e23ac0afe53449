/** The way back from whole clusters to bare hosts: by systemd services, and by kubeadm with load balancers in docker. */

import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { kplay, tail, total } from '../kplay.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { labVariables } from './kubeadm-cases.ts';
import { expectNoTrace, look, type Sight } from './traces.ts';
import { until } from './virtual-address.ts';

const meant = ['-e', 'reset_confirm=yes', '-e', 'reset_packages=true', '-e', 'reset_controller=true'];

describe('reset.yml on a master and a node', function () {
  this.timeout('15m');
  this.bail(true);
  let lab: Lab;
  let folder: string;
  let bare: Readonly<Record<string, Sight>>;
  const run = (playbook: string, inventory: string, ...args: readonly string[]) =>
    kplay([
      `playbooks/${playbook}.yml`,
      ...['-i', join(folder, inventory)],
      ...['-e', `@${folder}/variables.json`],
      ...args,
    ]);
  const tell = async (host: string, script: string) => {
    const { code, stdout, stderr } = await lab.host(host).exec(script);
    expect(code, `${host}: ${script}\n${stdout}${stderr}`).to.equal(0);
    return stdout;
  };

  before(async function () {
    this.timeout('30m');
    folder = await mkdtemp(join(tmpdir(), 'kplay-reset-'));
    lab = await startLab({
      hosts: [{ name: 'm1' }, { name: 'n1' }],
      groups: { kube_control_plane: ['m1'], kube_node: ['n1'] },
      children: { etcd: ['kube_control_plane'], lb: ['kube_control_plane'] },
      kubernetes: true,
      log: (line) => process.stderr.write(`${line}\n`),
    });
    await writeFile(join(folder, 'ha-external-etcd'), lab.inventory);
    await writeFile(
      join(folder, 'kubeadm-ha-docker-lb'),
      lab.inventory.replace('[etcd:children]\nkube_control_plane\n', ''),
    );
    const variables = { ...labVariables, ...images, cluster_state_dir: `${folder}/state` };
    await writeFile(join(folder, 'variables.json'), JSON.stringify(variables));
    // tools that anybody may need stay, and so does what packages depend on: apt keeps what others might like as well
    const tools = 'binutils less xz-utils perl netbase iptables conntrack ebtables ethtool socat curl python3';
    // and every host that boots a kernel of its own has its modules' folder, which pods of kube-proxy mount
    await Promise.all(
      lab.hosts.map(({ name }) =>
        tell(name, `mkdir -p /usr/lib/modules; DEBIAN_FRONTEND=noninteractive apt-get install -qq -y ${tools}`),
      ),
    );
    bare = Object.fromEntries(await Promise.all(lab.hosts.map(async (host) => [host.name, await look(host)] as const)));
  });

  after(async function () {
    this.timeout('2m');
    await lab?.down();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  for (const playbook of ['ha-external-etcd', 'kubeadm-ha-docker-lb']) {
    describe(`after ${playbook}.yml`, () => {
      it('the cluster is there', async () => {
        const said = await run(playbook, playbook, '--skip-tags', 'verify');
        expect(said.code, tail(said, 150)).to.equal(0);
      });

      it('a pod runs on the node', async () => {
        const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf';
        await tell('m1', `${kubectl} create deployment idle --image registry.k8s.io/pause:3.2`);
        await until('its pod runs', 60, async () =>
          (await tell('m1', `${kubectl} get pods -o wide`)).includes('Running'),
        );
        expect(await tell('n1', 'ctr -n k8s.io tasks list -q | wc -l')).to.not.equal('0\n');
      });

      it('--check says what would go, and everything goes on', async () => {
        const said = await run('reset', playbook, ...meant, '--check');
        expect(said.code, tail(said)).to.equal(0);
        expect(total(said, 'changed')).to.be.greaterThan(30);
        expect(await tell('m1', 'kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes -o name')).to.include('n1');
      });

      if (playbook === 'kubeadm-ha-docker-lb') {
        it('containers of others stay, and the runtime with them', async () => {
          await copyFile(join(lab.images!, 'busybox_1.35.tar'), join(lab.host('m1').rootfs, 'root/busybox.tar'));
          await tell('m1', 'docker load -q -i /root/busybox.tar && rm /root/busybox.tar');
          await tell('m1', 'docker run -d --name stranger --network none kplay.example/busybox:1.35 sleep 100000');
          const said = await run('reset', playbook, ...meant);
          expect(said.code, tail(said, 120)).to.equal(0);
          expect((await tell('m1', "docker ps --format '{{.Names}}'")).trim()).to.equal('stranger');
          expectNoTrace(bare['n1']!, await look(lab.host('n1')), 'n1');
          await tell('m1', 'docker rm --force stranger');
        });
      }

      it('reset.yml leaves no trace', async () => {
        const said = await run('reset', playbook, ...meant);
        expect(said.code, tail(said, 120)).to.equal(0);
        process.stderr.write(`      reset with ${total(said, 'changed')} changes in ${said.seconds.toFixed(1)} s\n`);
        for (const host of lab.hosts) expectNoTrace(bare[host.name]!, await look(host), host.name);
      });

      it('reset.yml changes nothing the second time', async () => {
        const said = await run('reset', playbook, ...meant);
        expect(said.code, tail(said)).to.equal(0);
        expect(total(said, 'changed'), tail(said, 120)).to.equal(0);
      });
    });
  }
});

/** Those that the lab has. */
const images = { haproxy_image: 'kplay.example/haproxy:2.6', keepalived_image: 'kplay.example/keepalived:2.2.7' };
