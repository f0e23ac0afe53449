import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import iptables from '../../engine/modules/iptables.ts';
import { chainKind, ruleKind } from '../../engine/target/queries/iptables.ts';
import { testModule } from '../../engine/testing.ts';
import { type Stage, stage } from '../run/harness.ts';
import { shells } from '../target/queries/run-query.ts';

const api = { chain: 'INPUT', protocol: 'tcp', destination_port: '6443', jump: 'ACCEPT' };
const words = '-p tcp --destination-port 6443 -j ACCEPT';
const world = (rule: boolean, chain: object | null = { policy: 'ACCEPT', rules: 2 }, name = 'INPUT') => ({
  answers: {
    [`iptables chain iptables -w filter ${name}`]: chain ?? undefined,
    [`iptables rule iptables -w filter ${name} ${words}`]: rule,
  },
});

testModule(iptables, 'iptables', {
  'adds a rule behind all others': {
    args: api,
    world: world(false),
    want: {
      fields: ['rule'],
      log: [`iptables -t filter -A INPUT ${words}`],
      diffs: [['', `ipv4: -A INPUT ${words}\n`]],
      result: { chain: 'INPUT', rule: words },
    },
  },
  'adds a rule in front': {
    args: { ...api, action: 'insert', rule_num: 3, wait: '5' },
    world: {
      answers: {
        'iptables chain iptables -w 5 filter INPUT': { policy: 'ACCEPT', rules: 2 },
        [`iptables rule iptables -w 5 filter INPUT ${words}`]: false,
      },
    },
    want: { scripts: ["'iptables' '-w' '5' '-t' 'filter' '-I' 'INPUT' '3' '-p' 'tcp'"] },
  },
  'is done with a rule that is there': { args: api, world: world(true), want: { changed: false, log: [] } },
  'takes a rule away': {
    args: { ...api, state: 'absent' },
    world: world(true),
    want: { log: [`iptables -t filter -D INPUT ${words}`] },
  },
  'knows that an empty chain has no rule': {
    args: { ...api, state: 'absent' },
    world: world(true, { rules: 0 }),
    want: { changed: false },
  },
  'sets a policy': {
    args: { chain: 'INPUT', policy: 'DROP' },
    world: world(true),
    want: { fields: ['policy'], log: ['iptables -t filter -P INPUT DROP'] },
  },
  'empties a chain': {
    args: { chain: 'INPUT', flush: true },
    world: world(true),
    want: { fields: ['rules'], log: ['iptables -t filter -F INPUT'] },
  },
  'leaves an empty chain': {
    args: { chain: 'INPUT', flush: true },
    world: world(false, { rules: 0 }),
    want: { changed: false },
  },
  'makes a chain for a rule': {
    args: { ...api, chain: 'MINE', chain_management: true },
    world: world(false, null, 'MINE'),
    want: { log: ['iptables -t filter -N MINE', `iptables -t filter -A MINE ${words}`] },
  },
  'misses a chain': {
    args: { ...api, chain: 'MINE' },
    world: world(false, null, 'MINE'),
    fails: 'there is no chain MINE',
  },
  'removes a chain': {
    args: { chain: 'MINE', chain_management: true, state: 'absent' },
    world: world(false, { rules: 0 }, 'MINE'),
    want: { log: ['iptables -t filter -X MINE'] },
  },
  'wants to know the chain': { args: { jump: 'ACCEPT' }, fails: 'Either chain or flush' },
  'wants to know the rule': { args: { chain: 'INPUT' }, fails: 'says nothing of the rule' },
});

describe('what iptables says', () => {
  const key = { command: ['iptables'], table: 'filter', chain: 'X' };
  it('is read from its exit code', () => {
    const said = '0\x1d-P X DROP\n-N Y\n-A X -j ACCEPT\n-A X -j LOG\n-A Y -j LOG\x1e'.repeat(4);
    const asked = ['X', 'Y', 'Z', ''].map((chain) => ({ ...key, chain }));
    expect(chainKind.parse(Buffer.from(said), asked)).to.deep.equal([
      { policy: 'DROP', rules: 2 },
      { policy: undefined, rules: 1 },
      undefined,
      { policy: undefined, rules: 3 },
    ]);
    const [denied, without] = chainKind.parse(Buffer.from('4\x1dPermission denied\x1e127\x1d\x1e'), [key, key]);
    expect([String(denied), String(without)]).to.deep.equal([
      'Error: iptables: Permission denied',
      'Error: the host has no iptables: install it first',
    ]);
    const rules = ruleKind.parse(Buffer.from('0\x1d\x1e1\x1dBad rule\x1e'), [
      { ...key, rule: [] },
      { ...key, rule: [] },
    ]);
    expect(rules).to.deep.equal([true, false]);
  });
});

for (const shell of shells) {
  describe(`iptables through ${shell.join(' ')}`, function () {
    this.timeout(60_000);
    let here: Stage;

    before(function () {
      // Rules of a network of its own: they go with the shell.
      if (spawnSync('unshare', ['-rn', 'iptables', '-S']).status !== 0) this.skip();
      here = stage({ hosts: `h1 ansible_connection=exec ansible_exec_command="unshare -rn ${shell.join(' ')}"\n` }, [
        'h1',
      ]);
    });
    after(() => here?.close());

    const tasks = [
      'chain: MINE, chain_management: true',
      'chain: MINE, protocol: tcp, destination_port: "22", source: "!10.0.0.0/8", ctstate: [NEW, ESTABLISHED], jump: ACCEPT, comment: "it\'s mine"',
      'chain: MINE, protocol: tcp, destination_ports: ["80", "443:445"], tcp_flags: { flags: [SYN, RST], flags_set: [SYN] }, jump: DROP, action: insert, rule_num: 1',
      'chain: MINE, jump: LOG, log_prefix: "mine: ", limit: 5/minute, limit_burst: "10"',
      'chain: MINE, src_range: 10.0.0.1-10.0.0.9, reject_with: icmp-port-unreachable',
      'chain: INPUT, policy: DROP',
      'chain: OUTPUT, protocol: icmp, icmp_type: echo-request, out_interface: lo, jump: MINE',
      'chain: POSTROUTING, table: nat, jump: SNAT, to_source: 10.0.0.1, out_interface: "!lo"',
      'chain: FORWARD, protocol: tcp, syn: negate, uid_owner: "0", jump: ACCEPT, state: absent',
    ];
    const playbook = (each: readonly string[]) =>
      `- hosts: h1\n  gather_facts: false\n  tasks:\n${each.map((task, index) => `    - { name: t${index}, iptables: { ${task} } }\n`).join('')}`;

    it('makes rules that it finds again', async () => {
      const away = [
        'chain: MINE, flush: true',
        'chain: OUTPUT, flush: true',
        'chain: MINE, chain_management: true, state: absent',
      ];
      const played = await here.play(playbook([...tasks, ...tasks, ...away]));
      const failed = played.outcomes.filter(({ status }) => status === 'failed').map(({ result }) => result['msg']);
      expect(failed).to.deep.equal([]);
      const changed = played.outcomes.map(({ status }) => status === 'changed');
      const first = tasks.map((task) => !task.includes('absent'));
      expect(changed).to.deep.equal([...first, ...tasks.map(() => false), true, true, true]);
    });
  });
}
