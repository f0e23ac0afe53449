import { request } from 'node:https';
import type { Lab } from '../lab/lab.ts';

/** The cluster's virtual address, as a client on this machine sees it. */
export class VirtualAddress {
  readonly #lab: Lab;
  readonly #address: string;
  readonly #port: number;

  constructor(lab: Lab, address: string, port = 9443) {
    this.#lab = lab;
    this.#address = address;
    this.#port = port;
  }

  /** True when the API behind it says that it is ready. */
  ready(timeoutMs = 1000): Promise<boolean> {
    return new Promise((resolve) => {
      // the certificate is judged by the playbook's own verification, with its CA; here only the answer counts
      const asked = request(
        {
          host: this.#address,
          port: this.#port,
          path: '/readyz',
          rejectUnauthorized: false,
          agent: false,
          timeout: timeoutMs,
        },
        (response) => {
          response.resume();
          response.on('end', () => resolve(response.statusCode === 200));
        },
      );
      asked.on('timeout', () => asked.destroy());
      asked.on('error', () => resolve(false));
      asked.end();
    });
  }

  /** The one host that has the address. Waits until it is exactly one. */
  async holder(): Promise<string> {
    let holders: readonly string[] = [];
    await until('exactly one host holds the virtual address', 15, async () => {
      const up = await Promise.all(
        this.#lab.hosts.map(async (host) => {
          if ((await host.pid()) === undefined) return [];
          const { stdout } = await host.exec(`ip -o addr show to ${this.#address}`);
          return stdout.trim() === '' ? [] : [host.name];
        }),
      );
      holders = up.flat();
      return holders.length === 1;
    });
    return holders[0]!;
  }

  /** Seconds until the condition holds, asked ten times a second for at most a minute. */
  async outage(holds: () => Promise<boolean>): Promise<number> {
    const started = performance.now();
    await until('the condition holds', 60, holds);
    return (performance.now() - started) / 1000;
  }
}

/**
 * Waits for a condition; throws what it waited for when it does not come true in time: `seconds`, which an idle machine keeps, and
 * three times as much for a busy one. What a bound is promised for is measured, see {@link VirtualAddress.outage} and the client.
 */
export async function until(what: string, seconds: number, holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 3 * seconds * 1000;
  for (;;) {
    if (await holds()) return;
    if (performance.now() > end) throw new Error(`after ${3 * seconds} s it is still not so: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
