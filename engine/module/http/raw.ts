/** A request over a bare connection, for hosts without curl: openssl for https; bash, perl or netcat for http. */
import { gunzipSync, inflateSync } from 'node:zlib';
import { quote } from '../../target/quote.ts';
import type { Command, Completed } from '../../target/target.ts';
import { NoResponse, parseHead, type Request, type Response } from './request.ts';

export function rawCommand(request: Request): Command {
  const url = new URL(request.url);
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port || (secure ? '443' : '80');
  return { script: secure ? tls(request, host, port) : plain(request, host, port), stdin: message(request, url) };
}

/** @throws NoResponse when nothing that looks like HTTP came back. */
export function rawResponse({ code, stdout, stderr }: Completed, request: Request): Response {
  if (code === 127) throw new NoResponse('the host has neither curl nor anything else that can send this request');
  let rest = stdout;
  for (;;) {
    const [end, length] = endOfHead(rest);
    const head = end < 0 ? undefined : parseHead(rest.subarray(0, end).toString('latin1'));
    if (!head) throw new NoResponse(firstReason(stderr.toString()) || `no answer from ${request.url} (code ${code})`);
    rest = rest.subarray(end + length);
    if (head.status >= 200) return { ...head, body: bodyOf(head.headers, rest), url: request.url, redirected: false };
  }
}

/** Where a redirect leads, `undefined` for any other response. */
export function redirectOf(request: Request, { status, headers }: Response): Request | undefined {
  const location = headers.get('location');
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return undefined;
  const to = new URL(location, request.url);
  // A changed host gets no credentials; what was sent is sent again only where the status says so.
  const sameHost = to.host === new URL(request.url).host;
  const keeps = status === 307 || status === 308 || request.method === 'GET' || request.method === 'HEAD';
  return {
    ...request,
    url: to.href,
    ...(keeps ? {} : { method: 'GET', body: undefined }),
    ...(sameHost ? {} : { user: undefined, password: undefined }),
  };
}

function message(request: Request, url: URL): string {
  const body = request.body ?? '';
  const names = new Set(Object.keys(request.headers).map((name) => name.toLowerCase()));
  const credentials = request.user === undefined ? undefined : Buffer.from(`${request.user}:${request.password ?? ''}`);
  const headers = [
    ...(names.has('host') ? [] : [`Host: ${url.host}`]),
    ...Object.entries(request.headers).map(([name, value]) => `${name}: ${value.replace(/[\r\n]+/g, ' ')}`),
    ...(credentials && !names.has('authorization') ? [`Authorization: Basic ${credentials.toString('base64')}`] : []),
    ...(request.body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
    'Connection: close',
  ];
  return `${request.method} ${url.pathname}${url.search} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${body}`;
}

const limit = (seconds: number): string =>
  `t=; command -v timeout >/dev/null 2>&1 && t='timeout ${Math.max(1, seconds)}'`;

function tls(request: Request, host: string, port: string): string {
  const isAddress = /^[\d.]+$|:/.test(host);
  const verify = request.verifies
    ? `-verify_return_error -verify_${isAddress ? 'ip' : 'hostname'} ${quote(host)} -verify 9`
    : '';
  const authorities =
    request.authorities === undefined
      ? ''
      : `-CA${/\.[a-z]+$/.test(request.authorities) ? 'file' : 'path'} ${quote(request.authorities)}`;
  const client = [
    ...(request.clientCertificate === undefined ? [] : [`-cert ${quote(request.clientCertificate)}`]),
    ...(request.clientKey === undefined ? [] : [`-key ${quote(request.clientKey)}`]),
    ...(request.ciphers === undefined ? [] : [`-cipher ${quote(request.ciphers)}`]),
    ...(isAddress ? [] : [`-servername ${quote(host)}`]),
  ].join(' ');
  const address = quote(`${host.includes(':') ? `[${host}]` : host}:${port}`);
  return `${limit(request.timeout)}
command -v openssl >/dev/null 2>&1 || exit 127
exec $t openssl s_client -quiet -connect ${address} ${verify} ${authorities} ${client}`;
}

function plain(request: Request, host: string, port: string): string {
  if (request.socket !== undefined) {
    return `${limit(request.timeout)}\ncommand -v nc >/dev/null 2>&1 || exit 127\nexec $t nc -U ${quote(request.socket)}`;
  }
  const [name, number] = [quote(host), quote(port)];
  const perl =
    'use IO::Socket::IP; $s = IO::Socket::IP->new(PeerHost => $ARGV[0], PeerPort => $ARGV[1]) or die "$@\\n"; local $/; print $s scalar <STDIN>; $s->flush; print while sysread($s, $_, 65536)';
  return `${limit(request.timeout)}
if command -v bash >/dev/null 2>&1; then exec $t bash -c 'exec 3<>"/dev/tcp/$0/$1" || exit 1; cat >&3; cat <&3' ${name} ${number}
elif command -v perl >/dev/null 2>&1; then exec $t perl -e ${quote(perl)} ${name} ${number}
elif command -v nc >/dev/null 2>&1; then exec $t nc ${name} ${number}
fi
exit 127`;
}

function endOfHead(bytes: Buffer): [number, number] {
  const [crlf, lf] = [bytes.indexOf('\r\n\r\n'), bytes.indexOf('\n\n')];
  return crlf >= 0 && (lf < 0 || crlf < lf) ? [crlf, 4] : [lf, 2];
}

function bodyOf(headers: ReadonlyMap<string, string>, bytes: Buffer): Buffer {
  const length = headers.get('content-length');
  const chunked = /chunked/i.test(headers.get('transfer-encoding') ?? '');
  const body = chunked ? unchunked(bytes) : length === undefined ? bytes : bytes.subarray(0, Number(length));
  const encoding = headers.get('content-encoding');
  if (encoding === 'gzip') return gunzipSync(body);
  return encoding === 'deflate' ? inflateSync(body) : body;
}

function unchunked(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf('\r\n', from);
    const size = Number.parseInt(bytes.subarray(from, end < 0 ? undefined : end).toString('latin1'), 16);
    if (end < 0 || !(size > 0)) break;
    parts.push(bytes.subarray(end + 2, end + 2 + size));
    from = end + 2 + size + 2;
  }
  return Buffer.concat(parts);
}

/** openssl and bash say much; the line that tells why is what a user needs. */
function firstReason(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const telling = lines.find((line) => /error|refused|resolve|not known|unreachable|timed out|No route/i.test(line));
  return telling ?? lines[0] ?? '';
}
