/** Connections of a host to one of its ports, from /proc/net/tcp and tcp6. */

/** Numbers of <net/tcp_states.h> under the names that tasks use. */
const states: Readonly<Record<string, string>> = {
  '01': 'ESTABLISHED',
  '02': 'SYN_SENT',
  '03': 'SYN_RECV',
  '04': 'FIN_WAIT1',
  '05': 'FIN_WAIT2',
  '06': 'TIME_WAIT',
};

export interface PortOf {
  readonly host: string;
  readonly port: number;
  readonly states: readonly string[];
  readonly excluded: readonly string[];
}

/** How many connections in one of these states the port has, those with excluded peers left out. */
export function countConnections(table: string, wanted: PortOf): number {
  const any = ['0.0.0.0', '::', '*'].includes(wanted.host);
  const own = wanted.host === 'localhost' ? ['127.0.0.1', '::1'] : [wanted.host];
  return table.split('\n').filter((line) => {
    const [, local = '', remote = '', state = ''] = line.trim().split(/\s+/);
    const [address = '', port = ''] = local.split(':');
    if (Number.parseInt(port, 16) !== wanted.port || !wanted.states.includes(states[state] ?? '')) return false;
    return (any || own.includes(readable(address))) && !wanted.excluded.includes(readable(remote.split(':')[0] ?? ''));
  }).length;
}

/** Addresses there are words of four bytes, each in the machine's (little-endian) order. */
function readable(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse());
  if (bytes.length === 4) return bytes.map((byte) => Number.parseInt(byte, 16)).join('.');
  const text = bytes.join('').toLowerCase();
  if (text.startsWith('00000000000000000000ffff')) return readable(hex.slice(24));
  if (/^0{31}1$/.test(text)) return '::1';
  return (text.match(/.{4}/g) ?? []).map((group) => Number.parseInt(group, 16).toString(16)).join(':');
}
