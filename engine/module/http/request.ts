/** One HTTP request as a task asks for it, and the response as a host got it. */

export interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Follow redirects. */
  readonly follows: boolean;
  /** Seconds without an answer. */
  readonly timeout: number;
  readonly verifies: boolean;
  /** PEM file, or folder, of authorities on the host. */
  readonly authorities?: string | undefined;
  readonly clientCertificate?: string | undefined;
  readonly clientKey?: string | undefined;
  readonly ciphers?: string | undefined;
  readonly socket?: string | undefined;
  readonly usesProxy: boolean;
  readonly usesNetrc: boolean;
}

export interface Response {
  readonly status: number;
  /** `OK`, `Not Found`; empty in HTTP/2. */
  readonly reason: string;
  /** Names in lower case; values of one name joined by `, `. */
  readonly headers: ReadonlyMap<string, string>;
  /** Set-Cookie as it came, one each. */
  readonly cookies: readonly string[];
  readonly body: Buffer;
  readonly url: string;
  readonly redirected: boolean;
}

/** A request that got no response; the message says why, in the words of whoever tried. */
export class NoResponse extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NoResponse';
  }
}

/** The head of a response. */
export interface Head {
  readonly status: number;
  readonly reason: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly cookies: readonly string[];
}

/** Reads a status line and the headers behind it. */
export function parseHead(text: string): Head | undefined {
  const [first = '', ...lines] = text.split(/\r?\n/);
  const status = /^HTTP\/[\d.]+ (\d{3}) ?(.*)$/.exec(first);
  if (!status) return undefined;
  const headers = new Map<string, string>();
  const cookies: string[] = [];
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const [name, value] = [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    if (name === 'set-cookie') cookies.push(value);
    headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value);
  }
  return { status: Number(status[1]), reason: status[2] ?? '', headers, cookies };
}
