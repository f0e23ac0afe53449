/** A request by the host's curl. Everything that may be secret is in curl's configuration, which it reads from stdin. */
import type { Command, Completed } from '../../target/target.ts';
import { NoResponse, parseHead, type Request, type Response } from './request.ts';

export function curlCommand(request: Request): Command {
  const lines: (string | false)[] = [
    'silent',
    'show-error',
    'include',
    'globoff',
    option('url', request.url),
    request.method === 'HEAD' ? 'head' : option('request', request.method),
    ...Object.entries(request.headers).map(([name, value]) =>
      option('header', value === '' ? `${name};` : `${name}: ${value}`),
    ),
    request.body !== undefined && option('data-raw', request.body),
    request.user !== undefined && option('user', `${request.user}:${request.password ?? ''}`),
    request.follows && 'location',
    request.follows && 'max-redirs = 10',
    `connect-timeout = ${request.timeout}`,
    // Not the whole transfer is limited, but any stretch of it in which nothing comes.
    'speed-limit = 1',
    `speed-time = ${request.timeout}`,
    !request.verifies && 'insecure',
    request.authorities !== undefined &&
      option(/\.[a-z]+$/.test(request.authorities) ? 'cacert' : 'capath', request.authorities),
    request.clientCertificate !== undefined && option('cert', request.clientCertificate),
    request.clientKey !== undefined && option('key', request.clientKey),
    request.ciphers !== undefined && option('ciphers', request.ciphers),
    request.socket !== undefined && option('unix-socket', request.socket),
    !request.usesProxy && option('noproxy', '*'),
    request.usesNetrc && request.user === undefined && 'netrc-optional',
    option('write-out', '\x1e%{size_header} %{num_redirects} %{url_effective}'),
  ];
  const config = lines.filter((line) => line !== false).join('\n');
  return { script: 'exec curl -q -K -', stdin: `${config}\n` };
}

/** @throws NoResponse when curl got none. */
export function curlResponse({ code, stdout, stderr }: Completed, request: Request): Response {
  const end = stdout.lastIndexOf(0x1e);
  const [size = '0', redirects = '0', ...url] =
    end < 0
      ? []
      : stdout
          .subarray(end + 1)
          .toString()
          .trim()
          .split(' ');
  const headSize = Number(size);
  // Each response on the way has a head of its own; the last one counts.
  const heads = stdout
    .subarray(0, headSize)
    .toString('latin1')
    .split(/\r?\n\r?\n/)
    .filter((head) => head.startsWith('HTTP/'));
  const head = parseHead(heads.at(-1) ?? '');
  // 18 and 56 end a transfer early, 28 is its timeout: part of a body is no response.
  if (code !== 0 || !head) throw new NoResponse(stderr.toString().trim() || `curl ended with code ${code}`);
  const body = stdout.subarray(headSize, end);
  return { ...head, body, url: url.join(' ') || request.url, redirected: redirects !== '0' };
}

/** curl's own quoting: backslash, quote and the characters that would end the line. */
function option(name: string, value: string): string {
  const text = value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return `${name} = "${text}"`;
}
