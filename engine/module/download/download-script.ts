/** A download by what the host has: curl, or wget; credentials only ever over stdin. */
import { fileURLToPath } from 'node:url';
import { quote } from '../../target/quote.ts';

export interface DownloadOptions {
  readonly url: string;
  /** Seconds without progress. */
  readonly timeout: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly validateCerts: boolean;
  readonly useProxy: boolean;
  readonly agent: string;
  readonly clientCert?: string | undefined;
  readonly clientKey?: string | undefined;
  readonly caPath?: string | undefined;
}

/** The exit code of a host that has nothing to download with. */
export const noTool = 69;

/**
 * Shell text that downloads to `$t` and leaves the status code in `$status`, and what goes to its stdin. Exits with
 * {@link noTool} where the host has no tool that can do it.
 */
export function downloadScript(options: DownloadOptions): { readonly script: string; readonly stdin: string } {
  const { url } = options;
  if (url.startsWith('file:')) {
    const path = quote(fileURLToPath(url));
    return {
      script: `[ -f ${path} ] || { echo "no such file: "${path} >&2; exit 1; }\ncat < ${path} > "$t" || exit 1\nstatus=200`,
      stdin: '',
    };
  }
  const simple =
    Object.keys(options.headers).length === 0 &&
    options.user === undefined &&
    options.clientCert === undefined &&
    options.caPath === undefined;
  const lines = [
    'if command -v curl >/dev/null 2>&1; then',
    '  status=$(curl -q -K - -o "$t") || exit 1',
    ...(simple ? ['elif command -v wget >/dev/null 2>&1; then', `  ${wget(options)} || exit 1`, '  status=200'] : []),
    `else exit ${noTool}; fi`,
  ];
  return { script: lines.join('\n'), stdin: curlConfig(options) };
}

function wget({ url, timeout, agent, validateCerts, useProxy }: DownloadOptions): string {
  const flags = [
    `-T ${timeout}`,
    `-U ${quote(agent)}`,
    !validateCerts && '--no-check-certificate',
    !useProxy && '-Y off',
  ];
  return `wget -q ${flags.filter(Boolean).join(' ')} -O "$t" ${quote(url)}`;
}

/** curl's own configuration format, read from stdin. */
function curlConfig(options: DownloadOptions): string {
  const { url, timeout, headers, user, password, agent, validateCerts, useProxy } = options;
  const lines = [
    'silent',
    'show-error',
    'fail',
    'location',
    `url = ${word(url)}`,
    `user-agent = ${word(agent)}`,
    `connect-timeout = ${timeout}`,
    'speed-limit = 1',
    `speed-time = ${timeout}`,
    'proto = "=http,https"',
    'write-out = "%{http_code}"',
    ...Object.entries(headers).map(([name, value]) => `header = ${word(`${name}: ${value}`)}`),
    user !== undefined && `user = ${word(`${user}:${password ?? ''}`)}`,
    !validateCerts && 'insecure',
    !useProxy && 'noproxy = "*"',
    options.clientCert !== undefined && `cert = ${word(options.clientCert)}`,
    options.clientKey !== undefined && `key = ${word(options.clientKey)}`,
    options.caPath !== undefined && `cacert = ${word(options.caPath)}`,
  ];
  return `${lines.filter(Boolean).join('\n')}\n`;
}

function word(text: string): string {
  const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
  return `"${text.replace(/["\\]/g, '\\$&').replace(/[\n\r\t]/g, (letter) => escapes[letter]!)}"`;
}
