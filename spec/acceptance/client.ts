/** A client of the API that writes and reads ten times a second, and knows afterwards how long it was not served and what it was promised. */

import { request } from 'node:https';
import { expect } from 'chai';
import type { LabHost } from '../lab/lab.ts';
import { remark } from './topology.ts';

/** Where the API is, and who asks. */
export interface Access {
  /** As in `https://10.77.0.100:9443`. */
  readonly url: string;
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

export interface Outage {
  /** The longest time between two answered requests, while the fault lasted; 0.1 s when nothing happened. */
  readonly writes: number;
  readonly reads: number;
  /** Requests that failed twice, by their last reason. */
  readonly failures: Readonly<Record<string, number>>;
  /** Requests that were answered only when they were sent again. */
  readonly retries: number;
}

export interface Client {
  /**
   * Does what `fault` does, and waits until the API has served all writes and reads for a second. Prints `title: outage 2.1 s …`
   * and tells what was seen meanwhile. A fault that takes effect later waits for its effect before it ends.
   * @throws Error when that takes more than a minute.
   */
  during(title: string, fault: () => Promise<unknown>): Promise<Outage>;
  /** Ends it. Answers with the names of writes that the API acknowledged and does not know any more, and removes the others. */
  stop(): Promise<readonly string[]>;
  /** How many writes were acknowledged so far. */
  acknowledged(): number;
}

/**
 * The administrator's access, from the kubeconfig on a host of the control plane. `url` is the load balancer's address as this
 * machine reaches it; without it that of the kubeconfig.
 */
export async function administrator(
  host: LabHost,
  url?: string,
  kubeconfig = '/etc/kubernetes/admin.conf',
): Promise<Access> {
  const said = await host.exec(`kubectl --kubeconfig ${kubeconfig} config view --raw --flatten --minify -o json`);
  expect(said.code, said.stderr).to.equal(0);
  const { clusters, users } = JSON.parse(said.stdout) as Kubeconfig;
  const text = (base64: string) => Buffer.from(base64, 'base64').toString('utf8');
  return {
    url: url ?? clusters[0].cluster.server,
    ca: text(clusters[0].cluster['certificate-authority-data']),
    certificate: text(users[0].user['client-certificate-data']),
    key: text(users[0].user['client-key-data']),
  };
}

/** Starts to write and to read, each every `intervalMs`, every request over a connection of its own and with a time limit. */
export function startClient(access: Access, { intervalMs = 100, timeoutMs = 1000 } = {}): Client {
  const name = `client-${process.pid}-${Date.now()}`;
  const writes = series();
  const reads = series();
  const acknowledged: string[] = [];
  const lost = new Set<string>();
  const underWay = new Set<Promise<void>>();
  let count = 0;

  const ask = (method: string, path: string, body?: unknown) => send(access, timeoutMs, method, path, body);
  const tick = () => {
    // when nothing is answered any more, requests that wait suffice to see the end of it
    if (underWay.size > (20 * timeoutMs) / 1000) return;
    count += 1;
    const object = `${name}-${count}`;
    begin(write(object));
    begin(read(acknowledged.at(-1)));
  };
  const begin = (work: Promise<void>) => {
    underWay.add(work);
    work.finally(() => underWay.delete(work));
  };

  async function write(object: string): Promise<void> {
    const body = { metadata: { name: object, labels: { client: name } }, data: { count: String(count) } };
    const outcome = await twice(writes, () => ask('POST', configmaps, body));
    // 409: the first request was not answered, and yet carried out
    if (outcome !== 201 && outcome !== 409) return writes.failed(outcome);
    writes.answered();
    acknowledged.push(object);
  }

  async function read(object: string | undefined): Promise<void> {
    const outcome = await twice(reads, () => ask('GET', object ? `${configmaps}/${object}` : '/readyz'));
    if (outcome === 404 && object) lost.add(object);
    if (outcome === 200) reads.answered();
    else reads.failed(outcome);
  }

  /** For a second, at least, everything was answered at once. */
  const calm = (struck: number) => {
    const since = Math.max(struck, writes.troubled(), reads.troubled()) + 1000;
    return writes.last() > since && reads.last() > since;
  };

  const timer = setInterval(tick, intervalMs);
  tick();

  return {
    acknowledged: () => acknowledged.length,
    async during(title, fault) {
      const from = performance.now();
      await fault();
      const struck = performance.now();
      while (!calm(struck)) {
        if (performance.now() - struck > 60_000) throw new Error(`${title}: a minute later not all is served yet`);
        await pause(20);
      }
      const seen = {
        writes: writes.longest(from),
        reads: reads.longest(from),
        failures: { ...writes.failures('write', from), ...reads.failures('read', from) },
        retries: writes.retries(from) + reads.retries(from),
      };
      const failures = Object.entries(seen.failures).map(([why, times]) => `${times} ${why}`);
      remark(
        `${title}: outage ${Math.max(seen.writes, seen.reads).toFixed(1)} s ` +
          `(${[`${seen.retries} retries`, ...failures].join(', ')})`,
      );
      return seen;
    },
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      const there = new Set<string>();
      // some at a time: to remove thousands takes longer than a request may
      const some = `${configmaps}?labelSelector=client%3D${name}&limit=200`;
      for (;;) {
        const { items } = JSON.parse((await exchange(access, 30_000, 'GET', some)).body) as ConfigMaps;
        if (items.length === 0) break;
        for (const { metadata } of items) there.add(metadata.name);
        await exchange(access, 30_000, 'DELETE', some);
      }
      return acknowledged.filter((object) => lost.has(object) || !there.has(object));
    },
  };
}

const configmaps = '/api/v1/namespaces/default/configmaps';

/** The HTTP status, or why there is none. */
type Outcome = number | string;

interface Kubeconfig {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } },
  ];
  readonly users: readonly [
    { readonly user: { readonly 'client-certificate-data': string; readonly 'client-key-data': string } },
  ];
}

interface ConfigMaps {
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
}

/** Asks, and once more when there is no answer, or none but the server's own trouble. */
async function twice(into: Series, ask: () => Promise<Outcome>): Promise<Outcome> {
  const first = await ask();
  if (typeof first === 'number' && first < 500 && first !== 429) return first;
  const second = await ask();
  if (typeof second === 'number' && second < 500) into.retried();
  return second;
}

async function send(access: Access, timeoutMs: number, method: string, path: string, body?: unknown): Promise<Outcome> {
  try {
    return (await exchange(access, timeoutMs, method, path, body)).status;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
  }
}

function exchange(
  { url, ca, certificate, key }: Access,
  timeoutMs: number,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(
      new URL(path, url),
      {
        method,
        ca,
        cert: certificate,
        key,
        agent: false,
        signal: AbortSignal.timeout(timeoutMs),
        headers: { 'content-type': 'application/json', connection: 'close' },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
        );
      },
    );
    asked.on('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** When requests of a kind were answered, were answered late, and failed. */
interface Series {
  answered(): void;
  retried(): void;
  failed(why: Outcome): void;
  /** The last answer's time. */
  last(): number;
  /** Seconds of the longest gap between answers that reaches beyond `from`. */
  longest(from: number): number;
  retries(from: number): number;
  failures(kind: string, from: number): Readonly<Record<string, number>>;
  /** When the last trouble was: a request that failed, or had to be sent again. */
  troubled(): number;
}

function series(): Series {
  const answers = [performance.now()];
  const again: number[] = [];
  const failures: { readonly at: number; readonly why: string }[] = [];
  return {
    answered: () => void answers.push(performance.now()),
    retried: () => void again.push(performance.now()),
    failed: (why) => void failures.push({ at: performance.now(), why: String(why) }),
    last: () => answers.at(-1)!,
    longest: (from) =>
      Math.max(0, ...answers.map((at, index) => (at >= from && index > 0 ? (at - answers[index - 1]!) / 1000 : 0))),
    retries: (from) => again.filter((at) => at >= from).length,
    failures: (kind, from) => {
      const counts: Record<string, number> = {};
      for (const { at, why } of failures)
        if (at >= from) counts[`${kind} ${why}`] = (counts[`${kind} ${why}`] ?? 0) + 1;
      return counts;
    },
    troubled: () => Math.max(0, again.at(-1) ?? 0, failures.at(-1)?.at ?? 0),
  };
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
