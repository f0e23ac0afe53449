/** What is wrong with hosts themselves is refused before anything changes on any of them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { kplay, type Said, tail, total } from '../kplay.ts';
import { compareSnapshots, type Lab, labTopology, network, startLab } from '../lab/lab.ts';

/** h1 and h2 are to be a cluster, h4 its node, h3 is another machine on their network. */
const cluster = ['h1', 'h2', 'h4'];

interface Fault {
  readonly what: string;
  /** Where it is made, how, and how it ends. */
  readonly on?: string;
  readonly make?: string;
  readonly undo?: string;
  readonly args?: readonly string[];
  readonly reason: RegExp;
}

const faults: readonly Fault[] = [
  {
    what: 'an interface the host does not have',
    args: ['-e', 'keepalived_interface=team1'],
    reason: /h1 has no interface team1, only host0, lo/,
  },
  {
    what: 'the interface of another network',
    args: ['-e', 'keepalived_interface=lo'],
    reason: /the interface lo of h1 has 127\.0\.0\.1, and not 10\.77\.\d\.11/,
  },
  {
    what: 'a virtual address that a machine holds which does not answer ping',
    on: 'h3',
    make: `sysctl -qw net.ipv4.icmp_echo_ignore_all=1; ip address add ${network.vip}/32 dev host0`,
    undo: `sysctl -qw net.ipv4.icmp_echo_ignore_all=0; ip address del ${network.vip}/32 dev host0`,
    reason: new RegExp(`${network.vip} is in use: [0-9a-f:]{17} answers for it on host0`),
  },
  {
    what: 'a virtual router id that another keepalived announces, also beside a configuration of another one',
    on: 'h3',
    make: 'systemctl start keepalived; until ip -4 -o address | grep -q 192.0.2.50; do sleep 0.2; done',
    undo: 'systemctl stop keepalived',
    args: ['-e', 'keepalived_virtual_router_id=51'],
    reason: /the virtual router id 51 is taken on the network of host0:\s+\S+ announces\s+192\.0\.2\.50 by it/,
  },
  {
    what: 'a port that a stranger listens on',
    on: 'h2',
    make: 'systemd-run -q --unit stranger nc -l -k 0.0.0.0 6443; until ss -Hlt sport 6443 | grep -q .; do sleep 0.1; done',
    undo: 'systemctl stop stranger',
    reason: /port 6443 of h2 is for kube-apiserver or haproxy or nginx, but nc listens there/,
  },
  {
    what: 'a kernel that is too old for pods',
    args: ['-e', 'preflight_min_kernel=99.1', '-e', 'preflight_kubeadm=true'],
    reason: /h1 runs Linux \S+, and needs preflight_min_kernel=99\.1 to run pods/,
  },
  {
    what: 'a disk without room',
    on: 'h1',
    make: 'mkdir -p /var/lib/etcd; mount -t tmpfs -o size=100m tmpfs /var/lib/etcd',
    undo: 'umount /var/lib/etcd',
    reason: /h1 has 100 MB left on \/var\/lib\/etcd, and needs preflight_min_disk_mb=2048/,
  },
  {
    what: 'a disk that is slower than it may be, of an etcd member',
    args: ['-e', 'preflight_fsync_p99_ms=0.001'],
    reason: /h1 needs [\d.]+ ms for 99 of 100 writes to the file system of\s+\/var\/lib\/etcd/,
  },
  {
    what: 'a registry whose name has no address',
    args: ['-e', '{"preflight_registries": ["registry.invalid:5000"]}'],
    reason: /h1 cannot resolve registry\.invalid: mend its DNS/,
  },
  {
    what: 'swap',
    on: 'h2',
    make: 'sed "s/^SwapTotal:.*/SwapTotal: 2097152 kB/" /proc/meminfo > /run/meminfo; mount --bind /run/meminfo /proc/meminfo',
    undo: 'umount /proc/meminfo',
    reason: /h2 has 2048 MB of swap: turn it off/,
  },
  {
    what: 'a clock that is behind',
    on: 'h2',
    make: `printf '#!/bin/sh\\nexec /bin/date -d "-90 seconds" "$@"\\n' > /usr/local/bin/date; chmod 755 /usr/local/bin/date`,
    undo: 'rm /usr/local/bin/date',
    reason: /the clock of h2 is (89|90|91) s behind the controller's/,
  },
  {
    what: 'two hosts of one name',
    on: 'h2',
    make: 'hostname h1',
    undo: 'hostname h2',
    reason: /h1 and h2 have the same host name, h1: set another by hostnamectl/,
  },
  {
    what: 'two hosts of one machine id',
    on: 'h2',
    make: 'echo @MACHINE_ID@ > /run/machine-id.h1; mount --bind /run/machine-id.h1 /etc/machine-id',
    undo: 'umount /etc/machine-id',
    reason: /h1 and h2 have the same machine id, [0-9a-f]{32}/,
  },
  {
    what: 'two hosts of one link address',
    on: 'h2',
    make: 'echo @LINK@ > /run/link.h1; mount --bind /run/link.h1 /sys/class/net/host0/address',
    undo: 'umount /sys/class/net/host0/address',
    reason: /h1 and h2 have the same link address, [0-9a-f:]{17}/,
  },
  {
    what: 'a registry that does not answer, of a control plane that kubeadm makes',
    args: [
      '-e',
      `{"preflight_kubeadm": true, "kube_image_repository": "${network.gateway}:5999/k8s", "preflight_registries": "{{ preflight_image_registries }}"}`,
    ],
    reason:
      /h1 cannot reach the registry \S+:5999: let it, name another one, give the images by cluster_image_archives/,
  },
  {
    what: 'an address the host does not have',
    args: ['-i', '@FOLDER@/moved'],
    reason: /h1 is 192\.0\.2\.7 in the inventory, but has 10\.77\.\d\.11/,
  },
];

describe('preflight.yml on hosts that cannot become a cluster', function () {
  this.timeout('2m');
  let lab: Lab;
  let folder: string;
  const run = (...args: readonly string[]) =>
    kplay(['playbooks/preflight.yml', '-i', join(folder, 'hosts'), '-e', `cluster_state_dir=${folder}/state`, ...args]);
  const snapshots = () => Promise.all(cluster.map((name) => lab.host(name).snapshot()));

  before(async function () {
    this.timeout('30m');
    folder = await mkdtemp(join(tmpdir(), 'kplay-preflight-'));
    lab = await startLab({ ...labTopology('bench', 4), log: (line) => process.stderr.write(`${line}\n`) });
    await writeFile(join(folder, 'hosts'), `${lab.inventory.replaceAll(/^h3 .*$/gm, '')}\n${groups}`);
    await writeFile(join(folder, 'moved'), 'h1 ip=192.0.2.7\n');
    await must('h1', 'mkdir -p /etc/keepalived; echo "  virtual_router_id 7" > /etc/keepalived/keepalived.conf');
    await must('h3', `${installKeepalived}\ncat > /etc/keepalived/keepalived.conf <<'EOF'\n${foreignRouter}EOF`);
  });

  after(async function () {
    this.timeout('2m');
    await lab?.down();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it('finds nothing wrong with good hosts, beside another virtual router', async () => {
    await must('h3', 'systemctl start keepalived');
    const said = await run('-e', 'keepalived_virtual_router_id=52');
    await must('h3', 'systemctl stop keepalived');
    expect(said.code, tail(said)).to.equal(0);
    expect([total(said, 'changed'), total(said, 'failed')]).to.deep.equal([0, 0]);
    process.stderr.write(`      in ${said.seconds.toFixed(1)} s\n`);
  });

  for (const { what, on = 'h1', make = ':', undo = ':', args = [], reason } of faults) {
    it(`refuses ${what}, and changes nothing`, async () => {
      const [id, link] = (await must('h1', 'cat /etc/machine-id /sys/class/net/host0/address')).trim().split('\n');
      await must(on, make.replace('@MACHINE_ID@', id!).replace('@LINK@', link!));
      const was = await snapshots();
      let said: Said;
      try {
        said = await run(...args.map((arg) => arg.replace('@FOLDER@', folder)));
      } finally {
        await must(on, undo);
      }
      expect(said.stdout, tail(said)).to.match(reason);
      expect(said.code, tail(said)).to.equal(2);
      expect(total(said, 'changed')).to.equal(0);
      // undoing a fault made of files is no change of the run
      const ignored = /\/(etc\/machine-id|usr\/local\/bin\/date|usr\/local\/bin)( |$)/;
      const now = await snapshots();
      for (const [index, name] of cluster.entries())
        expect(
          compareSnapshots(was[index]!, now[index]!).filter((line) => !ignored.test(line)),
          name,
        ).to.deep.equal([]);
    });
  }

  it('a node that is refused is left out alone', async () => {
    await must(
      'h4',
      'systemd-run -q --unit stranger nc -l -k 0.0.0.0 10250; until ss -Hlt sport 10250 | grep -q .; do sleep 0.1; done',
    );
    const said = await run();
    await must('h4', 'systemctl stop stranger');
    expect(said.stdout, tail(said)).to.match(/port 10250 of h4 is for kubelet, but nc listens there/);
    expect(said.code).to.equal(2);
    const failed = ['h1', 'h2', 'h4'].map((name) => said.recap[name]?.['failed']);
    expect(failed, tail(said)).to.deep.equal([0, 0, 1]);
  });

  it('a host that is down is no refusal: the others are looked at, and it is named', async () => {
    await lab.host('h2').powerOff();
    const said = await run('-T', '5');
    expect(said.code, tail(said)).to.equal(4);
    expect(said.recap['h2']?.['unreachable']).to.equal(1);
    expect(said.recap['h1']?.['failed']).to.equal(0);
  });

  async function must(name: string, script: string): Promise<string> {
    const { code, stdout, stderr } = await lab.host(name).exec(script);
    expect(code, `${name}: ${script}\n${stderr}`).to.equal(0);
    return stdout;
  }
});

const groups = `[etcd]
h1

[kube_control_plane]
h1
h2

[lb]
h1
h2

[kube_node]
h4

[all:vars]
cluster_vip=${network.vip}/${network.prefixLength}
keepalived_interface=host0
preflight_registries=[]
preflight_fsync_p99_ms=1000
`;

/** The service is held back: a test starts it. */
const installKeepalived = `printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d
DEBIAN_FRONTEND=noninteractive apt-get install -qq -y keepalived > /dev/null
rm /usr/sbin/policy-rc.d`;

const foreignRouter = `vrrp_instance OTHER {
  state MASTER
  interface host0
  virtual_router_id 51
  priority 150
  advert_int 1
  virtual_ipaddress {
    192.0.2.50/32
  }
}
`;
