import { defineAction } from '../module/definition.ts';
import { listen } from '../module/network/frames.ts';

/** What one virtual router announces of itself. */
interface Advert {
  readonly router_id: number;
  readonly source: string;
  readonly destination: string;
  readonly priority: number;
  readonly version: number;
  readonly addresses: readonly string[];
}

export default defineAction({
  summary: 'Listens for the adverts of virtual routers (VRRP) on the network segment of an interface.',
  description: [
    'Two clusters with one virtual router id on a segment take each other for peers, and both addresses flap.',
    'Adverts sent to a multicast address are heard from everyone, those sent to single peers only when the host is one of them.',
  ],
  action: 'reads',
  args: {
    interface: { required: true, description: 'where to listen' },
    seconds: { type: 'int', default: 4, description: 'how long; a router announces itself each second unless told' },
  },
  returns: {
    adverts:
      'one entry for each router and sender: router_id, source, destination, priority, version, addresses (IPv4, as far as announced)',
  },
  examples:
    '- name: Which virtual routers are there?\n  vrrp_adverts:\n    interface: eth0\n  register: heard\n- debug:\n    msg: "{{ heard.adverts | map(attribute=\'router_id\') | list }}"\n',

  async run({ args, target }) {
    const frames = await listen(target, {
      interface: args.interface,
      etherType: 0x0800,
      seconds: args.seconds,
      multicast: allRouters,
      only: { at: protocolAt, value: vrrp },
    });
    const found = new Map<string, Advert>();
    for (const advert of frames.flatMap(advertIn)) found.set(`${advert.router_id} ${advert.source}`, advert);
    return { changed: false, adverts: [...found.values()] };
  },
});

/** The link's form of 224.0.0.18. */
const allRouters = Buffer.from('01005e000012', 'hex');
const ethernet = 14;
const protocolAt = ethernet + 9;
const vrrp = 112;

/** RFC 3768 (version 2) and RFC 9568 (version 3) begin alike: version and type, router, priority, number of addresses. */
function advertIn(frame: Buffer): readonly Advert[] {
  const ip = frame.subarray(ethernet);
  const body = ip.subarray(((ip[0] ?? 0) & 0xf) * 4);
  const [first = 0, router_id = 0, priority = 0, count = 0] = body;
  if (ip.length < 20 || body.length < 8 || (first & 0xf) !== 1) return [];
  const address = (bytes: Buffer) => [...bytes].join('.');
  const addresses = Array.from({ length: count }, (_, index) => body.subarray(8 + index * 4, 12 + index * 4));
  return [
    {
      router_id,
      source: address(ip.subarray(12, 16)),
      destination: address(ip.subarray(16, 20)),
      priority,
      version: first >> 4,
      addresses: addresses.filter((bytes) => bytes.length === 4).map(address),
    },
  ];
}
