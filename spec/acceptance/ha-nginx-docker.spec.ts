/** Seven addresses of a document on six real hosts: nginx in docker, three masters that hold etcd too, and two nodes, all from packages. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { tail, total } from '../kplay.ts';
import { type Lab, network } from '../lab/lab.ts';
import { administrator, type Client, startClient } from './client.ts';
import { changedTasks, describeTopology, expectUnchanged, remark } from './topology.ts';
import { until } from './virtual-address.ts';

const sh = promisify(execFile);
const masters = ['master0', 'master1', 'master2'];
const nodes = ['node0', 'node1'];
const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf';
const site = join(tmpdir(), `kplay-nginx-docker-${process.pid}`);
const packages = join(site, 'packages');

describeTopology(
  'ha-nginx-docker.yml on six bare hosts',
  {
    playbook: 'ha-nginx-docker',
    hosts: ['nginx', ...masters, ...nodes],
    groups: { lb: ['nginx'], kube_control_plane: masters, kube_node: nodes },
    children: { etcd: ['kube_control_plane'] },
    idleSeconds: 65,
    variables: {
      cluster_vip: '',
      cluster_api_lb_port: 8543,
      cluster_packages_dir: packages,
      kube_binary_source: '{{ cluster_packages_host_dir }}',
      etcd_install: 'folder',
      nginx_docker_image: 'kplay.example/nginx:1.22',
      containerd_images: ['{{ containerd_sandbox_image }}', '{{ verify_workload_image }}'],
      registry_trust_domain: 'registry.example.org',
      registry_trust_ip: network.gateway,
      registry_trust_ca_src: join(site, 'registry.crt'),
      registry_trust_user: 'puller',
      registry_trust_password: 'pull-me-not',
    },
    // the runtimes' own state, and the logs of the pods that verification ran
    ignored: [
      ...['/var/lib/docker', '/var/lib/containerd', '/var/lib/kubelet', '/var/lib/cni'],
      ...['/var/log/pods', '/var/log/containers'],
    ],
  },
  (cluster) => {
    let client: Client;
    before(async function () {
      this.timeout('2m');
      await makePackages(cluster.lab);
      await sh('openssl', [
        ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9 -subj /CN=registry'.split(' '),
        ...['-keyout', join(site, 'registry.key'), '-out', join(site, 'registry.crt')],
      ]);
    });
    after(async () => {
      await client?.stop().catch(() => undefined); // after a failure the cluster may be gone
      await rm(site, { recursive: true, force: true });
    });

    const started = () => cluster.tell('nginx', "docker inspect -f '{{.State.StartedAt}} {{.Id}}' k8snginx");
    const answers = async () =>
      (await cluster.lab.host('master0').exec(`${kubectl} --request-timeout=2s get --raw /readyz`)).stdout === 'ok';

    it('installs what the packages hold, and nothing else of them', async () => {
      const { kubernetes } = cluster.lab;
      for (const name of ['kube-apiserver', 'kubectl'])
        expect(await cluster.tell('master1', `sha256sum < /usr/local/bin/${name}`)).to.equal(
          (await sh('sh', ['-c', `sha256sum < ${kubernetes}/${name}`])).stdout,
        );
      expect(await cluster.tell('master0', 'ls /opt/kubernetes/packages')).to.equal(
        ['etcd', 'etcdctl', 'k8s-master-pkg.tar.gz.sha256', 'kube-apiserver', 'kube-controller-manager']
          .concat('kube-scheduler', 'kubectl', '')
          .join('\n'),
      );
      expect(await cluster.tell('node0', 'ls /opt/kubernetes/packages')).to.equal(
        'k8s-node-pkg.tar.gz.sha256\nkube-proxy\nkubelet\n',
      );
    });

    it('makes nodes trust the registry', async () => {
      for (const node of nodes) {
        expect(await cluster.tell(node, 'getent hosts registry.example.org')).to.contain(network.gateway);
        for (const runtime of ['docker', 'containerd'])
          expect(await cluster.tell(node, `cat /etc/${runtime}/certs.d/registry.example.org:5005/ca.crt`)).to.equal(
            await readFile(join(site, 'registry.crt'), 'utf8'),
          );
        const login = await cluster.tell(node, 'stat -c %a /root/.docker/config.json; cat /root/.docker/config.json');
        expect(login)
          .to.match(/^600\n/)
          .and.to.contain(Buffer.from('puller:pull-me-not').toString('base64'));
      }
    });

    it('a client writes through nginx from here on', async () => {
      const access = await administrator(cluster.lab.host('master0'));
      expect(access.url).to.equal(`https://${cluster.lab.host('nginx').address}:8543`);
      client = startClient(access);
      await until('it has written', 20, async () => client.acknowledged() > 10);
    });

    it('a changed configuration reloads nginx: the container stays, and no request is lost', async () => {
      const before = await started();
      const narrowed = ['--limit', 'lb', '--tags', 'nginx', '--skip-tags', 'preflight'];
      const seen = await client.during('nginx reloads', async () => {
        const said = await cluster.run(...narrowed, '-e', 'nginx_docker_max_fails=3');
        expect(said.code, tail(said)).to.equal(0);
        expect(changedTasks(said)).to.deep.equal([
          'nginx: nginx-docker : Write the configuration of nginx with the addresses of the masters',
          'nginx: nginx-docker : Reload nginx',
        ]);
      });
      expect(seen.failures).to.deep.equal({});
      expect(await started()).to.equal(before);
      expect(await cluster.tell('nginx', 'grep -c max_fails=3 /etc/k8snginx/nginx.conf')).to.equal('3\n');
      expect((await cluster.run(...narrowed)).code).to.equal(0);
    });

    it('a restart of docker leaves nginx alone', async () => {
      const before = await started();
      const seen = await client.during('docker restarts', () => cluster.tell('nginx', 'systemctl restart docker'));
      expect(await started()).to.equal(before);
      expect(seen.failures).to.deep.equal({});
    });

    it('nginx comes back when it is killed', async () => {
      const seen = await client.during('kill -9 nginx', () =>
        cluster.tell('nginx', "kill -9 $(docker inspect -f '{{.State.Pid}}' k8snginx)"),
      );
      expect(Math.max(seen.writes, seen.reads)).to.be.lessThan(15);
    });

    it('the death of a kube-apiserver is not noticed for more than seconds', async () => {
      const seen = await client.during('kill -9 kube-apiserver', () =>
        cluster.tell('master1', 'systemctl kill -s KILL kube-apiserver'),
      );
      expect(Math.max(seen.writes, seen.reads)).to.be.lessThan(5);
    });

    it('when the power of a master goes, writes go on', async () => {
      const seen = await client.during('power loss of master2', () => cluster.lab.host('master2').powerOff());
      expect(Math.max(seen.writes, seen.reads)).to.be.lessThan(15);
      await client.during('master2 returns', () => cluster.lab.host('master2').powerOn());
    });

    it('after a reboot of its host nginx serves again', async () => {
      const host = cluster.lab.host('nginx');
      await client.during('reboot of the load balancer', async () => {
        await host.powerOff();
        await host.powerOn();
        await until('the API answers', 60, answers);
      });
      expect(await cluster.tell('nginx', "docker inspect -f '{{.State.Status}}' k8snginx")).to.equal('running\n');
    });

    it('no acknowledged write is lost', async () => {
      const acknowledged = client.acknowledged();
      expect(await client.stop()).to.deep.equal([]);
      remark(`${acknowledged} writes were acknowledged`);
      expect(acknowledged).to.be.greaterThan(100);
    });

    describe('with a node that is down', () => {
      const logs = join(site, 'logs');
      const log = (host: string) => readFile(join(logs, `${host}.log`), 'utf8');
      before(() => cluster.lab.host('node1').powerOff());
      after(() => cluster.lab.host('node1').powerOn());

      it('the others are finished, and the broken one is named with the reason', async () => {
        const said = await cluster.run('--log-dir', logs);
        expect(said.code, tail(said)).to.equal(4);
        expect(total(said, 'unreachable')).to.equal(1);
        expect(said.recap['node1'], tail(said)).to.include({ unreachable: 1 });
        expect([total(said, 'failed'), total(said, 'changed')], tail(said)).to.deep.equal([0, 0]);
        expect(said.recap['node0']!['ok']).to.be.greaterThan(30);
        expect(said.stdout).to.match(/^node1 unreachable at "[^"]+": .{10,}$/m);
      });

      it('each host has a log, and the broken one the cause', async () => {
        expect(await log('node1'))
          .to.match(/^\S+Z unreachable .*\n {4}msg: .{10,}/m)
          .and.to.match(/END .* unreachable=1/);
        for (const host of ['nginx', ...masters, 'node0']) expect(await log(host)).to.match(/END .* failed=0/);
        for (const host of ['node0', 'master0']) expect(await log(host)).not.to.contain('pull-me-not');
      });
    });

    it('the node that is back is brought in line by the next run', async () => {
      await until('the node is ready', 120, async () => {
        const ready = `${kubectl} get node node1 -o jsonpath='{.status.conditions[?(@.type=="Ready")].status}'`;
        return (await cluster.tell('master0', ready)) === 'True';
      });
      expectUnchanged(await cluster.run());
    });
  },
);

/** The two packages of the document, and their checksums, from what the lab has. */
async function makePackages({ kubernetes, images }: Lab): Promise<void> {
  await mkdir(packages, { recursive: true });
  const script = `
    tar -xOf "$images/etcd_3.4.23.tar" layer/layer.tar | tar -x -C "$site" --strip-components=3 ./usr/bin/etcd ./usr/bin/etcdctl
    tar -I 'gzip -1' -cf "$packages/k8s-master-pkg.tar.gz" -C "$kubernetes" kube-apiserver kube-controller-manager kube-scheduler kubectl -C "$site" etcd etcdctl
    echo 'nobody asked for it' > "$site/README"
    tar -I 'gzip -1' -cf "$packages/k8s-node-pkg.tar.gz" -C "$kubernetes" kubelet kube-proxy -C "$site" README
    cd "$packages"
    for package in *.tar.gz; do sha256sum "$package" > "$package.sha256"; done`;
  await writeFile(join(site, 'make'), script);
  await sh('sh', ['-eu', join(site, 'make')], { env: { ...process.env, kubernetes, images, site, packages } });
}
