/** Values of a container's options in one spelling, however a task or docker writes them. */
import { ModuleFailure } from '../../target/failure.ts';
import { at } from './docker.ts';

export const textsOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);
export const sortedTexts = (texts: readonly string[]): readonly string[] => [...new Set(texts)].sort();

const units: Readonly<Record<string, number>> = { '': 0, b: 0, k: 1, m: 2, g: 3, t: 4 };

/** `512M` as a number. @throws ModuleFailure for what is no size. */
export function bytesOf(name: string, size: string): number {
  const [, number = '', unit = ''] = /^\s*([\d.]+)\s*([bkmgt]?)(?:i?b)?\s*$/i.exec(size) ?? [];
  if (number === '') throw new ModuleFailure(`${name} is a number of bytes, or one such as 512M, not "${size}"`);
  return Math.floor(Number(number) * 1024 ** units[unit.toLowerCase()]!);
}

/** `/etc/nginx:/etc/nginx:ro`. @throws ModuleFailure for a source that depends on the current folder. */
export function volumeOf(volume: string): string {
  const [source = '', path, mode = ''] = volume.split(':');
  if (path === undefined) return source;
  if (!source.startsWith('/') && /[/.~]/.test(source[0] ?? '/'))
    throw new ModuleFailure(`volumes: "${source}" is neither an absolute path nor the name of a volume`);
  const modes = mode.split(',').filter((one) => one !== '' && one !== 'rw');
  return [source.replace(/(?<=.)\/$/, ''), path, ...(modes.length > 0 ? [modes.sort().join(',')] : [])].join(':');
}

/** `/dev/net/tun:/dev/net/tun:rwm` */
export function deviceOf(device: string): string {
  const [host = '', path = host, permissions = 'rwm'] = device.split(':');
  return [host, path, permissions].join(':');
}

/** `nofile:1024:2048` */
export function ulimitOf(limit: string): string {
  const [name = '', soft = '', hard = soft] = limit.split(/[:=]/);
  return [name, soft, hard].join(':');
}

/** Every single port as `address:port of the host:port/protocol`. @throws ModuleFailure for what is none. */
export function portsOf(published: readonly string[], unlessTold = ''): readonly string[] {
  return sortedTexts(published.flatMap(portOf).map((one) => (one.startsWith(':') ? `${unlessTold}${one}` : one)));
}

function portOf(published: string): readonly string[] {
  const [, address = '', host = '', inner = '', protocol = 'tcp'] =
    /^(?:(?:(\[[\da-f:]+\]|[\d.]+):)?([\d-]*):)?([\d-]+)(?:\/(\w+))?$/i.exec(published) ?? [];
  const [hosts, inners] = [rangeOf(host), rangeOf(inner)];
  if (inners.length === 0 || (hosts.length > 0 && hosts.length !== inners.length))
    throw new ModuleFailure(`published_ports: "${published}" is no [address:]port:port[/protocol]`);
  return inners.map((port, index) => `${address.replace(/^\[|\]$/g, '')}:${hosts[index] ?? ''}:${port}/${protocol}`);
}

function rangeOf(text: string): readonly number[] {
  const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  if (from === undefined) return [];
  return Array.from({ length: Math.max(0, Number(to) - Number(from) + 1) }, (_, index) => Number(from) + index);
}

/** `8000-8003/udp` as single ports, each with its protocol. @throws ModuleFailure for what is none. */
export function exposedPorts(exposed: readonly string[]): readonly string[] {
  return exposed.flatMap((one) => {
    const [, inner = '', protocol = 'tcp'] = /^([\d-]+)(?:\/(\w+))?$/.exec(one) ?? [];
    const ports = rangeOf(inner);
    if (ports.length === 0) throw new ModuleFailure(`exposed_ports: "${one}" is no port[/protocol]`);
    return ports.map((port) => `${port}/${protocol}`);
  });
}

/** docker's own table of published ports in the same form. */
export function publishedPorts(bindings: Readonly<Record<string, unknown>>): readonly string[] {
  return sortedTexts(
    Object.entries(bindings).flatMap(([inner, places]) =>
      (Array.isArray(places) ? places : []).map(
        (place) => `${at(place, 'HostIp') ?? ''}:${at(place, 'HostPort') ?? ''}:${inner}`,
      ),
    ),
  );
}
