/** Parts of a cluster on three real hosts: an etcd cluster, a virtual address, and the way back to bare hosts. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { kplay, tail, total } from '../kplay.ts';
import { compareSnapshots, type Lab, labTopology, startLab } from '../lab/lab.ts';
import { network } from '../lab/topology.ts';
import { expectNoTrace, look, type Sight } from './traces.ts';

const names = ['h1', 'h2', 'h3'];
const port = 18080;

describe('etcd-tls.yml, keepalived-vip.yml and reset.yml on three bare hosts', function () {
  this.timeout('10m');
  this.bail(true);
  let lab: Lab;
  let folder: string;
  let server: Server;
  let bare: Readonly<Record<string, Sight>>;
  const run = (playbook: string, ...args: readonly string[]) =>
    kplay([
      `playbooks/${playbook}.yml`,
      ...['-i', join(folder, 'hosts')],
      ...['-e', `cluster_state_dir=${folder}/state`],
      ...args,
    ]);

  before(async function () {
    this.timeout('30m');
    folder = await mkdtemp(join(tmpdir(), 'kplay-small-'));
    lab = await startLab({ ...labTopology('bench', 3), log: (line) => process.stderr.write(`${line}\n`) });
    await writeFile(join(folder, 'hosts'), `${lab.inventory}\n${groups}`);
    // any server will do behind the load balancer
    server = createServer((_, response) => response.end('served\n')).listen(port, lab.gateway);
    // what the packages depend on stays when they go: apt keeps what others might like as well
    const tools = 'DEBIAN_FRONTEND=noninteractive apt-get install -qq -y perl netbase';
    await Promise.all(names.map((name) => lab.host(name).exec(tools)));
    bare = Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await look(lab.host(name))] as const)),
    );
  });

  after(async function () {
    this.timeout('2m');
    server?.close();
    await lab?.down();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it('preflight.yml finds nothing against an etcd cluster, and changes nothing', async () => {
    const said = await run('preflight', '-e', '{"preflight_groups": ["etcd", "lb"]}');
    expect(said.code, tail(said)).to.equal(0);
    expect(total(said, 'changed')).to.equal(0);
    for (const name of names)
      expect(compareSnapshots(bare[name]!.snapshot, await lab.host(name).snapshot()), name).to.deep.equal([]);
  });

  for (const playbook of ['etcd-tls', 'keepalived-vip']) {
    it(`${playbook}.yml --check goes through, and writes nothing`, async () => {
      const was = await Promise.all(names.map((name) => lab.host(name).snapshot()));
      const said = await run(playbook, '--check', '--diff');
      expect(said.code, tail(said)).to.equal(0);
      expect(total(said, 'changed')).to.be.greaterThan(20);
      for (const [index, name] of names.entries()) {
        const changed = compareSnapshots(was[index]!, await lab.host(name).snapshot());
        // etcd itself goes on writing
        expect(
          changed.filter((line) => !line.includes(' /var/lib/etcd')),
          name,
        ).to.deep.equal([]);
      }
    });

    it(`${playbook}.yml does its job`, async () => {
      const said = await run(playbook);
      expect(said.code, tail(said, 120)).to.equal(0);
      process.stderr.write(`      ${playbook} in ${said.seconds.toFixed(1)} s\n`);
    });

    it(`${playbook}.yml changes nothing the second time`, async () => {
      const said = await run(playbook);
      expect(said.code, tail(said)).to.equal(0);
      expect(total(said, 'changed'), tail(said, 120)).to.equal(0);
    });
  }

  it('what one etcd member stores, another one reads; without a certificate nobody does', async () => {
    const put = await etcdctl('h1', 'put proof so');
    expect(put.stdout, put.stderr).to.match(/^OK/);
    expect((await etcdctl('h3', 'get proof --print-value-only')).stdout.trim()).to.equal('so');
    const stranger = await lab
      .host('h2')
      .exec('ETCDCTL_API=3 etcdctl --endpoints https://127.0.0.1:2379 --cacert /etc/etcd/pki/ca.crt get proof 2>&1');
    expect(stranger.code, stranger.stdout).to.not.equal(0);
  });

  it('the server answers through the virtual address', async () => {
    expect(await served()).to.equal(true);
  });

  it('verify.yml agrees', async () => {
    const said = await run('verify');
    expect(said.code, tail(said)).to.equal(0);
    expect(total(said, 'changed')).to.equal(0);
  });

  it('reset.yml does nothing unasked', async () => {
    const said = await run('reset');
    expect(said.code, tail(said)).to.equal(2);
    expect(said.stdout).to.match(/say -e reset_confirm=yes/);
    expect(await served()).to.equal(true);
  });

  it('reset.yml --check says what would go, and everything goes on', async () => {
    const said = await run('reset', ...meant, '--check');
    expect(said.code, tail(said)).to.equal(0);
    expect(total(said, 'changed')).to.be.greaterThan(20);
    expect(await served()).to.equal(true);
    expect((await etcdctl('h2', 'get proof --print-value-only')).stdout.trim()).to.equal('so');
  });

  it('reset.yml leaves no trace', async () => {
    const said = await run('reset', ...meant);
    expect(said.code, tail(said, 120)).to.equal(0);
    for (const name of names) expectNoTrace(bare[name]!, await look(lab.host(name)), name);
  });

  it('reset.yml changes nothing the second time', async () => {
    const said = await run('reset', ...meant);
    expect(said.code, tail(said)).to.equal(0);
    expect(total(said, 'changed'), tail(said, 120)).to.equal(0);
  });

  function etcdctl(name: string, words: string) {
    const pki = '/etc/etcd/pki';
    const files = `--cacert ${pki}/ca.crt --cert ${pki}/healthcheck-client.crt --key ${pki}/healthcheck-client.key`;
    return lab.host(name).exec(`ETCDCTL_API=3 etcdctl ${files} --endpoints https://127.0.0.1:2379 ${words}`);
  }

  /** Whether a client on this machine is served through the virtual address. */
  async function served(): Promise<boolean> {
    try {
      const response = await fetch(`http://${network.vip}:9443/`, {
        signal: AbortSignal.timeout(1000),
        headers: { connection: 'close' },
      });
      return (await response.text()) === 'served\n';
    } catch {
      return false; // nobody holds the address, or nobody serves behind it
    }
  }
});

const meant = ['-e', 'reset_confirm=yes', '-e', 'reset_packages=true'];

const groups = `[etcd]
${names.join('\n')}

[etcd:vars]
preflight_fsync_p99_ms=1000

[lb]
${names.join('\n')}

[lb:vars]
cluster_vip=${network.vip}/${network.prefixLength}
keepalived_interface=host0
keepalived_mode=nonpreempt
haproxy_backends=[{"name": "gateway", "address": "${network.gateway}"}]
haproxy_backend_port=${port}
`;
