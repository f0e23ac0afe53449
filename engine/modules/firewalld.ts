import type { ArgsLiteral, ArgsOf } from '../module/arguments.ts';
import { defineModule } from '../module/definition.ts';
import { ModuleFailure } from '../target/failure.ts';
import { type FirewallKey, firewallCommand, firewallKind } from '../target/queries/firewalld.ts';
import { effect } from '../target/query.ts';

interface FirewallState {
  /** What holds now: `yes`, `no`, or a zone's target. */
  readonly now?: string;
  /** What holds after a reload or a boot. */
  readonly permanent?: string;
}

const args = {
  state: {
    choices: ['enabled', 'disabled', 'present', 'absent'],
    required: true,
    description: 'enabled and disabled for what a zone allows, present and absent for zones and targets',
  },
  zone: { description: "the zone; firewalld's default zone unless told" },
  service: { description: 'a service firewalld knows: https' },
  port: { description: 'a port or a range with its protocol: 6443/tcp, 30000-32767/udp' },
  protocol: { description: 'a protocol: vrrp' },
  source: { description: 'a network whose packets belong to the zone' },
  interface: { description: 'a network interface that belongs to the zone' },
  rich_rule: { description: "a rule in firewalld's rich language" },
  icmp_block: { description: 'a type of ICMP message to block' },
  icmp_block_inversion: { type: 'bool', description: 'block the types that are not named instead' },
  masquerade: { type: 'bool', description: 'hide what is sent behind the address of the host' },
  forward: { type: 'bool', description: 'let packets pass between the interfaces and sources of the zone' },
  port_forward: {
    type: 'list',
    options: {
      port: { required: true, description: 'the port, or a range' },
      proto: { choices: ['tcp', 'udp'], required: true, description: 'its protocol' },
      toport: { required: true, description: 'where to' },
      toaddr: { description: 'another host' },
    },
    description: 'one port to pass on',
  },
  target: {
    choices: ['default', 'ACCEPT', 'DROP', '%%REJECT%%'],
    description: 'what becomes of packets that nothing in the zone is about',
  },
  permanent: { type: 'bool', default: false, description: 'after a reload and a boot' },
  immediate: { type: 'bool', default: false, description: 'now; so it is as well when permanent is not asked for' },
  offline: { type: 'bool', default: false, description: 'with permanent: also where firewalld does not run' },
  timeout: { type: 'int', default: 0, description: 'seconds until what holds only now is taken back; 0 for never' },
} as const satisfies ArgsLiteral;
type Args = ArgsOf<typeof args>;

const subjects = [
  'service',
  'port',
  'protocol',
  'source',
  'interface',
  'rich_rule',
  'icmp_block',
  'icmp_block_inversion',
  'masquerade',
  'forward',
  'port_forward',
  'target',
] as const satisfies readonly (keyof Args)[];

export default defineModule({
  summary: 'Makes a zone of firewalld allow something or not, now and for good.',
  description: [
    'Whether something is so already is asked of firewalld itself, so a port within an open range is open.',
    'Zones and their targets are only ever permanent: `firewall-cmd --reload` makes them hold now.',
  ],
  args,
  rules: { mutuallyExclusive: [subjects] },
  returns: { msg: 'what was asked for' },
  examples: `- name: Let the API in
  firewalld:
    port: 6443/tcp
    state: enabled
    permanent: true
    immediate: true
`,

  async probe({ args, target }): Promise<FirewallState> {
    const { question } = subjectOf(args);
    check(args);
    const ask = async (permanent: boolean) => {
      const answer = await target.query(firewallKind, keyOf(args, question, permanent));
      if (question === '--get-target') return answer === 'REJECT' ? '%%REJECT%%' : answer;
      if (question !== '--get-zones') return answer;
      return answer.split(/\s+/).includes(args.zone!) ? 'yes' : 'no';
    };
    const [now, permanent] = await Promise.all([
      isImmediate(args) ? ask(false) : undefined,
      args.permanent ? ask(true) : undefined,
    ]);
    return { ...(now !== undefined && { now }), ...(permanent !== undefined && { permanent }) };
  },

  desired({ args }) {
    const { wanted } = subjectOf(args);
    return { ...(isImmediate(args) && { now: wanted }), ...(args.permanent && { permanent: wanted }) };
  },

  async apply({ args, change, target }) {
    const { question, action, wanted } = subjectOf(args);
    for (const permanent of [true, false]) {
      if (!(permanent ? change.permanent : change.now)) continue;
      const limit = !permanent && args.timeout > 0 && action.startsWith('--add-') ? [`--timeout=${args.timeout}`] : [];
      const words = [...zoneOf(args, question), action, ...limit];
      const asked = keyOf(args, question, permanent);
      await target.mutate({
        summary: ['firewall-cmd', ...(permanent ? ['--permanent'] : []), ...words].join(' '),
        script: `export LC_ALL=C\n${firewallCommand({ words, permanent, offline: args.offline })} >/dev/null`,
        effects: [
          effect(
            firewallKind,
            asked,
            question === '--get-zones' ? await zones(target.query(firewallKind, asked), args) : wanted,
          ),
        ],
        touches: ['kernel', 'files'],
      });
    }
  },

  returned: ({ args }) => ({ msg: `${described(args)}: ${args.state}` }),

  preview({ args, change }) {
    const header = args.zone === undefined ? 'the default zone' : `zone ${args.zone}`;
    const lines = (side: 'before' | 'after') =>
      [
        change.now && `now: ${described(args)}: ${change.now[side]}\n`,
        change.permanent && `permanent: ${described(args)}: ${change.permanent[side]}\n`,
      ]
        .filter(Boolean)
        .join('');
    return [{ beforeHeader: header, afterHeader: header, before: lines('before'), after: lines('after') }];
  },
});

interface Subject {
  readonly question: string;
  /** What makes the answer the one that is wanted. */
  readonly action: string;
  readonly wanted: string;
}

/** The one thing the task is about, in firewalld's words. */
function subjectOf(args: Args): Subject {
  const enabled = args.state === 'enabled';
  if (args.target !== undefined) {
    const wanted = args.state === 'absent' ? 'default' : args.target;
    return { question: '--get-target', action: `--set-target=${wanted === '%%REJECT%%' ? 'REJECT' : wanted}`, wanted };
  }
  const option = optionOf(args);
  if (option === undefined) {
    const present = args.state === 'present';
    const action = `--${present ? 'new' : 'delete'}-zone=${args.zone}`;
    return { question: '--get-zones', action, wanted: present ? 'yes' : 'no' };
  }
  const { name, value } = option;
  const isOn = option.isOn ? enabled : !enabled;
  const behind = value === undefined ? '' : `=${value}`;
  // An interface belongs to one zone: it is moved there from where it was.
  const add = name === 'interface' ? 'change' : 'add';
  return {
    question: `--query-${name}${behind}`,
    action: `--${isOn ? add : 'remove'}-${name}${behind}`,
    wanted: isOn ? 'yes' : 'no',
  };
}

interface Option {
  readonly name: string;
  readonly value?: string;
  /** False for a switch that was said to be off. */
  readonly isOn: boolean;
}

function optionOf(args: Args): Option | undefined {
  for (const name of ['masquerade', 'forward', 'icmp_block_inversion'] as const) {
    const isOn = args[name];
    if (isOn !== undefined) return { name: name.replaceAll('_', '-'), isOn };
  }
  const [forward] = args.port_forward ?? [];
  if (forward !== undefined) {
    const { port, proto, toport, toaddr } = forward;
    const value = `port=${port}:proto=${proto}:toport=${toport}${toaddr === undefined ? '' : `:toaddr=${toaddr}`}`;
    return { name: 'forward-port', value, isOn: true };
  }
  for (const name of ['service', 'port', 'protocol', 'source', 'interface', 'rich_rule', 'icmp_block'] as const) {
    const value = args[name];
    if (value !== undefined) return { name: name.replaceAll('_', '-'), value, isOn: true };
  }
  return undefined;
}

const zoneOf = ({ zone }: Args, question: string): readonly string[] =>
  zone === undefined || question === '--get-zones' ? [] : [`--zone=${zone}`];

const keyOf = (args: Args, question: string, permanent: boolean): FirewallKey => ({
  words: [...zoneOf(args, question), question],
  permanent,
  offline: args.offline,
});

const isImmediate = ({ immediate, permanent }: Args) => immediate || !permanent;

function check(args: Args): void {
  const { question } = subjectOf(args);
  const aboutZones = question === '--get-zones' || question === '--get-target';
  if (question === '--get-zones' && args.zone === undefined)
    throw new ModuleFailure(`the task is about nothing: it takes one of ${subjects.join(', ')}, or a zone to make`);
  if (aboutZones && !/^(present|absent)$/.test(args.state))
    throw new ModuleFailure('a zone and its target are present or absent: enabled and disabled are for what it allows');
  if (!aboutZones && !/^(enabled|disabled)$/.test(args.state))
    throw new ModuleFailure(`${described(args)} is enabled or disabled: present and absent are for zones and targets`);
  if (aboutZones && isImmediate(args))
    throw new ModuleFailure('zones and targets are only ever permanent: say permanent: true, and not immediate');
  if (args.port !== undefined && !/^[\w-]+\/\w+$/.test(args.port))
    throw new ModuleFailure(`port: "${args.port}" is no port with its protocol, such as 6443/tcp`);
  if ((args.port_forward?.length ?? 1) !== 1)
    throw new ModuleFailure('port_forward takes one port; a loop takes several');
}

/** The zones there will be. */
async function zones(now: Promise<string>, { zone = '', state }: Args): Promise<string> {
  const others = (await now).split(/\s+/).filter((each) => each !== '' && each !== zone);
  return [...others, ...(state === 'present' ? [zone] : [])].join(' ');
}

function described(args: Args): string {
  if (args.target !== undefined) return 'target';
  const option = optionOf(args);
  return option === undefined ? `zone ${args.zone}` : [option.name, option.value].filter(Boolean).join(' ');
}
