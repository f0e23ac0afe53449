/** Processor, memory, mounts, block devices and what the firmware says of itself. */
import { byPath, type FactSubset, lines, links } from './subset.ts';

const mega = 1024;

export const hardware: FactSubset = {
  facts: [
    ...[
      'processor',
      'processor_count',
      'processor_cores',
      'processor_threads_per_core',
      'processor_vcpus',
      'processor_nproc',
    ],
    ...['memtotal_mb', 'memfree_mb', 'swaptotal_mb', 'swapfree_mb', 'memory_mb', 'mounts', 'devices', 'uptime_seconds'],
    ...['product_name', 'product_serial', 'product_uuid', 'product_version', 'system_vendor', 'form_factor'],
    ...['bios_date', 'bios_vendor', 'bios_version', 'board_name', 'board_vendor', 'chassis_vendor'],
  ],
  script: `S cpuinfo; cat /proc/cpuinfo
S allowed; grep Cpus_allowed_list /proc/self/status
S meminfo; cat /proc/meminfo
S uptime; cat /proc/uptime
S mounts; cat /proc/mounts
S sizes; set --
while read -r d m rest; do case $d in /*|*:/*) case $m in *\\\\*) m=$(printf %b "$m");; esac; set -- "$@" "$m";; esac; done </proc/mounts
t=; command -v timeout >/dev/null 2>&1 && t="timeout \${T:-10}"
[ $# -eq 0 ] || $t stat -f -c '%S %s %b %a %c %d %n' -- "$@" 2>/dev/null
S uuids; ls -l /dev/disk/by-uuid 2>/dev/null
S dmi; (cd /sys/class/dmi/id 2>/dev/null && grep -sH '' product_* sys_vendor bios_* board_* chassis_*)
S blocks; (cd /sys/block 2>/dev/null && grep -sH '' */size */removable */queue/rotational */queue/logical_block_size */queue/discard_granularity */device/model */device/vendor */*/partition */*/start */*/size)
S real; ls -ld /sys/block/*/device 2>/dev/null`,
  parse(section) {
    return {
      ...processor(section('cpuinfo'), section('allowed')),
      ...memory(section('meminfo')),
      uptime_seconds: Math.floor(Number(section('uptime').split(' ')[0] ?? 0)),
      mounts: mounts(section('mounts'), section('sizes'), section('uuids')),
      devices: devices(section('blocks'), links(section('real'))),
      ...firmware(byPath(section('dmi'))),
    };
  },
};

function processor(cpuinfo: string, allowed: string): Record<string, unknown> {
  const cpus = cpuinfo
    .split(/\n\n+/)
    .map((block) => new Map(lines(block).map((line) => pair(line))))
    .filter((cpu) => cpu.has('processor'));
  const sockets = new Set(cpus.map((cpu) => cpu.get('physical id') ?? '0'));
  const cores = Number(cpus[0]?.get('cpu cores') ?? 1);
  const siblings = Number(cpus[0]?.get('siblings') ?? cores);
  const hasSockets = cpus[0]?.has('physical id') ?? false;
  const names = ['processor', 'vendor_id', 'model name', 'Processor', 'cpu', 'cpu model', 'vendor'];
  const listed = cpus.flatMap((cpu) => names.flatMap((name) => cpu.get(name) ?? []));
  return {
    processor: listed,
    processor_count: hasSockets ? sockets.size : cpus.length,
    processor_cores: cores,
    processor_threads_per_core: Math.max(1, Math.floor(siblings / cores)),
    processor_vcpus: cpus.length,
    processor_nproc: listLength(allowed.split(':')[1]?.trim() ?? '') || cpus.length,
  };
}

/** How many numbers `0-3,8` names. */
function listLength(list: string): number {
  return list.split(',').reduce((sum, range) => {
    const [from, to] = range.split('-').map(Number);
    return range === '' ? sum : sum + ((to ?? from ?? 0) - (from ?? 0) + 1);
  }, 0);
}

function pair(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
}

function memory(meminfo: string): Record<string, unknown> {
  const values = new Map(lines(meminfo).map((line) => pair(line)));
  const mb = (name: string): number => Math.floor(Number((values.get(name) ?? '0').split(' ')[0]) / mega);
  const [total, free] = [mb('MemTotal'), mb('MemFree')];
  const [swapTotal, swapFree] = [mb('SwapTotal'), mb('SwapFree')];
  const reusable = free + mb('Cached') + mb('Buffers');
  return {
    memtotal_mb: total,
    memfree_mb: free,
    swaptotal_mb: swapTotal,
    swapfree_mb: swapFree,
    memory_mb: {
      real: { total, used: total - free, free },
      nocache: { free: reusable, used: total - reusable },
      swap: { total: swapTotal, free: swapFree, used: swapTotal - swapFree, cached: mb('SwapCached') },
    },
  };
}

function mounts(table: string, sizes: string, uuids: string): Record<string, unknown>[] {
  const numbers = new Map(
    lines(sizes).flatMap((line) => {
      const match = /^((?:\d+ ){6})(.*)$/.exec(line);
      return match ? [[match[2] as string, (match[1] as string).trim().split(' ').map(Number)] as const] : [];
    }),
  );
  const uuidOf = new Map([...links(uuids)].map(([uuid, to]) => [to.replace(/^.*\//, '/dev/'), uuid]));
  return lines(table).flatMap((line) => {
    const [device = '', mount = '', fstype = '', options = ''] = line.split(' ').map(unescaped);
    if (!(device.startsWith('/') || device.includes(':/')) || fstype === 'none') return [];
    const [block = 0, large = 0, total = 0, available = 0, inodes = 0, freeInodes = 0] = numbers.get(mount) ?? [];
    const space = numbers.has(mount)
      ? {
          size_total: block * total,
          size_available: block * available,
          block_size: large,
          block_total: total,
          block_available: available,
          block_used: total - available,
          inode_total: inodes,
          inode_available: freeInodes,
          inode_used: inodes - freeInodes,
        }
      : {};
    return [{ mount, device, fstype, options, ...space, uuid: uuidOf.get(device) ?? 'N/A' }];
  });
}

/** /proc/mounts writes blanks and backslashes as three octal digits. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

function devices(blocks: string, real: ReadonlyMap<string, string>): Record<string, unknown> {
  const files = byPath(blocks);
  const found: Record<string, unknown> = {};
  for (const path of files.keys()) {
    const [name = '', file, more] = path.split('/');
    if (file !== 'size' || more !== undefined) continue;
    const read = (rest: string): string | undefined => files.get(`${name}/${rest}`)?.trim();
    const sectors = Number(read('size') ?? 0);
    const own = [...files.keys()].flatMap((one) => {
      const [disk, part, last] = one.split('/');
      return disk === name && last === 'partition' && part !== undefined ? [part] : [];
    });
    found[name] = {
      virtual: real.has(`/sys/block/${name}/device`) ? 0 : 1,
      vendor: read('device/vendor') ?? null,
      model: read('device/model') ?? null,
      removable: read('removable') ?? '0',
      rotational: read('queue/rotational') ?? '0',
      support_discard: read('queue/discard_granularity') ?? '0',
      sectors: String(sectors),
      sectorsize: read('queue/logical_block_size') ?? '512',
      size: human(sectors * 512),
      partitions: Object.fromEntries(
        own.map((part) => {
          const size = Number(read(`${part}/size`) ?? 0);
          const sectorsize = Number(read('queue/logical_block_size') ?? 512);
          return [part, { start: read(`${part}/start`), sectors: String(size), sectorsize, size: human(size * 512) }];
        }),
      ),
    };
  }
  return found;
}

/** `252.00 GB`, in powers of 1024. */
function human(bytes: number): string {
  const units = ['Bytes', 'KB', 'MB', 'GB', 'TB', 'PB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(2)} ${units[power]}`;
}

/** What SMBIOS calls the kinds of a case, by number from 1. */
const forms = [
  ...['Other', 'Unknown', 'Desktop', 'Low Profile Desktop', 'Pizza Box', 'Mini Tower', 'Tower', 'Portable', 'Laptop'],
  ...['Notebook', 'Hand Held', 'Docking Station', 'All In One', 'Sub Notebook', 'Space-saving', 'Lunch Box'],
  ...['Main Server Chassis', 'Expansion Chassis', 'Sub Chassis', 'Bus Expansion Chassis', 'Peripheral Chassis'],
  ...['RAID Chassis', 'Rack Mount Chassis'],
];

function firmware(dmi: ReadonlyMap<string, string>): Record<string, unknown> {
  const read = (file: string): string => dmi.get(file)?.trim() || 'NA';
  const form = dmi.get('chassis_type');
  return {
    product_name: read('product_name'),
    product_serial: read('product_serial'),
    product_uuid: read('product_uuid'),
    product_version: read('product_version'),
    system_vendor: read('sys_vendor'),
    bios_date: read('bios_date'),
    bios_vendor: read('bios_vendor'),
    bios_version: read('bios_version'),
    board_name: read('board_name'),
    board_vendor: read('board_vendor'),
    board_version: read('board_version'),
    board_serial: read('board_serial'),
    board_asset_tag: read('board_asset_tag'),
    chassis_vendor: read('chassis_vendor'),
    chassis_version: read('chassis_version'),
    chassis_serial: read('chassis_serial'),
    chassis_asset_tag: read('chassis_asset_tag'),
    form_factor: form === undefined ? 'NA' : (forms[Number(form) - 1] ?? `unknown (${form.trim()})`),
  };
}
