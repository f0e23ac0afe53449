/** Interfaces, addresses and default routes, from iproute2 or, where it is missing, from /proc alone. */
import { byPath, type FactSubset, lines, links } from './subset.ts';

interface Ipv4 {
  readonly address: string;
  readonly broadcast: string;
  readonly netmask: string;
  readonly network: string;
  readonly prefix: string;
}
interface Ipv6 {
  readonly address: string;
  readonly prefix: string;
  readonly scope: string;
}
interface Addresses {
  readonly v4: Ipv4[];
  readonly v6: Ipv6[];
}
interface Route {
  readonly interface: string;
  readonly address?: string | undefined;
  readonly gateway?: string | undefined;
}

export const network: FactSubset = {
  facts: ['interfaces', 'default_ipv4', 'default_ipv6', 'all_ipv4_addresses', 'all_ipv6_addresses'],
  // The two addresses only choose a route: nothing is sent to them.
  script: `S links
cd /sys/class/net 2>/dev/null && grep -sH '' */address */mtu */operstate */flags */type */speed */bridge/bridge_id */bridge/stp_state */bonding/mode */bonding/slaves
S devices; ls -ld */device */device/driver/module 2>/dev/null
S ports; ls -d */brif/* 2>/dev/null
if command -v ip >/dev/null 2>&1; then
S addresses; ip -o addr show 2>/dev/null
S route4; ip -4 route get 8.8.8.8 2>/dev/null
S route6; ip -6 route get 2404:6800:400a:800::1012 2>/dev/null
else
S fib; cat /proc/net/fib_trie 2>/dev/null
S routes; cat /proc/net/route 2>/dev/null
S if_inet6; cat /proc/net/if_inet6 2>/dev/null
fi`,
  parse(section) {
    const files = byPath(section('links'));
    const devices = links(section('devices'));
    const ports = lines(section('ports'));
    const names = [...files.keys()]
      .filter((path) => path.endsWith('/mtu'))
      .map((path) => path.slice(0, -'/mtu'.length));
    const bare = section('fib') !== '';
    const addresses = bare ? fromProc(section) : fromIp(section('addresses'));
    const interfaces = Object.fromEntries(
      names.map((name) => [name, interfaceFacts(name, files, devices, ports, addresses.get(name))]),
    );
    const all = [...addresses.values()];
    return {
      interfaces: names,
      all_ipv4_addresses: all.flatMap((one) => one.v4.map((v4) => v4.address)).filter((ip) => !ip.startsWith('127.')),
      all_ipv6_addresses: all.flatMap((one) => one.v6.map((v6) => v6.address)).filter((ip) => ip !== '::1'),
      default_ipv4: defaultIpv4(bare ? procRoute(section('routes')) : route(section('route4')), interfaces, addresses),
      default_ipv6: defaultIpv6(route(section('route6')), interfaces, addresses),
      ...Object.fromEntries(Object.entries(interfaces).map(([name, facts]) => [name.replaceAll('-', '_'), facts])),
    };
  },
};

type InterfaceFacts = Readonly<Record<string, unknown>>;

function interfaceFacts(
  name: string,
  files: ReadonlyMap<string, string>,
  devices: ReadonlyMap<string, string>,
  ports: readonly string[],
  addresses: Addresses | undefined,
): InterfaceFacts {
  const read = (file: string): string | undefined => files.get(`${name}/${file}`);
  const last = (path: string | undefined): string | undefined => path?.split('/').at(-1);
  const mac = read('address');
  const bridge = read('bridge/bridge_id');
  const bond = read('bonding/mode');
  const device = last(devices.get(`${name}/device`));
  const driver = last(devices.get(`${name}/device/driver/module`));
  const speed = read('speed');
  const [first, ...others] = addresses?.v4 ?? [];
  return {
    device: name,
    ...(mac && !/^(00:)*00$/.test(mac) ? { macaddress: mac } : {}),
    mtu: Number(read('mtu')),
    active: read('operstate') !== 'down',
    promisc: (Number(read('flags') ?? 0) & 0x100) !== 0,
    type: bridge ? 'bridge' : bond ? 'bonding' : (kinds[read('type') ?? ''] ?? 'unknown'),
    ...(bridge
      ? {
          id: bridge,
          stp: read('bridge/stp_state') === '1',
          interfaces: ports.filter((port) => port.startsWith(`${name}/brif/`)).map((port) => last(port)),
        }
      : {}),
    ...(bond ? { mode: bond.split(' ')[0], slaves: (read('bonding/slaves') ?? '').split(' ').filter(Boolean) } : {}),
    ...(device ? { pciid: device } : {}),
    ...(driver ? { module: driver } : {}),
    ...(speed === undefined ? {} : { speed: Number(speed) }),
    ...(first ? { ipv4: first } : {}),
    ...(others.length > 0 ? { ipv4_secondaries: others } : {}),
    ...(addresses && addresses.v6.length > 0 ? { ipv6: addresses.v6 } : {}),
  };
}

/** ARPHRD_ numbers of <linux/if_arp.h>. */
const kinds: Readonly<Record<string, string>> = {
  '1': 'ether',
  '32': 'infiniband',
  '512': 'ppp',
  '768': 'tunnel',
  '772': 'loopback',
  '65534': 'tunnel',
};

/** `2: eth0    inet 10.0.0.2/24 brd 10.0.0.255 scope global eth0\ …`, one address a line. */
function fromIp(text: string): Map<string, Addresses> {
  const found = new Map<string, Addresses>();
  for (const line of lines(text)) {
    const words = line.replaceAll('\\', ' ').trim().split(/\s+/);
    const [, name = '', kind, address = ''] = words;
    const after = (word: string): string | undefined => {
      const at = words.indexOf(word);
      return at < 0 ? undefined : words[at + 1];
    };
    const device = name.replace(/[:@].*$/, '');
    const entry = found.get(device) ?? { v4: [], v6: [] };
    found.set(device, entry);
    const [ip = '', prefix] = address.split('/');
    if (kind === 'inet') entry.v4.push(ipv4(ip, Number(prefix ?? 32), after('brd') ?? ''));
    if (kind === 'inet6') entry.v6.push({ address: ip, prefix: prefix ?? '128', scope: after('scope') ?? '' });
  }
  return found;
}

/** The kernel's own tables: each local address belongs to the interface whose directly connected network holds it. */
function fromProc(section: (name: string) => string): Map<string, Addresses> {
  const found = new Map<string, Addresses>();
  const entry = (name: string): Addresses => {
    const one = found.get(name) ?? { v4: [], v6: [] };
    found.set(name, one);
    return one;
  };
  const connected = procRoutes(section('routes')).filter((one) => one.gateway === 0 && one.mask !== 0);
  const table = lines(section('fib'));
  const locals = table.flatMap((line, index) =>
    /\/32 host LOCAL/.test(line) ? (/(\d+\.\d+\.\d+\.\d+)/.exec(table[index - 1] ?? '')?.[1] ?? []) : [],
  );
  for (const ip of new Set(locals)) {
    const value = numberOf(ip);
    const home = ip.startsWith('127.')
      ? { interface: 'lo', mask: 0xff000000 }
      : connected.find((one) => (value & one.mask) >>> 0 === one.destination);
    if (!home) continue;
    const prefix = 32 - Math.log2(2 ** 32 - home.mask);
    const broadcast = home.interface === 'lo' ? '' : textOf((value | ~home.mask) >>> 0);
    entry(home.interface).v4.push(ipv4(ip, prefix, broadcast));
  }
  for (const line of lines(section('if_inet6'))) {
    const [hex = '', , prefix = '', scope = '', , name = ''] = line.trim().split(/\s+/);
    const named = { '00': 'global', '10': 'host', '20': 'link', '40': 'site' }[scope] ?? 'global';
    entry(name).v6.push({ address: shortIpv6(hex), prefix: String(Number.parseInt(prefix, 16)), scope: named });
  }
  return found;
}

function route(text: string): Route | undefined {
  const words = text.split('\n')[0]?.trim().split(/\s+/) ?? [];
  const after = (word: string): string | undefined => {
    const at = words.indexOf(word);
    return at < 0 ? undefined : words[at + 1];
  };
  const name = after('dev');
  if (name === undefined || name === 'lo') return undefined;
  return { interface: name, address: after('src'), gateway: after('via') };
}

function procRoutes(
  text: string,
): { interface: string; destination: number; gateway: number; mask: number; metric: number }[] {
  return lines(text)
    .slice(1)
    .map((line) => {
      const [name = '', destination = '', gateway = '', , , , metric = '', mask = ''] = line.trim().split(/\s+/);
      const value = { destination: swapped(destination), gateway: swapped(gateway), mask: swapped(mask) };
      return { interface: name, metric: Number(metric), ...value };
    });
}

function procRoute(text: string): Route | undefined {
  const [first] = procRoutes(text)
    .filter((one) => one.destination === 0 && one.mask === 0)
    .sort((a, b) => a.metric - b.metric);
  return first && { interface: first.interface, gateway: first.gateway ? textOf(first.gateway) : undefined };
}

function defaultIpv4(
  chosen: Route | undefined,
  interfaces: Readonly<Record<string, InterfaceFacts>>,
  addresses: ReadonlyMap<string, Addresses>,
): InterfaceFacts {
  const facts = chosen && interfaces[chosen.interface];
  const own = chosen && addresses.get(chosen.interface)?.v4;
  const used = own?.find((one) => one.address === chosen?.address) ?? own?.[0];
  if (!chosen || !facts || !used) return {};
  const { macaddress, mtu, type } = facts;
  return {
    ...used,
    alias: chosen.interface,
    interface: chosen.interface,
    ...(chosen.gateway ? { gateway: chosen.gateway } : {}),
    ...{ macaddress, mtu, type },
  };
}

function defaultIpv6(
  chosen: Route | undefined,
  interfaces: Readonly<Record<string, InterfaceFacts>>,
  addresses: ReadonlyMap<string, Addresses>,
): InterfaceFacts {
  const facts = chosen && interfaces[chosen.interface];
  const used = chosen && addresses.get(chosen.interface)?.v6.find((one) => one.address === chosen.address);
  if (!chosen || !facts || !used) return {};
  const { macaddress, mtu, type } = facts;
  return {
    ...used,
    interface: chosen.interface,
    ...(chosen.gateway ? { gateway: chosen.gateway } : {}),
    ...{ macaddress, mtu, type },
  };
}

function ipv4(address: string, prefix: number, broadcast: string): Ipv4 {
  const mask = prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0;
  return {
    address,
    broadcast,
    netmask: textOf(mask),
    network: textOf((numberOf(address) & mask) >>> 0),
    prefix: String(prefix),
  };
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function textOf(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}

/** /proc/net/route prints addresses in the byte order of the machine, which is little-endian on all that matter. */
function swapped(hex: string): number {
  const bytes = hex.match(/../g) ?? [];
  return Number.parseInt(bytes.reverse().join('') || '0', 16);
}

/** 32 hex digits, with the longest run of zero groups as `::` (RFC 5952). */
function shortIpv6(hex: string): string {
  const groups = (hex.match(/.{4}/g) ?? []).map((group) => Number.parseInt(group, 16).toString(16)).join(':');
  const runs = [...`:${groups}:`.matchAll(/(?::0)+(?=:)/g)].map((match) => match[0]);
  const longest = runs.sort((a, b) => b.length - a.length)[0];
  if (longest === undefined || longest.length < 4) return groups;
  return `:${groups}:`.replace(`${longest}:`, '::').replace(/^:(?!:)|(?<!:):$/g, '');
}
