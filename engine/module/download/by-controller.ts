/** A download by the controller, for hosts that have nothing to download with. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { LocalFile } from '../../target/content.ts';
import { ModuleFailure } from '../../target/failure.ts';
import type { DownloadOptions } from './download-script.ts';

/** Downloads into a private temporary file, hands it over, and removes it. */
export async function withDownload<T>(options: DownloadOptions, use: (file: LocalFile) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'kplay-download-'));
  try {
    const path = join(folder, 'file');
    await pipeline(await responseOf(options, 10), createWriteStream(path, { mode: 0o600 }));
    return await use(await localFile(path));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function responseOf(options: DownloadOptions, redirects: number): Promise<IncomingMessage> {
  const { url, headers, user, password, agent, timeout, validateCerts } = options;
  const address = new URL(url);
  if (address.protocol !== 'http:' && address.protocol !== 'https:')
    throw new ModuleFailure(`${url} is not an http or https URL`);
  // node's HTTP takes longer to load than most of kplay, and few runs need it
  const { request } = await (address.protocol === 'https:' ? import('node:https') : import('node:http'));
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request(address, {
      headers: { 'User-Agent': agent, ...headers },
      timeout: timeout * 1000,
      ...(user !== undefined && { auth: `${user}:${password ?? ''}` }),
      ...(!validateCerts && { rejectUnauthorized: false }),
    });
    sent.once('response', resolve);
    sent.once('error', (cause) => reject(new ModuleFailure(`${url}: ${cause.message}`, {}, { cause })));
    sent.once('timeout', () => sent.destroy(new Error(`no answer in ${timeout} s`)));
    sent.end();
  });
  const status = response.statusCode ?? 0;
  const { location } = response.headers;
  if (status >= 300 && status < 400 && location !== undefined) {
    response.resume();
    if (redirects === 0) throw new ModuleFailure(`${url}: too many redirects`);
    const next = new URL(location, address);
    // Credentials are for the host they were given for.
    const kept =
      next.host === address.host ? options : { ...options, headers: {}, user: undefined, password: undefined };
    return responseOf({ ...kept, url: next.href }, redirects - 1);
  }
  if (status === 200) return response;
  response.resume();
  throw new ModuleFailure(`${url}: status code ${status}`, { status_code: status });
}

async function localFile(path: string): Promise<LocalFile> {
  const { size } = await stat(path);
  const digest = async (algorithm: string) => {
    const hash = createHash(algorithm);
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    return hash.digest('hex');
  };
  return {
    path,
    size,
    mode: '0600',
    sha256: () => digest('sha256'),
    sha1: () => digest('sha1'),
    bytes: () => readFile(path),
    stream: () => createReadStream(path),
  };
}
