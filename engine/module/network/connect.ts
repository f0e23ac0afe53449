/** Connecting to a port from the host itself, with whatever it has: bash, netcat, perl or curl. */
import { quote } from '../../target/quote.ts';

/** Exits 0 when something answers at the port within so many seconds, 1 when not, 3 when the host has no way to try. */
export function connectScript(host: string, port: number, seconds: number): string {
  const [name, number] = [quote(host), quote(String(port))];
  return `t=; command -v timeout >/dev/null 2>&1 && t='timeout ${seconds}'
if command -v bash >/dev/null 2>&1 && [ -n "$t" ]; then $t bash -c ': <"/dev/tcp/$0/$1"' ${name} ${number} 2>/dev/null
elif command -v nc >/dev/null 2>&1; then $t nc -z -w ${seconds} ${name} ${number} </dev/null >/dev/null 2>&1
elif command -v perl >/dev/null 2>&1; then perl -MIO::Socket::INET -e 'exit(IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1], Timeout => $ARGV[2]) ? 0 : 1)' ${name} ${number} ${seconds}
elif command -v curl >/dev/null 2>&1; then curl -s --connect-timeout ${seconds} --max-time ${seconds} "telnet://"${name}:${number} </dev/null >/dev/null 2>&1; c=$?; [ $c -eq 0 ] || [ $c -eq 28 ] || [ $c -eq 48 ]
else exit 3; fi && exit 0
exit 1`;
}

/** Prints what the port says of its own accord within so many seconds. */
export function listenScript(host: string, port: number, seconds: number): string {
  const [name, number] = [quote(host), quote(String(port))];
  return `t=; command -v timeout >/dev/null 2>&1 && t='timeout ${seconds}'
if command -v bash >/dev/null 2>&1 && [ -n "$t" ]; then $t bash -c 'exec 3<>"/dev/tcp/$0/$1" && cat <&3' ${name} ${number} 2>/dev/null
elif command -v nc >/dev/null 2>&1; then sleep ${seconds} | $t nc -w ${seconds} ${name} ${number} 2>/dev/null
else exit 3; fi
exit 0`;
}
