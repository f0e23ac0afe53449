/** Options of a container about the host's resources and namespaces. */
import { ModuleFailure } from '../../target/failure.ts';
import type { ArgsLiteral } from '../arguments.ts';
import { optionWord } from '../option-word.ts';
import type { ContainerArgs } from './container-arguments.ts';
import { at } from './docker.ts';
import { bytes, type ContainerOption, each, flag, list, number, text } from './option-kinds.ts';
import { bytesOf, sortedTexts } from './option-values.ts';

const rates = (what: string) =>
  ({
    type: 'list',
    elements: 'dict',
    options: { path: { required: true }, rate: { required: true } },
    description: `${what} at most, by device of the host`,
  }) as const satisfies ArgsLiteral[string];

export const resourceArgs = {
  memory: { description: 'bytes, or 512M' },
  memory_reservation: { description: 'bytes, or 512M' },
  memory_swap: { description: 'bytes of memory and swap together, or unlimited' },
  memory_swappiness: { type: 'int', description: '0 to 100' },
  kernel_memory: { description: 'bytes, or 512M' },
  cpus: { type: 'float' },
  cpu_shares: { type: 'int' },
  cpu_period: { type: 'int', description: 'microseconds' },
  cpu_quota: { type: 'int', description: 'microseconds' },
  cpuset_cpus: { description: '0-3, or 0,1' },
  cpuset_mems: { description: '0-3, or 0,1' },
  blkio_weight: { type: 'int', description: '10 to 1000' },
  device_read_bps: rates('bytes per second'),
  device_write_bps: rates('bytes per second'),
  device_read_iops: rates('reads per second'),
  device_write_iops: rates('writes per second'),
  pids_limit: { type: 'int', description: '-1 for no limit' },
  oom_killer: { type: 'bool', description: 'true keeps the kernel from killing it' },
  oom_score_adj: { type: 'int' },
  uts: { description: 'host' },
  userns_mode: { description: 'host' },
  cgroupns_mode: { choices: ['host', 'private'] },
  cgroup_parent: {},
  device_cgroup_rules: { type: 'list', elements: 'str' },
  storage_opts: { type: 'dict' },
} as const satisfies ArgsLiteral;

export const resourceOptions: Readonly<Record<string, ContainerOption>> = {
  memory: bytes('memory', 'memory', 'HostConfig', 'Memory'),
  memory_reservation: bytes('memory_reservation', 'memory-reservation', 'HostConfig', 'MemoryReservation'),
  memory_swap: bytes('memory_swap', 'memory-swap', 'HostConfig', 'MemorySwap'),
  memory_swappiness: number('memory_swappiness', 'memory-swappiness', 'MemorySwappiness', -1),
  kernel_memory: bytes('kernel_memory', 'kernel-memory', 'HostConfig', 'KernelMemory'),
  cpus: {
    wanted: ({ cpus }) => cpus,
    actual: (container) => Number(at(container, 'HostConfig', 'NanoCpus') ?? 0) / 1e9,
    flags: ({ cpus }) => optionWord('cpus', cpus),
  },
  cpu_shares: number('cpu_shares', 'cpu-shares', 'CpuShares'),
  cpu_period: number('cpu_period', 'cpu-period', 'CpuPeriod'),
  cpu_quota: number('cpu_quota', 'cpu-quota', 'CpuQuota'),
  cpuset_cpus: text('cpuset_cpus', 'cpuset-cpus', 'HostConfig', 'CpusetCpus'),
  cpuset_mems: text('cpuset_mems', 'cpuset-mems', 'HostConfig', 'CpusetMems'),
  blkio_weight: number('blkio_weight', 'blkio-weight', 'BlkioWeight'),
  device_read_bps: rate('device_read_bps', 'device-read-bps', 'BlkioDeviceReadBps'),
  device_write_bps: rate('device_write_bps', 'device-write-bps', 'BlkioDeviceWriteBps'),
  device_read_iops: rate('device_read_iops', 'device-read-iops', 'BlkioDeviceReadIOps'),
  device_write_iops: rate('device_write_iops', 'device-write-iops', 'BlkioDeviceWriteIOps'),
  pids_limit: number('pids_limit', 'pids-limit', 'PidsLimit', -1),
  oom_killer: flag('oom_killer', 'oom-kill-disable', 'HostConfig', 'OomKillDisable'),
  oom_score_adj: number('oom_score_adj', 'oom-score-adj', 'OomScoreAdj'),
  uts: text('uts', 'uts', 'HostConfig', 'UTSMode'),
  userns_mode: text('userns_mode', 'userns', 'HostConfig', 'UsernsMode'),
  cgroupns_mode: text('cgroupns_mode', 'cgroupns', 'HostConfig', 'CgroupnsMode'),
  cgroup_parent: text('cgroup_parent', 'cgroup-parent', 'HostConfig', 'CgroupParent'),
  device_cgroup_rules: list('device_cgroup_rules', 'device-cgroup-rule', ['HostConfig', 'DeviceCgroupRules']),
  storage_opts: {
    wanted: ({ storage_opts: options }) => options,
    actual: (container) => at(container, 'HostConfig', 'StorageOpt') ?? {},
    flags: ({ storage_opts: options = {} }) =>
      Object.entries(options).map(([name, value]) => `--storage-opt=${name}=${value}`),
  },
};

type Rated = 'device_read_bps' | 'device_write_bps' | 'device_read_iops' | 'device_write_iops';

/** Of bytes, a rate may be written as 10mb. */
function rate(name: Rated, option: string, field: string): ContainerOption {
  const wanted = ({ [name]: given }: ContainerArgs) =>
    given && sortedTexts(given.map(({ path, rate }) => `${path}:${rateOf(name, rate)}`));
  return {
    wanted,
    actual(container) {
      const found = at(container, 'HostConfig', field);
      return sortedTexts((Array.isArray(found) ? found : []).map((one) => `${at(one, 'Path')}:${at(one, 'Rate')}`));
    },
    flags: (args) => each(option, wanted(args)),
  };
}

function rateOf(name: Rated, text: string): number {
  if (name.endsWith('bps')) return bytesOf(name, text);
  if (!/^\d+$/.test(text)) throw new ModuleFailure(`${name}: the rate is a number, not "${text}"`);
  return Number(text);
}
