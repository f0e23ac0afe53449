/**
 * A virtual address on three real hosts, in each of its modes: what its holder loses it by, how long that takes, and where the address
 * is once all is well again (S0.4, S0.5, S4.3, S4.4).
 */

import { expect } from 'chai';
import { tail } from '../kplay.ts';
import { network } from '../lab/lab.ts';
import { describeTopology, expectUnchanged, remark, type Standing } from './topology.ts';
import { until, VirtualAddress } from './virtual-address.ts';

const hosts = ['h1', 'h2', 'h3'];

interface Mode {
  readonly title: string;
  readonly vars: readonly string[];
  /** Whether the address goes back to the first host. */
  readonly returns: boolean;
}

const modes: readonly Mode[] = [
  {
    title: 'preempt, with the weight of the document (S4.4)',
    vars: ['keepalived_mode=preempt', 'keepalived_weight=-20'],
    returns: true,
  },
  { title: 'preempt, by FAULT', vars: ['keepalived_mode=preempt', 'keepalived_weight=0'], returns: true },
  { title: 'nonpreempt, by FAULT (S4.3)', vars: ['keepalived_mode=nonpreempt', 'keepalived_weight=0'], returns: false },
];

interface Fault {
  readonly title: string;
  readonly begin: string;
  readonly end: string;
  /** Seconds in which the address is elsewhere: two checks, then three adverts where a priority sinks. */
  readonly seconds: number;
}

const faults: readonly Fault[] = [
  { title: 'the file down', begin: 'touch /etc/keepalived/down', end: 'rm /etc/keepalived/down', seconds: 8 },
  { title: 'haproxy stopped', begin: 'systemctl stop haproxy', end: 'systemctl start haproxy', seconds: 8 },
  { title: 'its kube-apiserver dead', begin: 'systemctl stop api', end: 'systemctl start api', seconds: 8 },
  { title: 'keepalived stopped', begin: 'systemctl stop keepalived', end: 'systemctl start keepalived', seconds: 3 },
];

/** Once a service runs, this stands for a kube-apiserver: it has its name and port, and says that it is ready. */
const standIn = `
cp /usr/sbin/haproxy /usr/local/bin/kube-apiserver
cat > /etc/api.cfg <<'CFG'
defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 5s
frontend api
  bind *:6443
  http-request return status 200 content-type text/plain string ok if { path /readyz }
CFG
cat > /etc/systemd/system/api.service <<'UNIT'
[Service]
ExecStart=/usr/local/bin/kube-apiserver -db -f /etc/api.cfg
UNIT
systemctl daemon-reload
systemctl start api
`;

describeTopology(
  'keepalived-vip.yml on three hosts',
  {
    playbook: 'keepalived-vip',
    hosts,
    groups: { lb: hosts },
    variables: {
      haproxy_backends: hosts.map((name, index) => ({ name, address: network.gateway.replace(/1$/, `${11 + index}`) })),
      haproxy_backend_port: 6443,
    },
  },
  (cluster) => {
    const vip = () => new VirtualAddress(cluster.lab, network.vip);

    it('a weight without preemption is refused, with the reason, and nothing is changed (S4.E1)', async () => {
      const said = await cluster.run('-e', 'keepalived_mode=nonpreempt', '-e', 'keepalived_weight=-20');
      expect(said.code, tail(said)).to.equal(2);
      expect(said.stdout).to.match(/never fails over/);
    });

    for (const [name, reason] of [
      ['lo', /the interface lo of h1 has 127\.0\.0\.1, and not/],
      ['eth9', /h1 has no interface eth9/],
    ] as const)
      it(`${name} as the interface is refused before anything is changed`, async () => {
        const before = await cluster.snapshots();
        const said = await cluster.run('-e', `keepalived_interface=${name}`, '-e', 'haproxy_balance=source');
        expect(said.code, tail(said)).to.equal(2);
        expect(said.stdout).to.match(reason);
        expect(await cluster.snapshots()).to.deep.equal(before);
      });

    it('has kube-apiservers behind it', async () => {
      for (const name of hosts) await cluster.tell(name, standIn);
      await until('the API answers through the virtual address', 20, served);
    });

    for (const { title, vars, returns } of modes)
      describe(title, () => {
        it('is taken up by a reload, and a second run changes nothing', async () => {
          const words = [...vars, 'keepalived_check_url=http://127.0.0.1:6443/readyz'].flatMap((one) => ['-e', one]);
          const began = await startOf(cluster);
          const said = await cluster.run(...words);
          expect(said.code, tail(said)).to.equal(0);
          expectUnchanged(await cluster.run(...words));
          expect(await startOf(cluster), 'keepalived was restarted').to.deep.equal(began);
          if (returns) await until('the first host holds it', 20, async () => (await vip().holder()) === 'h1');
          await until('the API answers', 10, served);
        });

        for (const fault of faults)
          it(`${fault.title}: it moves, and ${returns ? 'returns' : 'stays'} when all is well again`, async () => {
            const holder = await vip().holder();
            const begun = performance.now();
            await cluster.tell(holder, fault.begin);
            await until('another host serves', 30, async () => !(await holds(cluster, holder)) && (await served()));
            const moved = (performance.now() - begun) / 1000;
            remark(`${fault.title}: served by another host after ${moved.toFixed(1)} s`);
            const other = await vip().holder();
            expect(other).to.not.equal(holder);
            expect(moved).to.be.lessThan(fault.seconds);
            await cluster.tell(holder, fault.end);
            if (returns) {
              const back = await vip().outage(async () => (await holds(cluster, holder)) && (await served()));
              remark(`${fault.title}: back after ${back.toFixed(1)} s`);
              expect(back).to.be.lessThan(10);
            } else await new Promise((resolve) => setTimeout(resolve, 8_000));
            expect(await vip().holder()).to.equal(returns ? holder : other);
            expect(await served()).to.equal(true);
          });
      });
  },
);

/** Whether a client on this machine is served through the virtual address. */
async function served(): Promise<boolean> {
  try {
    const response = await fetch(`http://${network.vip}:9443/readyz`, {
      signal: AbortSignal.timeout(500),
      headers: { connection: 'close' },
    });
    return (await response.text()) === 'ok';
  } catch {
    return false; // nobody holds the address, or nobody serves behind it
  }
}

async function holds(cluster: Standing, host: string): Promise<boolean> {
  return (await cluster.tell(host, `ip -4 -o address show to ${network.vip}`)) !== '';
}

/** When keepalived was started on each host. */
function startOf(cluster: Standing): Promise<readonly string[]> {
  return Promise.all(hosts.map((name) => cluster.tell(name, 'systemctl show -p ExecMainStartTimestamp keepalived')));
}
