/** The filters of the collection ansible.utils on IP addresses which roles use. */
import { TemplateError } from '../errors.ts';
import { anything, must, type Native, native } from '../evaluate/native.ts';
import { bitsOf, type IpAddress, ipText, isWithin, networkOf, parseIp, sizeOf } from '../python/ip-addresses.ts';
import { integer } from '../python/numbers.ts';
import { toText } from '../python/text.ts';
import { isInt } from '../python/types.ts';

type Query = (ip: IpAddress) => unknown;

const at = (ip: IpAddress, value: bigint) => ipText(ip.version, value);
const withPrefix = (ip: IpAddress, value: bigint) => `${at(ip, value)}/${ip.prefix}`;
const last = (ip: IpAddress) => networkOf(ip) + sizeOf(ip) - 1n;
const mask = (ip: IpAddress) => (1n << BigInt(bitsOf(ip.version))) - sizeOf(ip);
/** The text as it was meant: with its prefix when it had one. */
const itself = (ip: IpAddress) => (ip.written ? withPrefix(ip, ip.value) : at(ip, ip.value));
const when = (condition: boolean, value: unknown) => (condition ? value : null);
const isHost = (ip: IpAddress) => sizeOf(ip) === 1n || ip.value !== networkOf(ip);
const subnet = (ip: IpAddress) => withPrefix(ip, networkOf(ip));
const host: Query = (ip) => when(isHost(ip), withPrefix(ip, ip.value));

/** The addresses a host may have: all but the first and the last, where there are more than two. */
function usable(ip: IpAddress): readonly [bigint, bigint] {
  return sizeOf(ip) <= 2n
    ? [networkOf(ip), last(ip)]
    : [networkOf(ip) + 1n, ip.version === 4 ? last(ip) - 1n : last(ip)];
}

const queries: Readonly<Record<string, Query>> = {
  '': itself,
  bool: () => true,
  address: (ip) => when(isHost(ip), at(ip, ip.value)),
  ip: (ip) => when(isHost(ip), at(ip, ip.value)),
  host,
  'address/prefix': host,
  'ip/prefix': host,
  'host/prefix': host,
  network: (ip) => when(sizeOf(ip) > 1n, at(ip, networkOf(ip))),
  network_id: (ip) => at(ip, networkOf(ip)),
  net: (ip) => when(sizeOf(ip) > 1n && ip.value === networkOf(ip), subnet(ip)),
  subnet,
  cidr: subnet,
  'network/prefix': subnet,
  prefix: (ip) => ip.prefix,
  netmask: (ip) => at(ip, mask(ip)),
  hostmask: (ip) => at(ip, sizeOf(ip) - 1n),
  wildcard: (ip) => at(ip, sizeOf(ip) - 1n),
  broadcast: (ip) => when(sizeOf(ip) > 2n, at(ip, last(ip))),
  size: (ip) => integer(sizeOf(ip)),
  size_usable: (ip) => integer(usable(ip)[1] - usable(ip)[0] + 1n),
  first_usable: (ip) => when(sizeOf(ip) > 1n, at(ip, usable(ip)[0])),
  last_usable: (ip) => when(sizeOf(ip) > 1n, at(ip, usable(ip)[1])),
  range_usable: (ip) => when(sizeOf(ip) > 1n, `${at(ip, usable(ip)[0])}-${at(ip, usable(ip)[1])}`),
  next_usable: (ip) => when(ip.value < usable(ip)[1], at(ip, ip.value + 1n)),
  previous_usable: (ip) => when(ip.value > usable(ip)[0], at(ip, ip.value - 1n)),
  int: (ip) => (ip.written ? `${ip.value}/${ip.prefix}` : integer(ip.value)),
  version: (ip) => ip.version,
  type: (ip) => (ip.written ? 'network' : 'address'),
  ipv4: (ip) => when(ip.version === 4, itself(ip)),
  ipv6: (ip) => when(ip.version === 6, itself(ip)),
  v4: (ip) => when(ip.version === 4, itself(ip)),
  v6: (ip) => when(ip.version === 6, itself(ip)),
  private: (ip) => when(ip.range === 'private' || ip.range === 'uniqueLocal', itself(ip)),
  public: (ip) => when(ip.range === 'unicast', itself(ip)),
  loopback: (ip) => when(ip.range === 'loopback', itself(ip)),
  'link-local': (ip) => when(ip.range === 'linkLocal', itself(ip)),
  multicast: (ip) => when(ip.range === 'multicast', itself(ip)),
  wrap: (ip) => wrapped(itself(ip), ip),
};

function wrapped(text: string, ip: IpAddress): string {
  return ip.version === 6 ? text.replace(/^[^/]+/, '[$&]') : text;
}

function queryOf(query: unknown): Query {
  const text = query === null || query === undefined ? '' : toText(query);
  if (isInt(query) || /^-?\d+$/.test(text)) {
    const index = BigInt(text);
    return (ip) =>
      when(
        (index < 0n ? -index : index) < sizeOf(ip),
        withPrefix(ip, index < 0n ? last(ip) + 1n + index : networkOf(ip) + index),
      );
  }
  const outer = parseIp(text);
  if (outer) return (ip) => when(isWithin(ip, outer), itself(ip));
  if (Object.hasOwn(queries, text)) return queries[text]!;
  throw new TemplateError(`ipaddr does not know the query "${text}"`);
}

/** Of a list, the answers of those which have one; of one value its answer, and false when it is no address. */
function answering(accept: (ip: IpAddress) => boolean): Native {
  return native(anything, { query: anything }, (value, { query }) => {
    const ask = queryOf(query);
    const answer = (one: unknown): unknown => {
      const ip = one === null || typeof one === 'boolean' || one === '' ? undefined : parseIp(toText(one));
      return ip && accept(ip) ? ask(ip) : false;
    };
    return Array.isArray(value)
      ? value.map(answer).filter((found) => found !== false && found !== null)
      : answer(value);
  });
}

function network(value: unknown): IpAddress {
  const ip = parseIp(toText(value));
  if (!ip) throw new TemplateError(`"${toText(value)}" is no IP address`);
  return ip;
}

/** How many subnets of a size a network has, or one of them; of an address, the network of that size around it. */
const ipsubnet = native(anything, { query: anything, index: anything }, (value, { query, index }) => {
  const ip = network(value);
  if (query === undefined || query === '') return subnet(ip);
  const prefix = Number(toText(query));
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > bitsOf(ip.version))
    throw new TemplateError(`"${toText(query)}" is no length of a prefix`);
  const wanted = { ...ip, prefix };
  if (prefix < ip.prefix) return subnet(wanted);
  const count = sizeOf(ip) / sizeOf(wanted);
  if (index === undefined) return toText(integer(count));
  const number = BigInt(toText(index));
  const place = number < 0n ? count + number : number;
  return place >= 0n && place < count ? withPrefix(wanted, networkOf(ip) + place * sizeOf(wanted)) : false;
});

export const ipFilters: Readonly<Record<string, Native>> = {
  ipaddr: answering(() => true),
  ipv4: answering((ip) => ip.version === 4),
  ipv6: answering((ip) => ip.version === 6),
  ipwrap: native(anything, {}, (value) => {
    const wrap = (one: unknown) => {
      const ip = typeof one === 'string' ? parseIp(one) : undefined;
      return ip ? wrapped(one as string, ip) : one;
    };
    return Array.isArray(value) ? value.map(wrap) : wrap(value);
  }),
  ipsubnet,
  nthhost: native(anything, { query: must(anything) }, (value, { query }) => {
    const ip = network(value);
    const index = BigInt(toText(query));
    const place = index < 0n ? last(ip) + 1n + index : networkOf(ip) + index;
    return place >= networkOf(ip) && place <= last(ip) ? at(ip, place) : false;
  }),
  network_in_network: native(anything, { test: must(anything) }, (value, { test }) =>
    isWithin(network(test), network(value)),
  ),
  network_in_usable: native(anything, { test: must(anything) }, (value, { test }) => {
    const [outer, inner] = [network(value), network(test)];
    return inner.version === outer.version && networkOf(inner) >= usable(outer)[0] && last(inner) <= usable(outer)[1];
  }),
};
