/** The arguments of docker_container: what can be said of a container, under Ansible's names. */
import type { ArgsLiteral, ArgsOf } from '../arguments.ts';
import { dockerAccessArgs } from './access.ts';
import { healthcheckArg } from './health-options.ts';
import { mountsArg } from './mount-options.ts';
import { resourceArgs } from './resource-options.ts';

const ignored = 'taken and ignored';

export const containerArgs = {
  name: { required: true },
  image: { description: 'the image, with its tag or digest; needed to make a container' },
  state: {
    choices: ['started', 'stopped', 'present', 'absent', 'healthy'],
    default: 'started',
    description: 'present: it is there, whether or not it runs; healthy: started, and waited for until docker says so',
  },
  pull: {
    type: 'str',
    choices: ['missing', 'never', 'always'],
    default: 'missing',
    description: 'when to pull the image; always makes every run look',
  },
  recreate: { type: 'bool', default: false, description: 'make it anew every time' },
  restart: { type: 'bool', default: false, description: 'restart it every time, when it runs already' },
  paused: { type: 'bool', description: 'frozen while it runs' },
  force_kill: {
    type: 'bool',
    default: false,
    aliases: ['forcekill'],
    description: 'end it at once, without asking it to stop',
  },
  kill_signal: { description: 'the signal of force_kill' },
  keep_volumes: { type: 'bool', default: true, description: 'volumes without a name outlive it' },
  auto_remove: { type: 'bool', description: 'docker removes it when it ends' },
  command: { type: 'raw', description: 'a list of words, or a line that is parted as a shell does' },
  entrypoint: { type: 'list', elements: 'str' },
  env: { type: 'dict', description: 'environment; the values are shown nowhere' },
  env_file: {
    type: 'path',
    description: 'a file of the host with lines NAME=value; what env says comes before it',
  },
  labels: { type: 'dict' },
  hostname: {},
  domainname: {},
  user: {},
  groups: { type: 'list', elements: 'str', description: 'more groups of its user' },
  working_dir: {},
  platform: { description: 'linux/arm64; only looked at when it is made' },
  runtime: {},
  interactive: { type: 'bool', description: 'stdin stays open' },
  tty: { type: 'bool' },
  detach: {
    type: 'bool',
    default: true,
    description: 'false: a task that starts it waits for its end; another status than 0 is a failure',
  },
  cleanup: { type: 'bool', default: false, description: 'with detach: false, remove it when it has ended' },
  output_logs: {
    type: 'bool',
    default: false,
    description: 'taken and ignored: with detach: false the output is in the result',
  },
  restart_policy: { choices: ['no', 'on-failure', 'always', 'unless-stopped'] },
  restart_retries: { type: 'int', description: 'at most so many restarts, with on-failure' },
  network_mode: { description: 'host, bridge, none, or a network' },
  networks: {
    type: 'list',
    elements: 'dict',
    options: {
      name: { required: true },
      ipv4_address: {},
      aliases: { type: 'list', elements: 'str', default: [] },
    },
    description: 'the networks it is in, and no others',
  },
  published_ports: {
    type: 'list',
    elements: 'str',
    aliases: ['ports'],
    description: '[address:]port of the host:port of the container[/udp]; ranges as 8000-8003',
  },
  default_host_ip: { description: 'the address of published ports that name none' },
  exposed_ports: {
    type: 'list',
    elements: 'str',
    aliases: ['exposed', 'expose'],
    description: 'port[/udp], ranges as 8000-8003',
  },
  publish_all_ports: { type: 'bool', description: 'whatever is exposed, at ports that docker chooses' },
  mac_address: {},
  links: { type: 'list', elements: 'str', description: 'container:alias' },
  networks_cli_compatible: {
    type: 'bool',
    default: true,
    description: 'false, by which Ansible adds the default network, is refused where networks are named',
  },
  purge_networks: { type: 'bool', default: false, description: 'taken and ignored: it is in no others' },
  dns_opts: { type: 'list', elements: 'str' },
  dns_search_domains: { type: 'list', elements: 'str' },
  dns_servers: { type: 'list', elements: 'str' },
  etc_hosts: { type: 'dict', description: 'more lines for its /etc/hosts: address by name' },
  volumes: {
    type: 'list',
    elements: 'str',
    description: 'absolute path of the host, or name of a volume:path in the container[:ro]',
  },
  volumes_from: { type: 'list', elements: 'str', description: 'container[:ro]' },
  volume_driver: {},
  mounts: mountsArg,
  tmpfs: { type: 'list', elements: 'str', description: 'path[:options]' },
  devices: { type: 'list', elements: 'str', description: 'path of the host[:path in the container[:rwm]]' },
  device_requests: {
    type: 'list',
    elements: 'dict',
    options: {
      capabilities: { type: 'list', elements: 'raw', description: 'lists of words; one list is what docker takes' },
      count: { type: 'int', description: '-1 for all' },
      device_ids: { type: 'list', elements: 'str' },
      driver: {},
      options: { type: 'dict' },
    },
    description: 'GPUs; one request',
  },
  read_only: { type: 'bool', description: 'its root is read-only' },
  shm_size: { description: 'bytes, or 64M' },
  privileged: { type: 'bool' },
  capabilities: { type: 'list', elements: 'str', aliases: ['cap_add'] },
  cap_drop: { type: 'list', elements: 'str' },
  security_opts: { type: 'list', elements: 'str' },
  pid_mode: {},
  ipc_mode: {},
  init: { type: 'bool', description: 'a small init reaps its orphans' },
  sysctls: { type: 'dict' },
  ulimits: { type: 'list', elements: 'str', description: 'nofile:soft:hard' },
  ...resourceArgs,
  healthcheck: healthcheckArg,
  healthy_wait_timeout: { type: 'float', default: 300, description: 'seconds that healthy is waited for' },
  removal_wait_timeout: { type: 'float', description: 'taken and ignored: docker waits for it' },
  log_driver: {},
  log_options: { type: 'dict', aliases: ['log_opt'] },
  stop_signal: {},
  stop_timeout: { type: 'int', description: 'seconds it is given to stop' },
  comparisons: {
    type: 'dict',
    description:
      'by option, or * for all: strict (so unless told), ignore, or allow_more_present for lists and mappings',
  },
  image_name_mismatch: {
    choices: ['ignore', 'recreate'],
    default: 'recreate',
    description: 'what another name of the same image means',
  },
  image_comparison: {
    choices: ['desired-image', 'current-image'],
    default: 'desired-image',
    description: 'whose environment, labels and ports count beside the ones of the task when it is compared',
  },
  image_label_mismatch: {
    choices: ['ignore', 'fail'],
    default: 'ignore',
    description:
      'fail: labels of the image that labels does not name are an error, where comparisons says strict of labels',
  },
  pull_check_mode_behavior: {
    choices: ['image_not_present', 'always'],
    default: 'image_not_present',
    description: 'always: with pull always, check mode takes it that there is a newer image',
  },
  container_default_behavior: {
    choices: ['compatibility', 'no_defaults'],
    default: 'no_defaults',
    description: 'compatibility: switches that are not named (privileged, read_only, tty …) are asked to be off',
  },
  command_handling: { choices: ['compatibility', 'correct'], default: 'correct', description: ignored },
  ...dockerAccessArgs,
} as const satisfies ArgsLiteral;

export type ContainerArgs = ArgsOf<typeof containerArgs>;

/** What `container_default_behavior: compatibility` says of what a task does not name. */
const off = { auto_remove: false, init: false, interactive: false, memory: '0', paused: false } as const;
const alsoOff = { privileged: false, read_only: false, tty: false } as const;

/** The task with that spelt out. */
export function behaved(args: ContainerArgs): ContainerArgs {
  if (args.container_default_behavior !== 'compatibility' || args.image === undefined) return args;
  const named = Object.entries(args).filter(([, value]) => value !== undefined);
  return { ...args, ...off, ...alsoOff, ...Object.fromEntries(named) };
}
