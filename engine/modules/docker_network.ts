import type { ArgsLiteral, ArgsOf } from '../module/arguments.ts';
import { dockerAccessArgs, refuseElsewhere } from '../module/containers/access.ts';
import { at, inspected } from '../module/containers/docker.ts';
import { isPlain } from '../module/convert.ts';
import { defineModule } from '../module/definition.ts';
import { absent, dockerKinds, type Inspection } from '../target/queries/docker.ts';
import { effect } from '../target/query.ts';
import { quote } from '../target/quote.ts';

interface NetworkState {
  /** null where there is no network; only what the task asks for. */
  readonly configuration: Readonly<Record<string, unknown>> | null;
  /** Names of the containers in it, sorted. */
  readonly connected: readonly string[];
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
    options: { subnet: {}, gateway: {}, iprange: {}, aux_addresses: { type: 'dict' } },
    description: 'the addresses; docker chooses unless told',
  },
  internal: { type: 'bool', description: 'no way out' },
  attachable: { type: 'bool' },
  labels: { type: 'dict' },
  connected: {
    type: 'list',
    elements: 'str',
    aliases: ['containers'],
    description: 'names of the containers in it, and no others; whatever there are unless told',
  },
  appends: { type: 'bool', default: false, aliases: ['incremental'], description: 'others stay connected' },
  ipam_driver: {},
  ipam_driver_options: { type: 'dict' },
  enable_ipv4: { type: 'bool' },
  enable_ipv6: { type: 'bool' },
  ingress: { type: 'bool', description: 'the routing mesh of a swarm' },
  scope: { choices: ['local', 'global', 'swarm'] },
  config_only: { type: 'bool', description: 'no network, only settings for others' },
  config_from: { description: 'the network to take the settings of' },
  force: { type: 'bool', default: false, description: 'make it anew also when nothing differs' },
  ...dockerAccessArgs,
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
    refuseElsewhere(args);
    const network = await inspected(target, 'network', args.name);
    return {
      configuration: network === undefined ? null : actual(args, network),
      connected: containersIn(network),
      network,
    };
  },
  desired({ args, state }) {
    if (args.state === 'absent') return { configuration: null };
    const again = args.force && state.network !== undefined;
    const { connected } = args;
    const containers = connected && [...new Set([...connected, ...(args.appends ? state.connected : [])])].sort();
    return {
      configuration: { ...asked(args), ...(again && { again: true }) },
      ...(containers && { connected: containers }),
    };
  },
  async apply({ args, state, change, target }) {
    const { name } = args;
    const remakes = change.configuration !== undefined;
    const configuration = remakes ? change.configuration.after : state.configuration;
    const connected = change.connected?.after ?? state.connected;
    const planned = {
      state: 'present',
      value: { Name: name, planned: asked(args), Containers: connected.map((one) => ({ Name: one })) },
    } as const;
    const move = (verb: string, containers: readonly string[]) =>
      containers.map((one) => `docker network ${verb} ${quote(name)} ${quote(one)} >/dev/null || exit $?`);
    // who is to be in it again is let go first: docker removes no network that somebody is in
    const before = remakes && args.connected !== undefined ? [] : connected;
    const leave = state.connected.filter((one) => !before.includes(one));
    const join = connected.filter((one) => (remakes && args.connected !== undefined) || !state.connected.includes(one));
    await target.mutate({
      summary: `docker network ${configuration === null ? 'rm' : remakes ? 'create' : 'connect'} ${name}`,
      script: [
        ...(configuration === null ? [] : move('disconnect', leave)),
        ...(remakes && state.network !== undefined ? [`docker network rm ${quote(name)} >/dev/null || exit $?`] : []),
        ...(remakes && configuration !== null
          ? [`docker network create ${flags(args).map(quote).join(' ')} || exit $?`]
          : []),
        ...(configuration === null ? [] : move('connect', join)),
      ].join('\n'),
      effects: [effect(dockerKinds.network, name, configuration === null ? absent : planned)],
      touches: ['containers', 'facts'],
    });
  },
  returned: ({ state, wanted }) => (wanted.configuration && state.network ? { network: state.network } : {}),
  after: async ({ args, target }) =>
    args.state === 'absent' ? {} : { network: (await inspected(target, 'network', args.name)) ?? null },
  preview({ args, state, wanted, change }) {
    const { after } = change.configuration ?? { after: state.configuration };
    const header = `network ${args.name}`;
    const now = text(after, after === null ? [] : (wanted.connected ?? state.connected));
    return [
      { beforeHeader: header, afterHeader: header, before: text(state.configuration, state.connected), after: now },
    ];
  },
});

/** Under check they come as they are planned. */
function containersIn(network: Inspection | undefined): readonly string[] {
  const found = at(network, 'Containers');
  const all = Array.isArray(found) ? found : isPlain(found) ? Object.values(found) : [];
  return all.map((one) => String(at(one, 'Name'))).sort();
}

/** What the task says of it, in the form of {@link actual}. */
function asked(args: Args): Readonly<Record<string, unknown>> {
  const { driver, driver_options: options, ipam_config: addresses, internal, attachable, labels } = args;
  const { ipam_driver, ipam_driver_options: ipamOptions, enable_ipv4, enable_ipv6, ingress, scope } = args;
  const { config_only, config_from } = args;
  const all = {
    ...(config_only || config_from !== undefined ? {} : { driver }),
    driver_options: options && texts(options),
    ipam_config: addresses?.map(({ subnet = '', gateway = '', iprange = '', aux_addresses }) => ({
      ...{ subnet, gateway, iprange },
      ...(aux_addresses && { aux_addresses: texts(aux_addresses) }),
    })),
    ...{ ipam_driver, ipam_driver_options: ipamOptions && texts(ipamOptions) },
    ...{ enable_ipv4, enable_ipv6, ingress, scope, config_only, config_from },
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
    ipam_driver: at(network, 'IPAM', 'Driver'),
    ipam_driver_options: texts(at(network, 'IPAM', 'Options')),
    enable_ipv4: network['EnableIPv4'] !== false,
    enable_ipv6: network['EnableIPv6'] === true,
    ingress: network['Ingress'] === true,
    scope: network['Scope'],
    config_only: network['ConfigOnly'] === true,
    config_from: String(at(network, 'ConfigFrom', 'Network') ?? ''),
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
      ...(wish?.aux_addresses && { aux_addresses: texts(at(one, 'AuxiliaryAddresses')) }),
    };
  });
}

function flags(args: Args): readonly string[] {
  const pairs = (option: string, map: unknown) =>
    Object.entries(texts(map)).map(([key, one]) => `--${option}=${key}=${one}`);
  return [
    ...(args.config_only || args.config_from !== undefined ? [] : [`--driver=${args.driver}`]),
    ...pairs('opt', args.driver_options),
    ...(args.ipam_config ?? []).flatMap(({ subnet, gateway, iprange, aux_addresses: aux }) => [
      ...(subnet ? [`--subnet=${subnet}`] : []),
      ...(gateway ? [`--gateway=${gateway}`] : []),
      ...(iprange ? [`--ip-range=${iprange}`] : []),
      ...pairs('aux-address', aux),
    ]),
    ...(args.ipam_driver ? [`--ipam-driver=${args.ipam_driver}`] : []),
    ...pairs('ipam-opt', args.ipam_driver_options),
    ...(args.enable_ipv4 === undefined ? [] : [`--ipv4=${args.enable_ipv4}`]),
    ...(args.enable_ipv6 === undefined ? [] : [`--ipv6=${args.enable_ipv6}`]),
    ...(args.ingress ? ['--ingress'] : []),
    ...(args.scope ? [`--scope=${args.scope}`] : []),
    ...(args.config_only ? ['--config-only'] : []),
    ...(args.config_from ? [`--config-from=${args.config_from}`] : []),
    ...(args.internal ? ['--internal'] : []),
    ...(args.attachable ? ['--attachable'] : []),
    ...pairs('label', args.labels),
    args.name,
  ];
}

function text(configuration: NetworkState['configuration'], connected: readonly string[]): string {
  const lines = Object.entries(configuration ?? {}).map(
    ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}\n`,
  );
  return [...lines, ...connected.map((name) => `connected: ${name}\n`)].join('');
}

function texts(value: unknown): Readonly<Record<string, string>> {
  return isPlain(value) ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, String(one)])) : {};
}
