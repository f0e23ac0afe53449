import type { ArgsLiteral, ArgsOf } from '../module/arguments.ts';
import { at, inspected } from '../module/containers/docker.ts';
import { isPlain } from '../module/convert.ts';
import { defineModule } from '../module/definition.ts';
import { absent, dockerKinds, type Inspection } from '../target/queries/docker.ts';
import { effect } from '../target/query.ts';
import { quote } from '../target/quote.ts';

interface NetworkState {
  /** null where there is no network; only what the task asks for. */
  readonly configuration: Readonly<Record<string, unknown>> | null;
  /** What docker says of it; never asked for. */
  readonly network: Inspection | undefined;
}

const args = {
  name: { required: true, aliases: ['network_name'] },
  state: { choices: ['present', 'absent'], default: 'present' },
  driver: { default: 'bridge' },
  driver_options: { type: 'dict' },
  ipam_config: {
    type: 'list',
    elements: 'dict',
    options: { subnet: {}, gateway: {}, iprange: {} },
    description: 'the addresses; docker chooses unless told',
  },
  internal: { type: 'bool', description: 'no way out' },
  attachable: { type: 'bool' },
  labels: { type: 'dict' },
  force: { type: 'bool', default: false, description: 'make it anew also when nothing differs' },
} as const satisfies ArgsLiteral;
type Args = ArgsOf<typeof args>;

export default defineModule({
  summary: 'Makes docker networks be there or not.',
  description: ['A network that is otherwise is made anew; while containers are in it, docker refuses that.'],
  args,
  returns: { network: 'what docker network inspect says' },
  examples: `- name: A network that overlaps with no other one
  docker_network:
    name: lb
    ipam_config:
      - subnet: 10.200.0.0/24`,
  async probe({ args, target }): Promise<NetworkState> {
    const network = await inspected(target, 'network', args.name);
    return { configuration: network === undefined ? null : actual(args, network), network };
  },
  desired({ args, state }) {
    if (args.state === 'absent') return { configuration: null };
    const again = args.force && state.network !== undefined;
    return { configuration: { ...asked(args), ...(again && { again: true }) } };
  },
  async apply({ args, state, change, target }) {
    const { name } = args;
    const configuration = change.configuration?.after ?? null;
    const planned = { state: 'present', value: { Name: name, planned: asked(args) } } as const;
    await target.mutate({
      summary: `docker network ${configuration === null ? 'rm' : 'create'} ${name}`,
      script: [
        ...(state.network === undefined ? [] : [`docker network rm ${quote(name)} >/dev/null || exit $?`]),
        ...(configuration === null ? [] : [`docker network create ${flags(args).map(quote).join(' ')}`]),
      ].join('\n'),
      effects: [effect(dockerKinds.network, name, configuration === null ? absent : planned)],
      touches: ['containers', 'facts'],
    });
  },
  returned: ({ state, wanted }) => (wanted.configuration && state.network ? { network: state.network } : {}),
  after: async ({ args, target }) =>
    args.state === 'absent' ? {} : { network: (await inspected(target, 'network', args.name)) ?? null },
  preview({ args, change }) {
    const [before, after] = [change.configuration?.before ?? null, change.configuration?.after ?? null].map(text);
    return [
      {
        beforeHeader: `network ${args.name}`,
        afterHeader: `network ${args.name}`,
        before: before ?? '',
        after: after ?? '',
      },
    ];
  },
});

/** What the task says of it, in the form of {@link actual}. */
function asked(args: Args): Readonly<Record<string, unknown>> {
  const { driver, driver_options: options, ipam_config: addresses, internal, attachable, labels } = args;
  const all = {
    driver,
    driver_options: options && texts(options),
    ipam_config: addresses?.map(({ subnet = '', gateway = '', iprange = '' }) => ({ subnet, gateway, iprange })),
    ...{ internal, attachable, labels: labels && texts(labels) },
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function actual(args: Args, network: Inspection): Readonly<Record<string, unknown>> {
  const planned = network['planned'];
  if (isPlain(planned)) return planned;
  const found: Readonly<Record<string, unknown>> = {
    driver: network['Driver'],
    driver_options: texts(network['Options']),
    ipam_config: addressesOf(args, network),
    internal: network['Internal'] === true,
    attachable: network['Attachable'] === true,
    labels: texts(network['Labels']),
  };
  return Object.fromEntries(Object.keys(asked(args)).map((name) => [name, found[name]]));
}

/** What docker chose by itself (a gateway) is not compared. */
function addressesOf({ ipam_config: wished = [] }: Args, network: Inspection) {
  const configs = at(network, 'IPAM', 'Config');
  return (Array.isArray(configs) ? configs : []).map((one, index) => {
    const [wish, told] = [wished[index], (key: string) => String(at(one, key) ?? '')];
    return {
      subnet: wish?.subnet === undefined && wish !== undefined ? '' : told('Subnet'),
      gateway: wish?.gateway === undefined ? '' : told('Gateway'),
      iprange: wish?.iprange === undefined ? '' : told('IPRange'),
    };
  });
}

function flags(args: Args): readonly string[] {
  const pairs = (option: string, map: unknown) =>
    Object.entries(texts(map)).map(([key, one]) => `--${option}=${key}=${one}`);
  return [
    `--driver=${args.driver}`,
    ...pairs('opt', args.driver_options),
    ...(args.ipam_config ?? []).flatMap(({ subnet, gateway, iprange }) => [
      ...(subnet ? [`--subnet=${subnet}`] : []),
      ...(gateway ? [`--gateway=${gateway}`] : []),
      ...(iprange ? [`--ip-range=${iprange}`] : []),
    ]),
    ...(args.internal ? ['--internal'] : []),
    ...(args.attachable ? ['--attachable'] : []),
    ...pairs('label', args.labels),
    args.name,
  ];
}

function text(configuration: NetworkState['configuration']): string {
  return Object.entries(configuration ?? {})
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}\n`)
    .join('');
}

function texts(value: unknown): Readonly<Record<string, string>> {
  return isPlain(value) ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, String(one)])) : {};
}
