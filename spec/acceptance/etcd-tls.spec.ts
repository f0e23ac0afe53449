/** The etcd cluster of S3 in its other forms: certificates by cfssl, members as static pods. small-playbooks.spec.ts has the default. */
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { tail } from '../kplay.ts';
import { ensureCfssl } from './cfssl.ts';
import { changedTasks, describeTopology, expectUnchanged, remark, type Standing } from './topology.ts';
import { until } from './virtual-address.ts';

const members = ['e1', 'e2', 'e3'];
const groups = { etcd: members };
const etcdctl =
  'ETCDCTL_API=3 etcdctl --cacert /etc/etcd/pki/ca.crt --cert /etc/etcd/pki/healthcheck-client.crt --key /etc/etcd/pki/healthcheck-client.key';

before(ensureCfssl);

describeTopology(
  'etcd-tls.yml with static pods and certificates by cfssl',
  {
    playbook: 'etcd-tls',
    hosts: members,
    groups,
    variables: {
      etcd_mode: 'static_pod',
      etcd_image: 'registry.k8s.io/etcd:3.4.23',
      pki_backend: 'cfssl',
      pki_cert_days: 40,
      cluster_vip: '',
    },
    // the kubelet's own files of the pod, and the runtime's
    ignored: ['/var/lib/kubelet', '/var/lib/containerd', '/var/log/pods', '/var/log/containers'],
  },
  (cluster) => {
    theSameCluster(cluster);

    it('is run by the kubelet: a member that dies comes back, and is healthy (S3.E4)', async () => {
      const pid = (await cluster.tell('e1', 'pgrep -x etcd')).trim();
      await cluster.tell('e1', `kill -KILL ${pid}`);
      await until('another process is healthy', 60, async () => {
        const host = cluster.lab.host('e1');
        const { code } = await host.exec(`${etcdctl} --endpoints https://127.0.0.1:2379 endpoint health`);
        return code === 0 && (await host.exec('pgrep -x etcd')).stdout.trim() !== pid;
      });
    });

    it('runs as the user etcd, on its data of mode 0700', async () => {
      expect(await cluster.tell('e2', 'ps -o user= -C etcd')).to.match(/^etcd\s*$/);
      expect(await cluster.tell('e2', 'stat -c "%U %a" /var/lib/etcd')).to.equal('etcd 700\n');
    });

    it('renews certificates that expire soon, and takes them one member after the other: writes go on', async () => {
      const peer = () => certificate(cluster, 'hosts/e1/etcd-peer.crt');
      const [was, authority] = await Promise.all([peer(), certificate(cluster, 'etcd-ca.crt')]);
      const outage = await writesDuring(cluster, async () => {
        const said = await cluster.run('-e', 'pki_cert_days=365', '-e', 'pki_renew_before_days=41');
        expect(said.code, tail(said, 120)).to.equal(0);
        expect(changedTasks(said).join('\n')).to.match(/e3: etcd : Give the kubelet the static pod again/);
      });
      const now = await peer();
      expect(Date.parse(now.validTo)).to.be.greaterThan(Date.parse(was.validTo) + 300 * 86_400_000);
      expect((await certificate(cluster, 'etcd-ca.crt')).fingerprint256).to.equal(authority.fingerprint256);
      expect(served(cluster, 'e1')).to.equal(now.serialNumber.replace(/^0+/, ''));
      remark(`longest time without a write: ${outage.toFixed(1)} s`);
      expect(outage).to.be.lessThan(10);
    });

    it('changes nothing afterwards', async () => {
      expectUnchanged(await cluster.run('-e', 'pki_cert_days=365', '-e', 'pki_renew_before_days=30'));
    });

    it('refuses to run a member twice', async () => {
      const said = await cluster.run('-e', 'etcd_mode=systemd');
      expect(said.code, tail(said)).to.equal(2);
      expect(said.stdout).to.match(
        /etcd_mode=systemd, but e1 has \/etc\/kubernetes\/manifests\/etcd.yaml of the other mode/,
      );
    });
  },
);

describeTopology(
  'etcd-tls.yml with services and certificates by cfssl',
  { playbook: 'etcd-tls', hosts: members, groups, variables: { pki_backend: 'cfssl', cluster_vip: '' } },
  (cluster) => {
    theSameCluster(cluster);
  },
);

/** What holds in either mode. */
function theSameCluster(cluster: Standing): void {
  it('what one member stores, another one reads; without a certificate nobody does', async () => {
    await cluster.tell('e1', `${etcdctl} --endpoints https://127.0.0.1:2379 put proof so`);
    const read = `${etcdctl} --endpoints https://127.0.0.1:2379 get proof --print-value-only`;
    expect(await cluster.tell('e3', read)).to.equal('so\n');
    const stranger = 'ETCDCTL_API=3 etcdctl --endpoints https://127.0.0.1:2379 --cacert /etc/etcd/pki/ca.crt get proof';
    expect((await cluster.lab.host('e2').exec(stranger)).code).to.not.equal(0);
  });

  it('all three are members, and healthy for all', async () => {
    const health = await cluster.tell(
      'e2',
      `${etcdctl} --endpoints https://127.0.0.1:2379 endpoint health --cluster 2>&1`,
    );
    expect(health.match(/is healthy/g)).to.have.length(3);
  });

  it('certificates are what S3.2 profiles say, with the names of S3.E5', async () => {
    const [peer, client] = await Promise.all([
      certificate(cluster, 'hosts/e1/etcd-peer.crt'),
      certificate(cluster, 'hosts/e1/etcd-healthcheck-client.crt'),
    ]);
    const { address } = cluster.lab.host('e1');
    expect(peer.subjectAltName).to.equal(`DNS:e1, DNS:localhost, IP Address:${address}, IP Address:127.0.0.1`);
    expect(peer.keyUsage).to.have.members(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
    expect(client.keyUsage).to.deep.equal(['1.3.6.1.5.5.7.3.2']);
    const config = JSON.parse(await readFile(join(cluster.state, 'pki/cfssl/ca-config.json'), 'utf8'));
    expect(Object.keys(config.signing.profiles)).to.include.members(['server', 'client', 'peer']);
  });

  it("no host has an authority's key, and every key is its owner's alone (S3.E6)", async () => {
    for (const name of members) {
      const keys = await cluster.tell(name, "find / -xdev -name '*.key' -exec stat -c '%a %n' {} +");
      for (const line of keys.trim().split('\n'))
        expect(line, name).to.match(/^600 \/etc\/etcd\/pki\/(server|peer|healthcheck-client)\.key$/);
    }
  });
}

async function certificate(cluster: Standing, path: string): Promise<X509Certificate> {
  return new X509Certificate(await readFile(join(cluster.state, 'pki', path)));
}

/** The serial number of the certificate that a member presents to its peers. */
function served(cluster: Standing, name: string): string {
  const script = `openssl s_client -connect ${cluster.lab.host(name).address}:2380 </dev/null 2>/dev/null | openssl x509 -noout -serial`;
  return spawnSync('sh', ['-c', script], { encoding: 'utf8' })
    .stdout.trim()
    .replace(/^serial=0*/, '');
}

/** Seconds of the longest time in which no write through all members went through. */
async function writesDuring(cluster: Standing, work: () => Promise<void>): Promise<number> {
  const endpoints = members.map((name) => `https://${cluster.lab.host(name).address}:2379`).join(',');
  const put = `${etcdctl} --endpoints ${endpoints} --command-timeout 3s put proof $(date +%s%N)`;
  let [over, longest, last] = [false, 0, performance.now()];
  const writing = (async () => {
    while (!over) {
      const { code } = await cluster.lab.host('e2').exec(put);
      if (code === 0) {
        longest = Math.max(longest, performance.now() - last);
        last = performance.now();
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  })();
  try {
    await work();
  } finally {
    over = true;
    await writing;
  }
  return Math.max(longest, performance.now() - last) / 1000;
}
