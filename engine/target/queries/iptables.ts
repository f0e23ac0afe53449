/** The kernel's packet filter as iptables tells it. */
import { type QueryKind, refusal } from '../query.ts';
import { quote } from '../quote.ts';

export interface ChainKey {
  /** `iptables` or `ip6tables`, with words such as `-w 5`. */
  readonly command: readonly string[];
  readonly table: string;
  /** '' for all of the table. */
  readonly chain: string;
}

export interface RuleKey extends ChainKey {
  /** The words of the rule, as on the command line. */
  readonly rule: readonly string[];
}

export interface Chain {
  /** What becomes of a packet that no rule matches; undefined for a chain that users have made. */
  readonly policy: string | undefined;
  /** How many rules it has. */
  readonly rules: number;
}

const words = (all: readonly string[]) => all.map(quote).join(' ');
const answer = (code: string, text: string) => `printf '%s\\035%s\\036' "${code}" "${text}"`;

/** A chain, undefined where there is none. */
export const chainKind: QueryKind<ChainKey, Chain | undefined> = {
  name: 'iptables chain',
  domains: ['kernel', 'packages'],
  id: ({ command, table, chain }) => [...command, table, chain].join(' '),
  script: (keys) =>
    keys
      .map(
        ({ command, table }) => `o=$(LC_ALL=C ${words([...command, '-t', table, '-S'])} 2>&1); ${answer('$?', '$o')}`,
      )
      .join('\n'),
  parse: (stdout, keys) =>
    answersOf(stdout, keys, (code, text, { command, chain }) => {
      if (code !== '0') return failed(command, code, text);
      const lines = text.split('\n').map((line) => line.split(' '));
      const rules = lines.filter(([flag, name]) => flag === '-A' && (chain === '' || name === chain)).length;
      if (chain === '') return { policy: undefined, rules };
      const own = lines.find(([flag, name]) => (flag === '-P' || flag === '-N') && name === chain);
      return own && { policy: own[0] === '-P' ? own[2] : undefined, rules };
    }),
};

/** True where the chain has the rule. */
export const ruleKind: QueryKind<RuleKey, boolean> = {
  name: 'iptables rule',
  domains: ['kernel', 'packages'],
  id: ({ command, table, chain, rule }) => [...command, table, chain, ...rule].join(' '),
  script: (keys) =>
    keys
      .map(
        ({ command, table, chain, rule }) =>
          `o=$(LC_ALL=C ${words([...command, '-t', table, '-C', chain, ...rule])} 2>&1); ${answer('$?', '$o')}`,
      )
      .join('\n'),
  parse: (stdout, keys) =>
    answersOf(stdout, keys, (code, text, { command }) =>
      code === '0' ? true : code === '1' ? false : failed(command, code, text),
    ),
};

function answersOf<K, V>(
  stdout: Buffer,
  keys: readonly K[],
  judge: (code: string, text: string, key: K) => V,
): readonly V[] {
  const parts = stdout.toString().split('\x1e');
  return keys.map((key, index) => {
    const [code = '', text = ''] = (parts[index] ?? '').split('\x1d');
    return judge(code, text, key);
  });
}

function failed<V>(command: readonly string[], code: string, text: string): V {
  if (code === '127') return refusal(`the host has no ${command[0]}: install it first`);
  return refusal(`${command[0]}: ${text.trim().split('\n')[0] || `exit code ${code}`}`);
}
