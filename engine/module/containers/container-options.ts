/** Each option of a container three times: as a task asks for it, as docker tells it, and as a word for `docker create`. */
import { unboxed } from '../../source/float.ts';
import { ModuleFailure } from '../../target/failure.ts';
import { optionWord } from '../option-word.ts';
import { shellWords } from '../shell-words.ts';
import type { ContainerArgs } from './container-arguments.ts';
import { at } from './docker.ts';
import { healthcheckOption } from './health-options.ts';
import { mountsOption } from './mount-options.ts';
import { bytes, type ContainerOption, each, flag, list, mapOf, mappingAt, pairs, text } from './option-kinds.ts';
import {
  deviceOf,
  exposedPorts,
  portsOf,
  publishedPorts,
  sortedTexts,
  textsOf,
  ulimitOf,
  volumeOf,
} from './option-values.ts';
import { resourceOptions } from './resource-options.ts';

/** The label that remembers which options a task asked for: one it asks for no longer is a change as well. */
export const optionsLabel = 'kplay.options';

/** By the name of the argument, in the order of arguments. */
export const containerOptions: Readonly<Record<string, ContainerOption>> = {
  command: {
    wanted: ({ command, entrypoint }) =>
      command === undefined && entrypoint === undefined ? undefined : [...(entrypoint ?? []), ...wordsOf(command)],
    actual: (container, { entrypoint }) => [
      ...(entrypoint === undefined ? [] : textsOf(at(container, 'Config', 'Entrypoint'))),
      ...textsOf(at(container, 'Config', 'Cmd')),
    ],
    flags: ({ entrypoint }) => (entrypoint?.[0] === undefined ? [] : [`--entrypoint=${entrypoint[0]}`]),
  },
  env: {
    wanted: ({ env }, image) => env && { ...pairs(textsOf(at(image, 'Config', 'Env'))), ...environment(env) },
    actual: (container) => pairs(textsOf(at(container, 'Config', 'Env'))),
  },
  labels: {
    wanted: ({ labels }, image) => labels && { ...mapOf(at(image, 'Config', 'Labels')), ...mapOf(labels) },
    actual: (container) => {
      const { [optionsLabel]: _, ...labels } = mapOf(at(container, 'Config', 'Labels'));
      return labels;
    },
    flags: ({ labels }) => Object.entries(mapOf(labels)).map(([name, value]) => `--label=${name}=${value}`),
  },
  hostname: text('hostname', 'hostname', 'Config', 'Hostname'),
  domainname: text('domainname', 'domainname', 'Config', 'Domainname'),
  groups: list('groups', 'group-add', ['HostConfig', 'GroupAdd']),
  // docker does not tell in full what it chose
  platform: {
    wanted: () => undefined,
    actual: () => undefined,
    flags: ({ platform }) => optionWord('platform', platform),
  },
  runtime: text('runtime', 'runtime', 'HostConfig', 'Runtime'),
  interactive: flag('interactive', 'interactive', 'Config', 'OpenStdin'),
  tty: flag('tty', 'tty', 'Config', 'Tty'),
  auto_remove: flag('auto_remove', 'rm', 'HostConfig', 'AutoRemove'),
  user: text('user', 'user', 'Config', 'User'),
  working_dir: text('working_dir', 'workdir', 'Config', 'WorkingDir'),
  restart_policy: {
    wanted: ({ restart_policy: policy, restart_retries: retries }) =>
      policy === 'on-failure' && retries ? `${policy}:${retries}` : policy,
    actual: (container) => {
      const name = at(container, 'HostConfig', 'RestartPolicy', 'Name') || 'no';
      const retries = at(container, 'HostConfig', 'RestartPolicy', 'MaximumRetryCount');
      return name === 'on-failure' && retries ? `${name}:${retries}` : name;
    },
    flags: (args) => optionWord('restart', containerOptions['restart_policy']!.wanted(args, undefined)),
  },
  network_mode: {
    wanted: ({ network_mode: mode }) => (mode === 'default' ? 'bridge' : mode),
    actual: (container) => String(at(container, 'HostConfig', 'NetworkMode')).replace(/^default$/, 'bridge'),
    flags: ({ network_mode: mode, networks }) => optionWord('network', mode ?? networks?.[0]?.name),
  },
  networks: {
    wanted: ({ networks }) =>
      networks && Object.fromEntries(networks.map(({ name, ipv4_address: address = '' }) => [name, address] as const)),
    actual: (container) =>
      Object.fromEntries(
        Object.entries(mappingAt(container, 'NetworkSettings', 'Networks')).map(
          ([name, one]) => [name, String(at(one, 'IPAMConfig', 'IPv4Address') ?? '')] as const,
        ),
      ),
  },
  published_ports: {
    wanted: ({ published_ports: ports, default_host_ip: address }) => ports && portsOf(ports, address),
    actual: (container) => publishedPorts(mappingAt(container, 'HostConfig', 'PortBindings')),
    flags: ({ published_ports: ports, default_host_ip: address }) =>
      each('publish', address && ports ? portsOf(ports, address).map(bracketed) : ports),
  },
  exposed_ports: {
    wanted: ({ exposed_ports: exposed, published_ports: published }, image) =>
      exposed &&
      sortedTexts([
        ...exposedPorts(exposed),
        ...portsOf(published ?? []).map((one) => one.replace(/^.*:/, '')),
        ...Object.keys(mappingAt(image, 'Config', 'ExposedPorts')),
      ]),
    actual: (container) => sortedTexts(Object.keys(mappingAt(container, 'Config', 'ExposedPorts'))),
    flags: ({ exposed_ports: exposed }) => each('expose', exposed),
  },
  publish_all_ports: flag('publish_all_ports', 'publish-all', 'HostConfig', 'PublishAllPorts'),
  mac_address: {
    wanted: ({ mac_address: address }) => address?.toLowerCase().replaceAll('-', ':'),
    actual(container) {
      const networks = Object.values(mappingAt(container, 'NetworkSettings', 'Networks'));
      const told = [at(container, 'Config', 'MacAddress'), ...networks.map((one) => at(one, 'MacAddress'))];
      return String(told.find((one) => one) ?? '').toLowerCase();
    },
    flags: ({ mac_address: address }) => optionWord('mac-address', address),
  },
  links: list('links', 'link', ['HostConfig', 'Links'], linkOf),
  dns_opts: list('dns_opts', 'dns-option', ['HostConfig', 'DnsOptions']),
  dns_search_domains: list('dns_search_domains', 'dns-search', ['HostConfig', 'DnsSearch']),
  dns_servers: list('dns_servers', 'dns', ['HostConfig', 'Dns']),
  etc_hosts: {
    wanted: ({ etc_hosts: hosts }) => hosts && mapOf(hosts),
    actual: (container) => pairs(textsOf(at(container, 'HostConfig', 'ExtraHosts')), ':'),
    flags: ({ etc_hosts: hosts }) => Object.entries(mapOf(hosts)).map(([name, to]) => `--add-host=${name}:${to}`),
  },
  volumes: {
    wanted: ({ volumes }, image) =>
      volumes && sortedTexts([...volumes.map(volumeOf), ...Object.keys(mappingAt(image, 'Config', 'Volumes'))]),
    actual: (container) =>
      sortedTexts([
        ...textsOf(at(container, 'HostConfig', 'Binds')).map(volumeOf),
        ...Object.keys(mappingAt(container, 'Config', 'Volumes')),
      ]),
    flags: ({ volumes }) => each('volume', volumes?.map(volumeOf)),
  },
  volumes_from: list('volumes_from', 'volumes-from', ['HostConfig', 'VolumesFrom'], (one) => one.replace(/:rw$/, '')),
  volume_driver: text('volume_driver', 'volume-driver', 'HostConfig', 'VolumeDriver'),
  mounts: mountsOption,
  tmpfs: {
    wanted: ({ tmpfs }) => tmpfs && pairs(tmpfs, ':'),
    actual: (container) => mapOf(at(container, 'HostConfig', 'Tmpfs')),
    flags: ({ tmpfs }) => each('tmpfs', tmpfs),
  },
  devices: {
    wanted: ({ devices }) => devices && sortedTexts(devices.map(deviceOf)),
    actual: (container) => {
      const devices = at(container, 'HostConfig', 'Devices');
      return sortedTexts(
        (Array.isArray(devices) ? devices : []).map((one) =>
          ['PathOnHost', 'PathInContainer', 'CgroupPermissions'].map((key) => at(one, key)).join(':'),
        ),
      );
    },
    flags: ({ devices }) => each('device', devices),
  },
  device_requests: {
    wanted: ({ device_requests: requests }) => requests?.map(requestOf),
    actual(container) {
      const found = at(container, 'HostConfig', 'DeviceRequests');
      return (Array.isArray(found) ? found : []).map((one) =>
        requestOf({
          driver: String(at(one, 'Driver') ?? ''),
          count: Number(at(one, 'Count') ?? 0),
          device_ids: textsOf(at(one, 'DeviceIDs')),
          capabilities: at(one, 'Capabilities') as readonly unknown[],
          options: mapOf(at(one, 'Options')),
        }),
      );
    },
    flags: ({ device_requests: requests = [] }) => {
      if (requests.length > 1) throw new ModuleFailure('device_requests: docker create takes one request');
      return each('gpus', requests.map(requestOf));
    },
  },
  read_only: flag('read_only', 'read-only', 'HostConfig', 'ReadonlyRootfs'),
  shm_size: bytes('shm_size', 'shm-size', 'HostConfig', 'ShmSize'),
  privileged: flag('privileged', 'privileged', 'HostConfig', 'Privileged'),
  capabilities: list('capabilities', 'cap-add', ['HostConfig', 'CapAdd'], capability),
  cap_drop: list('cap_drop', 'cap-drop', ['HostConfig', 'CapDrop'], capability),
  security_opts: list('security_opts', 'security-opt', ['HostConfig', 'SecurityOpt']),
  pid_mode: text('pid_mode', 'pid', 'HostConfig', 'PidMode'),
  ipc_mode: text('ipc_mode', 'ipc', 'HostConfig', 'IpcMode'),
  init: flag('init', 'init', 'HostConfig', 'Init'),
  sysctls: {
    wanted: ({ sysctls }) => sysctls && mapOf(sysctls),
    actual: (container) => mapOf(at(container, 'HostConfig', 'Sysctls')),
    flags: ({ sysctls }) => Object.entries(mapOf(sysctls)).map(([name, value]) => `--sysctl=${name}=${value}`),
  },
  ulimits: {
    wanted: ({ ulimits }) => ulimits && sortedTexts(ulimits.map(ulimitOf)),
    actual: (container) => {
      const limits = at(container, 'HostConfig', 'Ulimits');
      return sortedTexts(
        (Array.isArray(limits) ? limits : []).map((one) =>
          ['Name', 'Soft', 'Hard'].map((key) => at(one, key)).join(':'),
        ),
      );
    },
    flags: ({ ulimits }) =>
      each(
        'ulimit',
        ulimits?.map((limit) => limit.replace(':', '=')),
      ),
  },
  ...resourceOptions,
  healthcheck: healthcheckOption,
  log_driver: text('log_driver', 'log-driver', 'HostConfig', 'LogConfig', 'Type'),
  log_options: {
    wanted: ({ log_options: options }) => options && mapOf(options),
    // docker adds those of its own configuration.
    actual: (container, { log_options: asked = {} }) =>
      Object.fromEntries(
        Object.entries(mapOf(at(container, 'HostConfig', 'LogConfig', 'Config'))).filter(([name]) => name in asked),
      ),
    flags: ({ log_options: options }) =>
      Object.entries(mapOf(options)).map(([name, value]) => `--log-opt=${name}=${value}`),
  },
  stop_signal: text('stop_signal', 'stop-signal', 'Config', 'StopSignal'),
  stop_timeout: {
    wanted: ({ stop_timeout: seconds }) => seconds,
    actual: (container) => at(container, 'Config', 'StopTimeout') ?? 10,
    flags: ({ stop_timeout: seconds }) => optionWord('stop-timeout', seconds),
  },
};

/** The words behind the image: the entrypoint's own arguments, then the command. */
export function trailingWords({ entrypoint, command }: ContainerArgs): readonly string[] {
  return [...(entrypoint ?? []).slice(1), ...wordsOf(command)];
}

/** `NAME=value` lines as docker reads them from a file. @throws ModuleFailure for what no such line can say. */
export function environmentFile({ env }: ContainerArgs): string {
  return Object.entries(environment(env ?? {}))
    .map(([name, value]) => {
      if (/[\r\n]/.test(value))
        throw new ModuleFailure(`env: the value of ${name} has several lines; put it in a file`);
      return `${name}=${value}\n`;
    })
    .join('');
}

/** An IPv6 address stands in brackets before a port. */
function bracketed(port: string): string {
  const [, address = '', rest = ''] = /^(.*):(\d*:\d+\/\w+)$/.exec(port) ?? [];
  return address.includes(':') ? `[${address}]:${rest}` : port;
}

/** `db`, `db:alias`, and `/db:/lb/alias` as docker tells it. */
function linkOf(link: string): string {
  const [name = '', alias = name] = link.split(':');
  return `${name.replace(/^\//, '')}:${alias.replace(/^.*\//, '')}`;
}

type Request = NonNullable<ContainerArgs['device_requests']>[number];

/** In the words of `docker create --gpus`, in one order. */
function requestOf({ driver, count, device_ids: ids = [], capabilities = [], options = {} }: Request): string {
  const words = capabilities.flat().map(String).sort();
  const given = Object.entries(options).map(([name, value]) => `${name}=${value}`);
  const list = (name: string, values: readonly string[]) =>
    values.length === 0 ? [] : [values.length > 1 ? `"${name}=${values.join()}"` : `${name}=${values[0]}`];
  return [
    ...(driver ? [`driver=${driver}`] : []),
    ...(ids.length > 0 ? list('device', ids) : [`count=${count === undefined || count === -1 ? 'all' : count}`]),
    ...list('capabilities', words.length === 0 ? ['gpu'] : words),
    ...list('options', given.sort()),
  ].join();
}

/** docker tells capabilities with and without their prefix. */
function capability(name: string): string {
  return name.toUpperCase().replace(/^CAP_/, '');
}

/** @throws ModuleFailure when a quote is never closed. */
function wordsOf(command: unknown): readonly string[] {
  if (command === undefined || command === null) return [];
  return Array.isArray(command) ? command.map(String) : shellWords(String(command));
}

/** @throws ModuleFailure for a value that is no text: YAML's `yes` would become `true`. */
function environment(env: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => {
      if (!['string', 'number', 'bigint'].includes(typeof unboxed(value)))
        throw new ModuleFailure(`env: the value of ${name} is no text: quote it`);
      return [name, String(value)];
    }),
  );
}
