/** The arguments of iptables and the words that they stand for. */
import type { ArgsLiteral, ArgsOf } from '../arguments.ts';

/** What a rule is made of; a `!` in front of a value turns it round. */
export const ruleArgs = {
  protocol: { description: 'tcp, udp, icmp …' },
  source: { description: 'an address or network' },
  destination: { description: 'an address or network' },
  tcp_flags: {
    type: 'dict',
    options: {
      flags: { type: 'list', elements: 'str', description: 'flags to look at' },
      flags_set: { type: 'list', elements: 'str', description: 'those of them that must be set' },
    },
  },
  match: { type: 'list', elements: 'str', default: [], description: 'extensions of iptables to load' },
  jump: { description: 'what becomes of a packet that matches: ACCEPT, DROP, the name of a chain …' },
  gateway: { description: 'where TEE sends the copy' },
  log_prefix: { description: 'in front of the lines that LOG writes' },
  log_level: { description: 'level of the lines that LOG writes' },
  goto: { description: 'a chain from which there is no return' },
  in_interface: { description: 'the interface that the packet came from' },
  out_interface: { description: 'the interface that the packet leaves by' },
  fragment: { description: 'second and further fragments: any text; `!` for all others' },
  set_counters: { description: 'packets and bytes to begin with' },
  source_port: { description: 'a port or a range first:last' },
  destination_port: { description: 'a port or a range first:last' },
  destination_ports: { type: 'list', elements: 'str', default: [], description: 'several ports or ranges' },
  to_ports: { description: 'for REDIRECT' },
  to_destination: { description: 'for DNAT' },
  to_source: { description: 'for SNAT' },
  syn: { choices: ['ignore', 'match', 'negate'], default: 'ignore', description: 'packets that begin a connection' },
  set_dscp_mark: { description: 'a number for DSCP' },
  set_dscp_mark_class: { description: 'a class for DSCP' },
  comment: { description: 'a text on the rule' },
  ctstate: { type: 'list', elements: 'str', default: [], description: 'states of the connection: NEW, ESTABLISHED …' },
  src_range: { description: 'first-last address' },
  dst_range: { description: 'first-last address' },
  match_set: { description: 'a set of ipset' },
  match_set_flags: {
    choices: ['src', 'dst', 'src,dst', 'dst,src', 'src,src', 'dst,dst'],
    description: 'which addresses are looked up in the set',
  },
  limit: { description: 'so many a time: 5/minute' },
  limit_burst: { description: 'so many at once' },
  uid_owner: { description: 'the user whose packet it is' },
  gid_owner: { description: 'the group whose packet it is' },
  reject_with: { description: 'what REJECT answers; REJECT is then meant' },
  icmp_type: { description: 'a type of ICMP' },
} as const satisfies ArgsLiteral;
export type RuleArgs = ArgsOf<typeof ruleArgs>;

/** The words of the rule. Conditions come first, what becomes of the packet last. */
export function ruleWords(args: RuleArgs, version: 'ipv4' | 'ipv6'): readonly string[] {
  const jump = args.jump ?? (args.reject_with === undefined ? undefined : 'REJECT');
  const range = args.src_range !== undefined || args.dst_range !== undefined;
  const limited = args.limit !== undefined || args.limit_burst !== undefined;
  const owned = args.uid_owner !== undefined || args.gid_owner !== undefined;
  const lists = (name: string) => args.match.includes(name);
  const loads = (name: string, needed: boolean) => (needed && !lists(name) ? ['-m', name] : []);
  const states = args.ctstate.join(',');
  const [state, stateFlag] = lists('state') ? ['state', '--state'] : ['conntrack', '--ctstate'];
  return [
    ...option('-p', args.protocol),
    ...option('-s', args.source),
    ...option('-d', args.destination),
    ...option('-i', args.in_interface),
    ...option('-o', args.out_interface),
    ...(args.fragment === undefined ? [] : args.fragment.startsWith('!') ? ['!', '-f'] : ['-f']),
    ...args.match.flatMap((name) => ['-m', name]),
    ...flags(args),
    ...(args.syn === 'ignore' ? [] : args.syn === 'negate' ? ['!', '--syn'] : ['--syn']),
    ...option('--source-port', args.source_port),
    ...option('--destination-port', args.destination_port),
    ...loads('multiport', args.destination_ports.length > 0),
    ...option('--dports', args.destination_ports.join(',') || undefined),
    ...loads(state, states !== ''),
    ...option(stateFlag, states || undefined),
    ...loads('iprange', range),
    ...option('--src-range', args.src_range),
    ...option('--dst-range', args.dst_range),
    ...(args.match_set === undefined ? [] : [...loads('set', true), ...setWords(args)]),
    ...loads('limit', limited),
    ...option('--limit', args.limit),
    ...option('--limit-burst', args.limit_burst),
    ...loads('owner', owned),
    ...option('--uid-owner', args.uid_owner),
    ...option('--gid-owner', args.gid_owner),
    ...option(version === 'ipv6' ? '--icmpv6-type' : '--icmp-type', args.icmp_type),
    ...loads('comment', args.comment !== undefined),
    ...(args.comment === undefined ? [] : ['--comment', args.comment]),
    ...(args.set_counters === undefined ? [] : ['-c', ...args.set_counters.split(/[\s,]+/)]),
    ...option('-j', jump),
    ...option('-g', args.goto),
    ...option('--gateway', args.gateway),
    ...(args.log_prefix === undefined ? [] : ['--log-prefix', args.log_prefix]),
    ...option('--log-level', args.log_level),
    ...option('--to-destination', args.to_destination),
    ...option('--to-source', args.to_source),
    ...option('--to-ports', args.to_ports),
    ...option('--set-dscp', args.set_dscp_mark),
    ...option('--set-dscp-class', args.set_dscp_mark_class),
    ...option('--reject-with', args.reject_with),
  ];
}

function option(flag: string, value: string | undefined): readonly string[] {
  if (value === undefined) return [];
  return value.startsWith('!') ? ['!', flag, value.slice(1).trim()] : [flag, value];
}

function flags({ tcp_flags: given }: RuleArgs): readonly string[] {
  if (given?.flags === undefined || given.flags_set === undefined) return [];
  return ['--tcp-flags', given.flags.join(','), given.flags_set.join(',') || 'NONE'];
}

function setWords({ match_set: set = '', match_set_flags: which = 'src' }: RuleArgs): readonly string[] {
  return set.startsWith('!') ? ['!', '--match-set', set.slice(1).trim(), which] : ['--match-set', set, which];
}
