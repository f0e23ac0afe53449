/** Frames of a network segment as a host's interface sees them, with what every host has: perl, or Python on hosts without it. */
import { ModuleFailure } from '../../target/failure.ts';
import { quote } from '../../target/quote.ts';
import type { Target } from '../../target/target.ts';

export interface Listening {
  readonly interface: string;
  /** The EtherType to listen for: 0x0800 for IPv4, 0x0806 for ARP. */
  readonly etherType: number;
  readonly seconds: number;
  /** Frames to send first. */
  readonly send?: readonly Buffer[];
  /** A multicast address of the link the interface shall let in. */
  readonly multicast?: Buffer;
  /** Only frames whose byte at this place has this value count: a busy segment has many others. */
  readonly only?: { readonly at: number; readonly value: number };
}

/**
 * What arrived in that time. Nothing on the host changes but for the multicast filter of the interface, for as long as the socket lives.
 * @throws ModuleFailure when the host has no such interface, or no way to listen.
 */
export async function listen(target: Target, listening: Listening): Promise<readonly Buffer[]> {
  const { code, stdout, stderr } = await target.observe({
    script: captureScript(listening),
    timeoutMs: (listening.seconds + 15) * 1000,
  });
  if (code !== 0) throw new ModuleFailure(stderr.toString().trim() || `listening ended with exit code ${code}`);
  return stdout
    .toString()
    .split('\n')
    .filter((line) => /^([0-9a-f]{2})+$/.test(line))
    .map((line) => Buffer.from(line, 'hex'));
}

/** The interface's own address on the link. */
export async function linkAddress(target: Target, name: string): Promise<Buffer> {
  const { stdout } = await target.observe({ script: `cat ${quote(`/sys/class/net/${name}/address`)}` });
  const address = Buffer.from(stdout.toString().trim().replaceAll(':', ''), 'hex');
  if (address.length !== 6) throw new ModuleFailure(`the host has no interface ${name} with a link address`);
  return address;
}

export function captureScript({ interface: name, etherType, seconds, send = [], multicast, only }: Listening): string {
  const words = [
    name,
    etherType,
    seconds,
    only?.at ?? -1,
    only?.value ?? 0,
    multicast?.toString('hex') ?? '',
    ...send.map((frame) => frame.toString('hex')),
  ].map((word) => quote(String(word)));
  return `[ -e ${quote(`/sys/class/net/${name}`)} ] || { echo ${quote(`the host has no interface ${name}`)} >&2; exit 1; }
set -- ${words.join(' ')}
if command -v perl >/dev/null 2>&1; then exec perl -e ${quote(perl)} "$@"; fi
for python in python3 /usr/libexec/platform-python; do
  if command -v $python >/dev/null 2>&1; then exec $python -c ${quote(python)} "$@"; fi
done
echo 'listening on the network takes perl or python3 on the host, and it has neither' >&2
exit 3`;
}

// packet(7): family 17, a sockaddr_ll of protocol and interface; option 1 of level 263 joins a multicast address.
const perl = `use strict; use Socket;
my ($name, $type, $seconds, $at, $value, $multicast, @send) = @ARGV;
open my $f, "<", "/sys/class/net/$name/ifindex" or die "$!\\n"; my $index = <$f> + 0;
socket my $s, 17, SOCK_RAW, unpack("S", pack("n", $type)) or die "a raw socket: $!\\n";
bind $s, pack("S n i x12", 17, $type, $index) or die "bind: $!\\n";
setsockopt $s, 263, 1, pack("i S S a8", $index, 0, 6, pack("H*", $multicast)) or die "multicast: $!\\n" if $multicast;
for (@send) { send $s, pack("H*", $_), 0; select undef, undef, undef, 0.3 }
# perl's own clock knows whole seconds: it may listen for one more
my $end = time + $seconds + 1;
while (time < $end) {
  my $in = ""; vec($in, fileno $s, 1) = 1;
  next unless select $in, undef, undef, 0.3;
  next unless defined recv $s, my $frame, 2048, 0;
  next if $at >= 0 && ord(substr $frame, $at, 1) != $value;
  print unpack("H*", $frame), "\\n";
}`;

const python = `import binascii, select, socket, struct, sys, time
name, kind, seconds, at, value, multicast = sys.argv[1:7]; send = sys.argv[7:]
kind, seconds, at, value = int(kind), int(seconds), int(at), int(value)
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(kind)); s.bind((name, kind))
index = socket.if_nametoindex(name)
if multicast: s.setsockopt(263, 1, struct.pack("iHH8s", index, 0, 6, binascii.unhexlify(multicast)))
for frame in send: s.send(binascii.unhexlify(frame)); time.sleep(0.3)
end = time.time() + seconds
while time.time() < end:
    if not select.select([s], [], [], 0.3)[0]: continue
    frame = s.recv(2048)
    if at >= 0 and frame[at] != value: continue
    print(binascii.hexlify(frame).decode())`;
