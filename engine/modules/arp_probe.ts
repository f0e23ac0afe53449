import { isIPv4 } from 'node:net';
import { defineAction } from '../module/definition.ts';
import { linkAddress, listen } from '../module/network/frames.ts';
import { ModuleFailure } from '../target/failure.ts';

export default defineAction({
  summary: 'Asks a network segment who holds an IPv4 address, as a host does before it takes one (RFC 5227).',
  description: [
    'Who ignores ping answers as well, and nobody remembers a wrong owner: the question names no sender.',
    'The host itself does not answer its own question.',
  ],
  action: 'reads',
  args: {
    address: { required: true, description: 'the address' },
    interface: { required: true, description: 'where to ask' },
    seconds: { type: 'int', default: 2, description: 'how long to wait for an answer' },
  },
  returns: { holders: 'the link addresses of those who hold it, as aa:bb:cc:dd:ee:ff' },
  examples:
    '- name: Is the address free?\n  arp_probe:\n    address: 10.0.0.50\n    interface: eth0\n  register: asked\n  failed_when: asked.holders | length > 0\n',

  async run({ args, target }) {
    if (!isIPv4(args.address)) throw new ModuleFailure(`${args.address} is no IPv4 address`);
    const own = await linkAddress(target, args.interface);
    const question = probe(own, args.address);
    const frames = await listen(target, {
      interface: args.interface,
      etherType: 0x0806,
      seconds: args.seconds,
      send: [question, question, question],
    });
    const wanted = bytesOf(args.address);
    const holders = frames
      // whoever sends anything as that address holds it: an answer, or an announcement of its own
      .filter((frame) => frame.length >= 42 && frame.subarray(28, 32).equals(wanted))
      .map((frame) => frame.subarray(22, 28))
      .filter((address) => !address.equals(own))
      .map((address) => address.toString('hex').match(/../g)!.join(':'));
    return { changed: false, holders: [...new Set(holders)].sort() };
  },
});

/** An ARP request of no sender's address, to everyone. */
function probe(own: Buffer, address: string): Buffer {
  return Buffer.concat([
    Buffer.from('ffffffffffff', 'hex'),
    own,
    Buffer.from('08060001080006040001', 'hex'),
    own,
    Buffer.alloc(4),
    Buffer.alloc(6),
    bytesOf(address),
  ]);
}

const bytesOf = (address: string): Buffer => Buffer.from(address.split('.').map(Number));
