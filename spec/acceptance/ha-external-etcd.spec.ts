/** The main job on six real hosts: etcd on three, control planes with haproxy and keepalived on three. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { kplay, type Said, tail, total } from '../kplay.ts';
import { compareSnapshots, type Lab, labTopology, type Snapshot, startLab } from '../lab/lab.ts';
import { until, VirtualAddress } from './virtual-address.ts';

const playbook = 'playbooks/ha-external-etcd.yml';
const etcds = ['etcd1', 'etcd2', 'etcd3'];
const masters = ['master1', 'master2', 'master3'];

describe('ha-external-etcd.yml on six bare hosts', function () {
  this.timeout('10m');
  this.bail(true);
  let lab: Lab;
  let folder: string;
  let inventory: string;
  let vip: VirtualAddress;
  const run = (...args: readonly string[]) =>
    kplay([playbook, '-i', inventory, '-e', `cluster_state_dir=${folder}/state`, ...args]);
  const snapshots = async () =>
    Object.fromEntries(await Promise.all(lab.hosts.map(async (host) => [host.name, await host.snapshot()] as const)));

  before(async function () {
    this.timeout('30m');
    folder = await mkdtemp(join(tmpdir(), 'kplay-ha-'));
    lab = await startLab({ ...labTopology('ha'), log: (line) => process.stderr.write(`${line}\n`) });
    inventory = join(folder, 'hosts');
    await writeFile(inventory, lab.inventory);
    vip = new VirtualAddress(lab, '10.77.0.100');
  });

  after(async function () {
    this.timeout('2m');
    await lab?.down();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it('--check --diff goes through the whole playbook, and writes nothing', async () => {
    const before = await snapshots();
    const said = await run('--check', '--diff');
    expect(said.code, tail(said)).to.equal(0);
    expect(total(said, 'changed')).to.be.greaterThan(50);
    expect(said.stdout).to.match(/would run/);
    expect(written(before, await snapshots())).to.deep.equal([]);
  });

  it('one command brings the cluster up', async () => {
    const said = await run();
    expect(said.code, tail(said, 150)).to.equal(0);
    expect([total(said, 'failed'), total(said, 'unreachable')]).to.deep.equal([0, 0]);
    process.stderr.write(`      installed in ${said.seconds.toFixed(1)} s\n`);
  });

  it('three etcd members are healthy', async () => {
    expect(await healthyMembers()).to.equal(3);
  });

  it('every apiserver is ready, and so is the virtual address', async () => {
    for (const master of masters) {
      const ready = await lab
        .host(master)
        .exec('kubectl --kubeconfig /etc/kubernetes/admin.conf --server https://127.0.0.1:6443 get --raw /readyz');
      expect(ready.stdout, `${master}: ${ready.stderr}`).to.equal('ok');
    }
    expect(await vip.ready()).to.equal(true);
    const through = await lab.host('master1').exec('kubectl --kubeconfig /etc/kubernetes/admin.conf get --raw /readyz');
    expect(through.stdout, through.stderr).to.equal('ok');
  });

  it('controller manager and scheduler have one leader each', async () => {
    const leases = await lab
      .host('master1')
      .exec(
        'kubectl --kubeconfig /etc/kubernetes/admin.conf -n kube-system get lease kube-controller-manager kube-scheduler -o jsonpath=\'{range .items[*]}{.metadata.name}={.spec.holderIdentity}{"\\n"}{end}\'',
      );
    expect(
      leases.stdout
        .trim()
        .split('\n')
        .map((line) => line.replace(/=(master\d)_.*/, '=$1')),
      leases.stderr,
    ).to.satisfy((lines: readonly string[]) =>
      ['kube-controller-manager', 'kube-scheduler'].every(
        (name) => lines.filter((line) => new RegExp(`^${name}=master[123]$`).test(line)).length === 1,
      ),
    );
  });

  it('an object written through the virtual address is read from every apiserver', async () => {
    const written = await lab
      .host('master2')
      .exec('kubectl --kubeconfig /etc/kubernetes/admin.conf create configmap proof --from-literal=said=so');
    expect(written.code, written.stderr).to.equal(0);
    for (const master of masters) expect(await proof(master)).to.equal('so');
  });

  it('the second run changes nothing', async () => {
    const said = await run();
    expect(said.code, tail(said)).to.equal(0);
    expect(total(said, 'changed'), changedTasks(said)).to.equal(0);
    process.stderr.write(`      converged run in ${said.seconds.toFixed(1)} s\n`);
  });

  it('--check on converged hosts says that nothing would change, and writes nothing', async () => {
    const before = await snapshots();
    const said = await run('--check', '--diff');
    expect(said.code, tail(said)).to.equal(0);
    expect(total(said, 'changed'), changedTasks(said)).to.equal(0);
    const changed = written(before, await snapshots()).filter((line) => !/\/var\/lib\/etcd|\/var\/log/.test(line));
    expect(changed).to.deep.equal([]);
  });

  it('when haproxy stops on the holder, the virtual address moves', async () => {
    const holder = await vip.holder();
    await lab.host(holder).exec('systemctl stop haproxy');
    const outage = await vip.outage(async () => (await vip.holder()) !== holder);
    process.stderr.write(`      moved after ${outage.toFixed(1)} s\n`);
    expect(outage).to.be.lessThan(8);
    await lab.host(holder).exec('systemctl start haproxy');
    await until(
      'haproxy is back',
      20,
      async () => (await lab.host(holder).exec('systemctl is-active haproxy')).stdout.trim() === 'active',
    );
  });

  it('with one etcd member dead, writes go on', async () => {
    await lab.host('etcd3').exec('systemctl kill -s KILL etcd; systemctl stop etcd');
    // a write that was on its way to the dead leader is refused after etcd's own request timeout; the next one goes through
    const create = 'create configmap two-of-three --from-literal=a=b --request-timeout=10s';
    const outage = await vip.outage(async () => {
      const { code, stderr } = await lab
        .host('master1')
        .exec(`kubectl --kubeconfig /etc/kubernetes/admin.conf ${create}`);
      return code === 0 || stderr.includes('already exists');
    });
    process.stderr.write(`      a write went through after ${outage.toFixed(1)} s\n`);
    expect(outage).to.be.lessThan(20);
    await lab.host('etcd3').exec('systemctl start etcd');
    await until('three members are healthy again', 30, async () => (await healthyMembers()) === 3);
  });

  it("when the holder's power goes, the API answers through the virtual address within 5 s, and the object is there", async () => {
    const holder = await vip.holder();
    const others = masters.filter((name) => name !== holder);
    await lab.host(holder).powerOff();
    const outage = await vip.outage(async () => vip.ready());
    process.stderr.write(`      answered again after ${outage.toFixed(1)} s\n`);
    expect(outage).to.be.lessThan(5);
    expect(await proof(others[0]!)).to.equal('so');
    await lab.host(holder).powerOn();
    const said = await run();
    expect(said.code, tail(said)).to.equal(0);
    for (const name of [...etcds, ...others])
      expect(said.recap[name]?.['changed'], `${name}\n${changedTasks(said)}`).to.equal(0);
  });

  it('an unreachable master is named, and the others finish', async () => {
    await lab.host('master3').powerOff();
    const said = await run('-T', '5');
    expect(said.code, tail(said)).to.be.oneOf([4, 6]);
    expect(said.recap['master3']?.['unreachable']).to.equal(1);
    expect(said.stdout).to.match(/fatal: \[master3\]: UNREACHABLE!/);
    for (const name of [...etcds, 'master1', 'master2']) expect(said.recap[name]?.['failed'], tail(said)).to.equal(0);
  });

  /** As etcd itself says, of the whole cluster. */
  async function healthyMembers(): Promise<number> {
    const pki = '/etc/etcd/pki';
    const files = `--cacert ${pki}/ca.crt --cert ${pki}/healthcheck-client.crt --key ${pki}/healthcheck-client.key`;
    const said = await lab
      .host('etcd1')
      .exec(`ETCDCTL_API=3 etcdctl ${files} --endpoints https://127.0.0.1:2379 endpoint health --cluster 2>&1`);
    return (said.stdout.match(/is healthy/g) ?? []).length;
  }

  async function proof(master: string): Promise<string> {
    const read = await lab
      .host(master)
      .exec(
        "kubectl --kubeconfig /etc/kubernetes/admin.conf --server https://127.0.0.1:6443 get configmap proof -o jsonpath='{.data.said}'",
      );
    return read.stdout || read.stderr;
  }
});

function written(
  before: Readonly<Record<string, Snapshot>>,
  after: Readonly<Record<string, Snapshot>>,
): readonly string[] {
  return Object.keys(after).flatMap((name) =>
    compareSnapshots(before[name]!, after[name]!).map((line) => `${name}: ${line}`),
  );
}

/** The tasks that changed something, for the message of a failed expectation. */
function changedTasks(said: Said): string {
  const lines = said.stdout.split('\n');
  return lines
    .flatMap((line, index) =>
      line.startsWith('changed:')
        ? [
            `${lines
              .slice(0, index)
              .findLast((one) => /^(TASK|RUNNING)/.test(one))
              ?.slice(0, 80)} ${line}`,
          ]
        : [],
    )
    .join('\n');
}
