/** IP addresses and networks as integers: the door to ipaddr.js, which reads and writes them. */
import ipaddr from 'ipaddr.js';

/** An address, and the network it is in. `written` tells whether the prefix was given. */
export interface IpAddress {
  readonly version: 4 | 6;
  readonly value: bigint;
  readonly prefix: number;
  readonly written: boolean;
  /** What kind of address it is, in ipaddr.js's words: `private`, `loopback`, `unicast` … */
  readonly range: string;
}

/** Reads `10.0.0.1`, `10.0.0.1/24`, `10.0.0.1/255.255.255.0` or their IPv6 forms; undefined for anything else. */
export function parseIp(text: string): IpAddress | undefined {
  const [address = '', suffix, ...others] = text.trim().split('/');
  if (others.length > 0 || !(ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address)))
    return undefined;
  const parsed = ipaddr.parse(address);
  const version = parsed.kind() === 'ipv4' ? 4 : 6;
  const prefix = suffix === undefined ? bitsOf(version) : prefixOf(suffix, version);
  if (prefix === undefined) return undefined;
  const value = parsed.toByteArray().reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return { version, value, prefix, written: suffix !== undefined, range: parsed.range() };
}

function prefixOf(suffix: string, version: 4 | 6): number | undefined {
  if (/^\d{1,3}$/.test(suffix)) return Number(suffix) <= bitsOf(version) ? Number(suffix) : undefined;
  if (version === 6 || !ipaddr.IPv4.isValidFourPartDecimal(suffix)) return undefined;
  return ipaddr.IPv4.parse(suffix).prefixLengthFromSubnetMask() ?? undefined;
}

export function bitsOf(version: 4 | 6): number {
  return version === 4 ? 32 : 128;
}

/** The shortest text of an address. */
export function ipText(version: 4 | 6, value: bigint): string {
  const bytes = Array.from({ length: bitsOf(version) / 8 }, (_, index) =>
    Number((value >> BigInt(bitsOf(version) - 8 * (index + 1))) & 255n),
  );
  const address = ipaddr.fromByteArray(bytes);
  return version === 6 ? (address as ipaddr.IPv6).toRFC5952String() : address.toString();
}

/** How many addresses the network has. */
export function sizeOf({ version, prefix }: IpAddress): bigint {
  return 1n << BigInt(bitsOf(version) - prefix);
}

/** The first address of the network. */
export function networkOf(ip: IpAddress): bigint {
  return ip.value - (ip.value % sizeOf(ip));
}

export function isWithin(inner: IpAddress, outer: IpAddress): boolean {
  return (
    inner.version === outer.version &&
    inner.prefix >= outer.prefix &&
    networkOf({ ...inner, prefix: outer.prefix }) === networkOf(outer)
  );
}
