import type { ArgsLiteral, ArgsOf } from '../module/arguments.ts';
import { defineModule } from '../module/definition.ts';
import { ruleArgs, ruleWords } from '../module/network/iptables-rule.ts';
import { ModuleFailure } from '../target/failure.ts';
import { type Chain, type ChainKey, chainKind, type RuleKey, ruleKind } from '../target/queries/iptables.ts';
import { effect } from '../target/query.ts';
import { quote } from '../target/quote.ts';
import type { ReadableTarget } from '../target/target.ts';

type Version = 'ipv4' | 'ipv6';
type ByVersion<T> = Readonly<Partial<Record<Version, T>>>;

interface TablesState {
  /** The chain has the rule. */
  readonly rule: ByVersion<boolean>;
  /** What becomes of a packet that no rule matches. */
  readonly policy: ByVersion<string | null>;
  /** The chain is there. */
  readonly chain: ByVersion<boolean>;
  /** How many rules the chain has. */
  readonly rules: ByVersion<number>;
}

const args = {
  table: { choices: ['filter', 'nat', 'mangle', 'raw', 'security'], default: 'filter' },
  state: { choices: ['present', 'absent'], default: 'present', description: 'whether the rule shall be there' },
  action: {
    choices: ['append', 'insert'],
    default: 'append',
    description: 'where a new rule goes: behind all others, or in front',
  },
  rule_num: { type: 'int', description: 'insert as the rule of this number' },
  ip_version: { choices: ['ipv4', 'ipv6', 'both'], default: 'ipv4' },
  chain: { description: 'INPUT, FORWARD … or one of your own' },
  ...ruleArgs,
  flush: { type: 'bool', default: false, description: 'take away all rules of the chain, or of the table' },
  policy: {
    choices: ['ACCEPT', 'DROP', 'QUEUE', 'RETURN'],
    description: 'what becomes of a packet that no rule matches',
  },
  wait: { description: 'seconds to wait while somebody else changes rules' },
  chain_management: { type: 'bool', default: false, description: 'make or remove the chain as well' },
  numeric: { type: 'bool', default: false, description: 'taken and ignored: no names are looked up' },
} as const satisfies ArgsLiteral;
type Args = ArgsOf<typeof args>;

export default defineModule({
  summary: 'Makes a rule of the packet filter be there or not; sets policies, makes and empties chains.',
  description: [
    'Rules are those of the kernel now: what brings them back at boot is another matter.',
    'A rule that is there counts, wherever it stands: `action` and `rule_num` are for new ones.',
  ],
  args,
  rules: {
    mutuallyExclusive: [
      ['set_dscp_mark', 'set_dscp_mark_class'],
      ['flush', 'policy'],
    ],
  },
  returns: {
    chain: 'as asked',
    table: 'as asked',
    state: 'as asked',
    rule: 'the words of the rule',
    flush: 'as asked',
  },
  examples: `- name: Let the API in
  iptables:
    chain: INPUT
    protocol: tcp
    destination_port: "6443"
    ctstate: [NEW]
    jump: ACCEPT
    comment: kube-apiserver
`,

  async probe({ args, target }): Promise<TablesState> {
    check(args);
    const entries = await Promise.all(versions(args).map(async (one) => [one, await look(args, one, target)] as const));
    const pick = <T>(of: (found: Looked) => T | undefined): ByVersion<T> =>
      Object.fromEntries(entries.flatMap(([one, found]) => (of(found) === undefined ? [] : [[one, of(found)]])));
    return {
      rule: pick(({ rule }) => rule),
      policy: pick(({ chain }) => (args.chain === undefined ? undefined : (chain?.policy ?? null))),
      chain: pick(({ chain }) => (args.chain === undefined ? undefined : chain !== undefined)),
      rules: pick(({ chain, rules }) => rules ?? (args.chain === undefined ? undefined : (chain?.rules ?? 0))),
    };
  },

  desired({ args, state }) {
    const all = <T>(value: T): ByVersion<T> => Object.fromEntries(versions(args).map((one) => [one, value]));
    if (args.flush) return { rules: all(0) };
    if (args.policy !== undefined) return { policy: all(args.policy) };
    const present = args.state === 'present';
    const bare = hasNoRule(args);
    const missing = Object.values(state.chain).includes(false);
    if (present && missing && !args.chain_management)
      throw new ModuleFailure(`there is no chain ${args.chain}: chain_management makes it`);
    return {
      ...(!bare && { rule: all(present) }),
      // With rules left in it, a chain stays.
      ...(args.chain_management && (present || bare) && { chain: all(present) }),
    };
  },

  async apply({ args, state, change, target }) {
    for (const version of versions(args)) {
      const differs = (field: keyof TablesState) =>
        change[field] !== undefined && change[field].before[version] !== change[field].after[version];
      const key = chainKey(args, version);
      const chain: Chain = { policy: state.policy[version] ?? undefined, rules: state.rules[version] ?? 0 };
      const act = (words: readonly string[], after: Chain | undefined, rule?: boolean) =>
        target.mutate({
          summary: [key.command[0], '-t', args.table, ...words].join(' '),
          script: [...key.command, '-t', args.table, ...words].map(quote).join(' '),
          effects: [
            effect(chainKind, key, after),
            ...(rule === undefined ? [] : [effect(ruleKind, ruleKey(args, version), rule)]),
          ],
          touches: ['kernel'],
        });
      const name = args.chain ?? '';
      if (differs('rules')) await act(name === '' ? ['-F'] : ['-F', name], { ...chain, rules: 0 });
      if (differs('policy')) await act(['-P', name, args.policy!], { ...chain, policy: args.policy });
      const made = differs('chain') && change.chain?.after[version];
      if (made) await act(['-N', name], { policy: undefined, rules: 0 });
      if (differs('rule')) {
        const present = args.state === 'present';
        const rules = (made ? 0 : chain.rules) + (present ? 1 : -1);
        await act([...place(args), ...ruleWords(args, version)], { ...chain, rules }, present);
      }
      if (differs('chain') && !made) await act(['-X', name], undefined);
    }
  },

  returned: ({ args }) => ({
    chain: args.chain,
    table: args.table,
    state: args.state,
    flush: args.flush,
    ip_version: args.ip_version,
    rule: versions(args).map((one) => ruleWords(args, one).join(' '))[0],
  }),

  preview({ args, change }) {
    const rule = ruleWords(args, 'ipv4').join(' ');
    const lines = (side: 'before' | 'after') =>
      Object.entries(change)
        .flatMap(([field, one]) =>
          Object.entries(one[side]).map(([version, value]) =>
            field === 'rule'
              ? value
                ? `${version}: -A ${args.chain} ${rule}\n`
                : ''
              : `${version}: ${field}: ${value}\n`,
          ),
        )
        .join('');
    const header = `table ${args.table}${args.chain === undefined ? '' : `, chain ${args.chain}`}`;
    return [{ beforeHeader: header, afterHeader: header, before: lines('before'), after: lines('after') }];
  },
});

interface Looked {
  readonly chain: Chain | undefined;
  readonly rule?: boolean;
  /** Rules of the whole table. */
  readonly rules?: number;
}

async function look(args: Args, version: Version, target: ReadableTarget): Promise<Looked> {
  const chain = await target.query(chainKind, chainKey(args, version));
  if (args.chain === undefined) return { chain, rules: chain?.rules ?? 0 };
  if (args.flush || args.policy !== undefined || hasNoRule(args)) return { chain };
  // A chain that is not there, or is empty, has no rule.
  const rule = chain !== undefined && chain.rules > 0 && (await target.query(ruleKind, ruleKey(args, version)));
  return { chain, rule };
}

const versions = ({ ip_version: version }: Args): readonly Version[] =>
  version === 'both' ? ['ipv4', 'ipv6'] : [version];

function chainKey({ table, chain = '', wait }: Args, version: Version): ChainKey {
  const command = version === 'ipv6' ? 'ip6tables' : 'iptables';
  return { command: [command, '-w', ...(wait === undefined ? [] : [wait])], table, chain };
}

const ruleKey = (args: Args, version: Version): RuleKey => ({
  ...chainKey(args, version),
  rule: ruleWords(args, version),
});

const hasNoRule = (args: Args) => ruleWords(args, 'ipv4').length === 0;

function place({ state, action, chain = '', rule_num: number }: Args): readonly string[] {
  if (state === 'absent') return ['-D', chain];
  return action === 'append' ? ['-A', chain] : ['-I', chain, ...(number === undefined ? [] : [String(number)])];
}

function check(args: Args): void {
  if (args.chain === undefined && !args.flush)
    throw new ModuleFailure('Either chain or flush parameter must be specified.');
  if (args.chain?.startsWith('-')) throw new ModuleFailure(`"${args.chain}" cannot be the name of a chain`);
  if (args.wait !== undefined && !/^\d+$/.test(args.wait)) throw new ModuleFailure(`wait: "${args.wait}" is no number`);
  const rules = !args.flush && args.policy === undefined;
  if (rules && hasNoRule(args) && !args.chain_management)
    throw new ModuleFailure('the task says nothing of the rule: name at least one of jump, protocol, source …');
}
